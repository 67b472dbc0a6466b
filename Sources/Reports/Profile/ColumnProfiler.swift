import Records

/// Gathers what one column holds, value by value, over bytes and in bounded memory.
struct ColumnProfiler: Sendable {
    /// Most frequent values that a profile lists.
    static let frequentMax = 5

    let name: String
    private let seed: UInt64
    private let masks: Bool
    private var rows = 0
    private var filled = 0
    private var sketch = DistinctSketch()
    private var top = TopValues()
    private var shortest: FieldProfile.Extreme?
    private var longest: FieldProfile.Extreme?
    private var histogram = HistogramGatherer()

    init(name: String, seed: UInt64, masks: Bool) {
        self.name = name
        self.seed = seed
        self.masks = masks
    }

    /// Takes the cells of a batch's first rows.
    mutating func take(_ cells: [Cell], of batch: RecordBatch, count: Int) {
        rows += count
        let bytes = batch.bytes.span
        for row in 0..<count {
            let cell = cells[row]
            if cell.isEmpty { continue }
            add(bytes.extracting(cell.range), batch, cell)
        }
    }

    var profile: FieldProfile {
        FieldProfile(
            name: name, filled: filled, rows: rows, distinct: top.isExact ? top.count : min(filled, sketch.estimate),
            hasExactCounts: top.isExact, shortest: shortest, longest: longest,
            frequent: top.top(Self.frequentMax, ofRows: rows).map { .init(text: $0.text, count: $0.count) },
            histogram: histogram.histogram())
    }

    private mutating func add(_ value: Span<UInt8>, _ batch: RecordBatch, _ cell: Cell) {
        if Self.isBlank(value) { return }
        filled += 1
        let (hash, length) = ByteHash.hash(value, seed: seed)
        sketch.add(hash)
        let masks = masks
        let text = { Self.text(batch, cell, masks: masks) }
        top.add(hash, text)
        if length < shortest?.length ?? .max { shortest = .init(length: length, text: text()) }
        if length > longest?.length ?? 0 { longest = .init(length: length, text: text()) }
        histogram.add(value)
    }

    private static func text(_ batch: RecordBatch, _ cell: Cell, masks: Bool) -> String {
        let text = VisibleText.prefix(batch.slice(cell), scalarsMax: TopValues.scalarsMax)
        return VisibleText.visible(masks ? Mask.masked(text) : text)
    }

    private static func isBlank(_ value: Span<UInt8>) -> Bool {
        for index in value.indices {
            let byte = value[index]
            if byte != 0x20, !(0x09...0x0D ~= byte) { return false }
        }
        return true
    }
}
