/// One field of a record: where its content is, without quotes.
struct CSVField: Sendable {
    var start: Int
    var end: Int
    var isQuoted: Bool
    /// Whether the content holds doubled quotes.
    var isEscaped: Bool

    /// Where the field starts in the record, its quote included.
    var rawStart: Int { isQuoted ? start - 1 : start }

    func moved(by distance: Int) -> CSVField {
        CSVField(start: start + distance, end: end + distance, isQuoted: isQuoted, isEscaped: isEscaped)
    }
}

/// What is wrong with the form of a record.
enum CSVFault: Sendable {
    /// Something stands between a closing quote and the next delimiter.
    case textAfterQuote
    /// A quoted field doesn't end; the line breaks between the record's start and the quote.
    case unterminatedQuote(lineBreaks: Int)
}

/// Cuts one record into fields, per RFC 4180 and what real exports make of it.
///
/// A quote inside an unquoted field is text (`5" pipe`). After text behind a closing quote the record goes on to the
/// next line end, whatever stands between. CR, LF and CRLF end records; the LF of a CRLF is left to the caller to skip.
struct CSVRecordParser: Sendable {
    private let delimiter: UInt8
    private let quote: UInt8?
    private var scanner: CSVScanner
    /// Most fields that are kept; more are only counted.
    var fieldsMax: Int

    private(set) var fields: [CSVField] = []
    private(set) var fieldCount = 0
    /// Line ends inside quoted fields.
    private(set) var lineBreaks = 0
    private(set) var fault: CSVFault?
    /// End of the record's text, without its line end.
    private(set) var end = 0
    /// The quote that was open where the bytes ran out.
    private(set) var openQuote: Int?
    private var openQuoteLineBreaks = 0

    init(delimiter: UInt8, quote: UInt8?, fieldsMax: Int) {
        self.delimiter = delimiter
        self.quote = quote
        self.fieldsMax = fieldsMax
        scanner = CSVScanner(delimiter: delimiter, quote: quote)
    }

    /// Continues from a position of bytes that may have changed.
    mutating func seek(to position: Int) { scanner.seek(to: position) }

    /// Parses the record at `start` and returns where to go on, or `nil` when it doesn't end before `limit`.
    ///
    /// - Parameter isLast: whether the input ends at `limit`, which then ends the record.
    mutating func parse(_ text: [UInt8], from start: Int, limit: Int, isLast: Bool) -> Int? {
        let bytes = text.span
        fields.removeAll(keepingCapacity: true)
        fieldCount = 0
        lineBreaks = 0
        fault = nil
        openQuote = nil
        var fieldStart = start
        while true {
            var position: Int
            if let quote, fieldStart < limit, bytes[fieldStart] == quote {
                guard let close = closingQuote(bytes, open: fieldStart, quote: quote, limit: limit, isLast: isLast)
                else { return isLast ? endAtOpenQuote(text, limit: limit) : nil }
                position = close + 1
                guard endsField(bytes, position, limit: limit) else {
                    return resynchronise(bytes, limit: limit, isLast: isLast)
                }
                // Past the delimiter or line end that follows.
                if position < limit { _ = scanner.next(in: bytes, limit: limit) }
            } else {
                position = scanner.next(in: bytes, limit: limit)
                while position < limit, bytes[position] == quote, quote != delimiter {
                    position = scanner.next(in: bytes, limit: limit)
                }
                guard position < limit || isLast else { return nil }
                position = min(position, limit)
                keep(CSVField(start: fieldStart, end: position, isQuoted: false, isEscaped: false))
            }
            guard position < limit else {
                end = limit
                return limit
            }
            if bytes[position] != delimiter {
                end = position
                return position + 1
            }
            fieldStart = position + 1
        }
    }

    /// Ends the record that ran out of bytes inside a quoted field at the first line end after the quote that opened
    /// it.
    ///
    /// Returns where to go on, or `nil` when there is no line end.
    mutating func cutAtOpenQuote(_ text: [UInt8], limit: Int) -> Int? {
        guard let openQuote else { return nil }
        let bytes = text.span
        var position = openQuote + 1
        while position < limit, bytes[position] != 0x0A, bytes[position] != 0x0D { position += 1 }
        guard position < limit else { return nil }
        markUnterminated(end: position)
        scanner.seek(to: position + 1)
        return position + 1
    }

