/// A pipeline file, decoded: what is read, what happens to it, where it goes.
public struct PipelineDefinition: Sendable, Hashable {
    /// The ledger's namespace; what a `ref` names.
    public var name: String
    /// The pipeline file's path, as the user named it.
    public var file: String
    /// Source fields (or mapping targets) that together identify a record from run to run. Empty only for exports.
    public var key: [String]
    /// Where records come from.
    public var source: SourceSpec
    /// The stages between source and sink, in order.
    public var transforms: [TransformSpec]
    /// Where records go.
    public var sink: SinkSpec
    /// When a run stops before it does harm.
    public var guards: GuardSpec
    /// What to do with products of the ledger that the source no longer holds.
    public var missing: MissingPolicy
    /// Where each part stands in the file, by path (`transforms[0].map.email`), for messages.
    public var marks: [String: Mark]

    /// A definition that is taken as it is; `PipelineDecoder` makes checked ones.
    public init(
        name: String, file: String, key: [String], source: SourceSpec, transforms: [TransformSpec] = [], sink: SinkSpec,
        guards: GuardSpec = GuardSpec(), missing: MissingPolicy = .keep, marks: [String: Mark] = [:]
    ) {
        self.name = name
        self.file = file
        self.key = key
        self.source = source
        self.transforms = transforms
        self.sink = sink
        self.guards = guards
        self.missing = missing
        self.marks = marks
    }

    /// Names of the pipelines whose ids this one's `ref`s need.
    public var references: Set<String> {
        var names: Set<String> = []
        for case .map(let entries) in transforms {
            for entry in entries { if let ref = entry.ref { names.insert(ref) } }
        }
        return names
    }
}

/// A place in a pipeline file, both counted from 1.
public struct Mark: Sendable, Hashable, Comparable {
    /// 1-based.
    public var line: Int
    /// 1-based, in Unicode scalars.
    public var column: Int

    /// A place, both counted from 1.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// By line, then by column.
    public static func < (a: Mark, b: Mark) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// Where records come from.
public enum SourceSpec: Sendable, Hashable {
    /// Delimited text.
    case csv(CSVSpec)
    /// One JSON object a line; paths as written, as in `CSVSpec`.
    case ndjson(paths: [String])
    /// Elements of one path as records.
    case xml(XMLSpec)
    /// An export: everything of one kind that the token can see.
    case salesdock(SalesdockKind)

    /// How delimited text is read.
    public struct CSVSpec: Sendable, Hashable {
        /// As written: relative to the pipeline file, globs allowed, `-` for standard input.
        public var paths: [String]
        /// One ASCII character.
        public var delimiter: String = ","
        /// One character; empty when nothing is quoted.
        public var quote: String = "\""
        /// Column names of a file without a header.
        public var columns: [String]?
        /// Name of the encoding, in any case of letters.
        public var encoding: String = "utf-8"
        /// `reject` or `pad`.
        public var ragged: String = "reject"

        /// Files written the usual way.
        public init(paths: [String]) { self.paths = paths }
    }

    /// Where records and fields stand in XML.
    public struct XMLSpec: Sendable, Hashable {
        /// As written: relative to the pipeline file, globs allowed, `-` for standard input.
        public var paths: [String]
        /// Absolute path of the elements that are records.
        public var record: String
        /// Field name and path relative to the record, in file order.
        public var fields: [XMLField]
        /// Prefix to namespace URI.
        public var namespaces: [String: String] = [:]

        /// XML without namespaces.
        public init(paths: [String], record: String, fields: [XMLField]) {
            self.paths = paths
            self.record = record
            self.fields = fields
        }
    }

    /// One field of XML records.
    public struct XMLField: Sendable, Hashable {
        /// The field's name.
        public var name: String
        /// Where its value stands, from the record's element.
        public var path: String

