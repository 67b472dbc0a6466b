import ExactJSON

/// A payload's leaves by dotted path; lists count as leaves.
enum PayloadPaths {
    static func leaves(_ object: JSONObject, prefix: String = "") -> [(path: String, value: JSONValue)] {
        object.members.flatMap { member -> [(path: String, value: JSONValue)] in
            let path = prefix + member.name
            if let nested = member.value.object, !nested.isEmpty { return leaves(nested, prefix: path + ".") }
            return [(path, member.value)]
        }
    }

    /// Sets a value at a dotted path, making the objects on the way.
    static func set(_ value: JSONValue, at path: [String], in object: inout JSONObject) {
        guard let first = path.first else { return }
        if path.count == 1 {
            object[first] = value
            return
        }
        var nested = object[first]?.object ?? JSONObject()
        set(value, at: Array(path.dropFirst()), in: &nested)
        object[first] = .object(nested)
    }

    static func split(_ path: String) -> [String] { path.split(separator: ".").map(String.init) }
}
