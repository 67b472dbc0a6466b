/// A place in decoded text where the source's bytes stand for no character.
public struct EncodingProblem: Sendable, Hashable {
    /// In which way bytes stand for no character.
    public enum Kind: Sendable, Hashable {
        /// Bytes that are not text in this encoding: a lone surrogate, half a unit at the end. U+FFFD stands for them.
        case invalid
        /// A byte that the encoding leaves undefined; the C1 control of its number stands for it.
        case undefined
    }

    /// In which way they stand for none.
    public let kind: Kind
    /// In the decoded (UTF-8) stream, counted from the first byte after a BOM.
    public let offset: Int
}

/// Turns text of a declared encoding into UTF-8, from input that arrives in pieces.
struct TextDecoder: Sendable {
    private let encoding: TextEncoding
    private let table: [UInt32]
    private var pendingByte: UInt8?
    private var pendingHigh: UInt32?
    /// Bytes of UTF-8 made so far.
    private var produced = 0
    private(set) var problems: [EncodingProblem] = []

    /// - Parameter encoding: any but UTF-8, which needs no decoding; `utf16` is little-endian.
    init(_ encoding: TextEncoding) {
        self.encoding = encoding
        table = SingleByteTable.scalars(of: encoding)
    }

    /// The problems found since the last call, in order.
    mutating func takeProblems() -> [EncodingProblem] {
        defer { problems = [] }
        return problems
    }

    mutating func decode(_ input: Span<UInt8>, into output: inout [UInt8]) {
        let before = output.count
        produced -= before
        switch encoding {
        case .utf8: for index in input.indices { output.append(input[index]) }
        case .latin1, .latin9, .windows1252: decodeSingleBytes(input, into: &output)
        case .utf16, .utf16LE: decodeUnits(input, highFirst: false, into: &output)
        case .utf16BE: decodeUnits(input, highFirst: true, into: &output)
        }
        produced += output.count
    }

    /// Ends the text: half a unit or half a pair that is left over becomes U+FFFD.
    mutating func finish(into output: inout [UInt8]) {
        produced -= output.count
        if pendingHigh != nil || pendingByte != nil { replace(into: &output) }
        pendingHigh = nil
        pendingByte = nil
        produced += output.count
    }

    private mutating func decodeSingleBytes(_ input: Span<UInt8>, into output: inout [UInt8]) {
        output.reserveCapacity(output.count + input.count + input.count / 8)
        var index = 0
        while index < input.count {
            let end = asciiRunEnd(input, from: index, end: input.count)
            appendBytes(of: input, index..<end, to: &output)
            guard end < input.count else { return }
            let byte = input[end]
            let scalar = table[Int(byte) - 0x80]
            if encoding == .windows1252, scalar == UInt32(byte), scalar < 0xA0 {
                problems.append(EncodingProblem(kind: .undefined, offset: produced + output.count))
            }
            appendUTF8(scalar, to: &output)
            index = end + 1
        }
    }

    private mutating func decodeUnits(_ input: Span<UInt8>, highFirst: Bool, into output: inout [UInt8]) {
        var index = 0
        while index < input.count {
            let byte = input[index]
            index += 1
            guard let first = pendingByte else {
                pendingByte = byte
                continue
            }
            pendingByte = nil
            let unit = highFirst ? UInt32(first) << 8 | UInt32(byte) : UInt32(byte) << 8 | UInt32(first)
            decodeUnit(unit, into: &output)
        }
    }

    private mutating func decodeUnit(_ unit: UInt32, into output: inout [UInt8]) {
        if let high = pendingHigh {
            pendingHigh = nil
            if 0xDC00...0xDFFF ~= unit {
                return appendUTF8(0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00), to: &output)
            }
            replace(into: &output)
        }
        switch unit {
        case 0xD800...0xDBFF: pendingHigh = unit
        case 0xDC00...0xDFFF: replace(into: &output)
        default: appendUTF8(unit, to: &output)
        }
    }

    private mutating func replace(into output: inout [UInt8]) {
        problems.append(EncodingProblem(kind: .invalid, offset: produced + output.count))
        appendUTF8(0xFFFD, to: &output)
    }
}

/// What the bytes 0x80–0xFF of the single-byte encodings stand for.
enum SingleByteTable {
    /// 128 scalars; empty for encodings of another kind.
    static func scalars(of encoding: TextEncoding) -> [UInt32] {
        var table = (0x80...0xFF).map { UInt32($0) }
        switch encoding {
        case .latin1: break
        case .latin9: for (byte, scalar) in latin9 { table[byte - 0x80] = scalar }
        case .windows1252: table.replaceSubrange(0..<32, with: windows1252)
        case .utf8, .utf16, .utf16LE, .utf16BE: return []
        }
        return table
    }

    private static let latin9: [(Int, UInt32)] = [
        (0xA4, 0x20AC), (0xA6, 0x0160), (0xA8, 0x0161), (0xB4, 0x017D), (0xB8, 0x017E), (0xBC, 0x0152),
        (0xBD, 0x0153), (0xBE, 0x0178),
    ]

    /// 0x80–0x9F; the five undefined bytes map to themselves.
    private static let windows1252: [UInt32] = [
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D,
        0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x009D, 0x017E, 0x0178,
    ]
}
