import ArgumentParser
import Ledgers
import Pipelines
import Runs

/// Which ledger is meant, by verbs that need nothing else.
struct LedgerArguments: ParsableArguments {
    @Argument(
        help: "Pipeline files or folders whose ledger is meant; the current folder without any.", completion: .file())
    var pipelines: [String] = []

    @Option(help: ArgumentHelp("The ledger, instead of the project's own.", valueName: "file"), completion: .file())
    var ledger: String?

    @Option(
        help: ArgumentHelp("KEY=VALUE lines for the environment, which wins over them.", valueName: "file"),
        completion: .file())
    var envFile: String?

    /// How Salesdock is reached, and the project file that says so; `nil` when nothing complete does.
    func connection() throws -> (project: ProjectDefinition, file: String?)? {
        let path = pipelines.first ?? "."
        let folder = path.hasSuffix(".yaml") || path.hasSuffix(".yml") ? FilePath.folder(path) : path
        let file = Workspace.projectFile(above: folder)
        let (project, _) = ProjectDecoder.decode(
            text: try file.map(Workspace.text), file: file ?? "dockhand.yaml",
            environment: try EnvironmentFile.environment(envFile))
        return project.map { ($0, file) }
    }

    /// Works without any pipeline file: the ledger is beside the project or in the folder itself.
    func place() throws -> LedgerPlace {
        let environment = try EnvironmentFile.environment(envFile)
        let folders = (pipelines.isEmpty ? ["."] : pipelines).map { path in
            path.hasSuffix(".yaml") || path.hasSuffix(".yml") ? FilePath.folder(path) : path
        }
        let places = try folders.map { folder in
            let file = Workspace.projectFile(above: folder)
            let project = try file.flatMap { file in
                ProjectDecoder.decode(
                    text: try Workspace.text(file), file: file, environment: environment, needsConnection: false
                ).0
            }
            return LedgerPlace(flag: ledger, folder: folder, projectFile: file, project: project)
        }
        if Set(places.map { FilePath.absolute($0.path) }).count > 1 {
            throw RunError(.usage, "these have several ledgers; ask about one at a time")
        }
        return places[0]
    }
}
