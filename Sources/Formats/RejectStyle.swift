internal import ExactJSON
internal import Records

/// The five values that stand in front of a rejected record.
struct RejectNotes {
    let origin: RecordOrigin
    let issues: [Issue]

    /// Appends the value of an issue column.
    func append(_ column: Int, to text: inout [UInt8]) {
        switch column {
        case 0: text.append(decimal: origin.row)
        case 1: text.append(decimal: origin.line)
        case 2: appendJoined(to: &text) { $0.field ?? "" }
        case 3: appendJoined(to: &text) { $0.code }
        default: appendJoined(to: &text) { $0.message }
        }
    }

    /// All of them, with their names.
    var values: [(name: String, text: String)] {
        CSVColumns.issueColumns.enumerated().map { column, name in
            var text: [UInt8] = []
            append(column, to: &text)
            return (name, String(decoding: text, as: UTF8.self))
        }
    }

    private func appendJoined(to text: inout [UInt8], _ part: (Issue) -> String) {
        for index in issues.indices {
            if index > 0 { text.append(contentsOf: " | ".utf8) }
            text.append(contentsOf: part(issues[index]).utf8)
        }
    }
}

/// How rejected records are written for each format of source; the text is UTF-8.
enum RejectStyle: Sendable {
    case csv(CSVDialect)
    case ndjson
    case xml(XMLShape)

    init(_ format: SourceFormat) {
        switch format {
        case .csv(let dialect): self = .csv(dialect)
        case .ndjson: self = .ndjson
        case .xml(let shape): self = .xml(shape)
        }
    }

    /// What stands before the first record.
    func head(header: [String], lineEnd: String) -> String {
        switch self {
        case .csv(let dialect):
            guard dialect.columns == nil else { return "" }
            var line: [UInt8] = []
            for name in CSVColumns.issueColumns + header {
                if !line.isEmpty { line.append(dialect.delimiter) }
                let start = line.count
                line.append(contentsOf: name.utf8)
                Self.quote(from: start, dialect, &line)
            }
            return String(decoding: line, as: UTF8.self) + lineEnd
        case .ndjson:
            return ""
        case .xml(let shape):
            return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + Self.wrappers(shape).enumerated().map { level, name in
                    "<\(name)\(level == 0 ? Self.declarations(shape) : "")>\n"
                }.joined()
        }
    }

    /// What stands after the last record.
    var tail: String {
        guard case .xml(let shape) = self else { return "" }
        return Self.wrappers(shape).reversed().map { "</\($0)>\n" }.joined()
    }

    func append(raw: ArraySlice<UInt8>, notes: RejectNotes, lineEnd: String, to text: inout [UInt8]) {
        switch self {
        case .csv(let dialect):
            for column in CSVColumns.issueColumns.indices {
                let start = text.count
                notes.append(column, to: &text)
                // Numbers need no quotes.
                if column > 1 { Self.quote(from: start, dialect, &text) }
                text.append(dialect.delimiter)
            }
            text.append(contentsOf: raw)
        case .ndjson:
            Self.appendJSON(raw: raw, notes: notes, to: &text)
        case .xml:
            Self.appendComment(notes, to: &text)
            text.append(contentsOf: raw)
        }
        text.append(contentsOf: lineEnd.utf8)
    }

    /// Makes a CSV field of the text from a place on. Without a quote character, what would end the field becomes a blank.
    private static func quote(from start: Int, _ dialect: CSVDialect, _ text: inout [UInt8]) {
        let marks = CSVMarkBytes(delimiter: dialect.delimiter, quote: dialect.quote)
        guard let first = marks.first(in: text.span, from: start) else { return }
        guard let quote = dialect.quote else {
            var next: Int? = first
            while let place = next {
                text[place] = 0x20
                next = marks.first(in: text.span, from: place + 1)
            }
            return
        }
        var index = first
        while let next = text[index...].firstIndex(of: quote) {
            text.insert(quote, at: next)
            index = next + 2
        }
        text.insert(quote, at: start)
        text.append(quote)
    }

