/// How large the repeats of a regular expression make it: nested ones multiply, and `((a{1000}){1000}){1000}` would keep a
/// compiler busy for hours.
struct PatternSize {
    /// Most parts, repeats written out.
    static let partsMax = 20_000

    /// Parts of the group at hand, of those around it, and of the last thing that a repeat could follow.
    private var parts = 0
    private var outer: [Int] = []
    private var last = 0

    /// Counts without regard to whether the expression is valid. Saturates above `partsMax`.
    static func parts(of text: String) -> Int {
        var size = PatternSize()
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "\\": size.add(1); index += 1
            case "[":
                index = Self.endOfClass(scalars, index)
                size.add(1)
            case "(":
                size.outer.append(size.parts)
                size.parts = 0
            case ")": size.close()
            case "{": if let count = Self.count(scalars, &index) { size.repeatLast(count) } else { size.add(1) }
            case "*", "+", "?", "|", "^", "$": break
            default: size.add(1)
            }
            index += 1
        }
        while !size.outer.isEmpty { size.close() }
        return size.parts
    }

    private mutating func add(_ count: Int) {
        parts = min(parts + count, Self.partsMax + 1)
        last = count
    }

    private mutating func close() {
        let inner = max(1, parts)
        parts = outer.popLast() ?? 0
        add(inner)
    }

    private mutating func repeatLast(_ count: Int) {
        let (product, overflow) = last.multipliedReportingOverflow(by: max(1, count))
        let most = overflow ? Self.partsMax + 1 : min(product, Self.partsMax + 1)
        parts = max(0, parts - last)
        add(most)
    }

    private static func endOfClass(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
        var index = start + 1
        while index < scalars.count, scalars[index] != "]" { index += scalars[index] == "\\" ? 2 : 1 }
        return index
    }

    /// The larger number of `{2,5}`; leaves the index at its end. `nil` for another brace.
    private static func count(_ scalars: [Unicode.Scalar], _ index: inout Int) -> Int? {
        guard let end = scalars[index...].firstIndex(of: "}") else { return nil }
        let numbers = scalars[(index + 1)..<end].split(separator: ",").map { digits in
            Int(String(String.UnicodeScalarView(digits)))
        }
        guard !numbers.isEmpty, !numbers.contains(nil) else { return nil }
        index = end
        return numbers.compactMap(\.self).max()
    }
}
