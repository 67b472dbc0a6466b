internal import Records

/// Gathers the rows of one batch: their text, their cells row by row, their origins and issues.
struct RowCollector {
    /// Where a row stands in its file.
    struct Place {
        let file: Int
        let line: Int
        let byteOffset: Int
    }

    private let columns: [String]
    private var bytes: [UInt8] = []
    /// Row by row; turned into columns once a batch.
    private var cells: [Cell] = []
    private var origins: [RecordOrigin] = []
    private var issues: [RowIssue] = []
    /// Number of the first row of the batch.
    private(set) var nextRow: Int

    /// - Parameter firstRow: number of the first row.
    init(columns: [String], firstRow: Int) {
        self.columns = columns
        nextRow = firstRow
    }

    var count: Int { origins.count }

    /// Leaves out the numbers of rows that are none of its, while it holds no rows.
    mutating func passRows(_ count: Int) { nextRow += count }

    func isFull(_ definition: SourceDefinition) -> Bool {
        origins.count >= definition.batchRows || bytes.count >= definition.batchBytes
    }

    /// Adds a row without values and returns its index in the batch.
    mutating func append(raw: ArraySlice<UInt8>, origin: Place) -> Int {
        let start = bytes.count
        bytes.append(contentsOf: raw)
        origins.append(
            RecordOrigin(
                file: origin.file, row: nextRow + origins.count, line: origin.line,
                byteOffset: origin.byteOffset, raw: start..<bytes.count))
        cells.append(contentsOf: repeatElement(.null, count: columns.count))
        return origins.count - 1
    }

    /// Fills the last row with cells that count from its raw text, with `spill` right behind that.
    mutating func setLast(_ row: [Cell], spill: [UInt8]) {
        guard let base = origins.last?.raw.lowerBound else { return }
        bytes.append(contentsOf: spill)
        let first = cells.count - columns.count
        for field in row.indices where !row[field].isNull {
            let cell = row[field]
            cells[first + field] = Cell(kind: cell.kind, offset: base + Int(cell.offset), length: cell.length)
        }
    }

    mutating func report(_ issue: Issue, row: Int) { issues.append(RowIssue(row: row, issue: issue)) }

    /// The gathered rows as a batch; `nil` when there are none.
    mutating func takeBatch() -> RecordBatch? {
        guard !origins.isEmpty else { return nil }
        let width = columns.count
        let rowCount = origins.count
        let named = columns.indices.map { field in
            var column: [Cell] = []
            column.reserveCapacity(rowCount)
            for row in 0..<rowCount { column.append(cells[row * width + field]) }
            return RecordBatch.Column(name: columns[field], cells: column)
        }
        let batch = RecordBatch(bytes: bytes, columns: named, origins: origins, issues: issues)
        nextRow += rowCount
        let capacity = bytes.count
        bytes = []
        bytes.reserveCapacity(capacity)
        cells.removeAll(keepingCapacity: true)
        origins.removeAll(keepingCapacity: true)
        issues = []
        return batch
    }
}