    private mutating func endAtOpenQuote(_ text: [UInt8], limit: Int) -> Int {
        if let next = cutAtOpenQuote(text, limit: limit) { return next }
        markUnterminated(end: limit)
        return limit
    }

    private mutating func markUnterminated(end: Int) {
        fault = .unterminatedQuote(lineBreaks: openQuoteLineBreaks)
        lineBreaks = openQuoteLineBreaks
        self.end = end
    }

    /// The quote that closes the field, which is kept; `nil` when the bytes run out first.
    private mutating func closingQuote(
        _ bytes: Span<UInt8>, open: Int, quote: UInt8, limit: Int, isLast: Bool
    ) -> Int? {
        var isEscaped = false
        openQuote = open
        openQuoteLineBreaks = lineBreaks
        _ = scanner.next(in: bytes, limit: limit)
        while true {
            let position = scanner.next(in: bytes, limit: limit)
            guard position < limit else { return nil }
            let byte = bytes[position]
            if byte == quote {
                guard position + 1 < limit || isLast else { return nil }
                if position + 1 == limit || bytes[position + 1] != quote {
                    openQuote = nil
                    keep(CSVField(start: open + 1, end: position, isQuoted: true, isEscaped: isEscaped))
                    return position
                }
                isEscaped = true
                _ = scanner.next(in: bytes, limit: limit)
            } else if byte == 0x0D || (byte == 0x0A && bytes[position - 1] != 0x0D) {
                lineBreaks += 1
            }
        }
    }

    private func endsField(_ bytes: Span<UInt8>, _ position: Int, limit: Int) -> Bool {
        guard position < limit else { return true }
        let byte = bytes[position]
        return byte == delimiter || byte == 0x0A || byte == 0x0D
    }

    private mutating func resynchronise(_ bytes: Span<UInt8>, limit: Int, isLast: Bool) -> Int? {
        fault = .textAfterQuote
        if !fields.isEmpty, fields.count == fieldCount { fields.removeLast() }
        fieldCount -= 1
        while true {
            let position = scanner.next(in: bytes, limit: limit)
            guard position < limit else {
                end = limit
                return isLast ? limit : nil
            }
            if bytes[position] == 0x0A || bytes[position] == 0x0D {
                end = position
                return position + 1
            }
        }
    }

    private mutating func keep(_ field: CSVField) {
        fieldCount += 1
        if fields.count < fieldsMax { fields.append(field) }
    }
}

/// Finds the end of a record that is too long to hold, piece by piece.
struct CSVSkipper: Sendable {
    private enum State { case fieldStart, unquoted, quoted, quoteInQuoted, resynchronising }

    private let delimiter: UInt8
    private let quote: UInt8?
    private var state = State.fieldStart
    private(set) var lineBreaks = 0
    private var previous: UInt8 = 0

    init(delimiter: UInt8, quote: UInt8?) {
        self.delimiter = delimiter
        self.quote = quote
    }

    /// The line end that ends the record; `nil` when it is not in these bytes.
    mutating func end(in text: [UInt8], from start: Int) -> Int? {
        let bytes = text.span
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            let isLineEnd = byte == 0x0A || byte == 0x0D
            if state == .quoted {
                if byte == quote {
                    state = .quoteInQuoted
                } else if byte == 0x0D || (byte == 0x0A && previous != 0x0D) {
                    lineBreaks += 1
                }
            } else if isLineEnd {
                return index
            } else {
                advance(over: byte)
            }
            previous = byte
            index += 1
        }
        return nil
    }

    private mutating func advance(over byte: UInt8) {
        switch state {
        case .fieldStart where byte == quote: state = .quoted
        case .fieldStart, .unquoted: state = byte == delimiter ? .fieldStart : .unquoted
        case .quoteInQuoted:
            state = byte == quote ? .quoted : byte == delimiter ? .fieldStart : .resynchronising
        case .quoted, .resynchronising: break
        }
    }
}
