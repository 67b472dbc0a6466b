/// Compares a tree with its description and reports everything that does not fit.
struct ShapeChecker {
    private var log: DiagnosticLog

    static func check(_ root: YAMLNode, against shape: Shape, into log: inout DiagnosticLog) {
        var checker = ShapeChecker(log: log)
        checker.check(root, shape, name: nil, owner: root.place)
        log = checker.log
    }

    private init(log: DiagnosticLog) { self.log = log }

    /// `owner` is where the value's key stands, or the value itself when it has none.
    private mutating func check(_ node: YAMLNode, _ shape: Shape, name: String?, owner: YAMLNode.Place) {
        let subject = name.map { "'\($0)'" } ?? "this"
        if node.scalar?.isBroken == true { return }
        if node.isNull {
            checkAbsent(shape, subject: subject, owner: owner)
            return
        }
        switch (shape.alternative(for: node.content), node.content) {
        case (.scalar(let rule), .scalar(let scalar)):
            if let problem = rule.problem(with: scalar.text, written: scalar.written) {
                log.report("\(subject) \(problem)", at: node.place)
            }
        case (.list(let element), .list(let items)):
            if items.isEmpty { log.report("\(subject) is an empty list", at: node.place) }
            for item in items { check(item, element, name: name.map { "an item of \($0)" }, owner: item.place) }
        case (.object(let rule), .map(let entries)): check(entries, rule, owner: owner)
        case (.table(let element, let names), .map(let entries)):
            if entries.isEmpty { log.report("\(subject) is an empty mapping", at: node.place) }
            for entry in entries { check(entry, element, names: names) }
        default:
            log.report("\(subject) must be \(shape.noun), not \(Self.noun(of: node))", at: node.place)
        }
    }

    private mutating func check(_ entry: YAMLNode.Entry, _ element: Shape, names: String) {
        if entry.key.isEmpty { log.report("a \(names) must not be empty", at: entry.keyPlace) }
        check(entry.value, element, name: entry.key, owner: entry.keyPlace)
    }

    /// A key without a value is an empty mapping where that is enough.
    private mutating func checkAbsent(_ shape: Shape, subject: String, owner: YAMLNode.Place) {
        if case .object(let rule)? = shape.mapping {
            check([], rule, owner: owner)
        } else {
            log.report("\(subject) has no value; write \"\" for an empty text", at: owner)
        }
    }

    private mutating func check(_ entries: [YAMLNode.Entry], _ rule: ObjectRule, owner: YAMLNode.Place) {
        for entry in entries {
            if let key = rule.key(entry.key) {
                check(entry.value, key.shape, name: entry.key, owner: entry.keyPlace)
            } else {
                reportUnknown(entry, in: rule)
            }
        }
        let given = entries.map(\.key)
        for key in rule.keys where key.isRequired && !given.contains(key.name) {
            log.report("\(rule.name) needs '\(key.name)'", at: owner)
        }
        for choice in rule.choices { check(choice, entries, rule, owner: owner) }
    }

    private mutating func reportUnknown(_ entry: YAMLNode.Entry, in rule: ObjectRule) {
        let names = rule.keys.map(\.name)
        if TokenShape.keyNames.contains(entry.key.lowercased()) {
            log.report(
                "a token does not belong in this file; in dockhand.yaml, name where it is kept: "
                    + "token: { env: SALESDOCK_TOKEN }", at: entry.keyPlace)
        } else {
            let key = TokenShape.matches(entry.key) ? "unknown key" : "unknown key '\(entry.key)'"
            let hint = names.isEmpty ? "; it takes none" : Spelling.hint(for: entry.key, in: names)
            log.report("\(key) in \(rule.name)\(hint)", at: entry.keyPlace)
        }
    }

    private mutating func check(
        _ choice: ObjectRule.Choice, _ entries: [YAMLNode.Entry], _ rule: ObjectRule, owner: YAMLNode.Place
    ) {
        switch choice {
        case .exactlyOne(let names):
            let given = entries.filter { names.contains($0.key) }
            // A mistyped name was reported as unknown; that it is missing says nothing new.
            if given.isEmpty, entries.allSatisfy({ rule.key($0.key) != nil }) {
                log.report("\(rule.name) needs one of \(names.joined(separator: ", "))", at: owner)
            }
            for extra in given.dropFirst() {
                log.report(
                    "\(rule.name) takes one of \(names.joined(separator: ", ")), not both '\(given[0].key)' and "
                        + "'\(extra.key)'", at: extra.keyPlace)
            }
        case .atLeastOne(let names):
            if entries.allSatisfy({ rule.key($0.key) != nil && !names.contains($0.key) }) {
                log.report("\(rule.name) needs at least one of \(names.joined(separator: ", "))", at: owner)
            }
        case .notBoth(let name, let other):
            let given = entries.filter { $0.key == name || $0.key == other }
            if given.count > 1 {
                log.report("\(rule.name) takes '\(name)' or '\(other)', not both", at: given[1].keyPlace)
            }
        case .needs(let name, let other):
            if let entry = entries.first(where: { $0.key == name }), !entries.contains(where: { $0.key == other }) {
                log.report("'\(name)' needs '\(other)' beside it", at: entry.keyPlace)
            }
        }
    }

    private static func noun(of node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let scalar): TokenShape.quoted(scalar.written)
        case .list: "a list"
        case .map: "a mapping"
        }
    }
}
