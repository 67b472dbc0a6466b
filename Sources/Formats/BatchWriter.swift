public import Records

/// Writes the living rows of batches to one file.
///
/// The file appears under its name when `finish` succeeds, whole; a writer that is dropped before leaves nothing
/// behind.
public protocol BatchWriter: ~Copyable {
    /// Writes the rows of a batch that are still live; others are left out.
    ///
    /// - Throws: `unwritable` when the disk is full or the like; the writer can only be dropped then.
    mutating func write(_ batch: RecordBatch) throws(FormatError)

    /// Completes the file and puts it in its place, durably.
    mutating func finish() throws(FormatError) -> WrittenFile
}

/// What a writer has put into its file.
public struct WrittenFile: Sendable, Hashable {
    /// The path it was opened with; `-` is standard output.
    public let path: String
    /// Records, a header not counted.
    public let rows: Int
    /// Bytes before compression.
    public let bytes: Int
}

/// Picks the columns that a writer wants out of each batch.
struct ColumnPicker {
    /// The wanted columns; those of the first batch when nobody said.
    private(set) var names: [String]?

    init(_ names: [String]?) { self.names = names }

    /// The cells of each wanted column; none for one that the batch lacks.
    mutating func pick(_ batch: RecordBatch) -> [[Cell]] {
        let names = names ?? batch.columns.map(\.name)
        self.names = names
        return names.map { name in batch.column(name).map { batch.columns[$0].cells } ?? [] }
    }
}
