#if canImport(Glibc)
    private import Glibc
#else
    private import Darwin
#endif

/// Why bytes are not a JSON value.
struct JSONSyntaxError: Error {
    let offset: Int
}

extension JSON {
    /// Nesting depth that a body may reach.
    static let depthMax = 64

    /// Reads one JSON value that fills the bytes.
    static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSON {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipWhitespace()
        guard reader.position == bytes.count else { throw JSONSyntaxError(offset: reader.position) }
        return value
    }
}

private struct JSONReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipWhitespace() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    func failure() -> JSONSyntaxError { JSONSyntaxError(offset: position) }

    mutating func value(depth: Int) throws(JSONSyntaxError) -> JSON {
        guard depth < JSON.depthMax else { throw failure() }
        skipWhitespace()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    mutating func word(_ text: StaticString, _ value: JSON) throws(JSONSyntaxError) -> JSON {
        for expected in text.description.utf8 {
            guard peek == expected else { throw failure() }
            position += 1
        }
        return value
    }

    mutating func number() throws(JSONSyntaxError) -> JSON {
        let start = position
        while let byte = peek, (byte >= 0x30 && byte <= 0x39) || "+-.eE".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard Double(text) != nil, text.first != "+", text.first != ".", text.last != "." else { throw failure() }
        return .number(text)
    }

    mutating func object(depth: Int) throws(JSONSyntaxError) -> JSON {
        position += 1
        var members: [JSONObject.Member] = []
        skipWhitespace()
        if peek == UInt8(ascii: "}") {
            position += 1
            return .object(JSONObject())
        }
        while true {
            skipWhitespace()
            guard peek == UInt8(ascii: "\"") else { throw failure() }
            let name = try string()
            skipWhitespace()
            guard peek == UInt8(ascii: ":") else { throw failure() }
            position += 1
            let member = JSONObject.Member(name: name, value: try value(depth: depth + 1))
            if let twin = members.firstIndex(where: { $0.name == name }) {
                members[twin] = member
            } else {
                members.append(member)
            }
            if try closes(with: UInt8(ascii: "}")) { return .object(JSONObject(members)) }
        }
    }

    mutating func array(depth: Int) throws(JSONSyntaxError) -> JSON {
        position += 1
        var values: [JSON] = []
        skipWhitespace()
        if peek == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        while true {
            values.append(try value(depth: depth + 1))
            if try closes(with: UInt8(ascii: "]")) { return .array(values) }
        }
    }

    /// Reads a comma (false) or the closing byte (true).
    mutating func closes(with close: UInt8) throws(JSONSyntaxError) -> Bool {
        skipWhitespace()
        guard let byte = peek, byte == close || byte == UInt8(ascii: ",") else { throw failure() }
        position += 1
        return byte == close
    }

    /// Offset of the next such byte, or nil. Files of many megabytes come as one string, hence the C library's scan.
    func next(_ byte: UInt8, from start: Int, to end: Int) -> Int? {
        unsafe bytes.withUnsafeBytes { raw in
            guard start < end, let base = raw.baseAddress else { return nil }
            guard let found = unsafe memchr(base + start, Int32(byte), end - start) else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        var end = position
        while true {
            guard let quote = next(UInt8(ascii: "\""), from: end, to: bytes.count) else { throw failure() }
            var slashes = 0
            while quote - slashes > position, bytes[quote - slashes - 1] == UInt8(ascii: "\\") { slashes += 1 }
            end = quote + 1
            if slashes % 2 == 0 { break }
        }
        let body = position..<(end - 1)
        position = end
        if next(UInt8(ascii: "\\"), from: body.lowerBound, to: body.upperBound) == nil {
            return String(decoding: bytes[body], as: UTF8.self)
        }
        return try unescaped(body)
    }

    func unescaped(_ body: Range<Int>) throws(JSONSyntaxError) -> String {
        var units: [UInt8] = []
        units.reserveCapacity(body.count)
        var index = body.lowerBound
        while index < body.upperBound {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                units.append(byte)
                continue
            }
            let escape = bytes[index]
            index += 1
            switch escape {
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(escape)
            case UInt8(ascii: "u"): units += try unicode(&index, end: body.upperBound).utf8
            default: throw JSONSyntaxError(offset: index)
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    /// The character of `\uXXXX`, with its second half when it is a surrogate pair; `index` is behind the `u`.
    func unicode(_ index: inout Int, end: Int) throws(JSONSyntaxError) -> String {
        var unit = try hex(&index, end: end)
        if unit >= 0xD800, unit < 0xDC00, index + 6 <= end, bytes[index] == 0x5C, bytes[index + 1] == 0x75 {
            var second = index + 2
            let low = try hex(&second, end: end)
            if low >= 0xDC00, low < 0xE000 {
                index = second
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
        }
        guard let scalar = Unicode.Scalar(unit) else { return "\u{FFFD}" }
        return String(Character(scalar))
    }

    func hex(_ index: inout Int, end: Int) throws(JSONSyntaxError) -> UInt32 {
        guard index + 4 <= end,
            let unit = UInt32(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
        else { throw JSONSyntaxError(offset: index) }
        index += 4
        return unit
    }
}
