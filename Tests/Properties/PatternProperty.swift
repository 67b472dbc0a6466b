import Pipelines

extension Property {
    /// An automaton says what the pattern's tree says. The first line is the pattern, every other one a text.
    static let pattern = Property("pattern") { input in
        let lines = input.text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let expression = lines.first, expression.unicodeScalars.count <= 60 else { return }
        guard let node = try? PatternParser.parse(expression), let pattern = try? TextPattern(expression),
            pattern.isAutomaton
        else { return }
        for line in lines.dropFirst().prefix(8) {
            let text = Array(line.unicodeScalars.prefix(PatternReference.lengthMax))
            let expected = PatternReference(text).matches(node)
            let subject = String(String.UnicodeScalarView(text))
            try require(
                pattern.matches(subject) == expected,
                "'\(expression)' \(expected ? "matches" : "does not match") \(subject.debugDescription)")
        }
    }
}

/// Matches a pattern's tree against a text, by keeping every place that a match can have reached. It knows no automata,
/// no bytes and no order of trying.
struct PatternReference {
    /// Places are bits of a word.
    static let lengthMax = 63

    private let scalars: [Unicode.Scalar]

    init(_ scalars: [Unicode.Scalar]) {
        precondition(scalars.count <= Self.lengthMax)
        self.scalars = scalars
    }

    private var everywhere: UInt64 { UInt64.max >> UInt64(63 - scalars.count) }

    /// Whether the pattern matches somewhere.
    func matches(_ node: PatternNode) -> Bool { ends(node, from: everywhere) != 0 }

    /// Where matches that begin at these places can end.
    private func ends(_ node: PatternNode, from places: UInt64) -> UInt64 {
        if places == 0 { return 0 }
        switch node {
        case .start: return places & 1
        case .end: return places & 1 << UInt64(scalars.count)
        case .sequence(let items): return items.reduce(places) { ends($1, from: $0) }
        case .either(let branches): return branches.reduce(0) { $0 | ends($1, from: places) }
        case .set(let ranges):
            return scalars.indices.reduce(0) { reached, index in
                let isAt = places & 1 << UInt64(index) != 0
                let isIn = isAt && ranges.contains { $0.contains(scalars[index].value) }
                return isIn ? reached | 1 << UInt64(index + 1) : reached
            }
        case .repeated(let item, let least, let most):
            var current = places
            for _ in 0..<least { current = ends(item, from: current) }
            var reached = current
            var round = least
            while most.map({ round < $0 }) ?? true {
                current = ends(item, from: current)
                // What adds no place now never will.
                if current & ~reached == 0 { break }
                reached |= current
                round += 1
            }
            return reached
        }
    }
}
