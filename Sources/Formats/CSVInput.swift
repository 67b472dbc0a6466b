/// One record as it lies in the input's buffer.
struct CSVRecord {
    /// Its text in the buffer, without its line end; empty when it was too long to hold.
    let range: Range<Int>
    let line: Int
    /// In the file's content, before decoding.
    let byteOffset: Int
    /// Length of a record that was skipped because it was too long to hold.
    let skippedBytes: Int?
}

/// The text of a CSV file cut into records, in a buffer that holds no more than the longest record and a block.
struct CSVInput: ~Copyable {
    private var stream: ByteStream
    private let dialect: CSVDialect
    private let recordBytesMax: Int
    private(set) var parser: CSVRecordParser

    /// Text that is not used up yet, after records that are.
    private(set) var buffer: [UInt8] = []
    private var position = 0

    private var line = 1
    private var afterCR = false
    private var isEnded = false
    /// Why the input ended before its end.
    private(set) var failure: FormatError?
    /// Bytes of decoded text before the buffer.
    private(set) var streamOffset = 0
    private var contentOffset = 0
    private var measured = 0
    private var isStarted = false
    private var problems: [EncodingProblem] = []
    private var problemsUsed = 0

    private let blockBytes: Int
    private static let blockBytesMax = 4 << 20
    /// Most bytes that are moved to a new buffer rather than the block copied out of the old one.
    private static let restBytesMax = 64 << 10

    init(_ stream: consuming ByteStream, dialect: CSVDialect, definition: SourceDefinition, fieldsMax: Int) {
        self.stream = stream
        self.dialect = dialect
        recordBytesMax = definition.recordBytesMax
        blockBytes = max(1, definition.blockBytes)
        parser = CSVRecordParser(delimiter: dialect.delimiter, quote: dialect.quote, fieldsMax: fieldsMax)
    }

    /// What the text was written in.
    var encoding: TextEncoding { stream.encoding ?? .utf8 }

    mutating func keepFields(max: Int) { parser.fieldsMax = max }

    /// The next record, whose fields are the parser's; `nil` at the end or before a failure.
    mutating func next() -> CSVRecord? {
        while true {
            skipLineEnds()
            if position < buffer.count { break }
            guard fill() else { return nil }
        }
        parser.seek(to: position)
        while true {
            let limit = min(buffer.count, position + recordBytesMax + 1)
            let isLast = isEnded && failure == nil && limit == buffer.count
            if let end = parser.parse(buffer, from: position, limit: limit, isLast: isLast) {
                return finishRecord(next: end)
            }
            if limit - position > recordBytesMax {
                if let end = parser.cutAtOpenQuote(buffer, limit: limit) { return finishRecord(next: end) }
                return skipRecord()
            }
            if !fill(), isEnded, failure != nil { return nil }
        }
    }

    /// The next records, cut but not parsed; `nil` at the end or before a failure.
    ///
    /// - Parameters:
    ///   - rowsMax: most records of the block.
    ///   - bytesMax: bytes after which the block ends.
    mutating func nextBlock(rowsMax: Int, bytesMax: Int) -> CSVBlock? {
        let marks = CSVMarkBytes(delimiter: dialect.delimiter, quote: dialect.quote)
        while true {
            skipLineEnds()
            if position == buffer.count {
                guard fill() else { return nil }
                continue
            }
            // Too long for one record, or too strange for the marks: one at a time.
            if buffer.count - position > recordBytesMax || !marks.isRegular { return singleBlock() }
            var cutter = CSVCutter(marks, start: position, rowsMax: rowsMax, bytesMax: bytesMax)
            cutter.cut(buffer, parser: &parser, isLast: isEnded && failure == nil)
            if cutter.rows > 0 { return block(cutter) }
            if !fill(), isEnded, failure != nil { return nil }
        }
    }

    private mutating func singleBlock() -> CSVBlock? {
        guard let record = next() else { return nil }
        let start = record.range.lowerBound
        var oddity = CSVOddity(range: 0..<record.range.count, next: record.range.count)
        if let bytes = record.skippedBytes {
            oddity.skippedBytes = bytes
        } else {
            oddity.fields = parser.fields.map { $0.moved(by: -start) }
            oddity.fieldCount = parser.fieldCount
            oddity.fault = parser.fault
        }
        return CSVBlock(
            bytes: Array(buffer[record.range]), range: 0..<record.range.count, rowCount: 1, firstRow: 0,
            line: record.line, byteOffset: record.byteOffset, oddities: [oddity],
            problems: problems(in: record.range).map { ($0.0, $0.1 - start) }, encoding: encoding)
    }

