public import ExactJSON

/// The request body that dotted targets make.
public enum Payload {
    /// Nests values by their dotted targets: `contract_pdf.content` becomes a member of `contract_pdf`; a target that
    /// ends in `[]` is a list, whose single value becomes its only element. Members stand in the order of the targets.
    public static func assemble(_ fields: [(target: String, value: JSONValue)]) -> JSONObject {
        var root = Node()
        for (target, value) in fields {
            let isList = target.hasSuffix("[]")
            let path = (isList ? target.dropLast(2) : target[...]).split(
                separator: ".", omittingEmptySubsequences: false)
            root.insert(path.map(String.init)[...], isList ? list(value) : value)
        }
        return root.object
    }

    /// What makes targets unfit to stand in one body: one is inside another, or a list mark stands inside a path.
    static func conflicts(_ targets: [String]) -> [String] {
        var messages: [String] = []
        let names = targets.map { $0.hasSuffix("[]") ? String($0.dropLast(2)) : $0 }
        for (index, name) in names.enumerated() {
            let target = targets[index]
            if name.isEmpty || name.split(separator: ".", omittingEmptySubsequences: false).contains("") {
                messages.append("the target '\(target)' has an empty name between its dots; remove it")
            } else if name.contains("[]") {
                messages.append(
                    "the target '\(target)' has '[]' inside; a list is filled as a whole, with "
                        + "'[]' at the end of its name"
                )
            } else if let other = names[..<index].firstIndex(where: { Self.overlap($0, name) }) {
                messages.append(
                    "the targets '\(targets[other])' and '\(target)' exclude each other: one is inside "
                        + "or the same as the other"
                )
            }
        }
        return messages
    }

    private static func overlap(_ a: String, _ b: String) -> Bool {
        a == b || a.hasPrefix(b + ".") || b.hasPrefix(a + ".")
    }

    private static func list(_ value: JSONValue) -> JSONValue {
        if case .array = value { value } else { .array([value]) }
    }

    /// An object under construction.
    private struct Node {
        var names: [String] = []
        var values: [String: JSONValue] = [:]
        var children: [String: Node] = [:]

        mutating func insert(_ path: ArraySlice<String>, _ value: JSONValue) {
            guard let name = path.first else { return }
            if values[name] == nil, children[name] == nil { names.append(name) }
            let rest = path.dropFirst()
            if rest.isEmpty {
                values[name] = value
                children[name] = nil
            } else {
                values[name] = nil
                children[name, default: Node()].insert(rest, value)
            }
        }

        var object: JSONObject {
            JSONObject(
                names.compactMap { name in
                    (values[name] ?? children[name].map { .object($0.object) }).map { (name, $0) }
                })
        }
    }
}
