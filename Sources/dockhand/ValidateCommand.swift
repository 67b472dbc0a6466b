import ArgumentParser
import Pipelines
import Runs
import Salesdock

struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", _superCommandName: "dockhand",
        abstract: "The dry run: the whole input through the transforms and Salesdock's own rules.",
        discussion: """
            Needs no network, no token and no ledger. Rejected rows are kept as a file that can be read again. With \
            --report, the folder holds report.html for people, report.json and report.junit.xml for programs, \
            problems.csv for spreadsheets and the rejects; of several pipelines, each has a folder of its own in it.
            """
    )

    @OptionGroup var arguments: PipelineArguments
    @OptionGroup var rows: RowOptions
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var report: ReportOptions

    @Flag(help: "Keep accepted rows too, as the targets they set: JSON lines beside the rejects, which need no report.")
    var accepted = false

    func run() async throws {
        let workspace = try arguments.workspace()
        let projectFile = workspace.projectFiles.first.flatMap { $0.isEmpty ? nil : $0 }
        // What is wrong with the connection is none of this verb's business.
        let project = try? workspace.decodeProject(projectFile, needsConnection: false).0
        let isOneProject = projectFile != nil && workspace.projectFiles.count == 1
        let pipelines = try workspace.pipelines(scope: isOneProject ? project?.scope : nil)
        let place = LedgerPlace(
            flag: nil, folder: workspace.files.first.map(FilePath.folder) ?? ".", projectFile: projectFile,
            project: project)
        var options = rows.runOptions
        options.keepsAccepted = accepted
        let relay = StopRelay()
        let spool = SpoolOnDemand(workspace.environment)
        defer { withExtendedLifetime(spool) {} }
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
                    let folders = try folders(of: pipeline, isOnly: pipelines.count == 1, place, spool)
                    let outcome = try await validate(
                        pipeline, folders, options, project, workspace, environment)
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

    /// Where a pipeline's files go: its own folder of the report, and the place of rejects.
    private func folders(
        of pipeline: PipelineDefinition, isOnly: Bool, _ place: LedgerPlace, _ spool: SpoolOnDemand
    ) throws -> (report: String?, places: RunPlaces) {
        let folder = try report.folder(of: pipeline.name, isOnly: isOnly)
        // A masked report may be sent around; the rejects hold what it hides.
        guard let folder, !report.mask else {
            let rejects = try StateFolder.make(place.rejects)
            return (folder, RunPlaces(ledger: place.path, reports: rejects, state: try spool.path()))
        }
        return (folder, RunPlaces(ledger: place.path, reports: folder, state: try spool.path(), isOwnFolder: true))
    }

    private func validate(
        _ pipeline: PipelineDefinition, _ folders: (report: String?, places: RunPlaces), _ options: RunOptions,
        _ project: ProjectDefinition?, _ workspace: Workspace, _ environment: RunEnvironment
    ) async throws -> PipelineOutcome {
        guard let folder = folders.report else {
            return try await Validation.run(
                pipeline, options: options, places: folders.places, environment: environment)
        }
        let writer = ReportWriter(
            pipeline, language: report.language(workspace.environment), masks: report.mask, folder: folder)
        var outcome = try await Validation.run(
            pipeline, options: options, places: folders.places, environment: environment,
            observe: { try writer.take($0) }, look: { writer.begin($0) })
        let now = Int64(environment.time.wallClock().unixSeconds)
        do { outcome.report = try writer.write(outcome, project: project, unixSeconds: now) } catch {
            outcome.add(error)
        }
        return outcome
    }
}
