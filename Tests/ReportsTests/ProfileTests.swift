import Records
import TestSupport
import Testing

@testable import Reports

@Suite struct ProfileTests {
    /// A batch of one column.
    private func batch(_ values: [String?], name: String = "veld") -> RecordBatch {
        var bytes: [UInt8] = []
        var cells: [Cell] = []
        for value in values {
            guard let value else {
                cells.append(.null)
                continue
            }
            cells.append(Cell(kind: .text, offset: bytes.count, length: value.utf8.count))
            bytes += Array(value.utf8)
        }
        let origins = values.indices.map { RecordOrigin(file: 0, row: $0 + 1, line: $0 + 2, byteOffset: 0, raw: 0..<0) }
        return RecordBatch(bytes: bytes, columns: [.init(name: name, cells: cells)], origins: origins)
    }

    private func profile(_ values: [String?], masks: Bool = false, cut: Int = 1000) -> FieldProfile {
        var profiler = ColumnProfiler(name: "veld", seed: 7, masks: masks)
        for start in stride(from: 0, to: values.count, by: cut) {
            let batch = batch(Array(values[start..<min(values.count, start + cut)]))
            profiler.take(batch.columns[0].cells, of: batch, count: batch.rowCount)
        }
        return profiler.profile
    }

    @Test func `a column is told by its filling, its lengths and its frequent values`() {
        let profile = profile(["Groningen", nil, "", "  ", "Ee", "Groningen", "’s-Gravenhage"])
        #expect(profile.rows == 7 && profile.filled == 4)
        #expect(profile.distinct == 3 && profile.hasExactCounts)
        #expect(profile.shortest == .init(length: 2, text: "Ee"))
        #expect(profile.longest == .init(length: 13, text: "’s-Gravenhage"))
        #expect(profile.frequent == [.init(text: "Groningen", count: 2)])
        #expect(profile.histogram == nil)
    }

    @Test func `an empty column has nothing to tell`() {
        let profile = profile([nil, nil])
        #expect(profile.filled == 0 && profile.distinct == 0 && profile.shortest == nil && profile.frequent.isEmpty)
    }

    @Test(arguments: [10, 1_000, 20_000, 60_000]) func `distinct values are estimated within five percent`(count: Int) {
        let profile = profile((0..<count * 2).map { "klant-\($0 % count)" })
        #expect(abs(Double(profile.distinct - count)) <= max(1, Double(count) * 0.05), "\(profile.distinct)")
        #expect(profile.hasExactCounts == (count < 1024))
    }

    @Test func `frequent values are found among many rare ones`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var rng = SeededRNG(seed: seed)
        var values = (0..<30_000).map { "zeldzaam-\($0)" } + Array(repeating: "vaak", count: 900)
        values += Array(repeating: "vaker", count: 1_500)
        values.shuffle(using: &rng)
        let frequent = profile(values).frequent
        #expect(frequent.map(\.text) == ["vaker", "vaak"], "seed \(seed)")
        for (value, count) in zip(frequent, [1_500, 900]) {
            #expect(value.count <= count && value.count > count - 80, "seed \(seed): \(value)")
        }
    }

    @Test(arguments: [
        ("12", 12), ("-3,5", -3.5), ("1.234,50", 1234.5), ("1,234.50", 1234.5), ("1.234.567", 1_234_567),
        ("0.07", 0.07),
        ("0", 0), ("1.234", 1.234),
    ])
    func `numbers as they are written`(text: String, value: Double) {
        let number = ValueReading.number(Array(text.utf8).span)
        #expect(abs((number ?? .infinity) - value) < 1e-9)
    }

    @Test(arguments: [
        "", "-", "06", "0612345678", "12a", "1.5.2", "12345678", "1,", ",5", "1 000", "1.23.456", "--1", "1e3",
        "1,234,5",
    ])
    func `what is no number`(text: String) { #expect(ValueReading.number(Array(text.utf8).span) == nil) }

    @Test(arguments: [
        ("2001-02-03", 2001 * 12 + 1), ("03-02-2001", 2001 * 12 + 1), ("3/2/2001", 2001 * 12 + 1),
        ("2001-12-31 23:59:59", 2001 * 12 + 11), ("2001-02-03T04:05", 2001 * 12 + 1),
    ])
    func `dates as they are written`(text: String, month: Int) {
        #expect(ValueReading.month(Array(text.utf8).span) == month)
    }

    @Test(arguments: ["", "2001-13-01", "2001-02", "01-02-01", "2001-02-03-04", "2001/02-03", "20010203", "2001-02-32"])
    func `what is no date`(text: String) { #expect(ValueReading.month(Array(text.utf8).span) == nil) }

    @Test func `bars hold every number, in order and without gaps`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var rng = SeededRNG(seed: seed)
        for _ in 0..<40 {
            let (low, width) = (Int.random(in: -50...5000, using: &rng), Int.random(in: 1...20_000, using: &rng))
            let isDecimal = Bool.random(using: &rng)
            let values = (0..<300).map { _ in
                let whole = Int.random(in: low...low + width, using: &rng)
                return isDecimal ? "\(whole),\(Int.random(in: 10...99, using: &rng))" : "\(whole)"
            }
            guard let histogram = profile(values).histogram else { continue }
            check(histogram, count: values.count, seed)
        }
    }

    @Test func `bars hold every date, in order and without gaps`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var rng = SeededRNG(seed: seed)
        for span in [0, 1, 30, 400] {
            let values = (0..<300).map { _ in
                "\(1600 + Int.random(in: 0...span, using: &rng))-0\(Int.random(in: 1...9, using: &rng))-11"
            }
            guard let histogram = profile(values).histogram else { return #expect(Bool(false), "no histogram") }
            #expect(histogram.kind == .date)
            check(histogram, count: values.count, seed)
        }
    }

    private func check(_ histogram: Histogram, count: Int, _ seed: UInt64) {
        #expect(histogram.others == 0, "seed \(seed)")
        #expect(histogram.bars.reduce(0) { $0 + $1.count } == count, "seed \(seed): \(histogram.bars)")
        #expect(histogram.bars.count <= HistogramBars.barsMax, "seed \(seed): \(histogram.bars.count)")
        for (bar, next) in zip(histogram.bars, histogram.bars.dropFirst()) {
            #expect(bar.to != nil && bar.to == next.from, "seed \(seed)")
        }
    }

    @Test func `a few values far away do not flatten the picture, and are counted`() {
        let values = (0..<2_000).map { "\($0 % 100)" } + ["9999999"]
        let bars = profile(values).histogram?.bars ?? []
        #expect(bars.last?.to == nil && bars.last?.count == 1)
        #expect(bars.reduce(0) { $0 + $1.count } == 2_001)
        #expect(bars.count > 10)
    }

    @Test func `some values of another form are told apart`() {
        let values = (0..<2_000).map { $0 % 50 == 3 ? "onbekend" : "\($0)" }
        let histogram = profile(values).histogram
        #expect(histogram?.kind == .number && histogram?.others == 40)
    }

    @Test func `a masked profile shows shapes only`() {
        let profile = profile(["Jansen 12", "Jansen 12", "Ünal-3"], masks: true)
        #expect(profile.frequent == [.init(text: "xxxxxx 99", count: 2)])
        #expect(profile.shortest == .init(length: 6, text: "xxxx-9"))
    }

    @Test func `however the rows are cut, the profile is the same`() {
        let values = (0..<700).map { $0 % 7 == 0 ? nil : "\($0 % 90)" }
        #expect(profile(values, cut: 1) == profile(values, cut: 700))
    }
}
