/// Whether a text is an e-mail address in form: one `@`, something before it, and a domain with a dot inside.
enum EmailCheck {
    /// The longest address that mail servers carry, in bytes.
    static let lengthMax = 254
    /// The longest part before the `@`, in bytes.
    static let localPartMax = 64

    /// Accepts what `^[^@\s]+@[^@\s]+\.[^@\s]+$` accepts, with white space as Unicode has it, within the length limits
    /// and without control characters.
    static func accepts(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        if range.count <= UInt64.bitWidth, let isAccepted = acceptsASCII(bytes, range) { return isAccepted }
        return acceptsAny(bytes, range)
    }

    /// The answer for a text of at most 64 bytes; `nil` when it isn't ASCII.
    private static func acceptsASCII(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool? {
        let raw = unsafe bytes.bytes
        var signs: UInt64 = 0
        var dots: UInt64 = 0
        var isVisible = true
        var offset = 0
        while offset < range.count {
            let word = ByteWord(raw, at: range.lowerBound &+ offset, end: range.upperBound)
            if !word.isASCII { return nil }
            let inside = ByteWord.highs(range.count &- offset)
            if word.greater(than: 0x20) & ~word.greater(than: 0x7E) != inside { isVisible = false }
            signs |= ByteWord.compact(word.equal(to: UInt8(ascii: "@"))) &<< UInt64(offset)
            dots |= ByteWord.compact(word.equal(to: UInt8(ascii: "."))) &<< UInt64(offset)
            offset &+= ByteWord.width
        }
        if !isVisible || signs.nonzeroBitCount != 1 || signs == 1 { return false }
        // Behind the sign and the byte after it, and not the last byte.
        let behind = (UInt64.max &<< UInt64(signs.trailingZeroBitCount)) << 2
        return dots & behind & ~(1 &<< UInt64(range.count &- 1)) != 0
    }

    private static func acceptsAny(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        if range.count > lengthMax { return false }
        var at = -1
        var hasDot = false
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            if byte == UInt8(ascii: "@") {
                if at >= 0 { return false }
                at = index
            } else if byte == UInt8(ascii: ".") {
                if at >= 0, index > at + 1, index + 1 < range.upperBound { hasDot = true }
            } else if byte <= 0x20 || byte == 0x7F {
                return false
            } else if byte >= 0xC2, TextBytes.whitespace(bytes, at: index, end: range.upperBound) > 0 {
                return false
            }
            index += 1
        }
        return hasDot && at > range.lowerBound && at - range.lowerBound <= localPartMax
    }
}
