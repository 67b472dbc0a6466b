public import Records

/// Reads the records of XML files by a streaming parser: never a whole document in memory.
///
/// - Text stands as it is, white space included, CDATA and references resolved; a field is an element's own text,
///   without that of elements inside it. An empty element is a text of length 0, an absent one no value.
/// - A field without `[]` that occurs more than once takes the first, with a warning `xml.repeated`.
/// - A field with `[]` in its path is a JSON list of texts; absent, it is no value.
/// - The encoding is the one that the file declares; external DTDs and entities are never loaded, and a file that
///   declares entities of its own is refused.
/// - A record's own text is the element written anew: comments dropped, CDATA escaped, the namespaces it inherits
///   declared on it.
/// - A record whose own text is over the limit is a row with the issue `record.too_large` and no text.
///
/// One parser goes through the file. Where it stands between records of a plain UTF-8 file, whole records are cut out
/// in front of it, by their tags, to be parsed elsewhere; it is told of their lines and bytes and sees the rest.
public struct XMLReader: ~Copyable, BatchReader {
    static let pieceBytes = 64 << 10

    private var stream: ByteStream
    private var parser: XMLPushParser
    private let blockParser: XMLBlockParser
    private let cutter: XMLCutter
    private let recordPath: XMLPath
    private let firstRow: Int
    private let rowsMax: Int
    private let batchBytes: Int
    private let blockBytes: Int
    private let recordBytesMax: Int
    /// Whether records may be cut out at all.
    private var isCuttable: Bool
    /// Bytes read; those before `used` were parsed or cut out.
    private var buffer: [UInt8] = []
    private var used = 0
    private var streamEnded = false
    private var isAtEnd = false
    private var failure: FormatError?
    /// Why the bytes ended before their end; what came before is parsed first.
    private var readFailure: FormatError?
    /// Most bytes of the input, and of the record at hand, that were held between two pieces.
    private(set) var heldBytesMax = 0

    /// - Parameters:
    ///   - source: the undecoded bytes.
    ///   - file: the file as messages name it.
    ///   - fileIndex: its place in the source's list.
    ///   - firstRow: number of its first record.
    ///   - definition: must be of format XML; its `fields` choose among the shape's and order them.
    /// - Throws: `malformed` when a path of the shape can't be read, or a chosen field isn't in it.
    public init(
        source: consuming ByteStream, file: String, fileIndex: Int, firstRow: Int, definition: SourceDefinition
    ) throws(FormatError) {
        let plan = try XMLPlan(definition, file: file, fileIndex: fileIndex)
        parser = try plan.parser(file: file, firstRow: firstRow)
        blockParser = XMLBlockParser(plan, file: file)
        cutter = XMLCutter(name: Array((plan.record.elements.last?.name ?? "").utf8))
        isCuttable = plan.isCuttable
        recordPath = plan.record
        self.firstRow = firstRow
        rowsMax = max(1, definition.batchRows)
        batchBytes = definition.batchBytes
        blockBytes = max(1, definition.blockBytes)
        recordBytesMax = definition.recordBytesMax
        stream = source
    }

    /// The next batch, or `nil` at the end of the file.
    ///
    /// - Throws: `malformed` where the file isn't well-formed, `limit` where it passes a bound, `unreadable` when it
    ///   can't be read on; all records before were delivered.
    public mutating func next() throws(FormatError) -> RecordBatch? {
        while let content = try nextContent() {
            let parsed = SourceBlock(header: [], encoding: nil, content: content).parse()
            if let failure = parsed.failure { fail(failure) }
            if parsed.batch.rowCount > 0 { return parsed.batch }
        }
        return nil
    }

    /// The next records, parsed unless they could be cut out.
    mutating func nextContent() throws(FormatError) -> SourceBlock.Content? {
        while true {
            if let batch = parser.takeBatch(atEnd: isAtEnd) { return .parsed(batch) }
            if let failure { throw failure }
            if isAtEnd { return nil }
            if isCuttable, parser.isBetweenRecords {
                let run = cutter.cut(buffer.span, from: used, rowsMax: rowsMax, bytesMax: batchBytes)
                if run.rows > 0 {
                    // Rows that the parser holds come first.
                    if let batch = parser.takeBatch(atEnd: true) { return .parsed(batch) }
                    return .xml(take(run), blockParser)
                }
                // A record that is too long to hold is the parser's.
                if !run.isAtOddity, !streamEnded, buffer.count - used <= recordBytesMax {
                    fill()
                    continue
                }
            }
            feed()
        }
    }

    private mutating func fail(_ error: FormatError) {
        failure = error
        isAtEnd = true
    }

    private mutating func take(_ run: XMLCutter.Run) -> XMLBlock {
        var place = parser.place
        let block = XMLBlock(
            bytes: Array(buffer[used..<run.end]), rowCount: run.rows, firstRow: parser.nextRow, place: place)
        place.pass(block.bytes.span)
        used = run.end
        parser.move(to: place)
        parser.passRows(run.rows)
        return block
    }

    /// Reads a block behind what is not used yet.
    private mutating func fill() {
        buffer.removeSubrange(..<used)
        used = 0
        let held = buffer.count
        // A record longer than a block is looked at again from its start, so that the blocks must grow with it.
        let wanted = max(blockBytes, min(held, recordBytesMax - held))
        do throws(FormatError) {
            while buffer.count - held < wanted {
                if try stream.read(into: &buffer, max: wanted - (buffer.count - held)) == 0 {
                    streamEnded = true
                    return
                }
            }
        } catch {
            readFailure = error
            streamEnded = true
        }
    }

    /// Lets the parser have bytes up to the next place where a record may end.
    private mutating func feed() {
        if used == buffer.count, !streamEnded { fill() }
        var end = min(used + Self.pieceBytes, buffer.count)
        if isCuttable { end = used + cutter.nextEnd(buffer.span.extracting(used..<end), from: 0) }
        if used < end {
            parser.push(Array(buffer[used..<end]))
            used = end
        } else if let readFailure {
            fail(readFailure)
        } else {
            parser.push([])
            isAtEnd = true
            if parser.nextRow == firstRow, let absence = parser.absence(of: recordPath) { fail(absence) }
        }
        heldBytesMax = max(heldBytesMax, parser.heldBytes + buffer.count)
        if parser.isUncuttable { isCuttable = false }
        if let failure = parser.failure { fail(failure) }
    }
}
