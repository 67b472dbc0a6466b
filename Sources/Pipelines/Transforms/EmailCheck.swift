/// Whether a text is an e-mail address in form: one `@`, something before it, and a domain with a dot inside.
enum EmailCheck {
    /// The longest address that mail servers carry, in bytes.
    static let lengthMax = 254
    /// The longest part before the `@`, in bytes.
    static let localPartMax = 64

    /// Accepts what `^[^@\s]+@[^@\s]+\.[^@\s]+$` accepts, with white space as Unicode has it, within the length limits
    /// and without control characters.
    static func accepts(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
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
