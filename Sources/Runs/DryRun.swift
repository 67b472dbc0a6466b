import Formats
import Pipelines
import Records
import Synchronization

/// The transforms and everything else that a dry run asks of a row, block by block: what a block alone can tell is found
/// out on any thread, and what depends on earlier rows in order.
final class DryRun: BlockWork {
    struct Made: Sendable {
        var batch: RecordBatch
        /// The columns as they came from the source; empty when nobody looks at batches.
        let sourceColumns: [RecordBatch.Column]
        var prepared: PreparedRows
        /// What the living rows come to if they stay; `nil` when stages are left that must run in order.
        var rows: JudgedRows?
        let header: [String]
        let encoding: TextEncoding?
        /// Why the source can't be read on behind these rows.
        let failure: FormatError?
    }

    /// What is found out about the living rows of a batch.
    struct JudgedRows: Sendable {
        var keys: RowKeys
        var accepted: EncodedRows?
    }

    private let program: TransformProgram
    private let seed: Hash128
    private let gate: RowGate
    private let keys: RowKeyReader
    private let drafts: DraftBuilder
    private let keepsAccepted: Bool
    private let isObserved: Bool
    private let encoder: NDJSONRowEncoder?
    /// Memory of accepted rows that are written; the last is not used yet, since whoever brought it may still hold it, and
    /// then it would be copied.
    private let buffers = Mutex<[[UInt8]]>([])
    private let books: Mutex<DryRunBooks?>

    init(_ prepared: PreparedPipeline, books: consuming sending DryRunBooks) {
        program = prepared.program
        seed = prepared.seed
        gate = prepared.gate
        keys = prepared.keyReader
        drafts = DraftBuilder(program, prepared.definition)
        keepsAccepted = books.keepsAccepted
        isObserved = books.isObserved
        encoder = program.isIdentity ? nil : NDJSONRowEncoder(columns: program.targets.map(\.name))
        self.books = Mutex(books)
    }

    func make(_ block: consuming SourceBlock) throws -> Made {
        let (header, encoding) = (block.header, block.encoding)
        let parsed = block.parse()
        let failure = parsed.failure
        var batch = parsed.batch
        let sourceColumns = isObserved ? batch.columns : []
        let prepared = try program.prepare(&batch, seed: seed)
        let rows = program.endsAtDedupe ? judge(&batch) : nil
        return Made(
            batch: batch, sourceColumns: sourceColumns, prepared: prepared, rows: rows, header: header,
            encoding: encoding, failure: failure)
    }

    func take(_ made: Made) throws -> Bool {
        let taken = try books.withLock { books in
            try books?.take(made, program, drafts) { self.judge(&$0) }
        }
        if let buffer = taken?.written { buffers.withLock { $0.append(buffer) } }
        guard taken?.isMoreWanted ?? false else { return false }
        if let failure = made.failure { throw failure }
        return true
    }

    /// Gives the books back, once.
    func finish() -> DryRunBooks? { books.withLock { $0.take() } }

    private func judge(_ batch: inout RecordBatch) -> JudgedRows {
        gate.refuse(&batch)
        return JudgedRows(keys: keys.read(batch), accepted: keepsAccepted ? encode(batch) : nil)
    }

    private func encode(_ batch: RecordBatch) -> EncodedRows {
        let encoder = encoder ?? NDJSONRowEncoder(columns: batch.columns.map(\.name))
        let buffer = buffers.withLock { $0.count > 1 ? $0.remove(at: $0.count - 2) : [] }
        return encoder.encode(batch, reusing: buffer)
    }
}
