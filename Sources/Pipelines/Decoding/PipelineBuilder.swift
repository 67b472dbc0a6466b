/// A checked tree to a definition. Parts that do not hold are left out: they have been reported.
struct PipelineBuilder {
    let file: String

    /// `nil` without a name, a source or a sink to speak of.
    func pipeline(_ root: YAMLNode) -> PipelineDefinition? {
        guard let name = root["pipeline"]?.text, let source = root["source"].flatMap(source),
            let sink = root["sink"].flatMap(sink)
        else { return nil }
        return PipelineDefinition(
            name: name, file: file, key: root["key"]?.texts ?? [], source: source,
            transforms: root["transforms"]?.list?.compactMap(transform) ?? [],
            sink: sink,
            guards: GuardSpec(
                maxErrors: threshold(root["guards"]?["max_errors"]),
                maxMissing: threshold(root["guards"]?["max_missing"]),
                maxChanges: threshold(root["guards"]?["max_changes"])),
            missing: option(root["missing"]) ?? .keep,
            marks: root.marks())
    }

    private func threshold(_ node: YAMLNode?) -> Threshold? { node?.text.flatMap(Literals.threshold) }

    func option<Option: RawRepresentable>(_ node: YAMLNode?) -> Option? where Option.RawValue == String {
        node?.text.flatMap(Option.init(rawValue:))
    }

    // MARK: Source

    private func source(_ node: YAMLNode) -> SourceSpec? {
        guard let entry = node.entries.first(where: { PipelineFormat.source.key($0.key) != nil }) else { return nil }
        switch entry.key {
        case "csv": return csv(entry.value)
        case "ndjson": return .ndjson(paths: entry.value["path"]?.texts ?? [])
        case "xml": return xml(entry.value)
        default:
            return SalesdockKind(rawValue: String(entry.key.dropFirst("salesdock.".count))).map(SourceSpec.salesdock)
        }
    }

    private func csv(_ node: YAMLNode) -> SourceSpec {
        var spec = SourceSpec.CSVSpec(paths: node["path"]?.texts ?? [])
        if let delimiter = node["delimiter"]?.text.flatMap(Literals.delimiter) { spec.delimiter = delimiter }
        if let quote = node["quote"]?.text { spec.quote = quote }
        if let encoding = node["encoding"]?.text { spec.encoding = encoding }
        if let ragged = node["ragged"]?.text { spec.ragged = ragged }
        if let columns = node["header"]?.list { spec.columns = columns.compactMap(\.text) }
        return .csv(spec)
    }

    private func xml(_ node: YAMLNode) -> SourceSpec {
        let fields = (node["fields"]?.entries ?? []).compactMap { entry in
            entry.value.text.map { SourceSpec.XMLField(name: entry.key, path: $0) }
        }
        var spec = SourceSpec.XMLSpec(
            paths: node["path"]?.texts ?? [], record: node["record"]?.text ?? "", fields: fields)
        for entry in node["namespaces"]?.entries ?? [] { spec.namespaces[entry.key] = entry.value.text }
        return .xml(spec)
    }

    // MARK: Sink

    private func sink(_ node: YAMLNode) -> SinkSpec? {
        guard let entry = node.entries.first(where: { PipelineFormat.sink.key($0.key) != nil }) else { return nil }
        let options = entry.value
        switch entry.key {
        case "csv":
            let delimiter = options["delimiter"]?.text.flatMap(Literals.delimiter)
            return .csv(path: options["path"]?.text ?? "", delimiter: delimiter ?? ",")
        case "ndjson": return .ndjson(path: options["path"]?.text ?? "")
        default:
            return SalesdockKind(rawValue: String(entry.key.dropFirst("salesdock.".count))).map { kind in
                .salesdock(
                    SalesdockSink(
                        kind: kind, match: options["match"]?.texts ?? [],
                        existing: option(options["existing"]) ?? .update,
                        onDrift: option(options["on_drift"]) ?? .overwrite,
                        energy: options["energy"]?.text.flatMap(Literals.flag) ?? false,
                        flow: options["flow"]?.text))
            }
        }
    }
}
