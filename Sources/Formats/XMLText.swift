/// Escaping of text for XML and of XML text for JSON lists.
enum XMLText {
    /// Appends text as element content; whether it needed no escape, so that its bytes stand there as they are.
    static func escape(text: Span<UInt8>, to out: inout [UInt8]) -> Bool {
        // A reader would make a line feed of a bare CR.
        escape(text, to: &out) { byte in
            byte == UInt8(ascii: "&") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == 0x0D
        }
    }

    /// Appends text as the inside of an attribute in double quotes; whether it needed no escape.
    static func escape(attribute: Span<UInt8>, to out: inout [UInt8]) -> Bool {
        // A reader would make spaces of bare control characters.
        escape(attribute, to: &out) { byte in
            byte == UInt8(ascii: "&") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: "\"") || byte < 0x20
        }
    }

    /// Appends text as one more element of an unfinished JSON list: `["a"`, `["a","b"`.
    static func appendListElement(_ text: Span<UInt8>, to list: inout [UInt8]) {
        list.append(UInt8(ascii: list.isEmpty ? "[" : ","))
        NDJSONText.appendString(text, to: &list)
    }

    /// Resolves `&amp;`, `&lt;` and `&gt;`; there must be no other references.
    static func unescape(_ text: Span<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            guard byte == UInt8(ascii: "&") else {
                out.append(byte)
                index += 1
                continue
            }
            switch text[index + 1] {
            case UInt8(ascii: "l"): out.append(UInt8(ascii: "<"))
            case UInt8(ascii: "g"): out.append(UInt8(ascii: ">"))
            default: out.append(UInt8(ascii: "&"))
            }
            index += text[index + 1] == UInt8(ascii: "a") ? 5 : 4
        }
        return out
    }

    /// Resolves `&#38;`, the one reference that the parser leaves in attribute values; `nil` when there is none.
    static func resolveAmpersands(_ value: Span<UInt8>) -> [UInt8]? {
        guard value.indices.contains(where: { value[$0] == UInt8(ascii: "&") }) else { return nil }
        var out: [UInt8] = []
        var index = 0
        while index < value.count {
            out.append(value[index])
            index += value[index] == UInt8(ascii: "&") ? 5 : 1
        }
        return out
    }

    @inline(__always)
    private static func escape(_ text: Span<UInt8>, to out: inout [UInt8], _ needsEscape: (UInt8) -> Bool) -> Bool {
        var start = 0
        for index in text.indices where needsEscape(text[index]) {
            appendBytes(of: text, start..<index, to: &out)
            out.append(contentsOf: reference(to: text[index]).utf8)
            start = index + 1
        }
        appendBytes(of: text, start..<text.count, to: &out)
        return start == 0
    }

    private static func reference(to byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        default: "&#\(byte);"
        }
    }
}
