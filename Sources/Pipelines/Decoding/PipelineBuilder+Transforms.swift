extension PipelineBuilder {
    /// An item that does not hold becomes an empty map, so that the places of the items after it stay right.
    func transform(_ node: YAMLNode) -> TransformSpec? {
        guard let entry = node.entries.first(where: { PipelineFormat.transform.key($0.key) != nil }) else {
            return .map([])
        }
        switch entry.key {
        case "map": return .map(entry.value.entries.compactMap(mapEntry))
        case "filter": return entry.value.text.map(TransformSpec.filter) ?? .map([])
        case "validate":
            return .validate(entry.value.entries.map { FieldChecks(field: $0.key, checks: checks($0.value)) })
        default: return .dedupe(dedupe(entry.value))
        }
    }

    private func mapEntry(_ entry: YAMLNode.Entry) -> MapEntry? {
        let node = entry.value
        if let field = node.text { return MapEntry(target: entry.key, origin: .field(field)) }
        guard let origin = origin(node) else { return nil }
        var result = MapEntry(target: entry.key, origin: origin)
        result.values = node["values"]?.entries.compactMap { pair in
            pair.value.text.map { ValuePair(from: pair.key, to: $0) }
        }
        result.otherwise = node["otherwise"]?.text
        result.apply = (node["apply"]?.texts ?? []).compactMap(TextOperation.init(rawValue:))
        if let from = node["date"]?["from"]?.text, let to = node["date"]?["to"]?.text {
            result.date = DateConversion(from: from, to: to)
        }
        if let number = node["number"] {
            result.number = NumberConversion(
                decimal: number["decimal"]?.text ?? ".", thousands: number["thousands"]?.text)
        }
        result.fallback = node["default"]?.text
        result.ref = node["ref"]?.text
        if let kind: SalesdockKind = option(node["lookup"]), let by = node["by"]?.text {
            result.lookup = LookupSpec(kind: kind, by: by)
        }
        return result
    }

    private func origin(_ node: YAMLNode) -> MapEntry.Origin? {
        if let field = node["from"]?.text { return .field(field) }
        if let text = node["const"]?.text { return .const(text) }
        if let text = node["template"]?.text { return .template(text) }
        guard let file = node["file"], let from = file["from"]?.text else { return nil }
        return .file(
            FileSpec(
                from: from, encoding: option(file["encoding"]) ?? .base64,
                bytesMax: file["max"]?.text.flatMap(Literals.bytes) ?? 10_000_000))
    }

    private func checks(_ node: YAMLNode) -> [Check] {
        if let items = node.list { return items.flatMap(checks) }
        if let name = node.text { return named(name).map { [Check($0)] } ?? [] }
        let isWarning = node["severity"]?.text == "warning"
        return rules(node).map { Check($0, isWarning: isWarning) }
    }

    private func rules(_ node: YAMLNode) -> [Check.Rule] {
        var rules: [Check.Rule] = []
        if let name = node["check"]?.text, let rule = named(name) { rules.append(rule) }
        if let pattern = node["pattern"]?.text { rules.append(.pattern(pattern)) }
        if let values = node["one_of"]?.list { rules.append(.oneOf(values.compactMap(\.text))) }
        let lengths = (node["min_length"], node["max_length"])
        if lengths.0 != nil || lengths.1 != nil {
            rules.append(
                .length(
                    min: lengths.0?.text.flatMap(Literals.wholeNumber),
                    max: lengths.1?.text.flatMap(Literals.wholeNumber)))
        }
        if node["min"] != nil || node["max"] != nil {
            rules.append(.number(min: node["min"]?.text, max: node["max"]?.text))
        }
        if node["after"] != nil || node["before"] != nil {
            rules.append(.date(after: node["after"]?.text, before: node["before"]?.text))
        }
        return rules
    }

    private func named(_ name: String) -> Check.Rule? {
        switch name {
        case "required": .required
        case "email": .email
        default: nil
        }
    }

    private func dedupe(_ node: YAMLNode) -> DedupeSpec {
        var spec = DedupeSpec(by: node["by"]?.texts ?? [], keep: option(node["keep"]) ?? .first)
        if let most = node["max_keys"]?.text.flatMap(Literals.wholeNumber) { spec.keysMax = most }
        return spec
    }
}
