public import Records

/// Reads one CSV file: RFC 4180, and what real exports make of it.
///
/// A row whose form is wrong is delivered as rejected, with null where a value is unknown, and costs no other row.
/// Blank lines are skipped. Line ends may be LF, CRLF or CR, mixed too.
public struct CSVReader: ~Copyable, BatchReader {
    /// The source's own columns, in file order.
    public var columnNames: [String] { columns.names }

    /// What the content turned out to be written in.
    public var encoding: TextEncoding { input.encoding }

    private var input: CSVInput
    private let columns: CSVColumns
    private let dialect: CSVDialect
    private var builder: CSVBatchBuilder
    private let batchBytes: Int
    private let recordBytesMax: Int
    private let fileIndex: Int
    private var row: Int
    /// Position in the content's text before which no byte is NUL or beyond ASCII.
    private var plainUntil = 0

    /// Opens the content and reads the header.
    ///
    /// - Parameters:
    ///   - source: decoded to UTF-8 and without BOM.
    ///   - file: the file as messages name it.
    ///   - fileIndex: its place in the source's list.
    ///   - firstRow: number of its first record.
    ///   - definition: must be of format CSV.
    /// - Throws: `malformed` for a missing or wrong header, and what reading the first block throws.
    public init(
        source: consuming ByteStream, file: String, fileIndex: Int, firstRow: Int, definition: SourceDefinition
    ) throws(FormatError) {
        guard case .csv(let dialect) = definition.format else { preconditionFailure("the source is not CSV") }
        var input = CSVInput(
            source, dialect: dialect, definition: definition, fieldsMax: CSVColumns.countMax + 1)
        if let declared = dialect.columns {
            columns = try CSVColumns(declared: declared, wanted: definition.fields, file: file)
        } else {
            let header = try Self.readHeader(&input, dialect: dialect, file: file)
            columns = try CSVColumns(
                header: header.names, wanted: definition.fields, delimiter: dialect.delimiter, file: file,
                line: header.line)
        }
        input.keepFields(max: columns.names.count + CSVColumns.issueColumns.count)
        _ = input.takeBlock()
        self.input = input
        self.dialect = dialect
        builder = CSVBatchBuilder(outputs: columns.outputs, rowsMax: definition.batchRows)
        batchBytes = definition.batchBytes
        recordBytesMax = definition.recordBytesMax
        self.fileIndex = fileIndex
        row = firstRow
    }

    public mutating func next() throws(FormatError) -> RecordBatch? {
        while !builder.isFull, input.blockCount + builder.arenaCount < batchBytes, let record = input.next() {
            add(record)
            row += 1
        }
        if builder.rowCount > 0 { return builder.finish(block: input.takeBlock()) }
        if let failure = input.failure { throw failure }
        return nil
    }

    private mutating func add(_ record: CSVRecord) {
        let skipped = issueColumnCount()
        let rawStart = rawStart(record, skipping: skipped)
        let start = input.blockOffset(rawStart)
        builder.beginRow(
            RecordOrigin(
                file: fileIndex, row: row, line: record.line, byteOffset: record.byteOffset,
                raw: start..<start + record.range.upperBound - rawStart))
        if let bytes = record.skippedBytes {
            builder.clearRow()
            return builder.report(.recordTooLarge(bytes: bytes, line: record.line, max: recordBytesMax))
        }
        fillRow(skipping: skipped)
        if input.parser.fault != nil || input.parser.fieldCount - skipped != columns.names.count {
            judgeForm(record, skipping: skipped)
        }
        if hasSpecialBytes(record.range) { judgeText(record, skipping: skipped) }
    }

    /// How many issue columns stand before the record's own fields.
    private func issueColumnCount() -> Int {
        let count = CSVColumns.issueColumns.count
        if columns.hasIssueColumns { return min(count, input.parser.fields.count) }
        guard dialect.columns != nil, input.parser.fieldCount == columns.names.count + count,
            input.parser.fields.count > count
        else { return 0 }
        return isInteger(input.parser.fields[0]) && isInteger(input.parser.fields[1]) ? count : 0
    }

