/// Pipeline files to `PipelineDefinition`s. Every problem of a file is found in one pass, at its place.
public enum PipelineDecoder {
    /// Decodes one pipeline file.
    /// - Parameters:
    ///   - text: the file's content; YAML, one document.
    ///   - file: its name as the user gave it, for messages.
    ///   - environment: what `${NAME}` refers to.
    ///   - overrides: paths such as `source.csv.path` and their values, from `--set` flags.
    /// - Returns: the definition, `nil` if there is any error; and every problem, in the order of the file.
    public static func decode(
        text: String, file: String, environment: [String: String], overrides: [(path: String, value: String)] = []
    ) -> (PipelineDefinition?, [Diagnostic]) {
        let (definition, log) = decodeLeniently(text, file, environment, overrides)
        return (log.hasErrors ? nil : definition, log.sorted)
    }

    /// Decodes and lints. What can be said about the sound parts of a broken file is said too.
    /// - Parameters:
    ///   - scope: of the project's token, when it is known.
    ///   - sourceFields: the source's fields, when somebody has looked; those that the file states are known anyway.
    public static func check(
        text: String, file: String, environment: [String: String], overrides: [(path: String, value: String)] = [],
        scope: ProjectDefinition.Scope? = nil, sourceFields: [String]? = nil
    ) -> (PipelineDefinition?, [Diagnostic]) {
        var (definition, log) = decodeLeniently(text, file, environment, overrides)
        let isWhole = !log.hasErrors
        if let definition {
            let linter = PipelineLinter(definition, scope: scope, sourceFields: sourceFields, isWhole: isWhole)
            for diagnostic in linter.diagnostics() {
                log.report(diagnostic.message, at: diagnostic.mark, diagnostic.severity)
            }
        }
        return (log.hasErrors ? nil : definition, log.sorted)
    }

    private static func decodeLeniently(
        _ text: String, _ file: String, _ environment: [String: String], _ overrides: [(path: String, value: String)]
    ) -> (PipelineDefinition?, DiagnosticLog) {
        var log = DiagnosticLog(file: file)
        let shape = Shape.object(PipelineFormat.pipeline)
        guard let root = prepare(text, shape, environment, overrides, into: &log) else { return (nil, log) }
        let definition = PipelineBuilder(file: file).pipeline(root)
        return (definition, log)
    }

    /// Reads, overrides, expands and checks a file against its description.
    static func prepare(
        _ text: String, _ shape: Shape, _ environment: [String: String], _ overrides: [(path: String, value: String)],
        into log: inout DiagnosticLog
    ) -> YAMLNode? {
        guard let written = YAMLReader.read(text, into: &log) else { return nil }
        let overridden = Overrides.apply(overrides, to: written, shape: shape, into: &log)
        let root = EnvironmentVariables(environment: environment).expand(overridden, into: &log)
        reportTokens(in: root, into: &log)
        ShapeChecker.check(root, against: shape, into: &log)
        return root
    }

    private static func reportTokens(in root: YAMLNode, into log: inout DiagnosticLog) {
        var places: [YAMLNode.Place] = []
        root.walk { _, _, node in
            if let scalar = node.scalar, TokenShape.matches(scalar.text) { places.append(node.place) }
        }
        for place in places {
            log.report(
                "this looks like an API token, and a file is no place for one; in dockhand.yaml, name where it is "
                    + "kept: token: { env: SALESDOCK_TOKEN }", at: place)
        }
    }
}
