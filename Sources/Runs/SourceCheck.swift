import Formats
public import Pipelines

/// What the readers of files have to say of a source before there is a file: names of encodings and XML paths.
public enum SourceCheck {
    /// Every problem, each at its place in the pipeline file.
    public static func diagnostics(_ definition: PipelineDefinition) -> [Diagnostic] {
        func diagnostic(_ path: String, _ message: String) -> Diagnostic {
            Diagnostic(file: definition.file, mark: definition.marks[path], message: message)
        }
        switch definition.source {
        case .csv(let spec):
            return encodingProblem(spec.encoding).map { [diagnostic("source.csv.encoding", $0)] } ?? []
        case .xml(let spec):
            return SourceOpening.shape(spec).pathProblems.map { problem in
                diagnostic(
                    problem.field.map { "source.xml.fields.\($0)" } ?? "source.xml.record", problem.message)
            }
        case .ndjson, .salesdock: return []
        }
    }

    /// A pipeline that `run` can't carry out, from a file into a file or within Salesdock; `nil` when it can.
    public static func directionProblem(_ definition: PipelineDefinition) -> Diagnostic? {
        var isFromSalesdock = false
        if case .salesdock = definition.source { isFromSalesdock = true }
        var isIntoSalesdock = false
        if case .salesdock = definition.sink { isIntoSalesdock = true }
        guard isFromSalesdock == isIntoSalesdock else { return nil }
        let mark = definition.marks["sink"]
        return Diagnostic(
            file: definition.file, mark: mark,
            message: isFromSalesdock
                ? "source and sink are both Salesdock; export into a file, and load that by another pipeline"
                : "source and sink are both files, and a run goes from or to Salesdock; make one of them salesdock.…")
    }

    static func encodingProblem(_ name: String) -> String? {
        if TextEncoding(rawValue: name.lowercased()) != nil { return nil }
        let known = TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")
        return "the encoding '\(name)' is not known; use one of \(known)"
    }
}
