import Formats
import Pipelines
import Records

/// One input row after the transforms.
struct StreamedRow: Sendable {
    enum Outcome: Sendable {
        case draft(Draft)
        case filtered
        /// By `dedupe`: the row that stands for it. Its own key is known unless it has none.
        case duplicate(ofRow: Int?, key: String?)
        /// The same key and the same content again.
        case repeated(key: String)
        case rejected(key: String?)
    }

    let origin: RecordOrigin
    /// As it stood in the source, in UTF-8.
    let raw: [UInt8]
    let outcome: Outcome
    /// Errors of a rejected row, and warnings of any.
    let issues: [Issue]
}

/// Reads a source through the transforms, row by row in order. Both passes of a run are this.
struct RowStream: ~Copyable {
    private var reader: SourceReader
    private let gate: RowGate
    /// The source files' folders.
    private let folders: [String]
    private var state: TransformState
    private let builder: DraftBuilder
    private let keepsRaw: Bool
    private let rowsMax: Int?
    private var rowsRead = 0
    private var claims: KeyClaims
    /// Every key that was read, whatever became of its row; only kept where missing records are looked for.
    private var present: KeyTable?
    /// Rows whose key can't be read: any record could be theirs.
    private(set) var rowsWithoutKey = 0
    private let seed: Hash128
    /// Looks at every batch; `nil` costs nothing.
    var observe: BatchObserver? { didSet { claims = KeyClaims(isObserved: observe != nil) } }

    /// - Parameters:
    ///   - tracksKeys: whether `hasKey` will be asked.
    ///   - rowsMax: stop after this many rows (`--limit`).
    init(
        _ prepared: PreparedPipeline, state: consuming TransformState, keepsRaw: Bool, tracksKeys: Bool, rowsMax: Int?
    ) throws {
        seed = prepared.seed
        reader = try SourceReader(prepared.source.definition, digestSeed: seed)
        gate = prepared.gate
        folders = prepared.source.folders
        self.state = state
        builder = DraftBuilder(prepared.program, prepared.definition)
        self.keepsRaw = keepsRaw
        self.rowsMax = rowsMax
        claims = KeyClaims(isObserved: false)
        present = tracksKeys ? KeyTable() : nil
    }

    /// The source's own columns in file order, for CSV; known after the first batch.
    var header: [String] { reader.columnNames }
    /// What the source turned out to be written in.
    var encoding: TextEncoding? { reader.encoding }

    /// Digest over all input bytes; `nil` before the clean end.
    var inputDigest: Hash128? { reader.inputDigest }

    /// Gives the transforms' state back, for the second pass of `keep: last`.
    consuming func finish() -> TransformState { state }

    /// The rows of the next batch; `nil` at the clean end of the input.
    mutating func next() throws -> [StreamedRow]? {
        if let rowsMax, rowsRead >= rowsMax { return nil }
        guard var batch = try reader.next() else { return nil }
        let sourceColumns = observe == nil ? [] : batch.columns
        batch.keepFirst(rows: (rowsMax ?? .max) - rowsRead)
        let refused = try settle(&batch)
        let survivors = Dictionary(
            state.duplicates.map { ($0.row, $0.survivor) }, uniquingKeysWith: { first, _ in first })
        let count = batch.rowCount
        rowsRead += count
        var issues: [Int: [Issue]] = [:]
        for found in batch.issues { issues[found.row, default: []].append(found.issue) }
        let reader = builder.reader(of: batch)
        var rows: [StreamedRow] = []
        rows.reserveCapacity(count)
        for row in 0..<count {
            rows.append(streamed(row, batch, reader, issues[row] ?? [], survivors[row], refused[row]))
        }
        if let observe {
            try observe(
                JudgedBatch(
                    batch: batch, sourceColumns: sourceColumns, rowCount: count, duplicates: state.duplicates,
                    repeated: claims.repeated))
        }
        return rows
    }

    /// Runs the transforms and lets rows stand for their keys.
    ///
    /// - Returns: by row, what became of those that another row of their key keeps from staying.
    private mutating func settle(_ batch: inout RecordBatch) throws -> [Int: StreamedRow.Outcome] {
        // The state and the claims are both changed at once.
        var claims = claims
        self.claims = KeyClaims(isObserved: false)
        claims.beginBatch()
        var refused: [Int: StreamedRow.Outcome] = [:]
        var reader: DraftReader?
        let (builder, folders, seed) = (builder, folders, seed)
        let accepts: TransformProgram.Acceptance = { row, batch in
            // The columns are final, so one reader sees them all.
            let drafts = reader ?? builder.reader(of: batch)
            reader = drafts
            guard case .draft(let draft) = drafts.draft(row: row), !draft.key.isEmpty else { return true }
            let file = batch.origins[row].file
            let content = draft.contentHash(seed: seed, folder: folders.indices.contains(file) ? folders[file] : ".")
            let key = KeyedHash.hash(Array(draft.key.utf8).span, seed: seed)
            if claims.claim(key, content & KeyTable.valueMax, row: row, of: &batch, text: { _ in draft.key }) {
                return true
            }
            refused[row] = batch.states[row] == .duplicate ? .repeated(key: draft.key) : .rejected(key: nil)
            return false
        }
        try gate.apply(&batch, state: &state, seed: seed, accepts: gate.program.dedupesByKey ? nil : accepts)
        self.claims = claims
        return refused
    }

    private mutating func streamed(
        _ row: Int, _ batch: RecordBatch, _ reader: DraftReader, _ issues: [Issue], _ survivor: Int?,
        _ refused: StreamedRow.Outcome?
    )
        -> StreamedRow
    {
        let origin = batch.origins[row]
        if present != nil { notePresence(reader.key(row: row)) }
        var issues = issues
        let outcome: StreamedRow.Outcome
        switch batch.states[row] {
        case .filtered: outcome = .filtered
        case .rejected: outcome = refused ?? .rejected(key: reader.key(row: row))
        case .duplicate: outcome = refused ?? .duplicate(ofRow: survivor, key: reader.key(row: row))
        case .live:
            switch reader.draft(row: row) {
            case .rejected(let issue):
                issues.append(issue)
                outcome = .rejected(key: nil)
            case .draft(let draft): outcome = .draft(draft)
            }
        }
        // A row that goes on may still be rejected, by a missing file or by Salesdock.
        var needsRaw = keepsRaw && !issues.isEmpty
        if keepsRaw, case .draft = outcome { needsRaw = true }
        return StreamedRow(
            origin: origin, raw: needsRaw ? Array(batch.raw(row: row)) : [], outcome: outcome, issues: issues)
    }

    /// Whether a key was read, whatever became of its row.
    func hasKey(_ key: String) -> Bool { present?.value(hash(key)) != nil }

    private func hash(_ key: String) -> Hash128 { KeyedHash.hash(Array(key.utf8).span, seed: seed) }

    private mutating func notePresence(_ key: String?) {
        if let key {
            let hash = hash(key)
            _ = present?.insert(hash, 1)
        } else {
            rowsWithoutKey += 1
        }
    }
}
