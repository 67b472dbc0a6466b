/// What became of an input row. Every row ends in exactly one.
public enum Fate: String, Sendable, Hashable, CaseIterable {
    /// A new record in Salesdock.
    case created
    /// A record that Salesdock had, with new values.
    case updated
    /// Nothing to send: Salesdock has it already.
    case unchanged
    /// The same record again, by key or by `dedupe`.
    case duplicate
    /// Left out by the pipeline's `filter`.
    case filtered
    /// The row itself is wrong: it breaks a rule of the pipeline or of Salesdock.
    case rejected
    /// Waits for a parent that has no Salesdock id yet.
    case parked
    /// The row is right and writing it failed.
    case failed
    /// A write whose outcome nobody knows; a person decides.
    case inDoubt = "in_doubt"
    /// Read, and not attempted because the run was stopped.
    case pending
    /// Passed everything, in a verb that stops before the writer.
    case valid

    /// Whether a row with this fate needs nobody's attention.
    public var isGood: Bool {
        switch self {
        case .created, .updated, .unchanged, .duplicate, .filtered, .valid: true
        case .rejected, .parked, .failed, .inDoubt, .pending: false
        }
    }
}

/// How many rows were read, and how many ended in each fate.
public struct Balance: Sendable, Hashable {
    /// Records delivered by the source.
    public private(set) var read = 0
    private var counts: [Fate: Int] = [:]

    /// No rows yet.
    public init() {}

    /// Counts rows as read.
    public mutating func read(_ rows: Int = 1) { read += rows }

    /// Counts rows that ended in a fate.
    public mutating func settle(_ fate: Fate, _ rows: Int = 1) { if rows != 0 { counts[fate, default: 0] += rows } }

    /// Rows that ended in a fate.
    public subscript(fate: Fate) -> Int { counts[fate, default: 0] }

    /// The sum over all fates.
    public var settled: Int { counts.values.reduce(0, +) }

    /// Whether every row that was read has exactly one fate.
    public var holds: Bool { read == settled && read >= 0 && counts.values.allSatisfy { $0 >= 0 } }
}
