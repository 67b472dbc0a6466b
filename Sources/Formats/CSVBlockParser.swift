internal import Records

/// Parses blocks of one CSV file into batches; a function of the block alone.
///
/// A row whose form is wrong is rejected, with null where a value is unknown, and costs no other row. Ordinary rows are
/// read off the ends of their fields; whatever is out of the ordinary in a row goes through `CSVOddity`, the way that knows everything.
struct CSVBlockParser: Sendable {
    let columns: CSVColumns
    let dialect: CSVDialect
    let recordBytesMax: Int
    let fileIndex: Int
    private let hasIssueColumns: Bool

    init(columns: CSVColumns, dialect: CSVDialect, recordBytesMax: Int, fileIndex: Int) {
        self.columns = columns
        self.dialect = dialect
        self.recordBytesMax = recordBytesMax
        self.fileIndex = fileIndex
        hasIssueColumns = columns.hasIssueColumns
    }

    func parse(_ block: consuming CSVBlock) -> RecordBatch {
        let builder = rows(of: block)
        // Taken out, since the block's text is the batch's from here on.
        var bytes: [UInt8] = []
        swap(&bytes, &block.bytes)
        return builder.finish(names: columns.outputs, block: consume bytes)
    }

    private func rows(of block: borrowing CSVBlock) -> BlockRowBuilder {
        var builder = BlockRowBuilder(
            columns: columns.outputs.count, rowsMax: block.rowCount, blockBytes: block.bytes.count)
        var next = 0
        var place = CSVPlace(block)
        let isClean = block.problems.isEmpty && isCleanText(block.bytes.span, block.range)
        for oddity in block.oddities {
            parse(block, place.position..<oddity.range.lowerBound, isClean, &next, &place, &builder)
            take(oddity, block, &place, &builder)
        }
        parse(block, place.position..<block.range.upperBound, isClean, &next, &place, &builder)
        precondition(builder.rowCount == block.rowCount, "a block has as many rows as were counted in it")
        return builder
    }

    /// Parses a part of the block that holds no oddity.
    ///
    /// - Parameter next: which field end comes next.
    private func parse(
        _ block: borrowing CSVBlock, _ range: Range<Int>, _ isClean: Bool, _ next: inout Int,
        _ place: inout CSVPlace, _ builder: inout BlockRowBuilder
    ) {
        if range.isEmpty { return }
        let bytes = block.bytes.span
        let ends = block.fieldEnds.span
        var count = range.upperBound == block.range.upperBound ? ends.count : next
        while count < ends.count, Int(ends[count]) < range.upperBound { count += 1 }
        let columnStarts = columns.targets.map { $0 < 0 ? -1 : $0 * builder.rowsMax }
        var at = range.lowerBound
        while next < count {
            if isClean, !hasIssueColumns {
                addPlainRows(block, ends.extracting(0..<count), columnStarts.span, &next, &at, &place, &builder)
                if next == count { return }
            }
            if Int(ends[next]) == at, place.skipLineEnd(bytes, at) {
                at += 1
                next += 1
                continue
            }
            let first = next
            builder.beginRow(place.origin(file: fileIndex))
            var row = CSVRow(start: at)
            fill(&row, bytes, ends, &next, &builder)
            if row.fieldCount != columns.names.count || hasIssueColumns
                || !isClean && !isCleanRow(row.start..<row.end, block)
            {
                let fields = fields(from: first, to: next, bytes, ends, start: row.start)
                take(
                    CSVOddity(
                        range: row.start..<row.end, next: row.end + 1, fields: fields, fieldCount: fields.count),
                    block, &place, &builder, isBegun: true)
            } else {
                builder.replaceOrigin(place.origin(file: fileIndex, raw: row.start..<row.end))
                place.advance(past: row, block)
            }
            at = row.end + 1
        }
    }

    /// Adds rows as long as they have as many fields as there are columns and no field with doubled quotes.
    ///
    /// - Parameter starts: where each source column's cells start in the builder, −1 for none.
    private func addPlainRows(
        _ block: borrowing CSVBlock, _ ends: Span<UInt32>, _ starts: Span<Int>, _ next: inout Int, _ at: inout Int,
        _ place: inout CSVPlace, _ builder: inout BlockRowBuilder
    ) {
        let bytes = block.bytes.span
        let expected = columns.names.count
        precondition(starts.count == expected)
        if expected == 0 || bytes.count > Cell.lengthMax { return }
        let rowsMax = builder.rowsMax
        builder.lend { cells, origins in
            for column in starts.indices {
                precondition(starts[column] < 0 || starts[column] &+ rowsMax <= cells.count)
            }
            let rows = CSVPlainRows(dialect)
            // Field ends ascend, so that all of a row lie within the text when its last one does.
            while next &+ expected <= ends.count, origins.count < rowsMax,
                Int(ends[next &+ expected &- 1]) < bytes.count
            {
                if Int(ends[next]) == at, place.skipLineEnd(bytes, at) {
                    at &+= 1
                    next &+= 1
                    continue
                }
                // Safe because the row's ends are there and, as they ascend, lie within the text with the last one, which
                // was checked, as was that every column has room for as many rows as there may be.
                guard
                    let row = unsafe rows.take(
                        at, bytes, ends, from: next, starts, number: origins.count, to: &cells)
                else { return }
                origins.append(place.origin(file: fileIndex, raw: row.start..<row.end))
                place.advance(past: row, block)
                next &+= expected
                at = row.end &+ 1
            }
        }
    }

