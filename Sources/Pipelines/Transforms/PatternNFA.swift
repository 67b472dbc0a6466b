/// A pattern as a nondeterministic automaton over bytes.
struct PatternNFA {
    enum State {
        case bytes(ClosedRange<UInt8>, next: Int)
        case split([Int])
        case atStart(next: Int)
        case atEnd(next: Int)
        case match
    }

    /// Most states; a larger pattern goes to the regex engine.
    static let statesMax = 5000

    private(set) var states: [State] = [.match]
    private(set) var start = 0

    /// `nil` when the pattern is too large.
    init?(_ node: PatternNode) {
        guard let start = compile(node, then: 0) else { return nil }
        self.start = start
    }

    private mutating func add(_ state: State) -> Int? {
        if states.count >= Self.statesMax { return nil }
        states.append(state)
        return states.count - 1
    }

    private mutating func compile(_ node: PatternNode, then next: Int) -> Int? {
        switch node {
        case .start: return add(.atStart(next: next))
        case .end: return add(.atEnd(next: next))
        case .set(let ranges): return compile(ranges, then: next)
        case .sequence(let items):
            var next: Int? = next
            for item in items.reversed() { next = next.flatMap { compile(item, then: $0) } }
            return next
        case .either(let branches):
            var starts: [Int] = []
            for branch in branches {
                guard let start = compile(branch, then: next) else { return nil }
                starts.append(start)
            }
            return add(.split(starts))
        case .repeated(let item, let least, let most): return compile(item, least, most, then: next)
        }
    }

    private mutating func compile(_ item: PatternNode, _ least: Int, _ most: Int?, then next: Int) -> Int? {
        var at: Int
        if let most {
            at = next
            for _ in least..<most {
                guard let body = compile(item, then: at), let split = add(.split([body, next])) else { return nil }
                at = split
            }
        } else {
            guard let loop = add(.split([])), let body = compile(item, then: loop) else { return nil }
            states[loop] = .split([body, next])
            at = loop
        }
        for _ in 0..<least {
            guard let body = compile(item, then: at) else { return nil }
            at = body
        }
        return at
    }

    private mutating func compile(_ ranges: [ClosedRange<UInt32>], then next: Int) -> Int? {
        var starts: [Int] = []
        for range in ranges {
            for sequence in UTF8Ranges.sequences(range) {
                var at: Int? = next
                for bytes in sequence.reversed() { at = at.flatMap { add(.bytes(bytes, next: $0)) } }
                guard let at else { return nil }
                starts.append(at)
            }
        }
        return starts.count == 1 ? starts[0] : add(.split(starts))
    }
}

/// Cuts ranges of scalars into ranges of UTF-8 byte sequences.
enum UTF8Ranges {
    /// Byte sequences, each a list of byte ranges, that together encode exactly the scalars of the range.
    static func sequences(_ range: ClosedRange<UInt32>) -> [[ClosedRange<UInt8>]] {
        var result: [[ClosedRange<UInt8>]] = []
        if range.lowerBound < 0xD800 { split(range.lowerBound, min(range.upperBound, 0xD7FF), &result) }
        if range.upperBound > 0xDFFF { split(max(range.lowerBound, 0xE000), range.upperBound, &result) }
        return result
    }

    /// Splits until both ends have the same length and every byte after the first that differs takes all its values.
    private static func split(_ low: UInt32, _ high: UInt32, _ result: inout [[ClosedRange<UInt8>]]) {
        if low > high { return }
        for limit in [0x7F, 0x7FF, 0xFFFF] as [UInt32] where low <= limit && limit < high {
            split(low, limit, &result)
            split(limit + 1, high, &result)
            return
        }
        if low > 0x7F {
            for shift in [6, 12, 18] as [UInt32] {
                let mask = (1 << shift) - 1 as UInt32
                if low & ~mask == high & ~mask { continue }
                if low & mask != 0 {
                    split(low, low | mask, &result)
                    split((low | mask) + 1, high, &result)
                    return
                }
                if high & mask != mask {
                    split(low, (high & ~mask) - 1, &result)
                    split(high & ~mask, high, &result)
                    return
                }
            }
        }
        guard let first = Unicode.Scalar(low), let last = Unicode.Scalar(high) else { return }
        result.append(zip(UTF8.encode(first) ?? .init(), UTF8.encode(last) ?? .init()).map { $0...$1 })
    }
}
