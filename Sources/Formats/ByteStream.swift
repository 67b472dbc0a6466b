/// The content of one input file: opened, gunzipped and decoded to UTF-8, block by block.
///
/// gzip is recognised by its magic bytes, UTF-8 and UTF-16 by their BOM, which wins over the declared encoding and is
/// not part of the content. UTF-8 is passed through as it is; whoever cuts it into records validates it.
public struct ByteStream: ~Copyable, ByteSource {
    /// The file as messages name it.
    public let file: String
    /// What the content turned out to be written in; `nil` when the bytes are passed through.
    public private(set) var encoding: TextEncoding?
    /// Length of the BOM in bytes.
    public private(set) var bomBytes = 0

    private var disk: any ByteSource & ~Copyable
    private let meter: InputMeter?
    private var inflater: GzipInflater?
    /// Inflates in place of `inflater` as long as nothing is out of the ordinary.
    private var fast: FastInflater?
    /// Where the file can be opened again; `nil` for what can be read once only.
    private var path: String?
    /// Bytes that `fast` has delivered.
    private var fastBytes = 0
    /// Bytes read from disk that the meter has not to count, since it has.
    private var countedBytes = 0
    private var diskBytes = 0
    private var decoder: TextDecoder?
    /// Bytes as they are on disk, and how many of them are used.
    private var raw: [UInt8] = []
    private var rawUsed = 0
    /// Bytes of the content before decoding, and how many of them are used.
    private var content: [UInt8] = []
    private var contentUsed = 0
    private var failure: FormatError?
    private var opened = false
    private var diskEnded = false

    static let blockBytes = 256 << 10
    /// What is looked at before anything is read for somebody.
    private static let openingBytes = 4 << 10

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: `-` is standard input.
    ///   - encoding: what the content is declared to be written in; `nil` passes its bytes through, BOM included.
    ///   - meter: counts the bytes as they are on disk.
    /// - Throws: `unreadable` when the file can't be opened.
    public init(path: String, encoding: TextEncoding?, meter: InputMeter? = nil) throws(FormatError) {
        let disk = try FileBytes(path: path)
        let isRegular = disk.isRegular
        self.init(disk, file: displayName(ofPath: path), encoding: encoding, meter: meter)
        if isRegular { self.path = path }
    }

    /// Reads from any source of bytes, named `file` in messages.
    public init(
        _ source: consuming some ByteSource & ~Copyable, file: String, encoding: TextEncoding?,
        meter: InputMeter? = nil
    ) {
        disk = source as any ByteSource & ~Copyable
        self.file = file
        self.encoding = encoding
        self.meter = meter
    }

    /// Appends at most `max` bytes of decoded text; 0 at the clean end.
    ///
    /// - Throws: `unreadable` when the file can't be read on, `malformed` or `limit` for a broken or boundless gzip
    ///   file; what came before was delivered.
    public mutating func read(into buffer: inout [UInt8], max: Int) throws(FormatError) -> Int {
        if !opened { try open() }
        if decoder == nil {
            let carried = takeContent(into: &buffer, max: max)
            return try carried > 0 ? carried : readContent(into: &buffer, max: max)
        }
        while contentUsed == content.count {
            content.removeAll(keepingCapacity: true)
            contentUsed = 0
            if try !decodeBlock() { return 0 }
        }
        return takeContent(into: &buffer, max: max)
    }

    /// Where the decoder met bytes that stand for no character, since the last call, in order.
    ///
    /// A problem may lie beyond the bytes read so far, never before those of an earlier read.
    public mutating func takeProblems() -> [EncodingProblem] { decoder?.takeProblems() ?? [] }

    /// How many bytes of the file's content the given decoded text takes up.
    public func contentLength(of text: Span<UInt8>) -> Int { encoding?.contentLength(of: text) ?? text.count }

    private mutating func open() throws(FormatError) {
        opened = true
        while raw.count < 2, try readDisk(max: Self.openingBytes) > 0 {}
        if raw.count >= 2, raw[0] == 0x1F, raw[1] == 0x8B {
            if path != nil { fast = FastInflater() }
            if fast == nil { inflater = try GzipInflater(file: file) }
        }
        guard let declared = encoding else { return }
        var start: [UInt8] = []
        do throws(FormatError) {
            while start.count < 3, try readContent(into: &start, max: Self.openingBytes) > 0 {}
        } catch {
            failure = error
        }
        let bom = ByteOrderMark(start.span)
        bomBytes = bom?.length ?? 0
        let actual = bom?.encoding ?? declared
        encoding = actual
        start.removeFirst(bomBytes)
        guard actual != .utf8 else {
            content = start
            return
        }
        decoder = TextDecoder(actual)
        decoder?.decode(start.span, into: &content)
    }

    private mutating func takeContent(into buffer: inout [UInt8], max: Int) -> Int {
        let count = min(max, content.count - contentUsed)
        buffer.append(contentsOf: content[contentUsed..<contentUsed + count])
        contentUsed += count
        if contentUsed == content.count, decoder == nil {
            content = []
            contentUsed = 0
        }
        return count
    }

    /// Appends decoded text to `content`; false at the end.
    private mutating func decodeBlock() throws(FormatError) -> Bool {
        var block: [UInt8] = []
        block.reserveCapacity(Self.blockBytes)
        if try readContent(into: &block, max: Self.blockBytes) > 0 {
            decoder?.decode(block.span, into: &content)
            return true
        }
        decoder?.finish(into: &content)
        return !content.isEmpty
    }

