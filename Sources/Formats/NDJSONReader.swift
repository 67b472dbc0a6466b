public import Records

/// Reads NDJSON: one JSON object a line, in UTF-8 (or UTF-16 with a BOM), gzipped or not.
///
/// - Fields are dotted paths (`adres.postcode`); a member whose own name holds the dot goes before nesting. Without a
///   list of fields, the columns are the members of the first record, nested objects flattened up to three levels.
/// - Strings are text, unescaped; numbers stay as written; lists and objects are compact JSON; `null` is no value.
/// - Of repeated member names the last wins, with all that its object holds.
/// - Blank lines are no records. A line that isn't a JSON object in valid UTF-8, or holds a NUL, is a row with the
///   issue `ndjson.malformed`; one over the limit is a row with `record.too_large` and no text.
public struct NDJSONReader: ~Copyable, BatchReader {
    /// Most names of unknown members that are reported.
    public static let unknownNamesMax = 100

    private var input: NDJSONInput
    private var parser: NDJSONBlockParser
    private let rowsMax: Int
    private let batchBytes: Int
    private var row: Int

    /// - Parameters:
    ///   - source: decoded to UTF-8 and without BOM.
    ///   - file: the file as messages name it.
    ///   - fileIndex: its place in the source's list.
    ///   - firstRow: number of its first record.
    ///   - columns: the columns when the definition names no fields and an earlier file has decided them.
    /// - Throws: `malformed` for a field with an empty path.
    public init(
        source: consuming ByteStream, file: String, fileIndex: Int, firstRow: Int, definition: SourceDefinition,
        columns: [String]? = nil
    ) throws(FormatError) {
        precondition(definition.format == .ndjson)
        if definition.fields?.contains("") == true {
            throw FormatError(.malformed, "a field has an empty path; name the member that it reads", file: file)
        }
        input = NDJSONInput(source, file: file, definition: definition)
        parser = NDJSONBlockParser(definition, fileIndex: fileIndex, columns: columns)
        rowsMax = max(1, definition.batchRows)
        batchBytes = definition.batchBytes
        row = firstRow
    }

    /// The columns; empty before the first record with members was read, when the definition names no fields.
    public var columnNames: [String] { parser.columns }

    /// Bytes of the input that are held between two batches.
    var heldBytes: Int { input.heldBytes }

    /// The next batch, or `nil` at the end of the file.
    ///
    /// - Throws: `unreadable` or `malformed` when the file can't be read on; all records before were delivered.
    public mutating func next() throws(FormatError) -> RecordBatch? {
        guard let block = try nextBlock() else { return nil }
        return parser.parse(block)
    }

    /// The next records, parsed only when that depends on earlier ones.
    mutating func nextContent() throws(FormatError) -> SourceBlock.Content? {
        guard let block = try nextBlock() else { return nil }
        return parser.isOrderFree ? .ndjson(block, parser) : .parsed(parser.parse(block))
    }

    private mutating func nextBlock() throws(FormatError) -> NDJSONBlock? {
        if var block = input.nextBlock(rowsMax: rowsMax, bytesMax: batchBytes) {
            block.firstRow = row
            row += block.records.count
            return block
        }
        if let failure = input.failure { throw failure }
        return nil
    }
}

extension NDJSONReader: BlockReading {}
