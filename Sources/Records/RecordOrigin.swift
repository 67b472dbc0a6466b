/// Where a record came from, so that every diagnostic can name it.
public struct RecordOrigin: Sendable, Hashable {
    /// Index into the source's list of files.
    public let file: Int
    /// 1-based number of the record in the whole source, headers not counted. Not a line number: records hold newlines.
    public let row: Int
    /// 1-based line in the file on which the record starts.
    public let line: Int
    /// Bytes from the start of the file's (decompressed) content to the record.
    public let byteOffset: Int
    /// The record's own text in the batch's bytes (as UTF-8, without its line end), for the rejects file.
    public let raw: Range<Int>

    /// - Parameter raw: where the record stands in its batch's bytes.
    public init(file: Int, row: Int, line: Int, byteOffset: Int, raw: Range<Int>) {
        self.file = file
        self.row = row
        self.line = line
        self.byteOffset = byteOffset
        self.raw = raw
    }
}
