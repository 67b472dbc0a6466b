public import Records

/// Reads one CSV file: RFC 4180, and what real exports make of it.
///
/// A row whose form is wrong is delivered as rejected, with null where a value is unknown, and costs no other row.
/// Blank lines are skipped. Line ends may be LF, CRLF or CR, mixed too.
public struct CSVReader: ~Copyable, BatchReader {
    /// The source's own columns, in file order.
    public var columnNames: [String] { parser.columns.names }

    /// What the content turned out to be written in.
    public var encoding: TextEncoding { input.encoding }

    /// Most cells of a batch, so that wide files get fewer rows.
    private static let cellsMax = 1 << 18

    private var input: CSVInput
    let parser: CSVBlockParser
    private let rowsMax: Int
    private let batchBytes: Int
    private var row: Int

    /// Opens the content and reads the header.
    ///
    /// - Parameters:
    ///   - source: decoded to UTF-8 and without BOM.
    ///   - file: the file as messages name it.
    ///   - fileIndex: its place in the source's list.
    ///   - firstRow: number of its first record.
    ///   - definition: must be of format CSV.
    /// - Throws: `malformed` for a missing or wrong header, and what reading the first block throws.
    public init(
        source: consuming ByteStream, file: String, fileIndex: Int, firstRow: Int, definition: SourceDefinition
    ) throws(FormatError) {
        guard case .csv(let dialect) = definition.format else { preconditionFailure("the source is not CSV") }
        var input = CSVInput(
            source, dialect: dialect, definition: definition, fieldsMax: CSVColumns.countMax + 1)
        let columns: CSVColumns
        if let declared = dialect.columns {
            columns = try CSVColumns(declared: declared, wanted: definition.fields, file: file)
        } else {
            let header = try Self.readHeader(&input, dialect: dialect, file: file)
            columns = try CSVColumns(
                header: header.names, wanted: definition.fields, delimiter: dialect.delimiter, file: file,
                line: header.line)
        }
        input.keepFields(max: columns.names.count + CSVColumns.issueColumns.count)
        self.input = input
        parser = CSVBlockParser(
            columns: columns, dialect: dialect, recordBytesMax: definition.recordBytesMax, fileIndex: fileIndex)
        rowsMax = max(1, min(definition.batchRows, Self.cellsMax / max(1, columns.outputs.count)))
        batchBytes = definition.batchBytes
        row = firstRow
    }

    /// The next batch, or `nil` at the end of the file.
    ///
    /// - Throws: `unreadable` or `malformed` when the file can't be read on; all records before were delivered.
    public mutating func next() throws(FormatError) -> RecordBatch? {
        guard let block = try nextBlock() else { return nil }
        return parser.parse(block)
    }

    /// The next records, cut but not parsed: `parser` makes a batch of them, on any thread.
    mutating func nextBlock() throws(FormatError) -> CSVBlock? {
        if var block = input.nextBlock(rowsMax: rowsMax, bytesMax: batchBytes) {
            block.firstRow = row
            row += block.rowCount
            return block
        }
        if let failure = input.failure { throw failure }
        return nil
    }
}
