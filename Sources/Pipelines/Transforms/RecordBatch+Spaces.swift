import Records

extension RecordBatch {
    /// Takes the white space out of a column's values, as `edit` with `remove_spaces` would.
    mutating func removeSpaces(_ cells: inout [Cell], rows: [Bool]) {
        var spaced: [(row: Int, kept: UInt32)] = []
        var others: [Bool] = []
        do {
            let (bytes, rows, cells) = (bytes.span, rows.span, cells.span)
            let raw = unsafe bytes.bytes
            precondition(rows.count == cells.count)
            for row in cells.indices {
                // Safe because there are as many of both, which was checked.
                let cell = unsafe cells[unchecked: row]
                if unsafe !rows[unchecked: row] || cell.isNull || cell.isJSON { continue }
                let range = cell.range
                if cell.isText, range.count <= ByteBlock.width, range.lowerBound &+ ByteBlock.width <= raw.byteCount {
                    let marks = ByteBlock(raw, at: range.lowerBound).spaceMarks
                    let inside = ByteBlock.lowBits(range.count)
                    if marks.foreign & inside == 0 {
                        if marks.spaces & inside != 0 { spaced.append((row, inside & ~marks.spaces)) }
                        continue
                    }
                }
                if others.isEmpty { others = Array(repeating: false, count: rows.count) }
                others[row] = true
            }
        }
        if !spaced.isEmpty { keep(spaced, of: &cells) }
        if !others.isEmpty {
            _ = edit(&cells, rows: others) { bytes, range, out in TextOperation.removeSpaces.run(bytes, range, &out) }
        }
    }

    /// Writes some rows' values anew, which are at most a block long, with the bytes whose bit is set.
    private mutating func keep(_ rows: [(row: Int, kept: UInt32)], of cells: inout [Cell]) {
        var target = bytes.grow(by: rows.count * ByteBlock.width)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        for (row, kept) in rows {
            ByteBlock(raw.bytes, at: cells[row].range.lowerBound).store(keeping: kept, to: &raw, at: target)
            cells[row] = Cell(kind: .text, offset: target, length: kept.nonzeroBitCount)
            target &+= kept.nonzeroBitCount
        }
        bytes.removeLast(bytes.count - target)
    }
}