    /// Reads one row's fields off their ends.
    @inline(__always)
    private func fill(
        _ row: inout CSVRow, _ bytes: Span<UInt8>, _ ends: Span<UInt32>, _ next: inout Int,
        _ builder: inout BlockRowBuilder
    ) {
        var at = row.start
        let expected = columns.names.count
        while true {
            let end = Int(ends[next])
            next &+= 1
            let target = row.fieldCount < expected ? columns.targets[row.fieldCount] : -1
            if end > at, bytes[at] == dialect.quote {
                let isEscaped = row.passQuoted(bytes, at &+ 1..<end &- 1, quote: bytes[at])
                if target >= 0, isEscaped {
                    builder.setUnescaping(target, bytes, at &+ 1..<end &- 1, quote: bytes[at])
                } else if target >= 0 {
                    builder.set(target, Cell(kind: .text, offset: at &+ 1, length: end &- at &- 2))
                }
            } else if target >= 0 {
                builder.set(target, Cell(kind: .text, offset: at, length: end &- at))
            }
            row.fieldCount &+= 1
            row.end = end
            if bytes[end] != dialect.delimiter { return }
            at = end &+ 1
        }
    }

    private func isCleanRow(_ range: Range<Int>, _ block: borrowing CSVBlock) -> Bool {
        isCleanText(block.bytes.span, range) && block.problems(in: range).isEmpty
    }

    /// A row's fields as the record parser would give them.
    private func fields(
        from first: Int, to next: Int, _ bytes: Span<UInt8>, _ ends: Span<UInt32>, start: Int
    ) -> [CSVField] {
        var fields: [CSVField] = []
        var at = start
        for index in first..<next {
            let end = Int(ends[index])
            if end > at, bytes[at] == dialect.quote {
                var isEscaped = false
                for position in at + 1..<end - 1 where bytes[position] == dialect.quote { isEscaped = true }
                fields.append(CSVField(start: at + 1, end: end - 1, isQuoted: true, isEscaped: isEscaped))
            } else {
                fields.append(CSVField(start: at, end: end, isQuoted: false, isEscaped: false))
            }
            at = end + 1
        }
        return fields
    }
}

/// One row while its fields are read.
struct CSVRow {
    let start: Int
    /// Of its text, without its line end.
    var end: Int
    var fieldCount = 0
    /// Line ends inside quoted fields.
    var lineBreaks = 0

    @inline(__always)
    init(start: Int) {
        self.start = start
        end = start
    }

    /// Counts the line ends of a quoted field and tells whether it holds doubled quotes.
    mutating func passQuoted(_ bytes: Span<UInt8>, _ range: Range<Int>, quote: UInt8) -> Bool {
        var isEscaped = false
        for index in range {
            let byte = bytes[index]
            if byte == quote { isEscaped = true }
            if byte == 0x0D || byte == 0x0A && bytes[index &- 1] != 0x0D { lineBreaks &+= 1 }
        }
        return isEscaped
    }
}

/// Where in the file the next row of a block starts.
struct CSVPlace {
    private(set) var position: Int
    private var row: Int
    private(set) var line: Int
    private(set) var byteOffset: Int
    private var isAfterReturn = false
    /// What a CR or LF takes up in the file.
    private let lineEndBytes: Int

    init(_ block: borrowing CSVBlock) {
        position = block.range.lowerBound
        row = block.firstRow
        line = block.line
        byteOffset = block.byteOffset
        lineEndBytes = block.encoding.contentLength(of: [0x0A].span)
    }

    @inline(__always)
    func origin(file: Int, raw: Range<Int> = 0..<0) -> RecordOrigin {
        RecordOrigin(file: file, row: row, line: line, byteOffset: byteOffset, raw: raw)
    }

    /// Passes over a line end where a row would start; false when there is none.
    @inline(__always)
    mutating func skipLineEnd(_ bytes: Span<UInt8>, _ at: Int) -> Bool {
        let byte = bytes[at]
        guard byte == 0x0A || byte == 0x0D else { return false }
        if byte == 0x0D || !isAfterReturn { line += 1 }
        isAfterReturn = byte == 0x0D
        position = at + 1
        byteOffset += lineEndBytes
        return true
    }

    /// Passes over the line ends before a record.
    mutating func skipLineEnds(before start: Int, _ bytes: Span<UInt8>) {
        while position < start, skipLineEnd(bytes, position) {}
    }

    /// Goes on behind a row and its line end.
    @inline(__always)
    mutating func advance(past row: CSVRow, _ block: borrowing CSVBlock) {
        let next = row.end + 1
        line += row.lineBreaks + 1
        isAfterReturn = block.bytes[row.end] == 0x0D
        move(to: next, block)
    }

    /// Goes on behind an oddity.
    mutating func advance(past oddity: CSVOddity, _ block: borrowing CSVBlock) {
        line += CSVCutter.lineEnds(block.bytes.span, position..<oddity.next)
        isAfterReturn = oddity.next > oddity.range.upperBound && block.bytes[oddity.next - 1] == 0x0D
        move(to: oddity.next, block)
    }

    @inline(__always)
    private mutating func move(to next: Int, _ block: borrowing CSVBlock) {
        row += 1
        byteOffset +=
            block.encoding == .utf8
            ? next - position : block.encoding.contentLength(of: block.bytes.span.extracting(position..<next))
        position = next
    }
}
