/// Puts counts into bars with round edges. The outermost half percent on each side shares one open bar where it would
/// stretch the picture.
enum HistogramBars {
    static let barsMax = 24

    /// Bars of numbers; `nil` when there are not two different ones.
    static func bars(_ bins: DecimalBins) -> [Histogram.Bar]? {
        let sorted = bins.sorted
        guard let first = sorted.first, let last = sorted.last, sorted.count > 1 else { return nil }
        let core = core(sorted.map(\.count))
        var (low, high) = (sorted[core.lowerBound], sorted[core.upperBound])
        if (high.value - low.value) * 3 > last.value - first.value { (low, high) = (first, last) }
        let widest = max(low.width, high.width)
        let step = numberStep(span: high.value - low.value, widest: widest)
        let counts = place(sorted.map { ($0.value, $0.count) }, from: low.value, to: high.value, step: step)
        return counts.map { bar in
            Histogram.Bar(
                from: bar.from.map { text(Double($0) * step, step) }, to: bar.to.map { text(Double($0) * step, step) },
                count: bar.count)
        }
    }

    /// Bars of months; `nil` when there are not two different ones.
    static func bars(months: [Int: Int]) -> [Histogram.Bar]? {
        let sorted = months.sorted { $0.key < $1.key }
        guard let first = sorted.first, let last = sorted.last, sorted.count > 1 else { return nil }
        let core = core(sorted.map(\.value))
        var (low, high) = (sorted[core.lowerBound].key, sorted[core.upperBound].key)
        if (high - low) * 3 > last.key - first.key { (low, high) = (first.key, last.key) }
        let step = [1, 3, 12, 24, 60, 120, 240, 1200].first { (high - low) / $0 < barsMax - 2 } ?? 6000
        let counts = place(
            sorted.map { (Double($0.key), $0.value) }, from: Double(low), to: Double(high), step: Double(step))
        return counts.map { bar in
            Histogram.Bar(
                from: bar.from.map { month($0 * step) }, to: bar.to.map { month($0 * step) }, count: bar.count)
        }
    }

    /// The indices that hold all but half a percent on each side.
    private static func core(_ counts: [Int]) -> ClosedRange<Int> {
        let total = counts.reduce(0, +)
        func edge(_ indices: some Sequence<Int>) -> Int {
            var passed = 0
            for index in indices {
                passed += counts[index]
                if passed * 200 > total { return index }
            }
            return 0
        }
        let (low, high) = (edge(counts.indices), edge(counts.indices.reversed()))
        return min(low, high)...max(low, high)
    }

    /// Counts by step, as multiples of it, gaps filled with zeros; what lies outside in an open bar on either side.
    private static func place(_ counts: [(value: Double, count: Int)], from low: Double, to high: Double, step: Double)
        -> [(from: Int?, to: Int?, count: Int)]
    {
        func index(_ value: Double) -> Int { Int((value / step + 1e-9).rounded(.down)) }
        let (first, last) = (index(low), index(high))
        var bars = (first...last).map { (from: Int?.some($0), to: Int?.some($0 + 1), count: 0) }
        var (below, above) = (0, 0)
        for (value, count) in counts {
            let place = index(value)
            if place < first {
                below += count
            } else if place > last {
                above += count
            } else {
                bars[place - first].count += count
            }
        }
        if below > 0 { bars.insert((nil, first, below), at: 0) }
        if above > 0 { bars.append((last + 1, nil, above)) }
        return bars
    }

    private static func numberStep(span: Double, widest: Double) -> Double {
        for exponent in -6...10 {
            for digit in [1.0, 2, 5] {
                let step = digit * DecimalBins.power(exponent)
                if step >= widest, span / step < Double(barsMax - 2) { return step }
            }
        }
        return DecimalBins.power(11)
    }

    /// A multiple of a step, without more decimals than the step has.
    private static func text(_ value: Double, _ step: Double) -> String {
        var decimals = 0
        while decimals < 6, DecimalBins.power(-decimals) > step * 1.000_001 { decimals += 1 }
        let scaled = Int((abs(value) * DecimalBins.power(decimals)).rounded())
        let unit = Int(DecimalBins.power(decimals))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        if decimals == 0 { return sign + String(scaled) }
        let fraction = String(scaled % unit)
        return "\(sign)\(scaled / unit).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }

    private static func month(_ index: Int) -> String {
        let month = index % 12 + 1
        return "\(index / 12)-\(month < 10 ? "0" : "")\(month)"
    }
}
