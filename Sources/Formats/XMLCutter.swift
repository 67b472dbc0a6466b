/// Finds where whole records end, at a place between records, by their tags alone.
///
/// Only tags, quotes and text are understood. What holds a comment, a CDATA section or an instruction is left to the
/// parser, and so is what is not well-formed: a wrong end only joins what fails.
struct XMLCutter {
    /// Name of a record's element, as it stands in the file.
    let name: [UInt8]

    struct Run {
        /// End of the last whole record.
        var end: Int
        var rows = 0
        /// Whether what follows is no plain record, rather than one whose end is not there yet.
        var isAtOddity = false
    }

    /// The whole records from a place on.
    func cut(_ text: Span<UInt8>, from start: Int, rowsMax: Int, bytesMax: Int) -> Run {
        var run = Run(end: start)
        var position = start
        while run.rows < rowsMax, run.end - start < bytesMax {
            while position < text.count, isXMLSpace(text[position]) { position &+= 1 }
            if position == text.count { break }
            switch recordEnd(text, at: position) {
            case .end(let end):
                run.end = end
                run.rows += 1
                position = end
            case .odd:
                run.isAtOddity = true
                return run
            case .open: return run
            }
        }
        return run
    }

    /// The place behind the next end tag of a record's name, or the text's end.
    func nextEnd(_ text: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while true {
            position = firstByte(UInt8(ascii: "<"), in: text, from: position)
            if position + 2 + name.count >= text.count { return text.count }
            if text[position + 1] == UInt8(ascii: "/"), isName(text, at: position + 2) {
                return min(firstByte(UInt8(ascii: ">"), in: text, from: position + 2) + 1, text.count)
            }
            position += 1
        }
    }

    private enum Finding {
        case end(Int)
        case odd
        /// The text ends first.
        case open
    }

    @inline(__always)
    private func recordEnd(_ text: Span<UInt8>, at start: Int) -> Finding {
        if text.count - start < name.count + 2 { return .open }
        guard isRecord(text, at: start) else { return .odd }
        var depth = 0
        var position = start
        while position &+ 1 < text.count {
            let next = text[position &+ 1]
            if next == UInt8(ascii: "/") {
                position = firstByte(UInt8(ascii: ">"), in: text, from: position &+ 2) &+ 1
                depth &-= 1
            } else if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") {
                return .odd
            } else {
                var isEmpty = false
                position = tagEnd(text, from: position &+ 1, &isEmpty)
                if !isEmpty { depth &+= 1 }
            }
            if position > text.count { return .open }
            if depth == 0 { return .end(position) }
            position = firstByte(UInt8(ascii: "<"), in: text, from: position)
        }
        return .open
    }

    private func isRecord(_ text: Span<UInt8>, at start: Int) -> Bool {
        guard text[start] == UInt8(ascii: "<") else { return false }
        guard isName(text, at: start + 1) else { return false }
        let next = text[start + 1 + name.count]
        return next == UInt8(ascii: ">") || next == UInt8(ascii: "/") || isXMLSpace(next)
    }

    @inline(__always)
    private func isName(_ text: Span<UInt8>, at start: Int) -> Bool {
        for index in name.indices where text[start &+ index] != name[index] { return false }
        return true
    }

    /// The place behind a start tag; beyond the text when it does not end.
    @inline(__always)
    private func tagEnd(_ text: Span<UInt8>, from start: Int, _ isEmpty: inout Bool) -> Int {
        var position = start
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: ">") {
                isEmpty = text[position &- 1] == UInt8(ascii: "/")
                return position &+ 1
            }
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                position = firstByte(byte, in: text, from: position &+ 1)
            }
            position &+= 1
        }
        return text.count &+ 1
    }
}

@inline(__always)
func isXMLSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D }
