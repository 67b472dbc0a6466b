import Records

extension RecordBatch {
    /// Changes the case of a column's values, as `edit` with `lowercase` or `uppercase` would.
    ///
    /// - Parameter first: the first of the 26 ASCII letters that change.
    mutating func changeCase(_ cells: inout [Cell], rows: [Bool], of operation: TextOperation, from first: UInt8) {
        var changing: [Int] = []
        var others: [Bool] = []
        var changingBytes = 0
        do {
            let bytes = unsafe bytes.span.bytes
            for row in cells.indices where rows[row] {
                let cell = cells[row]
                if cell.isNull || cell.kind == .json { continue }
                let range = cell.range
                var letters: UInt64 = 0
                var isASCII = true
                var at = range.lowerBound
                while at < range.upperBound {
                    let word = ByteWord(bytes, at: at, end: range.upperBound)
                    isASCII = isASCII && word.isASCII
                    letters |= word.letters(from: first)
                    at &+= ByteWord.width
                }
                if !isASCII {
                    if others.isEmpty { others = Array(repeating: false, count: rows.count) }
                    others[row] = true
                } else if letters != 0 {
                    changing.append(row)
                    changingBytes += range.count
                } else if cell.kind != .text {
                    cells[row] = Cell(kind: .text, offset: range.lowerBound, length: range.count)
                }
            }
        }
        if changingBytes > 0 { flipCase(&cells, changing, changingBytes, from: first) }
        if !others.isEmpty {
            _ = edit(&cells, rows: others) { bytes, range, out in operation.run(bytes, range, &out) }
        }
    }

    /// Writes some rows' values, which are all ASCII, anew with letters of the other case.
    private mutating func flipCase(_ cells: inout [Cell], _ rows: [Int], _ length: Int, from first: UInt8) {
        var target = bytes.grow(by: length + ByteWord.width)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        for row in rows {
            let range = cells[row].range
            cells[row] = Cell(kind: .text, offset: target, length: range.count)
            var at = range.lowerBound
            while at < range.upperBound {
                let word = ByteWord(raw.bytes, at: at, end: range.upperBound)
                // Upper and lower case differ in one bit, two below the answer's.
                raw.storeBytes(
                    of: (word.bits ^ word.letters(from: first) &>> 2).littleEndian, toByteOffset: target,
                    as: UInt64.self)
                let count = min(ByteWord.width, range.upperBound &- at)
                target &+= count
                at &+= count
            }
        }
        bytes.removeLast(ByteWord.width)
    }
}
