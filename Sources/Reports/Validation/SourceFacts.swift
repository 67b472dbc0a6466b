/// What the source turned out to be.
public struct SourceFacts: Sendable, Hashable {
    public enum Format: String, Sendable, Hashable {
        case csv, ndjson, xml
    }

    /// Line ends in the part of a file that was looked at.
    public struct LineEnds: Sendable, Hashable {
        public var lf: Int
        public var crlf: Int
        public var cr: Int

        public init(lf: Int = 0, crlf: Int = 0, cr: Int = 0) {
            self.lf = lf
            self.crlf = crlf
            self.cr = cr
        }
    }

    public struct File: Sendable, Hashable {
        public var name: String
        /// On disk; `nil` when the size is not known.
        public var bytes: Int?
        public var isGzip: Bool
        /// What the content is written in, such as `windows-1252`.
        public var encoding: String
        public var hasByteOrderMark: Bool
        /// In the file's beginning.
        public var lineEnds: LineEnds

        public init(
            name: String, bytes: Int?, isGzip: Bool, encoding: String, hasByteOrderMark: Bool, lineEnds: LineEnds
        ) {
            self.name = name
            self.bytes = bytes
            self.isGzip = isGzip
            self.encoding = encoding
            self.hasByteOrderMark = hasByteOrderMark
            self.lineEnds = lineEnds
        }
    }

    public var format: Format
    public var files: [File]
    /// CSV: one character each; `nil` when nothing is quoted.
    public var delimiter: String?
    public var quote: String?
    /// CSV: whether the first line names the columns.
    public var hasHeader: Bool?
    /// The source's columns, as far as they are known.
    public var columns: [String]

    public init(
        format: Format, files: [File], delimiter: String? = nil, quote: String? = nil, hasHeader: Bool? = nil,
        columns: [String] = []
    ) {
        self.format = format
        self.files = files
        self.delimiter = delimiter
        self.quote = quote
        self.hasHeader = hasHeader
        self.columns = columns
    }
}
