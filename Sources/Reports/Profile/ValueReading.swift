/// Reads a value as the number or date that it looks like, for a histogram; checks are somebody else's.
enum ValueReading {
    /// Longest run of whole digits that is a number; longer ones are codes, such as an EAN or a Chamber of Commerce
    /// number.
    private static let digitsMax = 7

    /// A number with an optional sign, thousands apart in threes, and a decimal point or comma. A leading zero makes it a
    /// code: a telephone number, a postcode.
    static func number(_ bytes: Span<UInt8>) -> Double? {
        var index = 0
        let isNegative = bytes.count > 1 && bytes[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        guard bytes.count - index <= 16, index < bytes.count else { return nil }
        let first = index
        var (whole, wholeDigits, fraction, scale) = (0.0, 0, 0.0, 1.0)
        var separator: UInt8?
        var groupDigits = 0
        var isFraction = false
        while index < bytes.count {
            let byte = bytes[index]
            if let digit = digit(byte) {
                if isFraction {
                    scale /= 10
                    fraction += digit * scale
                } else {
                    whole = whole * 10 + digit
                    wholeDigits += 1
                    groupDigits += 1
                }
            } else if byte == UInt8(ascii: ".") || byte == UInt8(ascii: ","), index > first, !isFraction {
                let isGroup = isGroup(bytes, after: index)
                if let separator, groupDigits != 3 || byte == separator && !isGroup { return nil }
                // One separator alone with three digits behind it is read as a decimal sign.
                isFraction = !(isGroup && (separator == byte || hasSeparator(bytes, after: index)))
                if separator == nil, !isFraction, wholeDigits > 3 { return nil }
                separator = byte
                groupDigits = 0
            } else {
                return nil
            }
            index += 1
        }
        guard wholeDigits > 0, wholeDigits <= digitsMax, digit(bytes[bytes.count - 1]) != nil else { return nil }
        if bytes[first] == UInt8(ascii: "0"), wholeDigits > 1 { return nil }
        return isNegative ? -(whole + fraction) : whole + fraction
    }

    /// The month, counted from the year 0, of a date that is written `yyyy-MM-dd` or `dd-MM-yyyy`, with `-`, `/` or `.`,
    /// perhaps with a time behind it.
    static func month(_ bytes: Span<UInt8>) -> Int? {
        var parts = (0, 0, 0)
        var widths = (0, 0, 0)
        var part = 0
        var separator: UInt8?
        var index = 0
        scan: while index < bytes.count, index < 11 {
            let byte = bytes[index]
            switch byte {
            case 0x30...0x39:
                let digit = Int(byte - 0x30)
                switch part {
                case 0: (parts.0, widths.0) = (parts.0 * 10 + digit, widths.0 + 1)
                case 1: (parts.1, widths.1) = (parts.1 * 10 + digit, widths.1 + 1)
                default: (parts.2, widths.2) = (parts.2 * 10 + digit, widths.2 + 1)
                }
            case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."):
                if part == 2 || separator ?? byte != byte { return nil }
                separator = byte
                part += 1
            case UInt8(ascii: " "), UInt8(ascii: "T"): break scan
            default: return nil
            }
            index += 1
        }
        guard part == 2, 1...2 ~= widths.1, 1...12 ~= parts.1 else { return nil }
        let isYearFirst = widths.0 == 4
        let (year, day) = isYearFirst ? (parts.0, parts.2) : (parts.2, parts.0)
        let (yearWidth, dayWidth) = isYearFirst ? (widths.0, widths.2) : (widths.2, widths.0)
        guard yearWidth == 4, 1...2 ~= dayWidth, 1...31 ~= day, 1000...2999 ~= year else { return nil }
        return year * 12 + parts.1 - 1
    }

    private static func digit(_ byte: UInt8) -> Double? { 0x30...0x39 ~= byte ? Double(byte - 0x30) : nil }

    /// Whether exactly three digits follow, and then a separator or the end.
    private static func isGroup(_ bytes: Span<UInt8>, after index: Int) -> Bool {
        guard index + 3 < bytes.count else { return false }
        for place in 1...3 where digit(bytes[index + place]) == nil { return false }
        return index + 4 == bytes.count || digit(bytes[index + 4]) == nil
    }

    private static func hasSeparator(_ bytes: Span<UInt8>, after index: Int) -> Bool {
        for place in (index + 1)..<bytes.count where digit(bytes[place]) == nil { return true }
        return false
    }
}
