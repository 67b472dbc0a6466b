public import Records

/// Whole records of a source, cut but not parsed: blocks come in order, and can be parsed on any thread.
public struct SourceBlock: Sendable {
    enum Content: Sendable {
        case csv(CSVBlock, CSVBlockParser)
        case ndjson(NDJSONBlock, NDJSONBlockParser)
        /// Of a format whose records can't be told apart without parsing them.
        case parsed(RecordBatch)
    }

    /// The source's own columns in file order, for CSV.
    public let header: [String]
    /// What the source has turned out to be written in, for CSV.
    public let encoding: TextEncoding?
    private let content: Content

    init(header: [String], encoding: TextEncoding?, content: Content) {
        self.header = header
        self.encoding = encoding
        self.content = content
    }

    /// The records as a batch; the same whoever asks, and whenever.
    public consuming func parse() -> RecordBatch {
        switch content {
        case .csv(let block, let parser): return parser.parse(block)
        case .ndjson(let block, var parser): return parser.parse(block)
        case .parsed(let batch): return batch
        }
    }
}

extension SourceBlock.Content {
    var rowCount: Int {
        switch self {
        case .csv(let block, _): block.rowCount
        case .ndjson(let block, _): block.records.count
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

extension XMLReader: BlockReading {
    mutating func nextContent() throws(FormatError) -> SourceBlock.Content? { try next().map { .parsed($0) } }
}