        /// A field as the file writes it.
        public init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }
}

/// The kinds of Salesdock record a pipeline may name.
public enum SalesdockKind: String, Sendable, Hashable, CaseIterable {
    /// Salesdock's *relations*.
    case customers
    /// Whose products are sold.
    case suppliers
    /// What is sold; with tariffs where the sink says `energy`.
    case products
    /// *Sales* with `transaction_type: "offer"`, made through a flow.
    case offers
}

/// Where records go.
public enum SinkSpec: Sendable, Hashable {
    /// Into Salesdock, through the ledger.
    case salesdock(SalesdockSink)
    /// A file; `-` is standard output, a name that ends in `.gz` is compressed.
    case csv(path: String, delimiter: String)
    /// A file of one JSON object a line; the path as for `csv`.
    case ndjson(path: String)
}

/// Writing into Salesdock.
public struct SalesdockSink: Sendable, Hashable {
    /// What to do with a record that Salesdock has already and the ledger does not know.
    public enum Existing: String, Sendable, Hashable, CaseIterable {
        /// It is adopted, and updated where it differs.
        case update
        /// Its id is kept, and nothing is sent.
        case skip
        /// The row is rejected.
        case reject
    }

    /// What to do with an update of a record that somebody edited in Salesdock since dockhand wrote it.
    public enum OnDrift: String, Sendable, Hashable, CaseIterable {
        /// Sent as the source has it.
        case overwrite
        /// Not sent: the record stays as Salesdock has it.
        case keep
        /// The row is rejected.
        case reject
    }

    /// What the records become.
    public var kind: SalesdockKind
    /// Mapping targets by which an existing record is recognised; empty to create without looking.
    public var match: [String]
    /// What happens to a record that `match` finds.
    public var existing: Existing
    /// What happens to an update of a record that somebody has edited.
    public var onDrift: OnDrift
    /// Products: whether targets under `energy.` are sent as tariffs in a second step.
    public var energy: Bool
    /// Offers: `{flow type}/{flow identifier}`.
    public var flow: String?

    /// A sink with the usual options but for those that are given.
    public init(
        kind: SalesdockKind, match: [String] = [], existing: Existing = .update, onDrift: OnDrift = .overwrite,
        energy: Bool = false, flow: String? = nil
    ) {
        self.kind = kind
        self.match = match
        self.existing = existing
        self.onDrift = onDrift
        self.energy = energy
        self.flow = flow
    }

    /// The mapping target that names Salesdock's own id; only for matching, never sent.
    public static let remoteID = "id"

    /// Whether records are recognised by Salesdock's own id, as in a file that was exported and comes back.
    public var matchesByID: Bool { match.contains(Self.remoteID) }
}

/// When a run must stop before it does harm.
public struct GuardSpec: Sendable, Hashable {
    /// Most rejected rows, of the rows read.
    public var maxErrors: Threshold?
    /// Most missing products, of the ledger's records.
    public var maxMissing: Threshold?
    /// Most updates and deactivations, of the ledger's records.
    public var maxChanges: Threshold?

    /// Guards; what is `nil` stops nothing.
    public init(maxErrors: Threshold? = nil, maxMissing: Threshold? = nil, maxChanges: Threshold? = nil) {
        self.maxErrors = maxErrors
        self.maxMissing = maxMissing
        self.maxChanges = maxChanges
    }
}

/// A count, or a share of a whole.
public enum Threshold: Sendable, Hashable {
    /// Rows or records.
    case count(Int)
    /// In percent, 0 to 100.
    case percent(Double)

    /// Whether `part` of `whole` is more than the threshold allows.
    public func isExceeded(by part: Int, of whole: Int) -> Bool {
        switch self {
        case .count(let most): part > most
        case .percent(let most): whole > 0 && Double(part) * 100 > most * Double(whole)
        }
    }
}

/// What happens to products that this pipeline wrote and that the source no longer holds.
public enum MissingPolicy: String, Sendable, Hashable, CaseIterable {
    /// They stay as they are.
    case keep
    /// They are switched off, never deleted.
    case deactivate
}
