import Formats
import Pipelines
import Records

/// What a dry run keeps from block to block: keys, fates, and the files that it writes.
struct DryRunBooks: ~Copyable {
    /// Of the transforms.
    private var state: TransformState
    private(set) var account: RowAccount
    private var claims: KeyClaims
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
        claims = KeyClaims(isObserved: observe != nil)
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
        let rows = try settle(&batch, made, program, drafts, judge: judge)
        let count = min(batch.rowCount, rowsMax - account.balance.read)
        account.describeSource(header: made.header, encoding: made.encoding)
        try account.settle(batch, rows: count)
        if let observe {
            try observe(
                JudgedBatch(
                    batch: batch, sourceColumns: made.sourceColumns, rowCount: count, duplicates: state.duplicates,
                    repeated: claims.repeated))
        }
        let written = try write(batch, rows, count)
        return (onBatch(account.balance) && account.balance.read < rowsMax, written)
    }

    /// Publishes the accepted rows and returns their file's path; `nil` when none were to be kept.
    mutating func finishAccepted() throws -> String? { try accepted?.finish(rows: acceptedRows).path }

    /// Ends the account.
    consuming func finish() -> RowAccount { account }

    /// Runs what is left of the transforms, and lets rows stand for their keys.
    private mutating func settle(
        _ batch: inout RecordBatch, _ made: DryRun.Made, _ program: TransformProgram, _ drafts: DraftBuilder,
        judge: (inout RecordBatch) -> DryRun.JudgedRows
    ) throws -> DryRun.JudgedRows {
        // The state and the claims are both changed at once.
        var claims = claims
        self.claims = KeyClaims(isObserved: false)
        let rows: DryRun.JudgedRows
        if program.endsWithDedupe, let judged = made.rows {
            rows = judged
            let (hashes, contents) = (rows.keys.hashes, rows.keys.contents)
            claims.beginBatch(hashes)
            let accepts: TransformProgram.Acceptance = { row, batch in
                claims.claim(hashes[row], contents[row], row: row, of: &batch) {
                    drafts.reader(of: $0).key(row: row) ?? ""
                }
            }
            try program.settle(&batch, made.prepared, state: &state, accepts: hashes.isEmpty ? nil : accepts)
        } else {
            try program.settle(&batch, made.prepared, state: &state)
            rows = made.rows ?? judge(&batch)
            let (hashes, contents) = (rows.keys.hashes, rows.keys.contents)
            claims.beginBatch(hashes)
            for row in hashes.indices where batch.states[row] == .live {
                _ = claims.claim(hashes[row], contents[row], row: row, of: &batch) {
                    drafts.reader(of: $0).key(row: row) ?? ""
                }
            }
        }
        self.claims = claims
        return rows
    }

    private mutating func write(_ batch: RecordBatch, _ rows: DryRun.JudgedRows, _ count: Int) throws -> [UInt8]? {
        guard accepted != nil, let encoded = rows.accepted else { return nil }
        try accepted?.write(encoded.bytes, encoded.runs(rows: count) { batch.states[$0] == .live })
        for row in 0..<count where batch.states[row] == .live { acceptedRows += 1 }
        return encoded.bytes
    }
}
