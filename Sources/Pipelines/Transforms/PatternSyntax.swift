/// A regular expression as a tree, of the subset that a finite automaton decides.
package indirect enum PatternNode {
    /// One scalar of these ranges.
    case set([ClosedRange<UInt32>])
    case sequence([PatternNode])
    case either([PatternNode])
    /// `max` nil: any number.
    case repeated(PatternNode, min: Int, max: Int?)
    case start
    case end
}

/// Reads the common subset of regular expressions: literals, `.`, classes, `\d \w \s` and their opposites (ASCII),
/// groups, alternation, repeats, and the anchors `^ $ \A \z`.
package struct PatternParser {
    /// Thrown for everything outside the subset, right or wrong: the regex engine decides about those.
    package struct Outside: Error {}

    static let repeatMax = 1000
    static let depthMax = 50

    private let scalars: [UInt32]
    private var at = 0
    private var depth = 0

    package static func parse(_ text: String) throws(Outside) -> PatternNode {
        var parser = PatternParser(scalars: text.unicodeScalars.map(\.value))
        let node = try parser.alternatives()
        if parser.at < parser.scalars.count { throw Outside() }
        return node
    }

    private init(scalars: [UInt32]) { self.scalars = scalars }

    private var next: UInt32? { at < scalars.count ? scalars[at] : nil }

    private func isNext(_ scalar: Unicode.Scalar, after distance: Int = 0) -> Bool {
        at + distance < scalars.count && scalars[at + distance] == scalar.value
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        if !isNext(scalar) { return false }
        at += 1
        return true
    }

    private mutating func alternatives() throws(Outside) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthMax { throw Outside() }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .either(branches)
    }

    private mutating func sequence() throws(Outside) -> PatternNode {
        var items: [PatternNode] = []
        while at < scalars.count, !isNext("|"), !isNext(")") { items.append(try quantified()) }
        return items.count == 1 ? items[0] : .sequence(items)
    }

    private mutating func quantified() throws(Outside) -> PatternNode {
        let item = try atom()
        guard let bounds = try quantifier() else { return item }
        switch item {
        case .start, .end: throw Outside()
        default: break
        }
        // Lazy or greedy: whether there is a match is the same. A possessive one differs.
        _ = take("?")
        if isNext("+") || isNext("*") || isNext("{") || isNext("?") { throw Outside() }
        return .repeated(item, min: bounds.min, max: bounds.max)
    }

    private mutating func quantifier() throws(Outside) -> (min: Int, max: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        guard let least = number() else { throw Outside() }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}"), (most ?? least) >= least else { throw Outside() }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, (0x30...0x39).contains(scalar), value ?? 0 <= Self.repeatMax {
            value = (value ?? 0) * 10 + Int(scalar - 0x30)
            at += 1
        }
        return value.flatMap { $0 <= Self.repeatMax ? $0 : nil }
    }

    private mutating func atom() throws(Outside) -> PatternNode {
        guard let scalar = next else { throw Outside() }
        at += 1
        switch Unicode.Scalar(scalar) {
        case "^": return .start
        case "$": return .end
        case ".": return .set(ScalarSet.complement(ScalarSet.newlines))
        case "(": return try group()
        case "[": return .set(try characterClass())
        case "\\": return try escape()
        case "*", "+", "?", "{", "}", "]", ")", "|": throw Outside()
        default: return .set([scalar...scalar])
        }
    }

    private mutating func group() throws(Outside) -> PatternNode {
        if take("?") { guard take(":") else { throw Outside() } }
        let node = try alternatives()
        guard take(")") else { throw Outside() }
        return node
    }

    private mutating func escape() throws(Outside) -> PatternNode {
        if take("A") { return .start }
        if take("z") { return .end }
        return .set(try escapedSet())
    }

    /// What stands after a backslash, inside a class or outside.
    private mutating func escapedSet() throws(Outside) -> [ClosedRange<UInt32>] {
        guard let scalar = next, scalar < 0x80 else { throw Outside() }
        at += 1
        switch Unicode.Scalar(scalar) {
        case "d": return ScalarSet.digits
        case "D": return ScalarSet.complement(ScalarSet.digits)
        case "w": return ScalarSet.words
        case "W": return ScalarSet.complement(ScalarSet.words)
        case "s": return ScalarSet.spaces
        case "S": return ScalarSet.complement(ScalarSet.spaces)
        case "t": return [9...9]
        case "n": return [10...10]
        case "r": return [13...13]
        case "f": return [12...12]
        default:
            let isWord = ScalarSet.words.contains { $0.contains(scalar) }
            if isWord { throw Outside() }
            return [scalar...scalar]
        }
    }

    private mutating func characterClass() throws(Outside) -> [ClosedRange<UInt32>] {
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while !isNext("]") || ranges.isEmpty {
            // An empty class, a nested one and the set operators are the engine's business.
            if isNext("]") || isNext("[") { throw Outside() }
            for operation in ["&", "-", "~"] as [Unicode.Scalar] where isNext(operation) && isNext(operation, after: 1)
            {
                throw Outside()
            }
            let low = try classItem()
            if isNext("-"), !isNext("]", after: 1), low.count == 1, low[0].count == 1 {
                at += 1
                if isNext("[") || isNext("-") { throw Outside() }
                let high = try classItem()
                guard high.count == 1, high[0].count == 1, low[0].lowerBound <= high[0].lowerBound else {
                    throw Outside()
                }
                ranges.append(low[0].lowerBound...high[0].lowerBound)
            } else {
                ranges += low
            }
        }
        at += 1
        return isNegated ? ScalarSet.complement(ranges) : ranges
    }

    private mutating func classItem() throws(Outside) -> [ClosedRange<UInt32>] {
        guard let scalar = next else { throw Outside() }
        at += 1
        return scalar == UInt32(UInt8(ascii: "\\")) ? try escapedSet() : [scalar...scalar]
    }
}

/// Sets of Unicode scalars as ranges.
enum ScalarSet {
    static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    static let words: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    static let spaces: [ClosedRange<UInt32>] = [0x09...0x0D, 0x20...0x20]
    static let newlines: [ClosedRange<UInt32>] = [0x0A...0x0D, 0x85...0x85, 0x2028...0x2029]

    /// Every scalar that is not in the ranges; surrogates are in neither.
    static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var from: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > from { result.append(from...range.lowerBound - 1) }
            from = max(from, range.upperBound + 1)
        }
        if from <= 0x10FFFF { result.append(from...0x10FFFF) }
        return result
    }
}
