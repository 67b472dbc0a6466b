/// What to read and how: a list of files of one format, chained into one source.
public struct SourceDefinition: Sendable, Hashable {
    /// Of all files.
    public var format: SourceFormat
    /// Absolute paths in reading order; globs are already expanded. `-` is standard input.
    public var paths: [String]
    /// The fields that the pipeline uses, in the order its batches shall have them; `nil` for all that the source has.
    public var fields: [String]?
    /// Longest record in bytes; a longer one is that row's problem and is skipped without being held.
    public var recordBytesMax = 16 << 20
    /// Most rows of one batch; a batch also ends after about `batchBytes`.
    public var batchRows = 1024
    /// Bytes after which a batch ends.
    public var batchBytes = 1 << 20
    /// Bytes that are read at a time.
    public var blockBytes = 256 << 10

    /// A source with the usual bounds.
    public init(format: SourceFormat, paths: [String], fields: [String]? = nil) {
        self.format = format
        self.paths = paths
        self.fields = fields
    }
}

/// A source's format and dialect.
public enum SourceFormat: Sendable, Hashable {
    /// Delimited text.
    case csv(CSVDialect)
    /// One JSON object a line.
    case ndjson
    /// Elements of one path as records.
    case xml(XMLShape)
}

/// How a CSV file is written.
public struct CSVDialect: Sendable, Hashable {
    /// What happens to a row with more or fewer fields than the header.
    public enum RaggedPolicy: String, Sendable, Hashable, CaseIterable {
        /// The row is rejected.
        case reject
        /// Missing fields are null; extra ones are still rejected.
        case pad
    }

    /// One ASCII byte.
    public var delimiter = UInt8(ascii: ",")
    /// One ASCII byte; `nil` when nothing is quoted.
    public var quote: UInt8? = UInt8(ascii: "\"")
    /// Column names for a file without a header line; `nil` when the first line is the header.
    public var columns: [String]?
    /// What the files are declared to be written in; a byte order mark goes before it.
    public var encoding = TextEncoding.utf8
    /// What happens to rows with too few fields.
    public var ragged = RaggedPolicy.reject

    /// Commas, double quotes, a header and UTF-8.
    public init() {}
}

/// Character encodings of text sources. A BOM wins over the declared one.
public enum TextEncoding: String, Sendable, Hashable, CaseIterable {
    /// Checked: bytes that are no UTF-8 are problems of their row.
    case utf8 = "utf-8"
    /// Western European; bytes from 0x80 to 0x9F are control characters.
    case latin1 = "iso-8859-1"
    /// As `latin1`, with the euro sign at 0xA4 and seven more letters.
    case latin9 = "iso-8859-15"
    /// As `latin1`, with printable characters from 0x80 to 0x9F, five of which are undefined.
    case windows1252 = "windows-1252"
    /// UTF-16 by BOM, little-endian without one.
    case utf16 = "utf-16"
    /// UTF-16, the low byte of each unit first.
    case utf16LE = "utf-16le"
    /// UTF-16, the high byte of each unit first.
    case utf16BE = "utf-16be"
}

/// Where the records of an XML file are and which of its values are fields.
public struct XMLShape: Sendable, Hashable {
    /// One field: its name, and its path relative to the record (`@nr`, `adres/postcode`, `telefoon[]` for a list).
    public struct Field: Sendable, Hashable {
        /// The column's name.
        public var name: String
        /// Where its value stands, from the record's element.
        public var path: String

        /// A field; whether its path can be read is told by `pathProblems`.
        public init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }

    /// Absolute element path of a record, such as `/export/klanten/klant`; steps may carry a namespace prefix.
    public var record: String
    /// In the order of the columns; names are unique.
    public var fields: [Field]
    /// Prefix to namespace URI; a step without a prefix matches an element in any namespace.
    public var namespaces: [String: String]

    /// A shape; whether its paths can be read is told by `pathProblems`.
    public init(record: String, fields: [Field], namespaces: [String: String] = [:]) {
        self.record = record
        self.fields = fields
        self.namespaces = namespaces
    }
}
