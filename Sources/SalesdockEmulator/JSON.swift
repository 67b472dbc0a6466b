/// A JSON value as the emulator keeps it: numbers stay the text they were sent as, members keep their order.
///
/// The emulator reads and writes JSON by itself, so that a mistake in the client's JSON cannot hide in a shared one.
enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)

    static func int(_ value: Int) -> JSON { .number(String(value)) }

    static func text(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }

    var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    var array: [JSON]? {
        if case .array(let array) = self { array } else { nil }
    }

    /// The text of a scalar: a string's text, a number's digits, `1` or `0` of a boolean.
    var scalar: String? {
        switch self {
        case .string(let text): text
        case .number(let text): text
        case .bool(let flag): flag ? "1" : "0"
        case .null, .array, .object: nil
        }
    }

    /// A whole number, from a number or from a string of digits.
    var int: Int? { scalar.flatMap { Int($0) } }

    /// Neither null, nor an empty string, nor an empty list or object.
    var isFilled: Bool {
        switch self {
        case .null: false
        case .string(let text): text.contains { !$0.isWhitespace }
        case .array(let values): !values.isEmpty
        case .object(let object): !object.isEmpty
        case .bool, .number: true
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .number(String(value)) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(nilLiteral: ()) { self = .null }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements.map { JSONObject.Member(name: $0.0, value: $0.1) }))
    }
}

/// The members of an object, in order. Objects here have some dozens of members, so look-up walks them.
struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    struct Member: Sendable, Equatable {
        var name: String
        var value: JSON
    }

    private(set) var members: [Member]

    init(_ members: [Member] = []) { self.members = members }

    init(dictionaryLiteral elements: (String, JSON)...) {
        members = elements.map { Member(name: $0.0, value: $0.1) }
    }

    var isEmpty: Bool { members.isEmpty }

    /// The member of that name; setting `nil` removes it, setting `.null` keeps it as null.
    subscript(name: String) -> JSON? {
        get { members.first { $0.name == name }?.value }
        set {
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The value at a dotted path through nested objects.
    func value(at path: String) -> JSON? {
        guard path.utf8.contains(UInt8(ascii: ".")) else { return self[path] }
        var value = JSON.object(self)
        for name in path.split(separator: ".") {
            guard let next = value.object?[String(name)] else { return nil }
            value = next
        }
        return value
    }

    /// The scalar text of a member.
    func text(_ name: String) -> String? { self[name]?.scalar }

    /// Sets every member of the other object.
    mutating func merge(_ other: JSONObject) {
        for member in other.members { self[member.name] = member.value }
    }
}
