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
            let (bytes, rows) = (bytes.span, rows.span)
            var cells = cells.mutableSpan
            precondition(rows.count == cells.count)
            for row in cells.indices {
                // Safe because there are as many of both, which was checked.
                let cell = unsafe cells[unchecked: row]
                if unsafe !rows[unchecked: row] || cell.isNull || cell.isJSON { continue }
                let range = cell.range
                switch Self.letters(from: first, bytes, range) {
                case .foreign:
                    if others.isEmpty { others = Array(repeating: false, count: rows.count) }
                    others[row] = true
                case .some:
                    changing.append(row)
                    changingBytes += range.count
                case .none:
                    if !cell.isText { cells[row] = Cell(kind: .text, offset: range.lowerBound, length: range.count) }
                }
            }
        }
        if changingBytes > 0 { flipCase(&cells, changing, changingBytes, from: first) }
        if !others.isEmpty {
            _ = edit(&cells, rows: others) { bytes, range, out in operation.run(bytes, range, &out) }
        }
    }

    /// What a value holds of the 26 ASCII letters that change.
    private enum Letters {
        case none
        case some
        /// Something that is not ASCII, whatever else.
        case foreign
    }

    @inline(__always)
    private static func letters(from first: UInt8, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Letters {
        var (letters, foreign) = (UInt32(0), UInt32(0))
        let raw = unsafe bytes.bytes
        var at = range.lowerBound
        while at < range.upperBound {
            if at &+ ByteBlock.width > raw.byteCount { return lastLetters(from: first, bytes, range) }
            let marks = ByteBlock(raw, at: at).caseMarks(from: first)
            let inside = ByteBlock.lowBits(range.upperBound &- at)
            letters |= marks.letters & inside
            foreign |= marks.foreign & inside
            at &+= ByteBlock.width
        }
        return foreign != 0 ? .foreign : letters != 0 ? .some : .none
    }

    /// The same at the end of everything, where no whole block is left.
    private static func lastLetters(from first: UInt8, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Letters {
        var letters = Letters.none
        for at in range {
            if bytes[at] >= 0x80 { return .foreign }
            if bytes[at] &- first < 26 { letters = .some }
        }
        return letters
    }

    /// Writes some rows' values, which are all ASCII, anew with letters of the other case.
    private mutating func flipCase(_ cells: inout [Cell], _ rows: [Int], _ length: Int, from first: UInt8) {
        var target = bytes.grow(by: length + ByteBlock.width)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        for row in rows {
            let range = cells[row].range
            cells[row] = Cell(kind: .text, offset: target, length: range.count)
            var at = range.lowerBound
            while at < range.upperBound {
                ByteBlock(raw.bytes, at: at).store(flippingCaseFrom: first, to: &raw, at: target)
                let count = min(ByteBlock.width, range.upperBound &- at)
                target &+= count
                at &+= count
            }
        }
        bytes.removeLast(ByteBlock.width)
    }
}
