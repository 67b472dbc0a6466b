internal import Records

/// Collects the rows of one block: cells by column, text that is no slice of the block, origins and issues.
struct BlockRowBuilder {
    let rowsMax: Int
    /// Bytes of the block, behind which the unescaped text goes.
    private let blockBytes: Int
    /// Column by column, `rowsMax` cells each.
    private var cells: [Cell]
    private var arena: [UInt8] = []
    private var origins: [RecordOrigin] = []
    private var issues: [RowIssue] = []

    init(columns: Int, rowsMax: Int, blockBytes: Int) {
        self.rowsMax = rowsMax
        self.blockBytes = blockBytes
        cells = Array(repeating: .null, count: columns * rowsMax)
        origins.reserveCapacity(rowsMax)
    }

    var rowCount: Int { origins.count }

    @inline(__always)
    mutating func beginRow(_ origin: RecordOrigin) { origins.append(origin) }

    /// Lends the rows to somebody who sets cells and appends origins himself; a row counts once it has its origin.
    ///
    /// The cells stand column by column, `rowsMax` each.
    @inline(__always)
    mutating func lend(_ body: (_ cells: inout MutableSpan<Cell>, _ origins: inout [RecordOrigin]) -> Void) {
        var lent: [Cell] = []
        swap(&lent, &cells)
        var span = lent.mutableSpan
        body(&span, &origins)
        swap(&lent, &cells)
    }

    /// Says where the row's text ends.
    mutating func replaceOrigin(_ origin: RecordOrigin) { origins[origins.count - 1] = origin }

    mutating func report(_ issue: Issue) { issues.append(RowIssue(row: origins.count - 1, issue: issue)) }

    /// Sets a value of the last row.
    @inline(__always)
    mutating func set(_ column: Int, _ cell: Cell) { cells[column &* rowsMax &+ origins.count &- 1] = cell }

    /// Sets a value of the last row from text with doubled quotes.
    mutating func setUnescaping(_ column: Int, _ bytes: Span<UInt8>, _ range: Range<Int>, quote: UInt8) {
        let start = arena.count
        var index = range.lowerBound
        while index < range.upperBound {
            arena.append(bytes[index])
            index += bytes[index] == quote ? 2 : 1
        }
        set(column, Cell(kind: .text, offset: blockBytes + start, length: arena.count - start))
    }

    /// Sets the last row's values from cells that count from its text's first byte, with `spill` right behind the text.
    mutating func setRow(_ row: [Cell], textStart: Int, textLength: Int, spill: [UInt8]) {
        let spillStart = blockBytes + arena.count - textLength
        arena.append(contentsOf: spill)
        for column in row.indices where !row[column].isNull {
            let cell = row[column]
            let offset = Int(cell.offset)
            set(
                column,
                Cell(
                    kind: cell.kind, offset: offset + (offset < textLength ? textStart : spillStart),
                    length: cell.length))
        }
    }

    /// Sets the last row's values from a line of some form; false, and no values, when it is of another.
    @inline(__always)
    mutating func setRow(_ line: Range<Int>, of text: Span<UInt8>, by form: NDJSONForm) -> Bool {
        let (row, rowsMax) = (origins.count &- 1, rowsMax)
        var values = cells.mutableSpan
        if form.read(line, of: text, into: &values, first: row, stride: rowsMax) { return true }
        for place in Swift.stride(from: row, to: values.count, by: rowsMax) { values[place] = .null }
        return false
    }

    /// Says how many columns there are, once that is known; rows before have no value in any.
    mutating func setColumns(count: Int) { cells = Array(repeating: .null, count: count * rowsMax) }

    /// Ends the batch; the block comes first in its bytes.
    consuming func finish(names: [String], block: consuming [UInt8]) -> RecordBatch {
        if !arena.isEmpty { block.append(contentsOf: arena) }
        let rows = origins.count
        let columns = names.enumerated().map { column, name in
            RecordBatch.Column(name: name, cells: Array(cells[column * rowsMax..<column * rowsMax + rows]))
        }
        return RecordBatch(bytes: block, columns: columns, origins: origins, issues: issues)
    }
}
