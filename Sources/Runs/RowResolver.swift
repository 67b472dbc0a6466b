import ExactJSON
import Ledgers
import Pipelines
import Records
import SalesdockFacts

/// Puts ids in the place of references and look-ups, and digests in the place of files.
struct RowResolver: Sendable {
    enum Resolution: Sendable {
        case ready(ResolvedRow)
        /// A parent has no Salesdock id yet.
        case parked(note: String)
        case rejected(Issue)
    }

    let sink: SalesdockSink
    let ledger: any Ledger
    /// Ledger targets of the pipelines that references name.
    let parents: [String: TargetID]
    /// Ids of existing entities by look-up and value.
    let lookups: [LookupSpec: [String: Int]]
    /// Folder of each source file, by file index.
    let folders: [String]
    /// In a plan: the records that it brings about, whose ids are symbols. A run knows every id, and has none.
    var planned: PlannedParents?

    private var facts: ResourceFacts { SalesdockRules(sink).facts }

    /// Longest chain of duplicates that is followed.
    private static let survivorsMax = 16

    /// - Parameter known: what the ledger has of the record; in a plan, what was not looked up is assumed to be as there.
    func resolve(_ draft: Draft, file: Int, known: LedgerRecord? = nil) throws -> Resolution {
        let contents = FileContents(folder: folders.indices.contains(file) ? folders[file] : ".")
        var values: [(target: String, value: JSONValue)] = []
        var files: [ResolvedRow.File] = []
        for field in draft.fields {
            switch field.value {
            case .json(let value): values.append((field.target, value))
            case .reference(let pipeline, let key):
                guard let id = try remoteID(pipeline, key) else {
                    if planned?.contains(key, of: pipeline) ?? false {
                        values.append((field.target, PlanSymbol.reference(pipeline: pipeline, key: key).json))
                        continue
                    }
                    return .parked(note: ParkedNote(pipeline: pipeline, key: key).text)
                }
                values.append((field.target, .number(JSONNumber(id))))
            case .lookup(let spec, let value) where planned != nil && lookups[spec] == nil:
                let symbol = PlanSymbol.lookup(spec, value: value).json
                values.append((field.target, applied(field.target, known) ?? symbol))
            case .lookup(let spec, let value):
                guard let id = lookups[spec]?[value] else {
                    return .rejected(
                        Issue(
                            code: "lookup.missing", field: field.target,
                            message:
                                "no \(spec.kind.rawValue) with this \(spec.by) in Salesdock; make it there or correct the value",
                            value: value))
                }
                values.append((field.target, .number(JSONNumber(id))))
            case .file(let spec, let path):
                switch contents.read(spec, path: path, target: field.target) {
                case .failure(let issue): return .rejected(issue)
                case .success(let bytes):
                    files.append(ResolvedRow.File(target: field.target, path: path, spec: spec))
                    values.append((field.target, ["sha256": .string(Fingerprint.of(bytes: bytes))]))
                }
            }
        }
        return .ready(row(draft.key, values, files, contents))
    }

    /// A planned request with the ids that are known by now.
    func fill(_ request: PlannedRequest) throws -> PlannedRequest {
        var request = request
        request.body = try PlanSymbol.fill(request.body) { symbol in
            switch symbol {
            case .reference(let pipeline, let key): try remoteID(pipeline, key)
            case .lookup(let spec, let value): lookups[spec]?[value]
            }
        }
        return request
    }

    /// What was last applied at a target.
    private func applied(_ target: String, _ record: LedgerRecord?) -> JSONValue? {
        let isTariff = sink.energy && target.hasPrefix(SalesdockRules.energyPrefix)
        let name = isTariff ? String(target.dropFirst(SalesdockRules.energyPrefix.count)) : target
        let path = PayloadPaths.split(name.hasSuffix("[]") ? String(name.dropLast(2)) : name)
        return record?.steps[isTariff ? 1 : 0]?.payload?.object?[path: path]
    }

    private func row(
        _ key: String, _ values: [(target: String, value: JSONValue)], _ files: [ResolvedRow.File],
        _ contents: FileContents
    ) -> ResolvedRow {
        let prefix = SalesdockRules.energyPrefix
        let own = values.filter { !sink.energy || !$0.target.hasPrefix(prefix) }
        var payload = Payload.assemble(own)
        let match = sink.match.map { name in payload[name]?.scalarText ?? "" }
        if sink.matchesByID { payload[SalesdockSink.remoteID] = nil }
        if sink.kind == .offers, payload["transaction_type"] == nil { payload["transaction_type"] = "offer" }
        // The documentation lets these be empty and not be absent.
        for field in facts.fields where field.presence == .mandatory && payload[field.name] == nil {
            if field.kind == .object { payload[field.name] = .object(JSONObject()) }
            if field.kind == .list { payload[field.name] = .array([]) }
        }
        let tariffs =
            sink.energy
            ? values.filter { $0.target.hasPrefix(prefix) }.map {
                (target: String($0.target.dropFirst(prefix.count)), value: $0.value)
            }
            : []
        return ResolvedRow(
            key: key, payload: JSONValue.object(payload).canonical,
            tariffs: tariffs.isEmpty ? nil : JSONValue.object(tariffBody(tariffs, payload)).canonical, files: files,
            contents: contents, matchValues: sink.match.isEmpty || match.contains("") ? nil : match)
    }

    /// The tariff call repeats the product's own type and activity, which are mandatory there as well.
    private func tariffBody(_ tariffs: [(target: String, value: JSONValue)], _ payload: JSONObject) -> JSONObject {
        var body = Payload.assemble(tariffs)
        for name in ["type", "active"] where body[name] == nil { body[name] = payload[name] }
        return body
    }

    /// The Salesdock id of a parent; through the key that survived, when the parent was a duplicate.
    private func remoteID(_ pipeline: String, _ key: String) throws -> Int? {
        guard let parent = parents[pipeline] else { return nil }
        var key = key
        for _ in 0..<Self.survivorsMax {
            guard let record = try ledger.record(parent, key: key) else { return nil }
            if let id = record.remoteID { return id }
            guard let survivor = record.survivor, survivor != key else { return nil }
            key = survivor
        }
        return nil
    }
}

extension PipelineDefinition {
    /// Entities that rows name by another value.
    var lookups: Set<LookupSpec> {
        var specs: Set<LookupSpec> = []
        for case .map(let entries) in transforms {
            for entry in entries { if let spec = entry.lookup { specs.insert(spec) } }
        }
        return specs
    }
}
