internal import ExactJSON
internal import Records

/// The five values that stand in front of a rejected record.
struct RejectNotes {
    let values: [(name: String, text: String)]
    let row: Int
    let line: Int

    init(origin: RecordOrigin, issues: [Issue]) {
        row = origin.row
        line = origin.line
        let columns = [
            "\(origin.row)", "\(origin.line)",
            issues.map { $0.field ?? "" }.joined(separator: " | "),
            issues.map(\.code).joined(separator: " | "),
            issues.map(\.message).joined(separator: " | "),
        ]
        values = Array(zip(CSVColumns.issueColumns, columns)).map { (name: $0.0, text: $0.1) }
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
            let cells = (CSVColumns.issueColumns + header).map { Self.cell($0, dialect) }
            return cells.joined(separator: String(UnicodeScalar(dialect.delimiter))) + lineEnd
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
            for (_, value) in notes.values {
                text.append(contentsOf: Self.cell(value, dialect).utf8)
                text.append(dialect.delimiter)
            }
            text.append(contentsOf: raw)
        case .ndjson:
            Self.appendJSON(raw: raw, notes: notes, to: &text)
        case .xml:
            let attributes = notes.values.map { "\($0.name)=\"\($0.text)\"" }.joined(separator: " ")
            // Two hyphens end a comment's text, and one may not stand before its end.
            let comment = attributes.replacingPairs(of: "-").filter { $0 != "\0" }
            text.append(contentsOf: "<!-- \(comment) -->\n".utf8)
            text.append(contentsOf: raw)
        }
        text.append(contentsOf: lineEnd.utf8)
    }

    /// A value as a CSV field. Without a quote character, what would end the field becomes a blank.
    private static func cell(_ value: String, _ dialect: CSVDialect) -> String {
        let isSpecial: (UInt8) -> Bool = {
            $0 == dialect.delimiter || $0 == dialect.quote || $0 == 0x0A || $0 == 0x0D
        }
        guard value.utf8.contains(where: isSpecial) else { return value }
        guard let quote = dialect.quote else {
            return String(decoding: value.utf8.map { isSpecial($0) ? 0x20 : $0 }, as: UTF8.self)
        }
        var bytes = [quote]
        for byte in value.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        return String(decoding: bytes + [quote], as: UTF8.self)
    }

    /// Puts the five members first inside the object; what is no object goes into a member `_raw`.
    private static func appendJSON(raw: ArraySlice<UInt8>, notes: RejectNotes, to text: inout [UInt8]) {
        var members = JSONObject(
            notes.values.map { name, value in
                switch name {
                case "_row": (name, JSONValue.number(JSONNumber(notes.row)))
                case "_line": (name, JSONValue.number(JSONNumber(notes.line)))
                default: (name, JSONValue.string(value))
                }
            })
        guard case .object(let record)? = try? JSONParser.parse(Array(raw)) else {
            members["_raw"] = .string(String(decoding: raw, as: UTF8.self))
            return JSONValue.object(members).write(to: &text)
        }
        JSONValue.object(members).write(to: &text)
        text.removeLast()
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

extension String {
    /// The text with a blank between two that follow each other, and behind one at the end.
    fileprivate func replacingPairs(of character: Character) -> String {
        var result = ""
        for next in self {
            if next == character, result.last == character { result.append(" ") }
            result.append(next)
        }
        return result.last == character ? result + " " : result
    }
}
