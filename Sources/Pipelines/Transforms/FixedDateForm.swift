/// A form of dates in which everything has its place: two digits for the day and the month, four for the year, and at most
/// sixteen bytes in all, which are looked at together.
struct FixedDateForm: Sendable, Hashable {
    let width: Int
    private var literals = Halves()
    private var literalBits = Halves()
    private var digitBits = Halves()
    private var yearAt = 0
    private var monthAt = 0
    private var dayAt = 0

    /// Sixteen bytes, the first lowest.
    private struct Halves: Sendable, Hashable {
        var first: UInt64 = 0
        var second: UInt64 = 0

        @inline(__always)
        private func byte(_ place: Int) -> Int {
            Int(truncatingIfNeeded: (place < 8 ? first : second) &>> UInt64(truncatingIfNeeded: 8 &* (place & 7)))
                & 0xFF
        }

        /// Of two digits.
        @inline(__always)
        func number(_ place: Int) -> Int { byte(place) &* 10 &+ byte(place &+ 1) }

        mutating func set(_ place: Int, _ byte: UInt8) {
            let bits = UInt64(byte) << UInt64(8 * (place & 7))
            if place < 8 { first |= bits } else { second |= bits }
        }
    }

    /// `nil` for a form of another kind.
    init?(_ tokens: [DatePattern.Token]) {
        var at = 0
        for token in tokens {
            let length: Int
            switch token {
            case .literal: length = 1
            case .year: length = 4
            case .month(padded: true), .day(padded: true): length = 2
            default: return nil
            }
            if at + length > ByteBlock.width { return nil }
            switch token {
            case .year: yearAt = at
            case .month: monthAt = at
            case .day: dayAt = at
            default: break
            }
            for place in at..<at + length {
                if case .literal(let byte) = token {
                    literals.set(place, byte)
                    literalBits.set(place, 0xFF)
                } else {
                    digitBits.set(place, 0xFF)
                }
            }
            at += length
        }
        width = at
    }

    /// Reads a date behind whose start a whole block can be read; `nil` when it has another form or the day doesn't exist.
    @inline(__always)
    func read(_ bytes: RawSpan, at start: Int) -> CivilDate? {
        // Safe because the loads are bounds-checked and any bytes make numbers.
        let first = UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
        let second = UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start &+ 8, as: UInt64.self))
        let others = (first ^ literals.first) & literalBits.first | (second ^ literals.second) & literalBits.second
        // Digits become numbers, and what is none of these reaches the upper half of its byte, or does so with six more.
        let zeros: UInt64 = 0x3030_3030_3030_3030
        let values = Halves(first: (first ^ zeros) & digitBits.first, second: (second ^ zeros) & digitBits.second)
        let six: UInt64 = 0x0606_0606_0606_0606
        let upper: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
        let wrong =
            (values.first | ((values.first & ~upper) &+ six) | values.second | ((values.second & ~upper) &+ six))
            & upper
        if others | wrong != 0 { return nil }
        return CivilDate(
            year: values.number(yearAt) &* 100 &+ values.number(yearAt &+ 2), month: values.number(monthAt),
            day: values.number(dayAt))
    }
}
