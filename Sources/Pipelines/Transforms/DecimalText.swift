/// A decimal number as it stands in text, compared digit for digit: no binary floating point comes near a price.
struct DecimalText {
    private let isNegative: Bool
    /// Power of ten of the first significant digit, plus one; meaningless for zero.
    private let magnitude: Int
    /// From the first to the last digit that is not zero; may hold the decimal point.
    private let digits: Range<Int>

    /// Reads a sign, digits with a decimal point, and an exponent, without white space; `nil` for anything else.
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var at = range.lowerBound
        let end = range.upperBound
        let negative = at < end && bytes[at] == UInt8(ascii: "-")
        if at < end, negative || bytes[at] == UInt8(ascii: "+") { at += 1 }
        var first = -1
        var last = -1
        var point = -1
        var count = 0
        while at < end {
            let byte = bytes[at]
            if byte == UInt8(ascii: "."), point < 0 {
                point = at
            } else if byte.isDigit {
                count += 1
                if byte != UInt8(ascii: "0") {
                    if first < 0 { first = at }
                    last = at
                }
            } else {
                break
            }
            at += 1
        }
        guard count > 0, point != at - 1 else { return nil }
        let mantissaEnd = at
        guard let exponent = Self.exponent(bytes, &at, end), at == end else { return nil }
        isNegative = negative
        if first < 0 {
            digits = range.lowerBound..<range.lowerBound
            magnitude = 0
        } else {
            digits = first..<last + 1
            let whole = point < 0 ? mantissaEnd : point
            magnitude = (first < whole ? whole - first : whole - first + 1) + exponent
        }
    }

    /// The exponent, 0 when there is none; `nil` when it is malformed or absurd.
    private static func exponent(_ bytes: Span<UInt8>, _ at: inout Int, _ end: Int) -> Int? {
        guard at < end, bytes[at] | 0x20 == UInt8(ascii: "e") else { return 0 }
        at += 1
        let negative = at < end && bytes[at] == UInt8(ascii: "-")
        if at < end, negative || bytes[at] == UInt8(ascii: "+") { at += 1 }
        let start = at
        var value = 0
        while at < end, bytes[at].isDigit, value < 1_000_000 {
            value = value * 10 + Int(bytes[at] - UInt8(ascii: "0"))
            at += 1
        }
        return at > start ? (negative ? -value : value) : nil
    }

    private var isZero: Bool { digits.isEmpty }
    private var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    /// Negative, zero or positive as `a` is less than, equal to or greater than `b`.
    static func compare(_ a: DecimalText, _ aBytes: Span<UInt8>, _ b: DecimalText, _ bBytes: Span<UInt8>) -> Int {
        if a.sign != b.sign { return a.sign - b.sign }
        if a.sign == 0 { return 0 }
        if a.magnitude != b.magnitude { return a.magnitude < b.magnitude ? -a.sign : a.sign }
        var i = a.digits.lowerBound
        var j = b.digits.lowerBound
        while true {
            if i < a.digits.upperBound, aBytes[i] == UInt8(ascii: ".") { i += 1 }
            if j < b.digits.upperBound, bBytes[j] == UInt8(ascii: ".") { j += 1 }
            if i == a.digits.upperBound || j == b.digits.upperBound {
                return ((i == a.digits.upperBound ? 0 : 1) - (j == b.digits.upperBound ? 0 : 1)) * a.sign
            }
            if aBytes[i] != bBytes[j] { return aBytes[i] < bBytes[j] ? -a.sign : a.sign }
            i += 1
            j += 1
        }
    }
}

/// A decimal literal of a pipeline file, ready to be compared with.
struct DecimalBound: Sendable, Hashable {
    let text: String
    private let bytes: [UInt8]

    init?(_ text: String) {
        bytes = Array(text.utf8)
        self.text = text
        if DecimalText(bytes.span, 0..<bytes.count) == nil { return nil }
    }

    /// Negative, zero or positive as `number` is less than, equal to or greater than this.
    func order(of number: DecimalText, _ numberBytes: Span<UInt8>) -> Int {
        guard let own = DecimalText(bytes.span, 0..<bytes.count) else { return 0 }
        return DecimalText.compare(number, numberBytes, own, bytes.span)
    }

    func isLess(than other: DecimalBound) -> Bool {
        guard let own = DecimalText(bytes.span, 0..<bytes.count) else { return false }
        return other.order(of: own, bytes.span) < 0
    }
}
