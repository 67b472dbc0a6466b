import Formats
import Pipelines
import Records

/// The transforms, and with them what a row must have besides: a key, and the files that it names.
///
/// A row that lacks either is refused before a `dedupe` at the end of the list and before keys are compared, so that it never
/// stands for a row that is good.
struct RowGate: Sendable {
    let program: TransformProgram
    private let keys: RowKeyReader
    private let drafts: DraftBuilder
    /// The source files' folders, where records name files.
    private let folders: [String]?

    init(_ program: TransformProgram, _ keys: RowKeyReader, _ drafts: DraftBuilder, _ source: SourceOpening) {
        self.program = program
        self.keys = keys
        self.drafts = drafts
        let namesFiles = program.targets.contains { if case .file = $0.kind { true } else { false } }
        folders = namesFiles ? source.folders : nil
    }

    /// Runs every stage over a batch, whose rows are then refused or good.
    ///
    /// - Parameter accepts: asked in row order of each row that would stay; see `TransformProgram.Acceptance`.
    /// - Throws: as `TransformProgram.apply`.
    func apply(
        _ batch: inout RecordBatch, state: inout TransformState, seed: Hash128,
        accepts: TransformProgram.Acceptance? = nil
    ) throws(TransformError) {
        let prepared = try program.prepare(&batch, seed: seed)
        if program.endsAtDedupe { refuse(&batch) }
        try program.settle(&batch, prepared, state: &state, accepts: program.endsWithDedupe ? accepts : nil)
        if state.mode == .collect { return }
        if !program.endsAtDedupe { refuse(&batch) }
        guard !program.endsWithDedupe, let accepts else { return }
        for row in 0..<batch.rowCount where batch.states[row] == .live { _ = accepts(row, &batch) }
    }

    /// Refuses living rows of a batch whose targets all have their columns.
    func refuse(_ batch: inout RecordBatch) {
        keys.refuseEmpty(&batch)
        guard let folders else { return }
        let reader = drafts.reader(of: batch)
        for row in 0..<batch.rowCount where batch.states[row] == .live {
            guard case .draft(let draft) = reader.draft(row: row) else { continue }
            let file = batch.origins[row].file
            let contents = FileContents(folder: folders.indices.contains(file) ? folders[file] : ".")
            if let issue = contents.check(draft) { batch.report(issue, row: row) }
        }
    }
}
