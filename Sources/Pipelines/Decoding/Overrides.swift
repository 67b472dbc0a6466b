/// Values that flags set over those of a file: `--set source.csv.path=other.csv`.
struct Overrides {
    /// The tree with every override in it; a path that leads nowhere is reported under its flag.
    static func apply(
        _ overrides: [(path: String, value: String)], to root: YAMLNode, shape: Shape, into log: inout DiagnosticLog
    ) -> YAMLNode {
        var tree = root
        for (path, text) in overrides {
            let place = YAMLNode.Place(mark: nil, flag: path)
            var copy = tree
            guard let value = value(text, place: place, file: log.file) else {
                log.report("the value is not valid YAML; put it in quotes", at: place)
                continue
            }
            if let problem = set(&copy, shape, path[...], to: value) {
                log.report(problem, at: place)
            } else {
                tree = copy
            }
        }
        return tree
    }

    /// A text as it is, or a list or mapping in YAML's brackets.
    private static func value(_ text: String, place: YAMLNode.Place, file: String) -> YAMLNode? {
        guard text.hasPrefix("[") || text.hasPrefix("{") else {
            let scalar = YAMLNode.Scalar(text: text, written: text, isPlain: false)
            return YAMLNode(content: .scalar(scalar), place: place)
        }
        var inner = DiagnosticLog(file: file)
        return YAMLReader.read(text, into: &inner).map { relocate($0, to: place) }
    }

    private static func relocate(_ node: YAMLNode, to place: YAMLNode.Place) -> YAMLNode {
        var copy = node
        copy.place = place
        switch node.content {
        case .scalar: break
        case .list(let items): copy.content = .list(items.map { relocate($0, to: place) })
        case .map(let entries):
            copy.content = .map(
                entries.map { YAMLNode.Entry(key: $0.key, keyPlace: place, value: relocate($0.value, to: place)) })
        }
        return copy
    }

    /// Sets the value at a path below a node; what is wrong with the path, if it leads nowhere.
    private static func set(_ node: inout YAMLNode, _ shape: Shape, _ path: Substring, to value: YAMLNode) -> String? {
        if path.isEmpty {
            node = value
            return nil
        }
        if path.first == "[" { return setItem(&node, shape, path, to: value) }
        switch shape.mapping {
        case .object(let rule): return setMember(&node, rule, path, to: value)
        case .table(let element, _):
            let known = node.entries.map(\.key).filter { leads($0, path) }.max { $0.count < $1.count }
            return descend(&node, key: known ?? String(path), element, path, to: value)
        default: return "unknown path; nothing has a name here: '\(path)'"
        }
    }

    private static func setMember(
        _ node: inout YAMLNode, _ rule: ObjectRule, _ path: Substring, to value: YAMLNode
    ) -> String? {
        let names = rule.keys.map(\.name)
        guard let name = names.filter({ leads($0, path) }).max(by: { $0.count < $1.count }), let key = rule.key(name)
        else {
            let wrong =
                names.contains { $0.contains(".") } && path.hasPrefix("salesdock.")
                ? path.split(separator: ".").prefix(2).joined(separator: ".")
                : String(path.prefix { $0 != "." && $0 != "[" })
            return "unknown path; \(rule.name) has no '\(wrong)'\(Spelling.hint(for: wrong, in: names))"
        }
        return descend(&node, key: name, key.shape, path, to: value)
    }

    private static func descend(
        _ node: inout YAMLNode, key: String, _ shape: Shape, _ path: Substring, to value: YAMLNode
    ) -> String? {
        var rest = path.dropFirst(key.count)
        if rest.first == "." { rest = rest.dropFirst() }
        var entries = node.entries
        let index = entries.firstIndex { $0.key == key } ?? entries.count
        if index == entries.count {
            entries.append(YAMLNode.Entry(key: key, keyPlace: value.place, value: .emptyMap(at: value.place)))
        }
        let problem = set(&entries[index].value, shape, rest, to: value)
        if entries[index].value.place.flag != nil { entries[index].keyPlace = value.place }
        node.content = .map(entries)
        return problem
    }

    private static func setItem(
        _ node: inout YAMLNode, _ shape: Shape, _ path: Substring, to value: YAMLNode
    ) -> String? {
        guard case .list(let element)? = shape.alternative(for: .list([])), var items = node.list,
            let end = path.firstIndex(of: "]"), let index = Int(path[path.index(after: path.startIndex)..<end])
        else { return "unknown path; there is no list at '\(path)'" }
        guard items.indices.contains(index) else {
            return "unknown path; the list has \(items.count) items, counted from 0"
        }
        var rest = path[path.index(after: end)...]
        if rest.first == "." { rest = rest.dropFirst() }
        let problem = set(&items[index], element, rest, to: value)
        node.content = .list(items)
        return problem
    }

    /// Whether a key is the path's beginning, up to a separator.
    private static func leads(_ key: String, _ path: Substring) -> Bool {
        guard path.hasPrefix(key) else { return false }
        let next = path.dropFirst(key.count).first
        return next == nil || next == "." || next == "["
    }
}
