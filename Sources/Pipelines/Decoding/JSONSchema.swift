import ExactJSON

/// The JSON Schema (draft 7) of pipeline files, for editors.
public enum JSONSchema {
    /// The schema, indented, with a line break at its end.
    public static func text() -> String {
        var schema: [(String, JSONValue)] = [
            ("$schema", "http://json-schema.org/draft-07/schema#"),
            ("title", "dockhand pipeline"),
        ]
        schema += members(of: .object(PipelineFormat.pipeline))
        var out = ""
        write(.object(JSONObject(schema)), indent: "", to: &out)
        return out + "\n"
    }

    private static func schema(of shape: Shape, summary: String? = nil) -> JSONValue {
        let description: [(String, JSONValue)] = summary.map { [("description", .string($0))] } ?? []
        return .object(JSONObject(description + members(of: shape)))
    }

    private static func members(of shape: Shape) -> [(String, JSONValue)] {
        switch shape {
        case .scalar(let rule): members(of: rule)
        case .list(let element):
            [("type", "array"), ("minItems", 1), ("items", schema(of: element))]
        case .object(let rule): members(of: rule)
        case .table(let element, _):
            [("type", "object"), ("minProperties", 1), ("additionalProperties", schema(of: element))]
        case .either(let shapes): [("anyOf", .array(shapes.map { schema(of: $0) }))]
        }
    }

    private static func members(of rule: ObjectRule) -> [(String, JSONValue)] {
        let properties = rule.keys.map { ($0.name, schema(of: $0.shape, summary: $0.summary)) }
        let required = rule.keys.filter(\.isRequired).map { JSONValue.string($0.name) }
        // A key without a value is an empty mapping, which editors see as null.
        let type: JSONValue = needsMember(rule) ? "object" : ["object", "null"]
        var members: [(String, JSONValue)] = [
            ("type", type), ("additionalProperties", false), ("properties", .object(JSONObject(properties))),
        ]
        if !required.isEmpty { members.append(("required", .array(required))) }
        for choice in rule.choices {
            switch choice {
            case .exactlyOne(let names): members.append(("oneOf", .array(names.map(requiring))))
            case .atLeastOne(let names): members.append(("anyOf", .array(names.map(requiring))))
            case .notBoth(let name, let other):
                members.append(("not", ["required": [.string(name), .string(other)]]))
            case .needs: break
            }
        }
        let needs = rule.choices.compactMap { choice -> (String, JSONValue)? in
            if case .needs(let name, let other) = choice { (name, [.string(other)]) } else { nil }
        }
        if !needs.isEmpty { members.append(("dependencies", .object(JSONObject(needs)))) }
        return members
    }

    private static func needsMember(_ rule: ObjectRule) -> Bool {
        rule.keys.contains(where: \.isRequired)
            || rule.choices.contains { choice in
                switch choice {
                case .exactlyOne, .atLeastOne: true
                case .notBoth, .needs: false
                }
            }
    }

    private static func requiring(_ name: String) -> JSONValue { ["required": [.string(name)]] }

    /// A number or flag without quotes is taken as its text, and an environment variable may stand for anything.
    private static func members(of rule: ScalarRule) -> [(String, JSONValue)] {
        let anyScalar: JSONValue = ["string", "number", "boolean"]
        let variable: JSONValue = ["type": "string", "pattern": "\\$\\{"]
        switch rule {
        case .text, .name, .fileName, .dateForm, .delimiter, .quote, .dateBound: return [("type", anyScalar)]
        case .oneOf(let names):
            var values = names.map(JSONValue.string)
            if names.contains("true") { values.append(true) }
            return [("anyOf", [["enum": .array(values)], variable])]
        case .flag: return [("anyOf", [["type": "boolean"], variable])]
        case .wholeNumber(let range):
            return [("anyOf", [["type": "integer", "minimum": .number(JSONNumber(range.lowerBound))], variable])]
        case .decimal:
            return [("anyOf", [["type": "number"], ["type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$|\\$\\{"]])]
        case .size:
            return [
                (
                    "anyOf",
                    [["type": "integer"], ["type": "string", "pattern": "^[0-9_]+ ?([kKmM][iI]?)?[bB]?$|\\$\\{"]]
                )
            ]
        case .duration: return [("type", "string"), ("pattern", "^[0-9_]+ ?(ms|s|m|h)$|\\$\\{")]
        case .percentage: return [("type", "string"), ("pattern", "^[0-9]+(\\.[0-9]+)?%$|\\$\\{")]
        case .threshold:
            return [
                (
                    "anyOf",
                    [
                        ["type": "integer", "minimum": 0],
                        ["type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?%$|\\$\\{"],
                    ]
                )
            ]
        }
    }

    // MARK: Writing

    private static func write(_ value: JSONValue, indent: String, to out: inout String) {
        let inner = indent + "  "
        switch value {
        case .array(let elements) where elements.contains { $0.array != nil || $0.object != nil }:
            out += "[\n"
            for (index, element) in elements.enumerated() {
                out += inner
                write(element, indent: inner, to: &out)
                out += index + 1 < elements.count ? ",\n" : "\n"
            }
            out += indent + "]"
        case .object(let object) where !object.isEmpty:
            out += "{\n"
            for (index, member) in object.members.enumerated() {
                out += inner + JSONValue.string(member.name).text + ": "
                write(member.value, indent: inner, to: &out)
                out += index + 1 < object.members.count ? ",\n" : "\n"
            }
            out += indent + "}"
        default: out += value.text
        }
    }
}
