/// Finds where the last whole record of a text ends, and counts records and lines up to there.
///
/// Works on the marks of 64 bytes at a time: the parity of the quotes tells what is inside them. That is right as long
/// as every quote opens right behind a delimiter or line end and closes right before one; a record where that is not so
/// is read by the record parser and becomes an oddity.
struct CSVCutter {
    private let bytes: CSVMarkBytes
    private let rowsMax: Int
    private let bytesMax: Int
    private let start: Int

    /// End of the last whole record, behind its line end.
    private(set) var end: Int
    private(set) var rows = 0
    /// Line ends up to `end`.
    private(set) var lines = 0
    private(set) var oddities: [CSVOddity] = []
    /// Whether the text ended without a line end, which its owner must append; `end` counts it already.
    private(set) var lacksLineEnd = false

    private var base: Int
    /// All ones while a quote is open.
    private var inside: UInt64 = 0
    private var afterClosing: UInt64 = 0
    private var afterLineEnd: UInt64 = 1
    private var countedLines = 0

    /// - Parameter start: where a record starts.
    init(_ bytes: CSVMarkBytes, start: Int, rowsMax: Int, bytesMax: Int) {
        self.bytes = bytes
        self.start = start
        self.rowsMax = rowsMax
        self.bytesMax = bytesMax
        base = start
        end = start
    }

    /// Cuts as much as the limits allow.
    ///
    /// - Parameter isLast: whether nothing follows the text.
    mutating func cut(_ text: [UInt8], parser: inout CSVRecordParser, isLast: Bool) {
        let span = text.span
        while rows < rowsMax, end - start < bytesMax {
            guard base < text.count else {
                if !isLast || end == text.count { break }
                if inside == 0 {
                    rows += 1
                    lacksLineEnd = true
                    end = text.count + 1
                    lines = countedLines
                    return
                }
                guard takeOddity(text, &parser, isLast: true) else { break }
                continue
            }
            let count = min(64, text.count - base)
            let marks = bytes.marks(span, at: base, count: count)
            if marks.quotes | afterClosing != 0 {
                let open = prefixParity(marks.quotes) ^ inside
                let bad = bad(span, marks, open, count)
                if bad != 0 {
                    take(marks.lineEnds & ~open & lowBits(bad.trailingZeroBitCount))
                    if rows >= rowsMax { break }
                    guard takeOddity(text, &parser, isLast: isLast) else { break }
                    continue
                }
                afterClosing = (marks.quotes & ~open) &>> 63
                take(marks.lineEnds & ~open)
                inside = 0 &- (open &>> 63)
            } else {
                take(marks.lineEnds & ~inside)
            }
            if marks.lineEnds != 0 { countedLines += lineEnds(span, marks) }
            base += count
        }
        lines = countedLines - (end < base ? Self.lineEnds(span, end..<base) : -Self.lineEnds(span, base..<end))
    }

    /// Counts records up to the line ends that end them.
    @inline(__always)
    private mutating func take(_ lineEnds: UInt64) {
        if lineEnds == 0 {
            afterLineEnd = 0
            return
        }
        let recordEnds = lineEnds & ~(lineEnds &<< 1 | afterLineEnd)
        afterLineEnd = lineEnds &>> 63
        let found = recordEnds.nonzeroBitCount
        if rows + found <= rowsMax {
            rows += found
            end = base + 64 - lineEnds.leadingZeroBitCount
            return
        }
        var rest = recordEnds
        for _ in 1..<(rowsMax - rows) { rest &= rest &- 1 }
        rows = rowsMax
        end = base + rest.trailingZeroBitCount + 1
    }

    /// Quotes that open where no field starts, and what stands behind a closing quote that ends none.
    @inline(__always)
    private func bad(_ text: Span<UInt8>, _ marks: CSVMarks, _ open: UInt64, _ count: Int) -> UInt64 {
        let edges = marks.delimiters | marks.lineEnds | marks.quotes
        let opening = marks.quotes & open
        let closing = marks.quotes & ~open
        let behindEdge = edges &<< 1 | (base == start || isEdge(text[base - 1]) ? 1 : 0)
        return opening & ~behindEdge | (closing &<< 1 | afterClosing) & ~edges & lowBits(count)
    }

    private func isEdge(_ byte: UInt8) -> Bool {
        byte == bytes.delimiter || byte == bytes.quote || byte == 0x0A || byte == 0x0D
    }

    /// Reads the record at `end` with the record parser; false when it needs more text.
    private mutating func takeOddity(_ text: [UInt8], _ parser: inout CSVRecordParser, isLast: Bool) -> Bool {
        let recordStart = end
        parser.seek(to: recordStart)
        guard let next = parser.parse(text, from: recordStart, limit: text.count, isLast: isLast) else { return false }
        oddities.append(
            CSVOddity(
                range: recordStart..<parser.end, next: next, fields: parser.fields, fieldCount: parser.fieldCount,
                fault: parser.fault))
        let span = text.span
        countedLines +=
            next >= base ? Self.lineEnds(span, base..<next) : -Self.lineEnds(span, next..<base)
        rows += 1
        base = next
        end = next
        inside = 0
        afterClosing = 0
        afterLineEnd = 1
        return true
    }

    private func lineEnds(_ text: Span<UInt8>, _ marks: CSVMarks) -> Int {
        if marks.returns == 0, base == start || text[base - 1] != 0x0D { return marks.feeds.nonzeroBitCount }
        let behindReturn = marks.returns &<< 1 | (base > 0 && text[base - 1] == 0x0D ? 1 : 0)
        return marks.returns.nonzeroBitCount + (marks.feeds & ~behindReturn).nonzeroBitCount
    }

    /// Line ends in a part of a text; the LF of a CRLF counts for nothing.
    static func lineEnds(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var count = 0
        for index in range {
            let byte = text[index]
            if byte == 0x0D || byte == 0x0A && (index == 0 || text[index - 1] != 0x0D) { count += 1 }
        }
        return count
    }
}
