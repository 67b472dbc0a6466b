import ExactJSON
import Pipelines

/// A value of a plan that is not known yet: the id of a record that the plan itself brings about, or of an entity that
/// was not looked up because nothing was to be read. In JSON it is an object with one member, `$ref` or `$lookup`.
enum PlanSymbol: Hashable {
    case reference(pipeline: String, key: String)
    case lookup(LookupSpec, value: String)

    var json: JSONValue {
        switch self {
        case .reference(let pipeline, let key): ["$ref": [.string(pipeline), .string(key)]]
        case .lookup(let spec, let value): ["$lookup": [.string(spec.kind.rawValue), .string(spec.by), .string(value)]]
        }
    }

    /// `nil` for any other value.
    init?(_ json: JSONValue) {
        guard let members = json.object?.members, members.count == 1, let parts = members[0].value.array else {
            return nil
        }
        let texts = parts.compactMap(\.string)
        switch (members[0].name, texts.count, parts.count) {
        case ("$ref", 2, 2): self = .reference(pipeline: texts[0], key: texts[1])
        case ("$lookup", 3, 3):
            guard let kind = SalesdockKind(rawValue: texts[0]) else { return nil }
            self = .lookup(LookupSpec(kind: kind, by: texts[1]), value: texts[2])
        default: return nil
        }
    }

    /// A value with ids in the place of its symbols, where `id` knows them.
    static func fill(_ value: JSONValue, id: (PlanSymbol) throws -> Int?) rethrows -> JSONValue {
        if let symbol = PlanSymbol(value) { return try id(symbol).map { .number(JSONNumber($0)) } ?? value }
        switch value {
        case .array(let elements): return .array(try elements.map { try fill($0, id: id) })
        case .object(let object):
            return .object(JSONObject(try object.members.map { ($0.name, try fill($0.value, id: id)) }))
        case .null, .bool, .number, .string: return value
        }
    }
}
