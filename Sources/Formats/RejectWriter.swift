public import Records

/// Writes the rejected records of a source in the source's own dialect, so that the file can be mended and fed back.
///
/// Each record stands there as its source has it, with its row, line, field, code and message in front. Of
/// files in different encodings it is UTF-8 with a byte order mark, which goes before the encoding that is declared. The file
/// is readable by its owner only, appears under its name when `finish` succeeds, and isn't made when nothing was rejected.
public struct RejectWriter: ~Copyable {
    private let path: String
    private let style: RejectStyle
    private var encoder: TextEncoder
    private let header: [String]
    private var needsMark: Bool
    private let definition: SourceDefinition
    private var lineEnd = "\n"
    private var output: OutputFile?
    private var rows = 0
    private var text: [UInt8] = []
    private var encoded: [UInt8] = []

    /// Names the file; nothing is made yet.
    ///
    /// - Parameters:
    ///   - path: where the file goes, such as one that ends in `rejects.csv`; `fileExtension(of:)` tells which suits.
    ///   - definition: the source that is read.
    ///   - header: the source's own columns in file order, for a CSV source with a header line.
    ///   - encoding: what the source turned out to be written in, when a BOM said so; `nil` for what was declared.
    public init(path: String, definition: SourceDefinition, header: [String] = [], encoding: TextEncoding? = nil) {
        self.path = path
        style = RejectStyle(definition.format)
        var declared = TextEncoding.utf8
        if case .csv(let dialect) = definition.format { declared = dialect.encoding }
        let actual = encoding ?? declared
        encoder = TextEncoder(actual)
        needsMark = actual != .utf8 || declared != .utf8
        self.header = header
        self.definition = definition
    }

    /// The extension that a rejects file of this source should have, without a dot.
    public static func fileExtension(of format: SourceFormat) -> String {
        switch format {
        case .csv: "csv"
        case .ndjson: "ndjson"
        case .xml: "xml"
        }
    }

    /// Records written so far.
    public var rowCount: Int { rows }

    /// Writes one rejected record.
    ///
    /// - Parameters:
    ///   - raw: the record as the batch holds it.
    ///   - issues: what is wrong with it, joined by ` | ` in the file.
    /// - Throws: `unwritable` when the file can't be made or the disk is full.
    public mutating func write(
        raw: ArraySlice<UInt8>, origin: RecordOrigin, issues: [Issue]
    ) throws(FormatError) {
        if output == nil { try open() }
        text.removeAll(keepingCapacity: true)
        style.append(raw: raw, notes: RejectNotes(origin: origin, issues: issues), lineEnd: lineEnd, to: &text)
        encoder.encode(text[...], into: &encoded)
        rows += 1
        if encoded.count >= OutputFile.pieceBytes { try flush() }
    }

    /// Completes the file and puts it in its place; `nil` when there was nothing to write.
    public mutating func finish() throws(FormatError) -> WrittenFile? {
        guard output != nil else { return nil }
        encoder.encode(Array(style.tail.utf8)[...], into: &encoded)
        try flush()
        return try output?.finish(rows: rows)
    }

    private mutating func open() throws(FormatError) {
        output = try OutputFile(path: path)
        if case .csv(let dialect) = definition.format {
            if let first = definition.paths.first,
                let facts = try? ContentFacts(path: first, format: definition.format)
            {
                lineEnd = facts.lineEnd
                needsMark = needsMark || facts.hasByteOrderMark
            }
            if definition.paths.dropFirst().contains(where: { !isWritten(path: $0, declared: dialect.encoding) }) {
                // UTF-8 holds what every file may hold; its mark goes before what the pipeline declares.
                (encoder, needsMark) = (TextEncoder(.utf8), true)
            }
        }
        encoded = needsMark ? encoder.byteOrderMark : []
        encoder.encode(Array(style.head(header: header, lineEnd: lineEnd).utf8)[...], into: &encoded)
    }

    /// Whether a file is in the encoding that rejects are written in. One that can't be looked at stops the run anyway.
    private func isWritten(path: String, declared: TextEncoding) -> Bool {
        guard var stream = try? ByteStream(path: path, encoding: declared) else { return true }
        var start: [UInt8] = []
        _ = try? stream.read(into: &start, max: 1)
        return stream.encoding == encoder.encoding
    }

    private mutating func flush() throws(FormatError) {
        try output?.write(encoded)
        encoded.removeAll(keepingCapacity: true)
    }
}
