internal import ExactJSON

/// The byte-level pieces of JSON strings: where plain text ends, what an escape stands for, compact form.
enum NDJSONText {
    /// Whether a word stands at a place.
    static func has(_ word: StaticString, _ bytes: Span<UInt8>, at start: Int) -> Bool {
        word.withUTF8Buffer { expected in
            guard start &+ expected.count <= bytes.count else { return false }
            // Safe because the index runs over the buffer's own indices, inside the closure that lends it.
            for index in expected.indices where unsafe expected[index] != bytes[start &+ index] { return false }
            return true
        }
    }

    /// Bytes of the UTF-8 sequence that starts at a place with a byte above ASCII; 0 when it isn't valid.
    static func sequenceLength(_ bytes: Span<UInt8>, _ place: Int) -> Int {
        let lead = bytes[place]
        let length: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if lead == 0xE0 { low = 0xA0 }
            if lead == 0xED { high = 0x9F }
        case 0xF0...0xF4:
            length = 4
            if lead == 0xF0 { low = 0x90 }
            if lead == 0xF4 { high = 0x8F }
        default: return 0
        }
        guard place &+ length <= bytes.count, bytes[place &+ 1] >= low, bytes[place &+ 1] <= high else { return 0 }
        for index in 2..<max(length, 2) where bytes[place &+ index] & 0xC0 != 0x80 { return 0 }
        return length
    }

    /// The value of four hexadecimal digits; `nil` when they aren't there.
    static func hexQuad(_ bytes: Span<UInt8>, _ place: Int) -> UInt32? {
        guard place &+ 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for index in place..<place &+ 4 {
            switch bytes[index] {
            case let byte where byte &- 0x30 < 10: value = value << 4 | UInt32(byte &- 0x30)
            case let byte where (byte | 0x20) &- 0x61 < 6: value = value << 4 | UInt32((byte | 0x20) &- 0x57)
            default: return nil
            }
        }
        return value
    }

    /// The bytes of a range.
    static func copy(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var out: [UInt8] = []
        appendBytes(of: bytes, range, to: &out)
        return out
    }

    /// The text of a checked string's inside.
    static func unescape(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var out: [UInt8] = []
        unescape(bytes, range, into: &out)
        return out
    }

    /// Appends the text of a checked string's inside.
    static func unescape(_ bytes: Span<UInt8>, _ range: Range<Int>, into out: inout [UInt8]) {
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = bytes[position]
            if byte != UInt8(ascii: "\\") {
                out.append(byte)
                position &+= 1
                continue
            }
            let escape = bytes[position &+ 1]
            position &+= 2
            switch escape {
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0C)
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                let unit = hexQuad(bytes, position) ?? 0
                position &+= 4
                if unit & 0xFC00 == 0xD800, let low = hexQuad(bytes, position &+ 2) {
                    position &+= 6
                    appendUTF8(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), to: &out)
                } else {
                    appendUTF8(unit, to: &out)
                }
            default: out.append(escape)
            }
        }
    }

    /// Appends a checked JSON value without the white space between its tokens.
    static func compact(_ bytes: Span<UInt8>, _ range: Range<Int>, into out: inout [UInt8]) {
        var position = range.lowerBound
        var isInString = false
        while position < range.upperBound {
            let byte = bytes[position]
            position &+= 1
            if isInString, byte == UInt8(ascii: "\\") {
                out.append(byte)
                out.append(bytes[position])
                position &+= 1
                continue
            }
            if byte == UInt8(ascii: "\"") { isInString.toggle() }
            if isInString || byte > 0x20 { out.append(byte) }
        }
    }

    /// Appends UTF-8 text as a JSON string with its quotes.
    static func appendString(_ text: Span<UInt8>, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        var start = 0
        var position = 0
        while true {
            position = plainEnd(text, from: position)
            guard position < text.count else { break }
            if text[position] < 0x80 {
                appendBytes(of: text, start..<position, to: &out)
                JSONValue.writeEscaped(text[position], to: &out)
                start = position &+ 1
            }
            position &+= 1
        }
        appendBytes(of: text, start..<text.count, to: &out)
        out.append(UInt8(ascii: "\""))
    }

}
