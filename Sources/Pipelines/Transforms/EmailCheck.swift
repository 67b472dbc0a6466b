/// Whether a text is an e-mail address in form: one `@`, something before it, and a domain with a dot inside.
enum EmailCheck {
    /// The longest address that mail servers carry, in bytes.
    static let lengthMax = 254
    /// The longest part before the `@`, in bytes.
    static let localPartMax = 64

    /// Accepts what `^[^@\s]+@[^@\s]+\.[^@\s]+$` accepts, with white space as Unicode has it, within the length limits
    /// and without control characters.
    static func accepts(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        if range.count <= UInt64.bitWidth, range.lowerBound &+ blockBytes(range.count) <= bytes.count,
            let isAccepted = acceptsVisible(bytes, range)
        {
            return isAccepted
        }
        return acceptsAny(bytes, range)
    }

    /// What blocks of 16 bytes take up that cover so many.
    private static func blockBytes(_ count: Int) -> Int { (count &+ 15) & ~15 }

    /// The answer for a text of at most 64 bytes, behind which the rest of its last block can be read; `nil` when it
    /// isn't all visible ASCII.
    private static func acceptsVisible(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool? {
        let raw = unsafe bytes.bytes
        var (signs, dots, visible) = (UInt64(0), UInt64(0), UInt64(0))
        var offset = 0
        while offset < range.count {
            let marks = ByteBlock(raw, at: range.lowerBound &+ offset).emailMarks
            signs |= UInt64(marks.signs) &<< UInt64(offset)
            dots |= UInt64(marks.dots) &<< UInt64(offset)
            visible |= UInt64(marks.visible) &<< UInt64(offset)
            offset &+= ByteBlock.width
        }
        // The bytes of the text, of the last block's.
        let inside = range.isEmpty ? 0 : UInt64.max &>> UInt64(64 &- range.count)
        if visible & inside != inside { return nil }
        signs &= inside
        if signs.nonzeroBitCount != 1 || signs == 1 { return false }
        // Behind the sign and the byte after it, and not the last byte.
        let behind = (UInt64.max &<< UInt64(signs.trailingZeroBitCount)) << 2
        return dots & behind & inside &>> 1 != 0
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
