import ArgumentParser
import Pipelines
import Runs
import Salesdock

struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "The dry run: the whole input through the transforms and Salesdock's own rules.",
        discussion: "Needs no network, no token and no ledger. Rejected rows are kept as a file that can be read again."
    )

    @OptionGroup var arguments: PipelineArguments
    @OptionGroup var rows: RowOptions
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "Folder for rejects; .dockhand/rejects beside the project's file without it.", valueName: "dir"),
        completion: .directory)
    var report: String?

    @Flag(help: "Keep accepted rows too, as they would be sent: JSON lines beside the rejects.")
    var accepted = false

    func run() async throws {
        let workspace = try arguments.workspace()
        let pipelines = try workspace.pipelines()
        let projectFile = workspace.projectFiles.first.flatMap { $0.isEmpty ? nil : $0 }
        // What is wrong with the connection is none of this verb's business.
        let project = try? workspace.decodeProject(projectFile, needsConnection: false).0
        let place = LedgerPlace(
            flag: nil, folder: workspace.files.first.map(FilePath.folder) ?? ".", projectFile: projectFile,
            project: project)
        let places = RunPlaces(
            ledger: place.path, reports: try StateFolder.make(report ?? place.rejects),
            state: StateFolder.spool(workspace.environment))
        var options = rows.runOptions
        options.keepsAccepted = accepted
        let relay = StopRelay()
        let printer = progress.printer(output)
        let outcomes = OutcomePrinter(output: output, hasRequests: false)
        var ends: [PipelineEnd] = []
        try await relay.handlingSignals {
            for pipeline in pipelines where relay.cause == nil {
                let environment = RunEnvironment(time: SystemTime(), stop: relay.next(), seed: .random()) {
                    printer.show($0)
                }
                let end: PipelineEnd
                do {
                    let outcome = try await Validation.run(
                        pipeline, options: options, places: places, environment: environment)
                    printer.finish()
                    end = PipelineEnd(outcome)
                } catch {
                    printer.finish()
                    end = PipelineEnd(failing: pipeline, mode: "validate", error)
                }
                ends.append(end)
                try outcomes.printEach(end)
            }
        }
        try outcomes.printAll(ends)
        throw Failure.Ended(code: Runs.ExitCode.strongest(ends.map(\.outcome.exit) + [relay.cause?.exit ?? .success]))
    }
}
