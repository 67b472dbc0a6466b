internal import ExactJSON

/// What Salesdock says is wrong with one request. The messages can repeat the request's values, which are personal
/// data: log `shortDescription`, keep the rest for the report on the record.
public struct APIProblem: Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with one field.
    public struct FieldProblem: Sendable, Hashable {
        /// Dotted path of the field, as Salesdock names it.
        public let field: String
        /// What Salesdock says of it, one line each; at least one.
        public let messages: [String]

        public init(field: String, messages: [String]) {
            self.field = field
            self.messages = messages
        }
    }

    /// HTTP status.
    public let status: Int
    /// Salesdock's sentence, in Dutch or English; for an answer that is not JSON, one line that sums it up.
    public let message: String
    /// Salesdock's own code, as text.
    public let code: String?
    /// By field, in Salesdock's order.
    public let errors: [FieldProblem]

    public init(status: Int, message: String, code: String? = nil, errors: [FieldProblem] = []) {
        self.status = status
        self.message = message
        self.code = code
        self.errors = errors
    }

    /// Status, code and the names of the fields: nothing of what they hold.
    public var shortDescription: String {
        var parts = ["HTTP \(status)"]
        if let code { parts.append("code \(code)") }
        if !errors.isEmpty {
            let more = errors.count > 10 ? " and \(errors.count - 10) more" : ""
            parts.append("fields: " + errors.prefix(10).map(\.field).joined(separator: ", ") + more)
        }
        return parts.joined(separator: ", ")
    }

    /// Everything Salesdock said, on one line.
    public var text: String {
        let fields = errors.map { "\($0.field): \($0.messages.joined(separator: " "))" }
        return ([message] + fields).filter { !$0.isEmpty }.joined(separator: " | ")
    }

    public var description: String { shortDescription }
}

extension APIProblem {
    /// Longest message kept, in characters; a server may echo a whole document.
    static let messageMax = 1000
    /// Most fields kept.
    static let fieldsMax = 200

    /// Reads an error's JSON: `message`, `code` as number or text, `errors` as texts or lists of texts, also nested.
    init(status: Int, json: JSONValue) {
        self.status = status
        message = Self.oneLine(json["message"]?.scalarText ?? json["error"]?.scalarText ?? "")
        code = json["code"]?.scalarText.map { Self.oneLine($0, max: 40) }
        var found: [FieldProblem] = []
        if let errors = json["errors"] { Self.collect(errors, path: "", depth: 0, into: &found) }
        self.errors = found
    }

    private static func collect(_ value: JSONValue, path: String, depth: Int, into found: inout [FieldProblem]) {
        guard found.count < fieldsMax, depth < 8 else { return }
        switch value {
        case .object(let object):
            for member in object.members {
                let name = oneLine(member.name, max: 80)
                collect(member.value, path: path.isEmpty ? name : path + "." + name, depth: depth + 1, into: &found)
            }
        case .array(let elements):
            let texts = elements.compactMap(\.scalarText).map { oneLine($0) }
            if !texts.isEmpty { found.append(FieldProblem(field: path, messages: texts)) }
            for element in elements where element.object != nil {
                collect(element, path: path, depth: depth + 1, into: &found)
            }
        default:
            if let text = value.scalarText { found.append(FieldProblem(field: path, messages: [oneLine(text)])) }
        }
    }

    /// Reads an answer that is not JSON: an HTML page's title, or how long it is. Its text may be a customer's data.
    init(status: Int, body: [UInt8]) {
        self.status = status
        code = nil
        errors = []
        let text = String(decoding: body.prefix(65536), as: UTF8.self)
        if body.isEmpty {
            message = "an empty answer"
        } else if let title = Self.title(text) {
            message = "a web page titled '\(Self.oneLine(title, max: 120))'"
        } else {
            message = "an answer of \(body.count) bytes that is not JSON"
        }
    }

    private static func title(_ html: String) -> String? {
        let lower = html.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        guard let open = lower.firstRange(of: Array("<title".utf8)),
            let start = lower[open.upperBound...].firstIndex(of: UInt8(ascii: ">")),
            let end = lower[start...].firstRange(of: Array("</title".utf8))
        else { return nil }
        return String(decoding: Array(html.utf8)[(start + 1)..<end.lowerBound], as: UTF8.self)
    }

    /// One line without control characters, cut at `max` characters.
    static func oneLine(_ text: String, max: Int = messageMax) -> String {
        let flat = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }
        let line = String(flat).split(separator: " ").joined(separator: " ")
        return line.count <= max ? line : String(line.prefix(max)) + "…"
    }
}
