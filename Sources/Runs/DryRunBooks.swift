import Formats
import Pipelines
import Records

/// What a dry run keeps from block to block: keys, fates, and the files that it writes.
struct DryRunBooks: ~Copyable {
    /// Of the transforms.
    private var state: TransformState
    private(set) var account: RowAccount
    /// Content by key, for noticing a second row of one key.
    private var keys = KeyTable()
    /// The first row of each key, for whoever looks at batches.
    private var firstRows = FirstRows()
    private var accepted: OutputFile?
    private var acceptedRows = 0
    private let rowsMax: Int
    private let observe: BatchObserver?
    private let onBatch: @Sendable (Balance) -> Bool

    /// - Parameters:
    ///   - accepted: where accepted rows go, as JSON lines; `nil` to keep none.
    ///   - rowsMax: stop after this many rows.
    ///   - onBatch: called after every batch; stops the reading by returning false.
    init(
        state: consuming TransformState, account: consuming RowAccount, accepted: String?, rowsMax: Int?,
        observe: BatchObserver?, onBatch: @escaping @Sendable (Balance) -> Bool
    ) throws {
        self.state = state
        self.account = account
        self.accepted = if let accepted { try OutputFile(path: accepted) } else { nil }
        self.rowsMax = rowsMax ?? .max
        self.observe = observe
        self.onBatch = onBatch
    }

    var keepsAccepted: Bool { accepted != nil }
    var isObserved: Bool { observe != nil }

    /// Gives every row of the next batch its fate.
    ///
    /// - Parameter judge: finds out about rows of which that could not be done before their turn.
    /// - Returns: whether more rows are wanted, and memory of accepted rows that can be used again.
    mutating func take(
        _ made: DryRun.Made, _ program: TransformProgram, _ drafts: DraftBuilder,
        judge: (inout RecordBatch) -> DryRun.JudgedRows
    ) throws -> (isMoreWanted: Bool, written: [UInt8]?) {
        var batch = made.batch
        try program.settle(&batch, made.prepared, state: &state)
        let rows = made.rows ?? judge(&batch)
        let repeated = settleKeys(&batch, rows, drafts)
        let count = min(batch.rowCount, rowsMax - account.balance.read)
        account.describeSource(header: made.header, encoding: made.encoding)
        try account.settle(batch, rows: count)
        if let observe {
            try observe(
                JudgedBatch(
                    batch: batch, sourceColumns: made.sourceColumns, rowCount: count, duplicates: state.duplicates,
                    repeated: repeated))
        }
        let written = try write(batch, rows, count)
        return (onBatch(account.balance) && account.balance.read < rowsMax, written)
    }

    /// Publishes the accepted rows and returns their file's path; `nil` when none were to be kept.
    mutating func finishAccepted() throws -> String? { try accepted?.finish(rows: acceptedRows).path }

    /// Ends the account.
    consuming func finish() -> RowAccount { account }

    /// A second row of one key is a duplicate when it says the same, and a conflict when it does not.
    ///
    /// - Returns: the first rows of the keys of duplicates, as far as they are known.
    private mutating func settleKeys(_ batch: inout RecordBatch, _ rows: DryRun.JudgedRows, _ drafts: DraftBuilder)
        -> [Int: Int]
    {
        var repeated: [Int: Int] = [:]
        keys.warm(rows.keys.hashes)
        for row in rows.keys.hashes.indices where batch.states[row] == .live {
            guard let known = keys.insert(rows.keys.hashes[row], rows.keys.contents[row]) else {
                if isObserved { firstRows.note(rows.keys.hashes[row], row: batch.origins[row].row) }
                continue
            }
            if known == rows.keys.contents[row] {
                batch.drop(row: row, as: .duplicate)
                if isObserved { repeated[row] = firstRows.row(rows.keys.hashes[row]) }
            } else {
                batch.report(.conflictingKey(drafts.reader(of: batch).key(row: row) ?? ""), row: row)
            }
        }
        return repeated
    }

    private mutating func write(_ batch: RecordBatch, _ rows: DryRun.JudgedRows, _ count: Int) throws -> [UInt8]? {
        guard accepted != nil, let encoded = rows.accepted else { return nil }
        for run in encoded.runs(rows: count, where: { batch.states[$0] == .live }) {
            try accepted?.write(encoded.bytes, run)
        }
        for row in 0..<count where batch.states[row] == .live { acceptedRows += 1 }
        return encoded.bytes
    }
}
