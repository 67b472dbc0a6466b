import ArgumentParser

/// Which pipelines are meant, and what is said over their files.
struct PipelineArguments: ParsableArguments {
    @Argument(help: "Pipeline files, or folders of them; the current folder without any.", completion: .file())
    var pipelines: [String] = []

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "A value over the file's, such as source.csv.path=new.csv; repeatable.", valueName: "path=value"))
    var overrides: [String] = []

    @Option(
        help: ArgumentHelp("KEY=VALUE lines for the environment, which wins over them.", valueName: "file"),
        completion: .file())
    var envFile: String?

    @Option(help: ArgumentHelp("Only the pipelines of these names; repeatable.", valueName: "name"))
    var select: [String] = []

    @Option(help: ArgumentHelp("Not the pipelines of these names; repeatable.", valueName: "name"))
    var exclude: [String] = []

    func validate() throws {
        for override in overrides where !override.contains("=") || override.hasPrefix("=") {
            throw ValidationError("--set takes path=value, such as source.csv.path=new.csv.")
        }
    }

    func workspace() throws -> Workspace { try Workspace(self) }

    var overridePairs: [(path: String, value: String)] {
        overrides.map { text in
            let path = text.prefix { $0 != "=" }
            return (String(path), String(text.dropFirst(path.count + 1)))
        }
    }
}
