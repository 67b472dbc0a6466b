import Records

/// Questions about UTF-8 text that need no `String`.
enum TextBytes {
    /// The length in bytes of the white-space character at `at`, 0 when there is none. White space is Unicode's
    /// White_Space, so that it includes the no-break space of exports from spreadsheets.
    static func whitespace(_ bytes: Span<UInt8>, at: Int, end: Int) -> Int {
        let byte = bytes[at]
        if byte < 0x80 { return byte.isASCIISpace ? 1 : 0 }
        switch byte {
        case 0xC2: return at + 1 < end && (bytes[at + 1] == 0x85 || bytes[at + 1] == 0xA0) ? 2 : 0
        case 0xE1, 0xE2, 0xE3: return at + 2 < end && isWideSpace(byte, bytes[at + 1], bytes[at + 2]) ? 3 : 0
        default: return 0
        }
    }

    /// The length in bytes of the white-space character that ends at `end`, 0 when there is none.
    static func whitespace(_ bytes: Span<UInt8>, before end: Int, start: Int) -> Int {
        let byte = bytes[end - 1]
        if byte < 0x80 { return byte.isASCIISpace ? 1 : 0 }
        if end - start >= 2, bytes[end - 2] == 0xC2 { return byte == 0x85 || byte == 0xA0 ? 2 : 0 }
        if end - start >= 3, isWideSpace(bytes[end - 3], bytes[end - 2], byte) { return 3 }
        return 0
    }

    /// The range without white space at either end.
    @inline(__always)
    static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        range.isEmpty || isTrimmed(bytes, range) ? range : trimmedSlowly(bytes, range)
    }

    /// Whether visible ASCII stands at both ends of a range that is not empty, so that nothing is to be trimmed.
    @inline(__always)
    static func isTrimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        precondition(range.lowerBound < range.upperBound && range.upperBound <= bytes.count)
        // Safe because the first and the last byte lie within the text, which was checked.
        return unsafe bytes[unchecked: range.lowerBound] &- 0x21 < 0x5F
            && bytes[unchecked: range.upperBound &- 1] &- 0x21 < 0x5F
    }

    private static func trimmedSlowly(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end {
            let length = whitespace(bytes, at: start, end: end)
            if length == 0 { break }
            start += length
        }
        while end > start {
            let length = whitespace(bytes, before: end, start: start)
            if length == 0 { break }
            end -= length
        }
        return start..<end
    }

    /// Whether the range holds nothing but white space.
    static func isBlank(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        range.isEmpty || trimmed(bytes, range).isEmpty
    }

    /// Whether a value is nothing but white space.
    @inline(__always)
    static func isBlank(_ bytes: Span<UInt8>, _ cell: Cell) -> Bool {
        cell.isTrimmed ? cell.isEmpty : isBlank(bytes, cell.range)
    }

    /// A value's range without white space at either end.
    @inline(__always)
    static func trimmed(_ bytes: Span<UInt8>, _ cell: Cell) -> Range<Int> {
        cell.isTrimmed ? cell.range : trimmed(bytes, cell.range)
    }

    /// Characters in the range, counted as Unicode scalars.
    static func scalarCount(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        var count = 0
        for index in range where bytes[index] & 0xC0 != 0x80 { count &+= 1 }
        return count
    }

    /// Whether every byte is ASCII and none is white space or a control character.
    static func isVisibleASCII(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let raw = unsafe bytes.bytes
        var at = range.lowerBound
        while at < range.upperBound {
            let word = ByteWord(raw, at: at, end: range.upperBound)
            if !word.isASCII || word.greater(than: 0x20) != ByteWord.highs(range.upperBound &- at) { return false }
            at &+= ByteWord.width
        }
        return true
    }

    /// Whether every byte is ASCII.
    static func isASCII(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var all: UInt8 = 0
        for index in range { all |= bytes[index] }
        return all < 0x80
    }

    /// Whether two ranges hold the same bytes.
    static func equal(_ a: Span<UInt8>, _ aRange: Range<Int>, _ b: Span<UInt8>, _ bRange: Range<Int>) -> Bool {
        if aRange.count != bRange.count { return false }
        var i = aRange.lowerBound
        var j = bRange.lowerBound
        while i < aRange.upperBound {
            if a[i] != b[j] { return false }
            i &+= 1
            j &+= 1
        }
        return true
    }

    /// Whether `part` stands in `whole` at `offset` from its start.
    static func has(
        _ whole: Span<UInt8>, _ range: Range<Int>, _ part: Span<UInt8>, _ partRange: Range<Int>, at offset: Int
    ) -> Bool {
        guard offset >= 0, offset + partRange.count <= range.count else { return false }
        let start = range.lowerBound + offset
        return equal(whole, start..<start + partRange.count, part, partRange)
    }

    /// Whether `part` stands anywhere in `whole`.
    static func contains(
        _ whole: Span<UInt8>, _ range: Range<Int>, _ part: Span<UInt8>, _ partRange: Range<Int>
    ) -> Bool {
        guard let first = partRange.first else { return true }
        var offset = 0
        while offset + partRange.count <= range.count {
            if whole[range.lowerBound + offset] == part[first], has(whole, range, part, partRange, at: offset) {
                return true
            }
            offset += 1
        }
        return false
    }

    /// Byte order, which for UTF-8 is the order of the scalars.
    static func isLess(_ a: Span<UInt8>, _ aRange: Range<Int>, _ b: Span<UInt8>, _ bRange: Range<Int>) -> Bool {
        var i = aRange.lowerBound
        var j = bRange.lowerBound
        while i < aRange.upperBound, j < bRange.upperBound {
            if a[i] != b[j] { return a[i] < b[j] }
            i &+= 1
            j &+= 1
        }
        return aRange.count < bRange.count
    }

    /// The range as a `String`.
    static func string(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: range.map { bytes[$0] }, as: UTF8.self)
    }

    private static func isWideSpace(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Bool {
        switch (a, b) {
        case (0xE1, 0x9A): c == 0x80
        case (0xE2, 0x80): (0x80...0x8A).contains(c) || c == 0xA8 || c == 0xA9 || c == 0xAF
        case (0xE2, 0x81): c == 0x9F
        case (0xE3, 0x80): c == 0x80
        default: false
        }
    }
}

extension UInt8 {
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
    /// Tab, line feed, vertical tab, form feed, carriage return or space.
    var isASCIISpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
    var isLower: Bool { self &- UInt8(ascii: "a") < 26 }
    var isASCIILetter: Bool { (self | 0x20).isLower }
}
