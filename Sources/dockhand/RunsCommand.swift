import ArgumentParser
import ExactJSON
import Foundation
import Ledgers
import Records
import Reports
import Runs

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", _superCommandName: "dockhand",
        abstract: "The runs that the ledger has seen, or one of them and its report.",
        usage: "dockhand runs [<id>] [<pipelines> ...] [<options>]",
        discussion: """
            Needs no network and no token. With --report, the report of a run is made again, from what the ledger knows: \
            it keeps no rows of the source.
            """)

    @OptionGroup var arguments: LedgerArguments
    @OptionGroup var report: ReportOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("Most runs that are listed, the latest first.", valueName: "n"))
    var limit = 20

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    func run() throws {
        var arguments = arguments
        let id = arguments.pipelines.first.flatMap { Int64($0) }
        if id != nil { arguments.pipelines.removeFirst() }
        let ledger = try arguments.place().openExisting()
        if id == nil, report.report != nil {
            throw RunError(.usage, "--report is about one run; name it: dockhand runs ID --report DIR")
        }
        guard let id else { return try list(try ledger.runs(limit: limit).map(PastRun.init)) }
        guard let run = try ledger.run(RunID(rawValue: id)) else {
            throw RunError(.usage, "the ledger has no run \(id); dockhand runs lists them")
        }
        var past = PastRun(run)
        past.reportFile = try writeReport(run, ledger)
        try Output.data(output.format == .json ? past.json.text : past.text(output.paint))
    }

    /// Makes the run's report again, where that was asked for, and returns the path of its page.
    private func writeReport(_ run: RunSummary, _ ledger: SQLiteLedger) throws -> String? {
        guard let folder = try report.folder(of: run.identity.pipeline, isOnly: true) else { return nil }
        let outcome = try run.report ?? ledger.traces(of: run.id).outcome(of: run)
        let files = ReportFiles(folder: folder)
        let settings = ReportSettings(
            pipeline: run.identity.pipeline, language: report.language(ProcessInfo.processInfo.environment),
            masks: report.mask, seed: 0)
        return try files.write(
            ValidationReport(
                settings, outcome: outcome,
                run: try RunFacts(run, outcome, ledger, masks: report.mask, files: files),
                unixSeconds: Int64(Date().timeIntervalSince1970)))
    }

    private func list(_ runs: [PastRun]) throws {
        if output.format == .json { return try Output.data(.array(runs.map(\.json))) }
        if runs.isEmpty { return try Output.data("no runs yet") }
        var table = TextTable(header: ["id", "pipeline", "started", "duration", "exit", "rows"], cellWidthMax: 60)
        table.rows = runs.map(\.cells)
        try Output.data(table.text())
    }
}

/// A run as the ledger remembers it.
struct PastRun {
    let run: RunSummary
    /// The page of a report that was made of it.
    var reportFile: String?

    init(_ run: RunSummary) { self.run = run }

    var cells: [String] {
        [
            "\(run.id.rawValue)", run.identity.pipeline, Quantity.moment(unixSeconds: run.startedUnixSeconds), duration,
            run.exitCode.map(String.init) ?? "-", fates,
        ]
    }

    private var duration: String {
        if let seconds = run.report?["duration_s"]?.scalarText.flatMap(Double.init) {
            return Quantity.duration(seconds: seconds)
        }
        return run.endedUnixSeconds.map { Quantity.duration(seconds: Double($0 - run.startedUnixSeconds)) }
            ?? "not ended"
    }

    private var fates: String {
        let counts = Fate.allCases.compactMap { fate in
            run.report?["fates"]?[fate.rawValue]?.int.flatMap { $0 > 0 ? "\(fate.rawValue) \($0)" : nil }
        }
        return counts.isEmpty ? "-" : counts.joined(separator: ", ")
    }

    func text(_ paint: Paint) -> String {
        var facts = [
            ("into", run.identity.title), ("started", Quantity.moment(unixSeconds: run.startedUnixSeconds)),
            (
                "ended",
                run.endedUnixSeconds.map { Quantity.moment(unixSeconds: $0) }
                    ?? "not: it is under way, or was killed"
            ),
            ("duration", duration), ("exit", run.exitCode.map(String.init) ?? "-"), ("rows", fates),
        ]
        if let requests = run.report?["requests"], let sent = requests["sent"]?.int {
            let (retried, throttled) = (requests["retried"]?.int ?? 0, requests["throttled"]?.int ?? 0)
            facts.append(("requests", "\(sent) sent, \(retried) retried, \(throttled) throttled"))
        }
        let problems = run.report?["problems"]?.object?.members ?? []
        if !problems.isEmpty {
            facts.append(("problems", problems.map { "\($0.name) \($0.value.int ?? 0)" }.joined(separator: ", ")))
        }
        if let plan = run.plan { facts.append(("plan", String(plan.prefix(12)))) }
        if let rejects = run.report?["rejects"]?.string { facts.append(("rejects", rejects)) }
        if let reportFile { facts.append(("report", reportFile)) }
        let width = facts.map(\.0.count).max() ?? 0
        var lines = [paint("run \(run.id.rawValue)", .bold)]
        lines += facts.map { "  \($0.0)\(String(repeating: " ", count: width - $0.0.count))  \($0.1)" }
        lines += (run.report?["messages"]?.array ?? []).compactMap(\.string)
            .map { "  - \(Failure.printable($0))" }
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        func moment(_ seconds: Int64?) -> JSONValue {
            seconds.map { .string(Quantity.moment(unixSeconds: $0)) } ?? .null
        }
        var members: JSONValue = [
            "id": .number(JSONNumber(Int(run.id.rawValue))), "pipeline": .string(run.identity.pipeline),
            "host": .string(run.identity.host), "domain": .string(run.identity.domain),
            "resource": .string(run.identity.resource), "started": moment(run.startedUnixSeconds),
            "ended": moment(run.endedUnixSeconds), "exit": run.exitCode.map { .number(JSONNumber($0)) } ?? .null,
            "plan": run.plan.map(JSONValue.string) ?? .null, "report": run.report ?? .null,
        ]
        if let reportFile, var object = members.object {
            object["report_file"] = .string(reportFile)
            members = .object(object)
        }
        return members
    }
}