    /// Appends bytes of the (decompressed) content.
    private mutating func readContent(into buffer: inout [UInt8], max: Int) throws(FormatError) -> Int {
        if let failure { throw failure }
        if fast != nil, let made = try readFast(into: &buffer, max: max) { return made }
        if inflater == nil, rawUsed == raw.count {
            let before = buffer.count
            let count = try disk.read(into: &buffer, max: max)
            meter?.add(buffer.span.extracting(before..<before + count))
            if count == 0 { noteEnd() }
            return count
        }
        guard inflater != nil else {
            let count = min(max, raw.count - rawUsed)
            buffer.append(contentsOf: raw[rawUsed..<rawUsed + count])
            rawUsed += count
            if rawUsed == raw.count { (raw, rawUsed) = ([], 0) }
            return count
        }
        return try readInflated(into: &buffer, max: max)
    }

    /// Appends what the fast inflater makes; `nil` when it has given up and the other has taken its place.
    private mutating func readFast(into buffer: inout [UInt8], max: Int) throws(FormatError) -> Int? {
        let before = buffer.count
        while true {
            var isAtEnd = false
            if rawUsed == raw.count {
                raw.removeAll(keepingCapacity: true)
                rawUsed = 0
                isAtEnd = try readDisk(max: Self.blockBytes) == 0
            }
            let isSound = fast?.inflate(raw, from: &rawUsed, into: &buffer, max: max) ?? false
            let made = buffer.count - before
            if isSound, made > 0 {
                fastBytes += made
                return made
            }
            if isSound, isAtEnd, fast?.isBetweenMembers ?? false { return 0 }
            if !isSound || isAtEnd {
                buffer.removeLast(made)
                try startAgain()
                return nil
            }
        }
    }

    /// Goes through the file once more with zlib, up to where the fast inflater has come.
    private mutating func startAgain() throws(FormatError) {
        guard let path else { return }
        fast = nil
        inflater = try GzipInflater(file: file)
        disk = try FileBytes(path: path) as any ByteSource & ~Copyable
        (raw, rawUsed) = ([], 0)
        countedBytes = diskBytes
        var passed: [UInt8] = []
        while fastBytes > 0 {
            passed.removeAll(keepingCapacity: true)
            let made = try readInflated(into: &passed, max: min(Self.blockBytes, fastBytes))
            fastBytes = made == 0 ? 0 : fastBytes - made
        }
    }

    private mutating func readInflated(into buffer: inout [UInt8], max: Int) throws(FormatError) -> Int {
        while true {
            if rawUsed == raw.count {
                raw.removeAll(keepingCapacity: true)
                rawUsed = 0
                if try readDisk(max: Self.blockBytes) == 0 {
                    let made = inflater?.flush(into: &buffer, max: max, failure: &failure) ?? 0
                    if made > 0 { return made }
                    if let failure { throw failure }
                    if let cut = inflater?.failureAtEnd() { throw cut }
                    return 0
                }
            }
            let made = inflater?.inflate(raw, from: &rawUsed, into: &buffer, max: max, failure: &failure) ?? 0
            if made > 0 { return made }
            if let failure { throw failure }
        }
    }

    private mutating func readDisk(max: Int) throws(FormatError) -> Int {
        let before = raw.count
        let count = try disk.read(into: &raw, max: max)
        let counted = min(countedBytes, count)
        countedBytes -= counted
        diskBytes += count - counted
        meter?.add(raw.span.extracting(before + counted..<before + count))
        if count == 0 { noteEnd() }
        return count
    }

    private mutating func noteEnd() {
        if !diskEnded { meter?.endFile() }
        diskEnded = true
    }
}

/// A byte order mark at the start of a text.
struct ByteOrderMark {
    let encoding: TextEncoding
    let length: Int

    init?(_ start: Span<UInt8>) {
        if start.count >= 3, start[0] == 0xEF, start[1] == 0xBB, start[2] == 0xBF {
            (encoding, length) = (.utf8, 3)
        } else if start.count >= 2, start[0] == 0xFF, start[1] == 0xFE {
            (encoding, length) = (.utf16LE, 2)
        } else if start.count >= 2, start[0] == 0xFE, start[1] == 0xFF {
            (encoding, length) = (.utf16BE, 2)
        } else {
            return nil
        }
    }
}

extension TextEncoding {
    /// How many bytes some text, given as UTF-8, takes up in this encoding.
    func contentLength(of text: Span<UInt8>) -> Int {
        switch self {
        case .utf8: text.count
        case .latin1, .latin9, .windows1252: countUnits(text, pairs: false)
        case .utf16, .utf16LE, .utf16BE: 2 * countUnits(text, pairs: true)
        }
    }
}

/// Counts the scalars of UTF-8 text, or its UTF-16 code units when astral scalars count as pairs.
private func countUnits(_ text: Span<UInt8>, pairs: Bool) -> Int {
    var count = 0
    for index in text.indices {
        let byte = text[index]
        if byte & 0xC0 != 0x80 { count += 1 }
        if pairs, byte >= 0xF0 { count += 1 }
    }
    return count
}
