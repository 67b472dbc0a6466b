internal import Glibc

/// What one file of a source is written in, as its beginning shows.
public struct ContentFacts: Sendable, Hashable {
    /// Whether it is compressed.
    public private(set) var isGzip = false
    /// Name of the encoding, such as `windows-1252`.
    public private(set) var encoding: String
    /// Whether the content begins with a byte order mark.
    public private(set) var hasByteOrderMark = false
    /// Line ends of each kind among the first `contentBytes`.
    public private(set) var lf = 0
    /// Carriage returns with a line feed, counted once.
    public private(set) var crlf = 0
    /// Carriage returns alone.
    public private(set) var cr = 0

    /// How much of the content is looked at, and how much more as long as no line has ended.
    private static let contentBytes = 64 << 10
    private static let lineBytesMax = 256 << 10

    /// Reads a file's beginning.
    ///
    /// - Throws: `unreadable` for what is no file that can be read twice, `malformed` for a broken gzip header.
    public init(path: String, format: SourceFormat) throws(FormatError) {
        var status = stat()
        guard path != "-", unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw FormatError(.unreadable, "is no regular file", file: displayName(ofPath: path))
        }
        let declared: TextEncoding? =
            switch format {
            case .csv(let dialect): dialect.encoding
            case .ndjson: .utf8
            case .xml: nil
            }
        var magic: [UInt8] = []
        var disk = try FileBytes(path: path)
        while magic.count < 2, try disk.read(into: &magic, max: 2 - magic.count) > 0 {}
        isGzip = magic == [0x1F, 0x8B]
        var stream = try ByteStream(path: path, encoding: declared)
        var content: [UInt8] = []
        while content.count < Self.contentBytes
            || content.count < Self.lineBytesMax && !content.contains(where: { $0 == 0x0A || $0 == 0x0D }),
            try stream.read(into: &content, max: Self.contentBytes) > 0
        {}
        encoding = stream.encoding?.rawValue ?? Self.declaredEncoding(content)
        hasByteOrderMark = stream.bomBytes > 0 || ByteOrderMark(content.span) != nil
        countLineEnds(content)
    }

    /// The most frequent line end.
    var lineEnd: String { crlf > max(lf, cr) ? "\r\n" : cr > lf ? "\r" : "\n" }

    private mutating func countLineEnds(_ content: [UInt8]) {
        var wasCR = false
        for byte in content {
            if byte == 0x0A {
                if wasCR {
                    crlf += 1
                    cr -= 1
                } else {
                    lf += 1
                }
            }
            wasCR = byte == 0x0D
            if wasCR { cr += 1 }
        }
    }

    /// What an XML file says of itself; `utf-8` when it says nothing.
    private static func declaredEncoding(_ content: [UInt8]) -> String {
        if let mark = ByteOrderMark(content.span), mark.encoding != .utf8 { return mark.encoding.rawValue }
        let head = String(decoding: content.prefix(200), as: UTF8.self).prefix { $0 != ">" }
        guard let place = head.firstRange(of: "encoding=") else { return TextEncoding.utf8.rawValue }
        let quoted = head[place.upperBound...]
        guard let quote = quoted.first, quote == "\"" || quote == "'" else { return TextEncoding.utf8.rawValue }
        return quoted.dropFirst().prefix { $0 != quote }.lowercased()
    }
}