    private mutating func block(_ cutter: CSVCutter) -> CSVBlock {
        if cutter.lacksLineEnd { buffer.append(0x0A) }
        var block = CSVBlock(
            bytes: [], range: position..<cutter.end, rowCount: cutter.rows, firstRow: 0, line: line,
            byteOffset: contentOffset(at: position), fieldEnds: cutter.fieldEnds, oddities: cutter.oddities,
            problems: problems(in: position..<cutter.end), encoding: encoding)
        line += cutter.lines
        afterCR = buffer[cutter.end - 1] == 0x0D
        position = cutter.end
        let rest = buffer.count - position
        if rest <= Self.restBytesMax {
            _ = contentOffset(at: position)
            var next: [UInt8] = []
            // Room for what transforms add, too.
            next.reserveCapacity(rest + blockBytes + blockBytes / 2)
            next.append(contentsOf: buffer[position...])
            buffer.removeLast(rest)
            swap(&buffer, &next)
            block.bytes = next
            streamOffset += position
            (position, measured) = (0, 0)
        } else {
            let start = block.range.lowerBound
            // Room for what transforms add.
            block.bytes.reserveCapacity(block.range.count + block.range.count / 2 + 64)
            block.bytes.append(contentsOf: buffer[block.range])
            block.move(by: -start)
        }
        return block
    }

    /// Encoding problems inside the current record, as positions in the buffer.
    mutating func problems(in range: Range<Int>) -> [(kind: EncodingProblem.Kind, position: Int)] {
        var found: [(kind: EncodingProblem.Kind, position: Int)] = []
        while problemsUsed < problems.count {
            let position = problems[problemsUsed].offset - streamOffset
            guard position < range.upperBound else { break }
            if position >= range.lowerBound { found.append((problems[problemsUsed].kind, position)) }
            problemsUsed += 1
        }
        return found
    }

    /// Bytes of content, before decoding, that some text of the buffer takes up.
    func contentLength(_ range: Range<Int>) -> Int { stream.contentLength(of: buffer.span.extracting(range)) }

    private mutating func skipLineEnds() {
        while position < buffer.count {
            let byte = buffer[position]
            guard byte == 0x0A || byte == 0x0D else { return }
            if byte == 0x0D || !afterCR { line += 1 }
            afterCR = byte == 0x0D
            position += 1
        }
    }

    private mutating func finishRecord(next: Int) -> CSVRecord {
        let record = CSVRecord(
            range: position..<parser.end, line: line, byteOffset: contentOffset(at: position), skippedBytes: nil)
        let hasLineEnd = next > parser.end
        line += parser.lineBreaks + (hasLineEnd ? 1 : 0)
        afterCR = hasLineEnd && buffer[parser.end] == 0x0D
        position = next
        return record
    }

    private mutating func skipRecord() -> CSVRecord? {
        let offset = contentOffset(at: position)
        let startLine = line
        var skipper = CSVSkipper(delimiter: dialect.delimiter, quote: dialect.quote)
        var textEnd = position
        while true {
            let end = skipper.end(in: buffer, from: position)
            position = end ?? buffer.count
            textEnd = position
            if let end {
                line += skipper.lineBreaks + 1
                afterCR = buffer[end] == 0x0D
                position = end + 1
                break
            }
            if fill() { continue }
            if failure != nil { return nil }
            line += skipper.lineBreaks
            textEnd = position
            break
        }
        let length = contentOffset(at: textEnd) - offset
        return CSVRecord(range: textEnd..<textEnd, line: startLine, byteOffset: offset, skippedBytes: length)
    }

    private mutating func contentOffset(at position: Int) -> Int {
        contentOffset += contentLength(measured..<position)
        measured = position
        return contentOffset
    }

    /// Drops the used part of the buffer and reads a block more; false when nothing came.
    private mutating func fill() -> Bool {
        guard !isEnded else { return false }
        _ = contentOffset(at: position)
        buffer.removeFirst(position)
        streamOffset += position
        (position, measured) = (0, 0)
        let held = buffer.count
        // A record longer than a block is parsed again from its start, so that the blocks must grow with it.
        let wanted = max(blockBytes, min(held, Self.blockBytesMax))
        buffer.reserveCapacity(held + wanted)
        do throws(FormatError) {
            while buffer.count - held < wanted {
                if try stream.read(into: &buffer, max: wanted - (buffer.count - held)) == 0 {
                    isEnded = true
                    break
                }
            }
        } catch {
            failure = error
            isEnded = true
        }
        if !isStarted { contentOffset = stream.bomBytes }
        isStarted = true
        collectProblems()
        parser.seek(to: 0)
        return buffer.count > held
    }

    private mutating func collectProblems() {
        let found = stream.takeProblems()
        if problemsUsed == problems.count {
            (problems, problemsUsed) = (found, 0)
        } else {
            problems += found
        }
    }
}
