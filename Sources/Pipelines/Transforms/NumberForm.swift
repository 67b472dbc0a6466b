/// How numbers are written in a source, compiled.
public struct NumberForm: Sendable, Hashable {
    private let decimal: [UInt8]
    private let thousands: [UInt8]
    /// A number in this form, for messages.
    public let example: String

    /// - Throws: `PatternProblem` when a separator is not one character, is a digit or sign, or both are the same.
    public init(_ conversion: NumberConversion) throws(PatternProblem) {
        for (name, text) in [("decimal", conversion.decimal), ("thousands", conversion.thousands ?? "'")]
        where text.unicodeScalars.count != 1
            || text.unicodeScalars.contains(where: { "0123456789+-".unicodeScalars.contains($0) })
        {
            throw PatternProblem(message: "`\(name)` must be one character, such as \".\" or \",\"; it is \"\(text)\"")
        }
        if conversion.thousands == conversion.decimal {
            throw PatternProblem(
                message:
                    "`decimal` and `thousands` are both \"\(conversion.decimal)\"; a Dutch amount has decimal \",\" "
                    + "and thousands \".\"")
        }
        decimal = Array(conversion.decimal.utf8)
        thousands = Array((conversion.thousands ?? "").utf8)
        example = "1\(conversion.thousands ?? "")234\(conversion.decimal)50"
    }

    /// Appends the number with a decimal point and without thousands separators, digit for digit; whole numbers lose
    /// leading zeros. `false`, with `out` as it was, when the text is no number of this form.
    func normalise(_ bytes: Span<UInt8>, _ range: Range<Int>, to out: inout [UInt8]) -> Bool {
        let start = out.count
        var at = range.lowerBound
        let end = range.upperBound
        guard at < end else { return false }
        let negative = bytes[at] == UInt8(ascii: "-")
        if negative || bytes[at] == UInt8(ascii: "+") { at += 1 }
        if negative { out.append(UInt8(ascii: "-")) }
        let digitsStart = out.count
        let wholeIsGood = whole(bytes, &at, end, to: &out)
        let isFractionGood =
            wholeIsGood && fraction(bytes, &at, end, hasWhole: out.count > digitsStart, digitsStart, to: &out)
        guard isFractionGood, at == end else {
            out.removeLast(out.count - start)
            return false
        }
        if negative, !out[digitsStart...].contains(where: { $0 != UInt8(ascii: "0") && $0 != UInt8(ascii: ".") }) {
            out.remove(at: start)
        }
        return true
    }

    /// Reads the whole part, in groups of three once a separator was seen.
    private func whole(_ bytes: Span<UInt8>, _ at: inout Int, _ end: Int, to out: inout [UInt8]) -> Bool {
        let start = out.count
        var group = 0
        var groups = 0
        while at < end {
            if bytes[at].isDigit {
                group += 1
                if out.count > start || bytes[at] != UInt8(ascii: "0") { out.append(bytes[at]) }
                at += 1
            } else if !thousands.isEmpty, TextBytes.has(bytes, at..<end, thousands.span, 0..<thousands.count, at: 0) {
                if groups == 0 ? !(1...3).contains(group) : group != 3 { return false }
                groups += 1
                group = 0
                at += thousands.count
            } else {
                break
            }
        }
        if groups > 0, group != 3 { return false }
        if group > 0, out.count == start { out.append(UInt8(ascii: "0")) }
        return true
    }

    private func fraction(
        _ bytes: Span<UInt8>, _ at: inout Int, _ end: Int, hasWhole: Bool, _ digitsStart: Int, to out: inout [UInt8]
    ) -> Bool {
        guard at < end else { return hasWhole }
        guard TextBytes.has(bytes, at..<end, decimal.span, 0..<decimal.count, at: 0) else { return false }
        at += decimal.count
        if !hasWhole { out.append(UInt8(ascii: "0")) }
        out.append(UInt8(ascii: "."))
        let start = at
        while at < end, bytes[at].isDigit {
            out.append(bytes[at])
            at += 1
        }
        return at > start
    }
}
