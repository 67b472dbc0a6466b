/// The order in which the pipelines of a folder run.
public enum PipelineOrder {
    /// Every pipeline after those whose ids it needs; otherwise by file name.
    /// - Parameter alsoKnown: pipelines that do not run now and whose ids the ledger may hold.
    /// - Throws: every pipeline name given twice, every `ref` to a pipeline that is not there, or the names of a cycle.
    public static func sorted(
        _ pipelines: [PipelineDefinition], alsoKnown: Set<String> = []
    ) throws(DiagnosticsError) -> [PipelineDefinition] {
        let byFile = pipelines.sorted { ($0.file, $0.name) < ($1.file, $1.name) }
        let problems = duplicates(in: byFile) + unknownReferences(in: byFile, alsoKnown)
        guard problems.isEmpty else { throw DiagnosticsError(problems) }
        var order: [PipelineDefinition] = []
        var waiting = byFile
        while !waiting.isEmpty {
            let done = alsoKnown.subtracting(waiting.map(\.name)).union(order.map(\.name))
            guard let next = waiting.firstIndex(where: { $0.references.isSubset(of: done) }) else {
                throw DiagnosticsError([cycle(in: waiting)])
            }
            order.append(waiting.remove(at: next))
        }
        return order
    }

    private static func duplicates(in pipelines: [PipelineDefinition]) -> [Diagnostic] {
        var first: [String: PipelineDefinition] = [:]
        return pipelines.compactMap { pipeline in
            guard let other = first[pipeline.name] else {
                first[pipeline.name] = pipeline
                return nil
            }
            return Diagnostic(
                file: pipeline.file, mark: pipeline.marks["pipeline"],
                message: "the pipeline '\(pipeline.name)' is also in \(other.file); a name is one ledger namespace")
        }
    }

    private static func unknownReferences(
        in pipelines: [PipelineDefinition], _ alsoKnown: Set<String>
    ) -> [Diagnostic] {
        let names = pipelines.map(\.name) + alsoKnown.sorted()
        return pipelines.flatMap { pipeline in
            references(of: pipeline).filter { !names.contains($0.name) }.map { reference in
                let hint = Spelling.hint(for: reference.name, in: names, what: "known")
                return Diagnostic(
                    file: pipeline.file, mark: reference.mark,
                    message: "'ref' names the pipeline '\(reference.name)', which is not among these\(hint)")
            }
        }
    }

    /// Follows references from a pipeline that waits until one comes round again.
    private static func cycle(in waiting: [PipelineDefinition]) -> Diagnostic {
        let byName = Dictionary(waiting.map { ($0.name, $0) }) { first, _ in first }
        var path = [waiting[0]]
        while true {
            let references = references(of: path[path.count - 1])
            guard let next = references.first(where: { byName[$0.name] != nil }), let pipeline = byName[next.name]
            else {
                return Diagnostic(file: waiting[0].file, mark: nil, message: "the pipelines need each other in a cycle")
            }
            if let start = path.firstIndex(where: { $0.name == pipeline.name }) {
                let names = (path[start...].map(\.name) + [pipeline.name]).joined(separator: " → ")
                return Diagnostic(
                    file: path[path.count - 1].file, mark: next.mark,
                    message: "the pipelines need each other's ids in a cycle: \(names)")
            }
            path.append(pipeline)
        }
    }

    private static func references(of pipeline: PipelineDefinition) -> [(name: String, mark: Mark?)] {
        pipeline.transforms.enumerated().flatMap { index, transform in
            guard case .map(let entries) = transform else { return [(name: String, mark: Mark?)]() }
            return entries.compactMap { entry in
                entry.ref.map { ($0, pipeline.marks["transforms[\(index)].map.\(entry.target).ref"]) }
            }
        }
    }
}
