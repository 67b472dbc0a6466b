import Records

/// What the transforms remember from batch to batch. One run of the input has one state; make it with
/// `TransformProgram.makeState(seed:)`.
public struct TransformState: Sendable {
    /// `dedupe` with `keep: last` reads the input twice.
    public enum Mode: Sendable, Hashable {
        /// Pass 1: remembers for each key the last row that has it. Stages after that `dedupe` do not run yet.
        case collect
        /// Pass 2: keeps only that row. The only mode of a program without `keep: last`.
        case decide
    }

    /// A row that `dedupe` dropped.
    public struct Duplicate: Sendable, Hashable {
        /// 0-based index in the batch.
        public let row: Int
        /// 1-based number in the whole source of the row that stays.
        public let survivor: Int
    }

    /// Which reading of the input this is.
    public private(set) var mode: Mode
    /// The duplicates of the batch that was transformed last, in row order within a stage.
    public internal(set) var duplicates: [Duplicate] = []

    var tables: [KeyTable]
    let seed: Hash128
    private let lasting: Set<Int>

    init(seed: Hash128, tables: Int, lasting: Set<Int>) {
        self.seed = seed
        self.tables = Array(repeating: KeyTable(), count: tables)
        self.lasting = lasting
        mode = lasting.isEmpty ? .decide : .collect
    }

    /// Starts the next pass over the same input. What `keep: last` learned stays; everything else is forgotten.
    public mutating func startDeciding() {
        mode = .decide
        duplicates = []
        for index in tables.indices where !lasting.contains(index) { tables[index] = KeyTable() }
    }
}

/// Why a whole run of the transforms cannot go on.
public struct TransformError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable and machine-readable, such as `dedupe.max_keys`.
    public let code: String
    /// What is wrong and what to do about it.
    public let message: String

    /// The message.
    public var description: String { message }
}
