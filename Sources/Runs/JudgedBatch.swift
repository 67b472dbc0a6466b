import Formats
import Pipelines
public import Records

/// A batch whose rows all have their fates, as an observer of a dry run sees it.
///
/// `batch.states` and `batch.issues` are final: they include empty and conflicting keys, and missing files. A row is
/// valid when its state is `live`.
public struct JudgedBatch: Sendable {
    /// After the transforms: the source's columns, and the targets'.
    public var batch: RecordBatch
    /// The columns as they came from the source, which targets of the same name have replaced in `batch`.
    public var sourceColumns: [RecordBatch.Column]
    /// Rows that count; `--limit` leaves the last ones of a batch out.
    public var rowCount: Int
    /// Numbers of the rows that stand for duplicates, by the duplicate's index in the batch: for those that `dedupe`
    /// dropped, and those that repeat an earlier row of their key as long as it is known which that was.
    public var survivors: [Int: Int]

    /// - Parameters:
    ///   - duplicates: rows that `dedupe` dropped.
    ///   - repeated: the first row of each row's key, by the row's index.
    init(
        batch: RecordBatch, sourceColumns: [RecordBatch.Column], rowCount: Int,
        duplicates: [TransformState.Duplicate], repeated: [Int: Int]
    ) {
        self.batch = batch
        self.sourceColumns = sourceColumns
        self.rowCount = rowCount
        survivors = repeated
        for duplicate in duplicates { survivors[duplicate.row] = duplicate.survivor }
    }
}

/// Looks at every batch of a dry run, in order, one at a time; an error ends the run.
public typealias BatchObserver = @Sendable (borrowing JudgedBatch) throws -> Void
