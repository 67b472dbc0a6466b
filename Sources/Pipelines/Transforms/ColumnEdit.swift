import Records

/// What an operation makes of one value.
enum CellEdit {
    /// The value stays, as text.
    case slice(Range<Int>)
    /// The new text was appended to the output.
    case written
    /// No value any more.
    case null
    /// The operation does not apply to this value; the cell becomes null and its row is among the failures.
    case failed
}

extension RecordBatch {
    /// Runs an operation over the filled cells of a column: never over null, nor over a list or object, which no
    /// operation on text can keep whole. Returns the rows that failed, with their old cells.
    mutating func edit(
        _ cells: inout [Cell], rows: [Bool], kind: Cell.Kind = .text,
        _ operation: (Span<UInt8>, Range<Int>, inout [UInt8]) -> CellEdit
    ) -> [(row: Int, cell: Cell)] {
        var out: [UInt8] = []
        var failures: [(row: Int, cell: Cell)] = []
        let base = bytes.count
        do {
            let source = bytes.span
            for row in cells.indices where rows[row] {
                let cell = cells[row]
                if cell.isNull || cell.kind == .json { continue }
                let start = out.count
                switch operation(source, cell.range, &out) {
                case .slice(let range): cells[row] = Cell(kind: kind, offset: range.lowerBound, length: range.count)
                case .written: cells[row] = Cell(kind: kind, offset: base + start, length: out.count - start)
                case .null: cells[row] = .null
                case .failed:
                    cells[row] = .null
                    failures.append((row, cell))
                }
            }
        }
        if !out.isEmpty { bytes.append(contentsOf: out) }
        return failures
    }

    /// Takes the white space around the values of a column, as `edit` with `trim` would.
    func trim(_ cells: inout [Cell], rows: [Bool]) {
        let (bytes, rows) = (bytes.span, rows.span)
        // Writing to a column that the source's rows have too copies it, which mostly isn't needed.
        var row = Self.firstToTrim(cells.span, rows, bytes)
        if row == cells.count { return }
        var cells = cells.mutableSpan
        while row < cells.count {
            let range = TextBytes.trimmed(bytes, cells[row].range)
            cells[row] = Cell(kind: .text, offset: range.lowerBound, length: range.count)
            row = Self.firstToTrim(cells.span, rows, bytes, from: row &+ 1)
        }
    }

    /// The first row whose value has white space at an end or is no text yet; the number of rows when there is none.
    @inline(__always)
    private static func firstToTrim(
        _ cells: Span<Cell>, _ rows: Span<Bool>, _ bytes: Span<UInt8>, from first: Int = 0
    ) -> Int {
        precondition(rows.count == cells.count && first >= 0)
        var row = first
        while row < cells.count {
            // Safe because there are as many of both, which was checked.
            let cell = unsafe cells[unchecked: row]
            // Nothing, or visible ASCII at both ends, as nearly always; a number or flag becomes text.
            let isDone =
                unsafe cell.isTrimmed
                || cell.isText && (cell.length == 0 || TextBytes.isTrimmed(bytes, cell.range)) || cell.isNull
                || cell.isJSON || !rows[unchecked: row]
            if !isDone { return row }
            row &+= 1
        }
        return row
    }

    /// The rows that a stage works on.
    var liveRows: [Bool] { states.map { $0 == .live } }
}

extension [UInt8] {
    /// Makes room at the end and returns where it starts. Writing through a span afterwards costs one check of
    /// uniqueness in all, where appending costs one a byte.
    mutating func grow(by length: Int) -> Int {
        let start = count
        append(addingCapacity: length) { $0.append(repeating: 0, count: length) }
        return start
    }
}
