/// What the source turned out to be.
public struct SourceFacts: Sendable, Hashable {
    /// What the files are.
    public enum Format: String, Sendable, Hashable {
        case csv, ndjson, xml
    }

    /// Line ends in the part of a file that was looked at.
    public struct LineEnds: Sendable, Hashable {
        /// Line feeds alone.
        public var lf: Int
        /// Carriage returns with a line feed, counted once.
        public var crlf: Int
        /// Carriage returns alone.
        public var cr: Int

        /// Counts of line ends.
        public init(lf: Int = 0, crlf: Int = 0, cr: Int = 0) {
            self.lf = lf
            self.crlf = crlf
            self.cr = cr
        }
    }

    /// One of the source's files.
    public struct File: Sendable, Hashable {
        /// Without its folder.
        public var name: String
        /// On disk; `nil` when the size is not known.
        public var bytes: Int?
        /// Whether it is compressed.
        public var isGzip: Bool
        /// What the content is written in, such as `windows-1252`.
        public var encoding: String
        /// Whether its content begins with a byte order mark.
        public var hasByteOrderMark: Bool
        /// In the file's beginning.
        public var lineEnds: LineEnds

        /// What one file turned out to be.
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

    /// Of all files.
    public var format: Format
    /// In the order they are read.
    public var files: [File]
    /// CSV: one character each; `nil` when nothing is quoted.
    public var delimiter: String?
    /// CSV: what surrounds fields; `nil` when nothing does.
    public var quote: String?
    /// CSV: whether the first line names the columns.
    public var hasHeader: Bool?
    /// The source's columns, as far as they are known.
    public var columns: [String]

    /// A source; what is not given does not apply to its format.
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
