/// How a column's numbers or dates are spread.
public struct Histogram: Sendable, Hashable {
    /// What the values are read as.
    public enum Kind: String, Sendable, Hashable {
        /// Decimal numbers.
        case number
        /// Dates, by month.
        case date
    }

    /// One bar: what lies from `from` up to, but not including, `to`.
    public struct Bar: Sendable, Hashable {
        /// A number, or a month as `2026-11`; `nil` for everything below `to`.
        public let from: String?
        /// `nil` for everything from `from` on.
        public let to: String?
        /// Values in the bar.
        public let count: Int
    }

    /// What the values are read as.
    public let kind: Kind
    /// Without gaps, ascending.
    public let bars: [Bar]
    /// Values that look like neither the column's numbers nor its dates.
    public let others: Int
}

/// Gathers a histogram without knowing beforehand what the column holds, in bounded memory.
struct HistogramGatherer: Sendable {
    /// Values that are looked at before it is decided what the column holds.
    private static let trialValues = 512
    /// Share of values that must look like it, in percent.
    private static let likenessMin = 90

    private var tried = 0
    private var numbers: DecimalBins? = DecimalBins()
    /// Dates by month.
    private var months: [Int: Int]? = [:]
    private var dates = 0
    private var values = 0

    mutating func add(_ bytes: Span<UInt8>) {
        values += 1
        if numbers == nil, months == nil { return }
        if numbers != nil, let number = ValueReading.number(bytes) {
            numbers?.add(number)
        } else if months != nil, let month = ValueReading.month(bytes) {
            months?[month, default: 0] += 1
            dates += 1
        }
        tried += 1
        if tried == Self.trialValues { decide() }
    }

    /// The histogram; `nil` for a column of neither numbers nor dates, or of a single value.
    func histogram() -> Histogram? {
        var decided = self
        decided.decide()
        if let numbers = decided.numbers, let bars = HistogramBars.bars(numbers) {
            return Histogram(kind: .number, bars: bars, others: values - numbers.count)
        }
        if let months = decided.months, let bars = HistogramBars.bars(months: months) {
            return Histogram(kind: .date, bars: bars, others: values - dates)
        }
        return nil
    }

    private mutating func decide() {
        if let numbers, numbers.count * 100 < values * Self.likenessMin { self.numbers = nil }
        if months != nil, dates * 100 < values * Self.likenessMin { months = nil }
    }
}

/// Counts of numbers by their first three digits and their power of ten: exact for numbers up to 999, and never more than
/// 1 % wide.
struct DecimalBins: Sendable {
    /// Powers of ten of the third digit.
    static let exponents = -6...6

    /// By exponent and digits; negative numbers have negative keys.
    private(set) var counts: [Int: Int] = [:]
    private(set) var count = 0

    mutating func add(_ value: Double) {
        count += 1
        counts[Self.key(value), default: 0] += 1
    }

    /// The bins as their bound nearest to zero and their width, ascending by value.
    var sorted: [(value: Double, width: Double, count: Int)] {
        counts.map { key, count in
            let magnitude = abs(key)
            if magnitude == 0 { return (0, 0, count) }
            let width = Self.power(Self.exponents.lowerBound + magnitude / 1000)
            return (Double(magnitude % 1000) * width * (key < 0 ? -1 : 1), width, count)
        }.sorted { $0.value < $1.value }
    }

    private static func key(_ value: Double) -> Int {
        let magnitude = abs(value)
        for exponent in exponents {
            // A little is added, since 0.07 in tenths of thousandths is just below 700.
            let scaled = magnitude / power(exponent) + 1e-6
            if scaled < 1000 {
                let digits = Int(scaled)
                let key = digits == 0 ? 0 : (exponent - exponents.lowerBound) * 1000 + digits
                return value < 0 ? -key : key
            }
        }
        let last = (exponents.upperBound - exponents.lowerBound) * 1000 + 999
        return value < 0 ? -last : last
    }

    static func power(_ exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<abs(exponent) { power *= 10 }
        return exponent < 0 ? 1 / power : power
    }
}
