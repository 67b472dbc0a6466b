import ExactJSON

/// Checks a JSON value against a JSON Schema, as far as our schema uses the language.
struct SchemaCheck {
    private let definitions: JSONObject

    /// Keywords that are understood; a schema with another one is refused, so that nothing goes unchecked.
    private static let keywords: Set = [
        "$schema", "$id", "$defs", "title", "description", "type", "properties", "required", "additionalProperties",
        "items", "enum", "const", "minimum", "maximum", "$ref", "pattern",
    ]

    init(_ schema: JSONValue) { definitions = schema["$defs"]?.object ?? JSONObject() }

    /// What is wrong, each with its place.
    func problems(_ value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String] {
        guard let members = schema.object?.members else { return ["\(place): the schema is no object"] }
        if let name = schema["$ref"]?.string?.split(separator: "/").last {
            guard let target = definitions[String(name)] else { return ["\(place): no definition \(name)"] }
            return problems(value, target, at: place)
        }
        var found = members.filter { !Self.keywords.contains($0.name) }.map { "\(place): unknown keyword \($0.name)" }
        if let type = schema["type"] {
            let names = type.array?.compactMap(\.string) ?? [type.string ?? ""]
            if !names.contains(where: { Self.isOf($0, value) }) { found.append("\(place): not \(names)") }
        }
        if let constant = schema["const"], constant != value { found.append("\(place): not \(constant.text)") }
        if let choices = schema["enum"]?.array, !choices.contains(value) { found.append("\(place): none of the enum") }
        if case .number(let number) = value, let number = Double(number.text) {
            if let least = schema["minimum"]?.int, number < Double(least) { found.append("\(place): too small") }
            if let most = schema["maximum"]?.int, number > Double(most) { found.append("\(place): too large") }
        }
        if let pattern = schema["pattern"]?.string, let text = value.string,
            let regex = try? Regex(pattern), text.firstMatch(of: regex) == nil
        {
            found.append("\(place): does not match \(pattern)")
        }
        if let items = schema["items"] {
            for (index, element) in (value.array ?? []).enumerated() {
                found += problems(element, items, at: "\(place)[\(index)]")
            }
        }
        return found + memberProblems(value, schema, place)
    }

    private func memberProblems(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
        guard let object = value.object else { return [] }
        let known = schema["properties"]?.object ?? JSONObject()
        var found = (schema["required"]?.array ?? []).compactMap(\.string).filter { object[$0] == nil }
            .map { "\(place): lacks \($0)" }
        for member in object.members {
            if let inner = known[member.name] {
                found += problems(member.value, inner, at: "\(place).\(member.name)")
            } else if schema["additionalProperties"] == .bool(false) {
                found.append("\(place): undeclared \(member.name)")
            }
        }
        return found
    }

    private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        switch (type, value) {
        case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool), ("null", .null),
            ("number", .number):
            true
        case ("integer", .number(let number)): number.int != nil
        default: false
        }
    }
}
