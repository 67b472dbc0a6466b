import ArgumentParser
import Foundation
import Ledgers
import Pipelines
import Runs
import Salesdock

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", _superCommandName: "dockhand",
        abstract: "Does it: validates everything first, then writes into Salesdock, or exports.",
        discussion: "Running again resumes: what is in the ledger already costs no request.")

    @OptionGroup var arguments: PipelineArguments
    @OptionGroup var rows: RowOptions
    @OptionGroup var consent: ConsentOptions

    @Option(help: ArgumentHelp("When to stop cleanly: after 90s, 30m or 2h, or at 06:00.", valueName: "time"))
    var deadline: Deadline?
    @Option(help: ArgumentHelp("Most requests that are sent, over all pipelines.", valueName: "n"))
    var maxRequests: Int?
    @Option(help: ArgumentHelp("The ledger, instead of the project's own.", valueName: "file"), completion: .file())
    var ledger: String?
    @Option(help: ArgumentHelp("How long to wait while another run holds the ledger.", valueName: "time"))
    var lockTimeout = TimeSpan(seconds: 0)
    @Flag(help: "The ledger is lost: match every record by reading first; creates only what --allow create=N covers.")
    var rebuild = false
    @Option(
        help: ArgumentHelp("The pipeline's earlier name; none if it is a new one that looks alike.", valueName: "name"))
    var renamedFrom: String?

    @Option(
        help: ArgumentHelp(
            "Sends exactly what this plan has; refuses one that does not hold any more.", valueName: "file"),
        completion: .file())
    var plan: String?

    @OptionGroup var report: ReportOptions
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var log: LogOptions

    func validate() throws {
        if let maxRequests, maxRequests < 0 { throw ValidationError("--max-requests must not be negative.") }
        if plan != nil, rebuild || renamedFrom != nil || rows.limit != nil {
            throw ValidationError(
                "--plan goes without --rebuild, --renamed-from and --limit: the plan says what is done.")
        }
    }

    func run() async throws {
        let time = SystemTime()
        let workspace = try arguments.workspace()
        let projectFile = try workspace.projectFile()
        let project = try workspace.decodeProject(projectFile, needsConnection: false).0
        let place = LedgerPlace(
            flag: ledger, folder: workspace.files.first.map(FilePath.folder) ?? ".", projectFile: projectFile,
            project: project)
        // All that is wrong with any file is said before anything else is asked for.
        let decoded = try workspace.pipelines(scope: project?.scope, known: place.knownPipelines())
        let plan = try plan.map(Plan.init(path:))
        let pipelines = decoded.filter { pipeline in plan.map { $0.section(pipeline.name) != nil } ?? true }
        if renamedFrom != nil, pipelines.count > 1 {
            throw RunError(.usage, "--renamed-from is about one pipeline; name it with --select")
        }
        let connection = try workspace.project()
        let relay = StopRelay()
        let state = try StateFolder(workspace.environment)
        let isTaken = pipelines.contains { $0.sink.isStandardOutput }
        let printer = OutcomePrinter(output: output, hasRequests: true, isOutputTaken: isTaken)

        let ends = try await relay.handlingSignals {
            try await relay.until(deadline?.moment(time), time) {
                try await Service.with(
                    connection, projectFile: projectFile, environment: workspace.environment, state: state, time: time,
                    requestsMax: maxRequests, stop: relay.everything, logger: log.logger("salesdock")
                ) { service in
                    let books = try await books(pipelines, place, state, relay.everything)
                    if let plan { try plan.refuseStale(pipelines, books?.ledger ?? place.openExisting()) }
                    let sequence = PipelineSequence(
                        service: service, books: books, options: runOptions, plan: plan, spool: try state.spool(),
                        relay: relay,
                        progress: progress.printer(output), time: time,
                        reporting: report.report == nil
                            ? nil
                            : RunReporting(
                                options: report, language: report.language(workspace.environment),
                                isOnly: pipelines.count == 1))
                    return try await sequence.run(pipelines) { try printer.printEach($0) }
                }
            }
        }
        try printer.printAll(ends)
        throw Failure.Ended(code: Runs.ExitCode.strongest(ends.map(\.outcome.exit) + [relay.cause?.exit ?? .success]))
    }

    private var runOptions: RunOptions {
        var options = rows.runOptions
        options.allow = consent.allowances
        options.rebuild = rebuild
        options.renamedFrom = renamedFrom
        return options
    }

    /// The ledger, locked; none when nothing is written into Salesdock.
    private func books(
        _ pipelines: [PipelineDefinition], _ place: LedgerPlace, _ state: StateFolder, _ stop: StopSignal
    ) async throws -> Books? {
        let writing = pipelines.filter(\.sink.isSalesdock).map(\.name)
        if writing.isEmpty { return nil }
        let lock = try await place.lock(
            holder: "run \(writing.joined(separator: " "))", waitingAtMost: lockTimeout.duration, stop: stop)
        return Books(
            lock: lock, ledger: try place.open(), mirror: try place.mirror(state), path: place.path,
            rejects: try StateFolder.make(place.rejects))
    }
}

/// The ledger of a run, and what belongs to it.
struct Books: Sendable {
    /// Held as long as this lives.
    let lock: FileLock
    let ledger: SQLiteLedger
    let mirror: LedgerMirror
    let path: String
    /// Folder for rejects.
    let rejects: String
}

extension SinkSpec {
    var isSalesdock: Bool { if case .salesdock = self { true } else { false } }

    var isStandardOutput: Bool {
        switch self {
        case .csv(let path, _), .ndjson(let path): path == "-"
        case .salesdock: false
        }
    }
}
