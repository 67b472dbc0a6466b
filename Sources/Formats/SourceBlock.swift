public import Records

/// Whole records of a source, cut but not parsed: blocks come in order, and can be parsed on any thread.
///
/// A block has one owner, so that its text becomes its batch's without being copied.
public struct SourceBlock: ~Copyable, Sendable {
    enum Content: ~Copyable, Sendable {
        case csv(CSVBlock, CSVBlockParser)
        case ndjson(NDJSONBlock, NDJSONBlockParser)
        case xml(XMLBlock, XMLBlockParser)
        /// Of a format whose records can't be told apart without parsing them.
        case parsed(RecordBatch)
    }

    /// The source's own columns in file order, for CSV.
    public let header: [String]
    /// What the source has turned out to be written in, for CSV.
    public let encoding: TextEncoding?
    private let content: Content

    init(header: [String], encoding: TextEncoding?, content: consuming Content) {
        self.header = header
        self.encoding = encoding
        self.content = content
    }

    /// The records as a batch; the same whoever asks, and whenever.
    public consuming func parse() -> ParsedBlock {
        switch consume content {
        case .csv(let block, let parser): return ParsedBlock(batch: parser.parse(block))
        case .ndjson(let block, var parser): return ParsedBlock(batch: parser.parse(block))
        case .xml(let block, let parser): return parser.parse(block)
        case .parsed(let batch): return ParsedBlock(batch: batch)
        }
    }
}

/// What came of a block.
public struct ParsedBlock: Sendable {
    /// The rows; those before a failure are good.
    public var batch: RecordBatch
    /// Why the source can't be read on behind the batch's rows; there may be none of them then.
    public var failure: FormatError?
}

extension SourceBlock.Content {
    var rowCount: Int {
        switch self {
        case .csv(let block, _): block.rowCount
        case .ndjson(let block, _): block.records.count
        case .xml(let block, _): block.rowCount
        case .parsed(let batch): batch.rowCount
        }
    }
}

/// A reader of one file that can leave the parsing of its records to somebody else.
protocol BlockReading: ~Copyable {
    mutating func nextContent() throws(FormatError) -> SourceBlock.Content?
}

extension CSVReader: BlockReading {
    mutating func nextContent() throws(FormatError) -> SourceBlock.Content? {
        guard let block = try nextBlock() else { return nil }
        return .csv(block, parser)
    }
}

extension XMLReader: BlockReading {}
