public import Pipelines

/// What the caller asked of a run, beyond the pipeline file.
public struct RunOptions: Sendable {
    /// Counts that a person has agreed to.
    public struct Allowances: Sendable, Hashable {
        /// Offers that make Salesdock e-mail a customer.
        public var email = 0
        /// Products that are switched off.
        public var deactivate = 0
        /// Records that are created after the ledger was lost; `nil` where that was not asked.
        public var create: Int?

        /// Nothing was agreed to.
        public init() {}
    }

    /// Most rows that are read.
    public var rowsMax: Int?
    /// Overrides the pipeline's guard.
    public var maxErrors: Threshold?
    /// What the guards let pass.
    public var allow = Allowances()
    /// Dry runs: whether accepted rows are kept, as the targets that they set.
    public var keepsAccepted = false
    /// Dry runs: how many threads read; `nil` for one a processor. The outcome is the same for any number.
    public var workers: Int?
    /// For tests: most rows of a block, and bytes that are read at a time.
    var blockRows: Int?
    var blockBytes: Int?
    /// The ledger was lost: go on with a new one, matching by reading first.
    public var rebuild = false
    /// The pipeline's earlier name, or `none` when it is a new one that only looks alike.
    public var renamedFrom: String?

    /// Every row, by the guards of the pipeline file.
    public init() {}
}

/// Where a run keeps what it writes beside Salesdock.
public struct RunPlaces: Sendable {
    /// The ledger's file; its folder exists.
    public var ledger: String
    /// Folder for rejects and reports; exists.
    public var reports: String
    /// Folder for input that can be read once only; asked for when there is such, and exists then.
    public let state: @Sendable () throws -> String
    /// Whether `reports` is one pipeline's own; otherwise its files bear the pipeline's name.
    public var isOwnFolder: Bool

    public init(
        ledger: String, reports: String, state: @autoclosure @escaping @Sendable () throws -> String,
        isOwnFolder: Bool = false
    ) {
        self.ledger = ledger
        self.reports = reports
        self.state = state
        self.isOwnFolder = isOwnFolder
    }

    /// The path of one of a pipeline's files, such as `rejects.csv`.
    public func file(_ name: String, of pipeline: String) -> String {
        isOwnFolder ? "\(reports)/\(name)" : "\(reports)/\(pipeline).\(name)"
    }
}
