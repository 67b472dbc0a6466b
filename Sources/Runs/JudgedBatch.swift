import Formats
public import Pipelines
public import Records

/// A batch whose rows all have their fates, as an observer of a dry run sees it.
///
/// `batch.states` and `batch.issues` are final: they include empty and conflicting keys, and missing files. A row is
/// valid when its state is `live`.
public struct JudgedBatch: Sendable {
    /// After the transforms: the source's columns, and the targets'.
    public var batch: RecordBatch
    /// Rows that count; `--limit` leaves the last ones of a batch out.
    public var rowCount: Int
    /// Rows that `dedupe` dropped, and which row stands for each. A row that repeats an earlier one of its key is a
    /// duplicate as well and is not in here.
    public var duplicates: [TransformState.Duplicate]

    init(batch: RecordBatch, rowCount: Int, duplicates: [TransformState.Duplicate]) {
        self.batch = batch
        self.rowCount = rowCount
        self.duplicates = duplicates
    }
}

/// Looks at every batch of a dry run, in order, one at a time; an error ends the run.
public typealias BatchObserver = @Sendable (borrowing JudgedBatch) throws -> Void
