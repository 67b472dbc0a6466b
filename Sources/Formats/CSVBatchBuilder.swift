internal import Records

/// Collects the rows of one batch: cells by column, unescaped text, origins and issues.
struct CSVBatchBuilder: Sendable {
    let outputs: [String]
    let rowsMax: Int
    /// Column by column, `rowsMax` cells each; written anew for every row.
    private var cells: [Cell]
    /// Text of fields with doubled quotes, which follows the block of records.
    private var arena: [UInt8] = []
    private var arenaCells: [Int] = []
    private var origins: [RecordOrigin] = []
    private var issues: [RowIssue] = []

    /// Most cells of a batch, so that wide files get fewer rows.
    private static let cellsMax = 1 << 18

    init(outputs: [String], rowsMax: Int) {
        self.outputs = outputs
        self.rowsMax = max(1, min(rowsMax, Self.cellsMax / max(1, outputs.count)))
        cells = Array(repeating: .null, count: self.rowsMax * outputs.count)
    }

    var rowCount: Int { origins.count }
    var isFull: Bool { origins.count == rowsMax }
    /// Bytes that this batch holds beside the block of records.
    var arenaCount: Int { arena.count }

    mutating func beginRow(_ origin: RecordOrigin) { origins.append(origin) }

    mutating func report(_ issue: Issue) { issues.append(RowIssue(row: origins.count - 1, issue: issue)) }

    /// Sets every value of the row to null.
    mutating func clearRow() {
        for output in outputs.indices { set(output, .null) }
    }

    mutating func set(_ output: Int, _ cell: Cell) {
        cells[output &* rowsMax &+ origins.count &- 1] = cell
    }

    /// Sets a value from text with doubled quotes.
    mutating func setUnescaping(_ output: Int, _ bytes: [UInt8], _ range: Range<Int>, quote: UInt8) {
        let start = arena.count
        var index = range.lowerBound
        while index < range.upperBound {
            arena.append(bytes[index])
            index += bytes[index] == quote ? 2 : 1
        }
        arenaCells.append(output * rowsMax + origins.count - 1)
        set(output, Cell(kind: .text, offset: start, length: arena.count - start))
    }

    /// Ends the batch; the block of records comes first in its bytes.
    mutating func finish(block: consuming [UInt8]) -> RecordBatch {
        for index in arenaCells where !cells[index].isNull {
            let cell = cells[index]
            cells[index] = Cell(kind: .text, offset: Int(cell.offset) + block.count, length: cell.length)
        }
        block.append(contentsOf: arena)
        let rows = origins.count
        let columns = outputs.enumerated().map { output, name in
            RecordBatch.Column(name: name, cells: Array(cells[output * rowsMax..<output * rowsMax + rows]))
        }
        let batch = RecordBatch(bytes: block, columns: columns, origins: origins, issues: issues)
        arena.removeAll(keepingCapacity: true)
        arenaCells.removeAll(keepingCapacity: true)
        origins = []
        issues = []
        return batch
    }
}
