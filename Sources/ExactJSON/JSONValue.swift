/// A JSON document that keeps what its text said: members in their order, numbers digit for digit.
///
/// Salesdock's identifiers, prices and EAN codes must survive a round trip unchanged, which a `Double` does not promise.
public enum JSONValue: Sendable, Hashable {
    /// The literal `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// The number exactly as written, such as `0.10` or `1e3`. Always a valid JSON number.
    case number(JSONNumber)
    /// The text with its escapes resolved.
    case string(String)
    /// The elements in their order.
    case array([JSONValue])
    /// The members in their order.
    case object(JSONObject)
}

/// A number as its JSON text.
public struct JSONNumber: Sendable, Hashable {
    /// The literal, digit for digit.
    public let text: String

    /// Takes a literal of the JSON grammar; `nil` for anything else (`+1`, `01`, `.5`, `NaN`).
    public init?(_ text: String) {
        var parser = JSONParser(Array(text.utf8))
        guard case .number(let number)? = try? parser.parseDocument(), number.text == text else { return nil }
        self = number
    }

    init(unchecked text: String) { self.text = text }

    /// A whole number.
    public init(_ value: Int) { text = String(value) }

    /// The value as an integer, if it is one and fits.
    public var int: Int? { Int(text) }
}

/// The members of a JSON object, in the order they were written. A repeated name keeps its last value, at its first place.
public struct JSONObject: Sendable, Hashable {
    /// One name and its value.
    public struct Member: Sendable, Hashable {
        /// With its escapes resolved; unique in its object.
        public var name: String
        /// May be `null`, which is not the same as no member.
        public var value: JSONValue

        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// Every member, names unique.
    public private(set) var members: [Member]

    /// No members.
    public init() { members = [] }

    /// Builds from pairs; a repeated name overwrites.
    public init(_ pairs: some Sequence<(String, JSONValue)>) {
        members = []
        var places: [String: Int] = [:]
        for (name, value) in pairs {
            if let place = places[name] {
                members[place].value = value
            } else {
                places[name] = members.count
                members.append(Member(name: name, value: value))
            }
        }
    }

    /// The value of a member; setting `nil` removes it, setting a new name appends it.
    public subscript(name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            if let index = members.firstIndex(where: { $0.name == name }) {
                if let newValue { members[index].value = newValue } else { members.remove(at: index) }
            } else if let newValue {
                members.append(Member(name: name, value: newValue))
            }
        }
    }

    /// The value at a path of member names, such as `["data", "relation_id"]`.
    public subscript(path path: some Collection<String>) -> JSONValue? {
        guard let first = path.first, let value = self[first] else { return nil }
        let rest = path.dropFirst()
        if rest.isEmpty { return value }
        return value.object?[path: Array(rest)]
    }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }
}

extension JSONValue {
    /// The members, if this is an object.
    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    /// The elements, if this is an array.
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    /// The text, if this is a string.
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The flag, if this is `true` or `false`.
    public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    /// The integer, if this is a whole number, or a string that spells one (Salesdock writes both).
    public var int: Int? {
        switch self {
        case .number(let number): number.int
        case .string(let text): Int(text)
        default: nil
        }
    }
    /// A string's text, a number's literal, `"1"`/`"0"` for a flag: Salesdock returns one fact in any of the three.
    public var scalarText: String? {
        switch self {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let flag): flag ? "1" : "0"
        case .null, .array, .object: nil
        }
    }
    /// Whether this is `null`.
    public var isNull: Bool { self == .null }
    /// A member by name, if this is an object that has it.
    public subscript(name: String) -> JSONValue? { object?[name] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}