    /// Appends the notes as a comment, whose text may not hold two hyphens that follow each other.
    private static func appendComment(_ notes: RejectNotes, to text: inout [UInt8]) {
        let hyphen = UInt8(ascii: "-")
        text.append(contentsOf: "<!--".utf8)
        for (name, value) in notes.values {
            text.append(contentsOf: " \(name)=\"".utf8)
            for byte in value.utf8 where byte != 0 {
                if byte == hyphen, text.last == hyphen { text.append(0x20) }
                text.append(byte)
            }
            text.append(UInt8(ascii: "\""))
        }
        text.append(contentsOf: " -->\n".utf8)
    }

    /// Puts the five members first inside the object; what is no object goes into a member `_raw`.
    private static func appendJSON(raw: ArraySlice<UInt8>, notes: RejectNotes, to text: inout [UInt8]) {
        var value: [UInt8] = []
        for (column, opening) in openings.enumerated() {
            text.append(contentsOf: opening)
            // Numbers need no quotes.
            if column <= 1 {
                notes.append(column, to: &text)
                continue
            }
            value.removeAll(keepingCapacity: true)
            notes.append(column, to: &value)
            NDJSONText.appendString(value.span, to: &text)
        }
        if isFreshObject(raw.span) {
            return appendMembers(of: raw, isEmpty: false, to: &text)
        }
        guard case .object(let record)? = try? JSONParser.parse(Array(raw)) else {
            text.append(contentsOf: ",\"_raw\":".utf8)
            NDJSONText.appendString(String(decoding: raw, as: UTF8.self).utf8.span, to: &text)
            return text.append(UInt8(ascii: "}"))
        }
        let names = CSVColumns.issueColumns
        if record.members.prefix(names.count).map(\.name) == names {
            // A line of a rejects file that is rejected again: its old notes go.
            var own: [UInt8] = []
            let rest = record.members.dropFirst(names.count).map { ($0.name, $0.value) }
            JSONValue.object(JSONObject(rest)).write(to: &own)
            appendMembers(of: own[...], isEmpty: rest.isEmpty, to: &text)
        } else {
            appendMembers(of: raw, isEmpty: record.isEmpty, to: &text)
        }
    }

    /// What stands before the value of each issue column.
    private static let openings = CSVColumns.issueColumns.enumerated().map { column, name in
        Array("\(column == 0 ? "{" : ",")\"\(name)\":".utf8)
    }
    private static let objectScanner = NDJSONScanner(tree: NDJSONPathTree(paths: []), fields: 0)

    /// Whether some text is an object that has members, the first of which is no note of an earlier rejects file: nearly
    /// every record is, and need not be taken apart.
    private static func isFreshObject(_ text: Span<UInt8>) -> Bool {
        var start = 0
        func isNext(_ byte: UInt8) -> Bool {
            while start < text.count, text[start] <= 0x20 { start += 1 }
            return start < text.count && text[start] == byte
        }
        guard isNext(UInt8(ascii: "{")) else { return false }
        start += 1
        guard isNext(UInt8(ascii: "\"")), start + 1 < text.count else { return false }
        // The notes' names begin with a low line, which an escape may stand for.
        let first = text[start + 1]
        if first == UInt8(ascii: "_") || first == UInt8(ascii: "\\") { return false }
        var scanner = objectScanner
        return (try? scanner.scan(text)) != nil
    }

    /// Appends an object's text from behind its opening brace.
    private static func appendMembers(of object: ArraySlice<UInt8>, isEmpty: Bool, to text: inout [UInt8]) {
        guard let brace = object.firstIndex(of: UInt8(ascii: "{")) else { return }
        if !isEmpty { text.append(UInt8(ascii: ",")) }
        text.append(contentsOf: object[(brace + 1)...])
    }

    /// The names of the elements around a record, outermost first.
    private static func wrappers(_ shape: XMLShape) -> [String] {
        Array(shape.record.split(separator: "/").map(String.init).dropLast())
    }

    private static func declarations(_ shape: XMLShape) -> String {
        shape.namespaces.sorted { $0.key < $1.key }.map { prefix, uri in
            var escaped: [UInt8] = []
            _ = XMLText.escape(attribute: Array(uri.utf8).span, to: &escaped)
            return " xmlns:\(prefix)=\"\(String(decoding: escaped, as: UTF8.self))\""
        }.joined()
    }
}

extension [UInt8] {
    /// Appends a number that is not negative in decimal digits.
    fileprivate mutating func append(decimal number: Int) {
        var scale = 1
        while scale <= number / 10 { scale *= 10 }
        while scale > 0 {
            append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number / scale % 10))
            scale /= 10
        }
    }
}