    /// Where the source's own part of the record starts; a faulty one that ends in its issue columns is kept whole.
    private func rawStart(_ record: CSVRecord, skipping skipped: Int) -> Int {
        if skipped == 0 || record.skippedBytes != nil { return record.range.lowerBound }
        if input.parser.fields.count > skipped { return input.parser.fields[skipped].rawStart }
        return input.parser.fault == nil ? record.range.upperBound : record.range.lowerBound
    }

    private func isInteger(_ field: CSVField) -> Bool {
        guard field.start < field.end else { return false }
        for position in field.start..<field.end where !(0x30...0x39 ~= input.buffer[position]) { return false }
        return true
    }

    private mutating func fillRow(skipping skipped: Int) {
        let known = input.parser.fields.count - skipped
        if known < columns.names.count { builder.clearRow() }
        let shift = input.blockOffset(0)
        for index in 0..<min(known, columns.names.count) {
            let target = columns.targets[index]
            guard target >= 0 else { continue }
            let field = input.parser.fields[skipped &+ index]
            if field.isEscaped, let quote = dialect.quote {
                builder.setUnescaping(target, input.buffer, field.start..<field.end, quote: quote)
            } else {
                builder.set(
                    target, Cell(kind: .text, offset: shift &+ field.start, length: field.end &- field.start))
            }
        }
    }

    private mutating func judgeForm(_ record: CSVRecord, skipping skipped: Int) {
        let found = input.parser.fieldCount - skipped
        let expected = columns.names.count
        let field = columns.names.indices.contains(found) ? columns.names[found] : nil
        switch input.parser.fault {
        case .textAfterQuote:
            builder.report(.textAfterQuote(field: field))
        case .unterminatedQuote(let lineBreaks):
            builder.report(.unterminatedQuote(field: field, line: record.line + lineBreaks, max: recordBytesMax))
        case nil:
            if found < expected, dialect.ragged == .pad { return }
            builder.report(.ragged(expected: expected, found: found))
        }
    }

    private mutating func hasSpecialBytes(_ range: Range<Int>) -> Bool {
        if input.hasProblem(before: range.upperBound) { return true }
        let base = input.streamOffset
        if plainUntil < base + range.lowerBound {
            plainUntil = base + plainRunEnd(input.buffer.span, from: range.lowerBound)
        }
        return plainUntil < base + range.upperBound
    }

    private mutating func judgeText(_ record: CSVRecord, skipping skipped: Int) {
        let problems = input.problems(in: record.range)
        var hasNUL = false
        let fields = input.parser.fields
        for index in skipped..<max(skipped, fields.count) {
            let field = fields[index]
            let range = field.start..<field.end
            let name = columns.names.indices.contains(index - skipped) ? columns.names[index - skipped] : nil
            var isBad = false
            if let position = firstInvalidUTF8(in: input.buffer.span, range) {
                isBad = true
                builder.report(.invalidEncoding(input.encoding, field: name, byteOffset: offset(position, record)))
            }
            if let problem = problems.first(where: { range.contains($0.1) }) {
                isBad = true
                let offset = offset(problem.1, record)
                builder.report(
                    problem.0 == .undefined
                        ? .undefinedByte(input.encoding, field: name, byteOffset: offset)
                        : .invalidEncoding(input.encoding, field: name, byteOffset: offset))
            }
            for position in range where input.buffer[position] == 0 {
                isBad = true
                if !hasNUL { builder.report(.nulByte(field: name, byteOffset: offset(position, record))) }
                hasNUL = true
                break
            }
            if isBad, index - skipped < columns.targets.count, columns.targets[index - skipped] >= 0 {
                builder.set(columns.targets[index - skipped], .null)
            }
        }
    }

    /// Where a position of the record's text lies in the file's content.
    private func offset(_ position: Int, _ record: CSVRecord) -> Int {
        record.byteOffset + input.contentLength(record.range.lowerBound..<position)
    }
}
