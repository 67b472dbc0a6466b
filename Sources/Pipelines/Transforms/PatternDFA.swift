/// A pattern as a deterministic automaton over classes of bytes: one table look-up a byte.
struct PatternDFA: Sendable {
    /// Most states; a pattern that needs more goes to the regex engine.
    static let statesMax = 1000

    /// By byte; below `classCount`.
    private var classes: [UInt8] = Array(repeating: 0, count: 256)
    private var classCount = 1
    /// By a state and a class, the state that follows. States are numbered by where their row of the table starts.
    private var table: [UInt32] = []
    /// By row of the table, whether a text that ends there matches.
    private var accepting: [Bool] = []
    /// By row of the table, whether that is so whatever follows.
    private var settled: [Bool] = []

    /// Bytes after which it is asked whether the rest matters.
    private static let stretch = 64

    /// `nil` when the automaton would be too large.
    init?(_ nfa: PatternNFA) {
        cutClasses(nfa)
        var builder = PatternSubsets(nfa)
        var numbers: [PatternSubsets.Subset: Int] = [:]
        var subsets = [builder.first()]
        numbers[subsets[0]] = 0
        let samples = (0..<classCount).map { number in UInt8(classes.firstIndex { $0 == number } ?? 0) }
        var done = 0
        while done < subsets.count {
            let subset = subsets[done]
            done += 1
            accepting.append(subset.accepts || subset.acceptsAtEnd)
            settled.append(subset.accepts || subset.states.isEmpty && !subset.acceptsAtEnd)
            for sample in samples {
                let next = builder.step(subset, sample)
                let number = numbers[next] ?? subsets.count
                if number == subsets.count {
                    if number == Self.statesMax { return nil }
                    numbers[next] = number
                    subsets.append(next)
                }
                table.append(UInt32(number * classCount))
            }
        }
    }

    /// Whether the pattern matches somewhere in the range.
    func matches(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        let (table, classes) = (table.span, classes.span)
        var state = 0
        var at = range.lowerBound
        while at < range.upperBound {
            let stop = min(range.upperBound, at &+ Self.stretch)
            while at < stop {
                // Safe because the range lies in the text, there is a class for each byte, and a row of the table for each
                // state that the table names.
                state = unsafe Int(table[unchecked: state &+ Int(classes[unchecked: Int(bytes[unchecked: at])])])
                at &+= 1
            }
            if at < range.upperBound, settled[state / classCount] { break }
        }
        return accepting[state / classCount]
    }

    /// Bytes that no transition tells apart share a class.
    private mutating func cutClasses(_ nfa: PatternNFA) {
        var starts = [Bool](repeating: false, count: 257)
        for case .bytes(let range, _) in nfa.states {
            starts[Int(range.lowerBound)] = true
            starts[Int(range.upperBound) + 1] = true
        }
        var current = 0
        for byte in 0..<256 {
            if byte > 0, starts[byte] { current += 1 }
            classes[byte] = UInt8(current)
        }
        classCount = current + 1
    }
}

/// Steps through the sets of states in which a nondeterministic automaton can be at once.
private struct PatternSubsets {
    struct Subset: Hashable {
        /// States that wait for a byte, ascending.
        var states: [Int] = []
        var accepts = false
        var acceptsAtEnd = false
    }

    private let nfa: PatternNFA
    private var seen: [Int]
    private var visit = 0

    init(_ nfa: PatternNFA) {
        self.nfa = nfa
        seen = Array(repeating: 0, count: nfa.states.count)
    }

    mutating func first() -> Subset { closure([nfa.start], atStart: true) }

    /// The match may start anywhere, so every step may also begin anew.
    mutating func step(_ subset: Subset, _ byte: UInt8) -> Subset {
        if subset.accepts { return subset }
        var next = [nfa.start]
        for state in subset.states {
            if case .bytes(let range, let target) = nfa.states[state], range.contains(byte) { next.append(target) }
        }
        return closure(next, atStart: false)
    }

    private mutating func closure(_ states: [Int], atStart: Bool) -> Subset {
        var subset = reach(states, atStart: atStart, atEnd: false)
        subset.states.sort()
        subset.acceptsAtEnd = subset.accepts || reach(states, atStart: atStart, atEnd: true).accepts
        return subset
    }

    private mutating func reach(_ states: [Int], atStart: Bool, atEnd: Bool) -> Subset {
        visit += 1
        var subset = Subset()
        var stack = states
        while let state = stack.popLast() {
            if seen[state] == visit { continue }
            seen[state] = visit
            switch nfa.states[state] {
            case .bytes: subset.states.append(state)
            case .split(let targets): stack += targets
            case .atStart(let next): if atStart { stack.append(next) }
            case .atEnd(let next): if atEnd { stack.append(next) }
            case .match: subset.accepts = true
            }
        }
        return subset
    }
}
