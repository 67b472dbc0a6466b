internal import CKernels

/// Finds where the last whole record of a text ends, and up to there counts records and lines and finds the ends of
/// fields.
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
    /// Where the fields end of all records but oddities: their delimiters and line ends, in order.
    private(set) var fieldEnds: [UInt32] = []
    /// Whether the text ended without a line end, which its owner must append; `end` counts it already.
    private(set) var lacksLineEnd = false

    private var base: Int
    /// All ones while a quote is open.
    private var inside: UInt64 = 0
    private var afterClosing: UInt64 = 0
    private var afterLineEnd: UInt64 = 1
    private var countedLines = 0
    /// How many of the field ends are found; behind them is room.
    private var foundEnds = 0

    /// Room for as many as 64 bytes can hold, which is the most that is written behind what was found.
    private static let roomMin = Int(DOCKHAND_CSV_ROOM)

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
        // Fields of about eight bytes, as most are.
        var ends = [UInt32](repeating: 0, count: min(text.count - start, bytesMax) / 8 + Self.roomMin)
        while true {
            var room = ends.mutableSpan
            if !run(text, &parser, isLast: isLast, &room) { break }
            ends.append(contentsOf: repeatElement(0, count: ends.count))
        }
        dropEnds(ends.span)
        ends.removeLast(ends.count - foundEnds)
        fieldEnds = ends
        if lacksLineEnd { return lines = countedLines }
        let span = text.span
        lines = countedLines - (end < base ? Self.lineEnds(span, end..<base) : -Self.lineEnds(span, base..<end))
    }

    /// Goes on until the limits are reached or the text ends; true when the room has ended before.
    private mutating func run(
        _ text: [UInt8], _ parser: inout CSVRecordParser, isLast: Bool, _ ends: inout MutableSpan<UInt32>
    ) -> Bool {
        let span = text.span
        while rows < rowsMax, end - start < bytesMax {
            if foundEnds &+ Self.roomMin > ends.count { return true }
            guard base < text.count else {
                if !isLast || end == text.count { break }
                if inside == 0 {
                    note(1, &ends)
                    rows += 1
                    lacksLineEnd = true
                    end = text.count + 1
                    break
                }
                guard takeOddity(text, &parser, isLast: true, ends.span) else { break }
                continue
            }
            if goOn(span, &ends) { continue }
            let count = min(64, text.count - base)
            let marks = bytes.marks(span, at: base, count: count)
            if marks.quotes | afterClosing != 0 {
                let open = prefixParity(marks.quotes) ^ inside
                let bad = bad(span, marks, open, count)
                if bad != 0 {
                    let sound = ~open & lowBits(bad.trailingZeroBitCount)
                    note((marks.delimiters | marks.lineEnds) & sound, &ends)
                    take(marks.lineEnds & sound)
                    if rows >= rowsMax { break }
                    guard takeOddity(text, &parser, isLast: isLast, ends.span) else { break }
                    continue
                }
                afterClosing = (marks.quotes & ~open) &>> 63
                note((marks.delimiters | marks.lineEnds) & ~open, &ends)
                take(marks.lineEnds & ~open)
                inside = 0 &- (open &>> 63)
            } else {
                note((marks.delimiters | marks.lineEnds) & ~inside, &ends)
                take(marks.lineEnds & ~inside)
            }
            if marks.lineEnds != 0 { countedLines += lineEnds(span, marks) }
            base += count
        }
        return false
    }

    /// Passes over what the marks explain and no limit ends within, as `run` would piece by piece; false when there is
    /// nothing of the kind.
    @inline(__always)
    private mutating func goOn(_ text: Span<UInt8>, _ ends: inout MutableSpan<UInt32>) -> Bool {
        var search = dockhand_csv_search(
            base: base, found: foundEnds, rows: rows, end: end, lines: countedLines, inside: inside,
            after_closing: afterClosing, after_line_end: afterLineEnd)
        let endMax = bytesMax > .max - start ? .max : start + bytesMax
        guard bytes.goOn(&search, text, start: start, rowsMax: rowsMax, endMax: endMax, ends: &ends) else {
            return false
        }
        (base, foundEnds, rows, end) = (search.base, search.found, search.rows, search.end)
        countedLines = search.lines
        (inside, afterClosing, afterLineEnd) = (search.inside, search.after_closing, search.after_line_end)
        return true
    }

    /// Notes where fields end among the 64 bytes at the base, for which there must be room.
    @inline(__always)
    private mutating func note(_ marks: UInt64, _ ends: inout MutableSpan<UInt32>) {
        var rest = marks
        var place = foundEnds
        // Eight at a time, since how many there are can't be predicted; the surplus is overwritten.
        while rest != 0 {
            for offset in 0..<8 {
                // Safe because there is room for 64 behind what was found before, and no more than that are written.
                unsafe ends[unchecked: place &+ offset] =
                    UInt32(truncatingIfNeeded: base &+ rest.trailingZeroBitCount)
                rest &= rest &- 1
            }
            place &+= 8
        }
        foundEnds &+= marks.nonzeroBitCount
    }

    /// Forgets the field ends behind the last whole record.
    private mutating func dropEnds(_ ends: Span<UInt32>) {
        while foundEnds > 0, Int(ends[foundEnds - 1]) >= end { foundEnds -= 1 }
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
    private mutating func takeOddity(
        _ text: [UInt8], _ parser: inout CSVRecordParser, isLast: Bool, _ ends: Span<UInt32>
    ) -> Bool {
        let recordStart = end
        dropEnds(ends)
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
