import ArgumentParser
import ExactJSON
import Foundation
import Ledgers
import Pipelines
import Reports
import Runs
import Salesdock
import SalesdockFacts

/// How much of Salesdock a plan reads.
enum RefreshMode: String, Choice {
    case none, list, full

    var refresh: PlanRefresh {
        switch self {
        case .none: .none
        case .list: .list
        case .full: .full
        }
    }
}

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", _superCommandName: "dockhand",
        abstract: "What a run would do, record by record, and what it costs. Writes nothing.",
        discussion: """
            Says what it will read before it reads, and what would stop a run. With --out the plan is saved, and \
            run --plan sends exactly that, or nothing if anything has changed since. With --format html it is one page for \
            a browser, on standard output.
            """)

    @OptionGroup var arguments: PipelineArguments
    @OptionGroup var rows: RowOptions
    @OptionGroup var consent: ConsentOptions

    @Option(
        help: "How much of Salesdock is read: none (the ledger alone), list (lists and searches), full (each record).")
    var refresh = RefreshMode.none
    @Option(
        help: ArgumentHelp("Saves the plan, for run --plan. It holds personal data.", valueName: "file"),
        completion: .file())
    var out: String?
    @Flag(help: "Exits with 2 when there are changes, and 0 when there are none.")
    var detailedExitcode = false
    @Flag(help: "Shows no values of records; a plan saved with --out has them all the same.")
    var mask = false
    @Option(help: ArgumentHelp("The ledger, instead of the project's own.", valueName: "file"), completion: .file())
    var ledger: String?
    @Option(help: ArgumentHelp("How long to wait while a run holds the ledger.", valueName: "time"))
    var lockTimeout = TimeSpan(seconds: 0)

    @OptionGroup var progress: ProgressOptions
    @OptionGroup var output: PlanOutputOptions
    @OptionGroup var log: LogOptions

    func validate() throws {
        if output.lang != nil, output.format != .html {
            throw ValidationError("--lang is about the page; ask for it with --format html.")
        }
        if out == "-" { throw ValidationError("--out names a file; --format json prints the plan.") }
    }

    func run() async throws {
        let workspace = try arguments.workspace()
        let projectFile = try workspace.projectFile()
        let (decoded, _) = try workspace.decodeProject(projectFile, needsConnection: false)
        let place = LedgerPlace(
            flag: ledger, folder: workspace.files.first.map(FilePath.folder) ?? ".", projectFile: projectFile,
            project: decoded)
        let pipelines = try workspace.pipelines(scope: decoded?.scope, known: place.knownPipelines())
        let project = try workspace.project()
        let state = try StateFolder(workspace.environment)
        let relay = StopRelay()
        let spool = try state.spool()
        defer { withExtendedLifetime(spool) {} }
        let file = file(spool)
        let ends = try await relay.handlingSignals {
            // A plan that is made while a run writes would be stale at once.
            let lock =
                place.exists
                ? try await place.lock(holder: "plan", waitingAtMost: lockTimeout.duration, stop: relay.everything)
                : nil
            let book =
                try place.exists ? place.openExisting() : SQLiteLedger(inMemoryWithID: UUID().uuidString.lowercased())
            try place.mirror(state).check(try book.identity(), ledger: place.path)
            defer { withExtendedLifetime(lock) {} }
            let time = SystemTime()
            let sequence = PlanSequence(
                refresh: refresh.refresh, options: options, assumed: try project.assumedTarget, ledger: book,
                spool: spool, relay: relay, progress: progress.printer(output.shared), time: time,
                samplesMax: output.format == .html ? PlanReport.recordsMax : PlanText.entriesMax)
            guard refresh != .none else { return try await sequence.make(pipelines, client: nil, file: file) }
            return try await Service.with(
                project, projectFile: projectFile, environment: workspace.environment, state: state, time: time,
                requestsMax: nil, stop: relay.everything, logger: log.logger("salesdock")
            ) { try await sequence.make(pipelines, client: $0.client, file: file) }
        }
        let isSaved = out != nil && ends.allSatisfy(\.isComplete)
        if let out, !isSaved {
            Output.note("warning: no plan was saved in \(out): not every pipeline could be planned")
        }
        let language = output.lang?.language ?? Language(environment: workspace.environment)
        try PlanPrinter(output: output, language: language, isMasked: mask)
            .print(ends, file: file, saved: isSaved ? out : nil)
        throw Failure.Ended(code: exitCode(ends, relay))
    }

    private func exitCode(_ ends: [PlanEnd], _ relay: StopRelay) -> Runs.ExitCode {
        var codes = ends.map(\.exit) + [relay.cause?.exit ?? .success]
        if detailedExitcode, ends.contains(where: { ($0.plan?.tally.changes ?? 0) > 0 }) { codes.append(.changes) }
        return Runs.ExitCode.strongest(codes)
    }

    private var options: RunOptions {
        var options = rows.runOptions
        options.allow = consent.allowances
        return options
    }

    private static let nowhere = "/dev/null"

    /// Where the records go: JSON prints them from there.
    private func file(_ spool: SpoolFolder) -> String {
        if let out { return out }
        // Text and pages show the first records, which are kept.
        if output.format != .json { return Self.nowhere }
        return spool.path + "/plan"
    }
}

extension ProjectDefinition {
    /// What is known of the target without asking it.
    fileprivate var assumedTarget: AssumedTarget {
        get throws {
            guard let scope = Salesdock.Scope(rawValue: scope.rawValue) else {
                throw RunError(.configuration, "the scope \(self.scope.rawValue) is not known")
            }
            let connection = try Connection(base: base, domain: domain, scope: scope)
            let limit = Double(limit ?? RateLimitFacts.defaultLimit) * sharePercent / 100
            return AssumedTarget(
                host: connection.host, domain: domain, scope: scope, limit: max(1, Int(limit + 1e-9)),
                concurrency: concurrency)
        }
    }
}
