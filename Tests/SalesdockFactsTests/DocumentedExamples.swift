import Foundation

/// The documentation's calls, read from the fixture that all suites share.
struct DocumentedCall: Decodable {
    struct TableField: Decodable {
        let name: String
        let mandatory: String
        let values: String
        let note: String
    }

    struct Example: Decodable {
        let name: String
        let status: Int?
        let request: JSON?
        let parsed: JSON?
        let body: JSON?

        /// A 2xx, or no recorded status and an answer that reports success.
        var isAccepted: Bool {
            status.map { (200..<300).contains($0) } ?? (body?["success"] == .bool(true))
        }
    }

    struct Body: Decodable {
        let json: JSON?
        let parsed: JSON?
    }

    let folder: String
    let name: String
    let method: String
    let path: String
    let fields: [TableField]
    let body: Body?
    let responses: [Example]

    /// As `DocumentationContradiction.call` writes it.
    var title: String { (folder.split(separator: "/").last.map(String.init) ?? folder) + ": " + name }

    static func load() throws -> [DocumentedCall] {
        struct File: Decodable { let examples: [DocumentedCall] }
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/documented-examples.json")
        return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).examples
    }
}

enum JSON: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Decimal)
    case text(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? value.decode(Decimal.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let items = try? value.decode([JSON].self) {
            self = .array(items)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    subscript(name: String) -> JSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    func at(_ path: String) -> JSON? {
        path.split(separator: ".").reduce(Optional(self)) { value, name in value?[String(name)] }
    }

    /// The text of a scalar.
    var scalar: String? {
        switch self {
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): "\(number)"
        case .text(let text): text
        case .null, .array, .object: nil
        }
    }

    /// Present and neither null nor an empty text.
    var isFilled: Bool { self != .null && self != .text("") }
}
