public import Records

/// Everything that a report says, of a dry run or of a run; a value, which the renderers turn into files.
public struct ValidationReport: Sendable {
    /// How it is to be written.
    public var settings: ReportSettings
    /// When it was made, in seconds since 1970.
    public var unixSeconds: Int64
    /// Rows read, and their fates.
    public var balance: Balance
    /// What was read.
    public var source: SourceFacts
    /// By code and field, errors first, the most frequent first.
    public var problems: [ProblemGroup]
    /// What each column of the source holds, in their order.
    public var fields: [FieldProfile]
    /// Rows that another row stands for.
    public var duplicates: DuplicateFacts
    /// What loading the valid rows would take; `nil` when they go into a file.
    public var price: LoadPrice?
    /// Why the run stopped, or what a guard says; in English.
    public var messages: [String]
    /// Names of the files beside the report; `nil` for one that isn't there.
    public var rejectsFile: String?
    /// Name of the list for spreadsheets beside the report; `nil` when there is none.
    public var problemsFile: String?
    /// Problems that `problemsFile` lists; fewer than there are when it would be longer than a spreadsheet takes.
    public var problemsListed: Int
    /// What a run did; `nil` in the report of a dry run.
    public var run: RunFacts?

    /// Rows that can be loaded; of a run, those that are in Salesdock as the source has them.
    public var loadable: Int {
        run == nil ? balance[.valid] : balance[.created] + balance[.updated] + balance[.unchanged]
    }
    /// Rows that need a correction.
    public var toCorrect: Int { balance[.rejected] }
    /// Rows that are left out on purpose.
    public var leftOut: Int { balance[.filtered] + balance[.duplicate] }
    /// Problems that are only warnings.
    public var warningCount: Int { problems.filter { $0.severity == .warning }.reduce(0) { $0 + $1.count } }
}

/// All problems of one kind with one field.
public struct ProblemGroup: Sendable, Hashable {
    /// The issue's code, such as `required`.
    public let code: String
    /// As the pipeline names it; `nil` when the whole record is meant.
    public let field: String?
    /// The source's column that fills it; `nil` when no single one does.
    public let column: String?
    /// Whether the rows were rejected for it.
    public let severity: Issue.Severity
    /// Problems in the group.
    public internal(set) var count: Int
    /// The first ones, `ReportCollector.samplesMax` at most.
    public internal(set) var samples: [ProblemSample]
    /// The problem in English, as the pipeline states it; for codes that the catalogue doesn't have.
    public let message: String
}

/// One problem, where it stands.
public struct ProblemSample: Sendable, Hashable {
    /// Index of the source's file.
    public let file: Int
    /// 1-based number of the record in the whole source.
    public let row: Int
    /// 1-based line in the file on which the record starts.
    public let line: Int
    /// The record's key; `nil` when it has none, or values are masked.
    public let key: String?
    /// The beginning of the value, masked where that was asked; `nil` when the problem is about no single value.
    public let value: String?
    /// In Unicode scalars.
    public let valueLength: Int
    /// What stands around the value in its record, where the record's own text holds it and nothing is masked.
    public let context: Context?
    /// What the message names, such as the pattern.
    public let arguments: [String]

    /// A piece of a record around a value.
    public struct Context: Sendable, Hashable {
        /// What stands before the value.
        public let before: String
        /// What stands behind it.
        public let after: String
        /// Whether the value stands between the two; otherwise they are the record's beginning.
        public let holdsValue: Bool
    }
}

/// Rows that say what another row says.
public struct DuplicateFacts: Sendable, Hashable {
    /// Rows that one row stands for.
    public struct Group: Sendable, Hashable {
        /// Number of the row that stays; `nil` when only the key tells that there is one.
        public let survivor: Int?
        /// The key that the rows share; `nil` when it isn't known, or values are masked.
        public let key: String?
        /// The duplicates' row and line numbers, the first `ReportCollector.samplesMax`.
        public internal(set) var rows: [Place]
        /// Duplicates in the group.
        public internal(set) var count: Int
    }

    /// Where a row stands.
    public struct Place: Sendable, Hashable {
        /// 1-based number of the record in the whole source.
        public let row: Int
        /// 1-based line in its file on which the record starts.
        public let line: Int
    }

    /// Duplicates in the whole source.
    public var rows = 0
    /// The first groups, `ReportCollector.duplicateGroupsMax` at most.
    public var groups: [Group] = []
    /// Duplicates that are in none of `groups`.
    public var others = 0

    /// No duplicates.
    public init() {}
}

/// What loading takes.
public struct LoadPrice: Sendable, Hashable {
    /// Requests that write.
    public var writes: Int
    /// Requests that look for records which Salesdock has already, at most.
    public var lookUpsMax: Int
    /// Requests a window.
    public var limit: Int
    /// Seconds in which `limit` requests may be sent.
    public var windowSeconds: Int

    /// What loading takes under a limit.
    public init(writes: Int, lookUpsMax: Int, limit: Int, windowSeconds: Int) {
        self.writes = writes
        self.lookUpsMax = lookUpsMax
        self.limit = limit
        self.windowSeconds = windowSeconds
    }

    /// Seconds that a number of requests takes at the limit: the first window's at once, then a window for each further
    /// `limit`.
    public func seconds(_ requests: Int) -> Int {
        requests <= 0 || limit <= 0 ? 0 : (requests - 1) / limit * windowSeconds
    }
}
