/// A slow, plain CSV parser that the tests compare the real one with. It knows no blocks, bytes or batches.
///
/// It states the rules one character at a time over the whole text: blank lines are skipped; a quote opens a quoted
/// field only at the field's start; text after a closing quote spoils the record up to the line end; a quote that is
/// never closed ends its record at the line end after it.
package struct CSVReference {
    package struct Row: Equatable {
        package var fields: [String] = []
        package var raw = ""
        package var line = 0
        package var fault: String?
    }

    private let text: [Character]
    private let delimiter: Character
    private let quote: Character?
    private var position = 0
    private var line = 1

    /// - Parameter text: must not hold `\r\n` as one Character; see `rows`.
    private init(_ text: [Character], delimiter: Character, quote: Character?) {
        self.text = text
        self.delimiter = delimiter
        self.quote = quote
    }

    package static func rows(_ text: String, delimiter: Character, quote: Character?) -> [Row] {
        // Swift sees CRLF as one Character: take it apart, scalar by scalar.
        var parser = CSVReference(text.unicodeScalars.map(Character.init), delimiter: delimiter, quote: quote)
        return parser.allRows()
    }

    private var atLineEnd: Bool { position < text.count && (text[position] == "\n" || text[position] == "\r") }

    private mutating func passLineEnd() {
        guard atLineEnd else { return }
        if text[position] == "\r", position + 1 < text.count, text[position + 1] == "\n" { position += 1 }
        position += 1
        line += 1
    }

    private mutating func allRows() -> [Row] {
        var rows: [Row] = []
        while position < text.count {
            if atLineEnd {
                passLineEnd()
            } else {
                rows.append(oneRow())
            }
        }
        return rows
    }

    private mutating func oneRow() -> Row {
        var row = Row(line: line)
        let start = position
        repeat {
            if position < text.count, text[position] == quote {
                guard let field = quotedField() else {
                    row.fault = "csv.unterminated_quote"
                    break
                }
                if position < text.count, text[position] != delimiter, !atLineEnd {
                    row.fault = "csv.quote"
                    break
                }
                row.fields.append(field)
            } else {
                row.fields.append(plainField())
            }
        } while passDelimiter()
        if row.fault != nil { while position < text.count, !atLineEnd { position += 1 } }
        row.raw = String(String.UnicodeScalarView(text[start..<position].flatMap(\.unicodeScalars)))
        passLineEnd()
        return row
    }

    private mutating func passDelimiter() -> Bool {
        guard position < text.count, text[position] == delimiter else { return false }
        position += 1
        return true
    }

    private mutating func plainField() -> String {
        var field = ""
        while position < text.count, text[position] != delimiter, !atLineEnd {
            field.unicodeScalars.append(contentsOf: text[position].unicodeScalars)
            position += 1
        }
        return field
    }

    /// `nil`, with the position back behind the opening quote, when there is no closing quote.
    private mutating func quotedField() -> String? {
        let (start, startLine) = (position, line)
        var field = ""
        position += 1
        while position < text.count {
            if text[position] == quote {
                position += 1
                guard position < text.count, text[position] == quote else { return field }
                field.unicodeScalars.append(contentsOf: text[position].unicodeScalars)
                position += 1
            } else {
                let isPair = text[position] == "\r" && position + 1 < text.count && text[position + 1] == "\n"
                if atLineEnd, !isPair { line += 1 }
                field.unicodeScalars.append(contentsOf: text[position].unicodeScalars)
                position += 1
            }
        }
        (position, line) = (start + 1, startLine)
        return nil
    }
}
