import Foundation
import Pipelines
import Runs

/// What pipeline files say, and everything that is wrong with them.
struct DecodedPipelines {
    /// In the order they run; without those that `--select` and `--exclude` leave out. Empty when there are errors.
    var pipelines: [PipelineDefinition] = []
    var diagnostics: [Diagnostic] = []

    var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

extension Workspace {
    /// The pipelines, in order.
    ///
    /// - Parameters:
    ///   - scope: of the project, which forbids some of what a pipeline can say; `nil` when it is not known.
    ///   - known: further pipelines whose ids the ledger may hold.
    /// - Throws: `RunError` with every problem of every file.
    func pipelines(scope: ProjectDefinition.Scope?, known: Set<String> = []) throws -> [PipelineDefinition] {
        let decoded = try decode(scope: scope, known: known)
        if decoded.hasErrors { throw RunError(.configuration, "", diagnostics: decoded.diagnostics) }
        return decoded.pipelines
    }

    /// Decodes and lints every file, and orders them if all are sound.
    ///
    /// - Throws: `RunError` for files that can't be read and names that are not there.
    func decode(scope: ProjectDefinition.Scope? = nil, known: Set<String> = []) throws -> DecodedPipelines {
        var decoded = DecodedPipelines()
        var definitions: [PipelineDefinition] = []
        let overrides = arguments.overridePairs.filter { !ProjectDecoder.owns(path: $0.path) }
        for file in files {
            let text = try Self.text(file)
            let (definition, diagnostics) = PipelineDecoder.check(
                text: text, file: file, environment: environment, overrides: overrides, scope: scope)
            decoded.diagnostics += diagnostics
            if let definition {
                decoded.diagnostics += SourceCheck.diagnostics(definition)
                definitions.append(definition)
            }
        }
        if decoded.hasErrors { return decoded }
        var known = known
        let needed = definitions.reduce(into: Set<String>()) { $0.formUnion($1.references) }
        if !needed.isSubset(of: known.union(definitions.map(\.name))) { known.formUnion(siblingNames()) }
        do {
            decoded.pipelines = try selected(PipelineOrder.sorted(definitions, alsoKnown: known))
        } catch let error as DiagnosticsError { decoded.diagnostics += error.diagnostics }
        return decoded
    }

    private func selected(_ pipelines: [PipelineDefinition]) throws -> [PipelineDefinition] {
        let names = pipelines.map(\.name)
        for name in arguments.select + arguments.exclude where !names.contains(name) {
            throw RunError(.usage, "there is no pipeline '\(name)' among \(names.joined(separator: ", "))")
        }
        let chosen = pipelines.filter { pipeline in
            (arguments.select.isEmpty || arguments.select.contains(pipeline.name))
                && !arguments.exclude.contains(pipeline.name)
        }
        if chosen.isEmpty { throw RunError(.usage, "--select and --exclude leave no pipeline") }
        return chosen
    }

    /// Names of the pipelines beside those that are meant: a `ref` may name them.
    private func siblingNames() -> Set<String> {
        let definitions = siblings.compactMap { file in
            (try? Self.text(file)).flatMap {
                PipelineDecoder.decode(text: $0, file: file, environment: environment).0
            }
        }
        return Set(definitions.map(\.name))
    }

    /// The connection, complete.
    ///
    /// - Throws: `RunError` with everything that is wrong with it.
    func project() throws -> ProjectDefinition {
        let (project, diagnostics) = try decodeProject(projectFile(), needsConnection: true)
        guard let project else { throw RunError(.configuration, "", diagnostics: diagnostics) }
        for diagnostic in diagnostics { Output.note(diagnostic.description) }
        return project
    }

    /// Decodes a project file; without one, the environment alone.
    func decodeProject(_ file: String?, needsConnection: Bool) throws -> (ProjectDefinition?, [Diagnostic]) {
        ProjectDecoder.decode(
            text: try file.map(Self.text), file: file ?? "dockhand.yaml", environment: environment,
            overrides: arguments.overridePairs.filter { ProjectDecoder.owns(path: $0.path) },
            needsConnection: needsConnection)
    }

    static func text(_ file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw RunError(.configuration, "\(file): can't be read")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw RunError(.configuration, "\(file): is not UTF-8 text")
        }
        return text
    }
}
