import ArgumentParser
import ExactJSON
import Pipelines
import Reports
import Runs

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", _superCommandName: "dockhand",
        abstract: "Finds every problem of pipeline files, each at its line and column.",
        discussion:
            "Needs no network, no token and no source files. Exits with 78 if there is an error; warnings only show."
    )

    @OptionGroup var arguments: PipelineArguments
    @OptionGroup var output: OutputOptions

    func run() throws {
        let workspace = try arguments.workspace()
        var diagnostics: [Diagnostic] = []
        var scope: ProjectDefinition.Scope?
        for file in workspace.projectFiles {
            let (project, found) = try workspace.decodeProject(file.isEmpty ? nil : file, needsConnection: false)
            scope = file.isEmpty ? nil : project?.scope
            diagnostics += found.map(Self.withoutConnection)
        }
        if workspace.projectFiles.count > 1 { scope = nil }
        let decoded = try workspace.decode(scope: scope)
        diagnostics += decoded.diagnostics + decoded.pipelines.compactMap(SourceCheck.directionProblem)
        try show(diagnostics)
        if diagnostics.contains(where: { $0.severity == .error }) { throw Failure.Ended(code: .configuration) }
        if output.format == .text, diagnostics.isEmpty {
            Output.note("\(Quantity.count(workspace.files.count, "pipeline file")): no problems")
        }
    }

    /// A connection that is not set up yet is no mistake of a file.
    private static func withoutConnection(_ diagnostic: Diagnostic) -> Diagnostic {
        guard diagnostic.message.hasPrefix("the environment variable ") else { return diagnostic }
        return Diagnostic(.warning, file: diagnostic.file, mark: diagnostic.mark, message: diagnostic.message)
    }

    private func show(_ diagnostics: [Diagnostic]) throws {
        switch output.format {
        case .json: try Output.data(["diagnostics": .array(diagnostics.map(Self.json))])
        case .text:
            let paint = output.paint
            for diagnostic in diagnostics {
                let place = diagnostic.mark.map { ":\($0.line):\($0.column)" } ?? ""
                let severity = paint(
                    "\(diagnostic.severity.rawValue):", diagnostic.severity == .error ? .red : .yellow)
                try Output.data("\(paint("\(diagnostic.file)\(place):", .bold)) \(severity) \(diagnostic.message)")
            }
        }
    }

    private static func json(_ diagnostic: Diagnostic) -> JSONValue {
        [
            "file": .string(diagnostic.file),
            "line": diagnostic.mark.map { .number(JSONNumber($0.line)) } ?? .null,
            "column": diagnostic.mark.map { .number(JSONNumber($0.column)) } ?? .null,
            "severity": .string(diagnostic.severity.rawValue), "message": .string(diagnostic.message),
        ]
    }
}
