import ArgumentParser
import ExactJSON
import Foundation
import Ledgers
import Records
import Reports
import Runs

struct ResolveCommand: AsyncParsableCommand {
    /// What a person found in Salesdock.
    enum Decision: ExpressibleByArgument, Equatable {
        case id(Int)
        case absent

        init?(argument: String) {
            if argument == "absent" {
                self = .absent
            } else if let id = Int(argument), id > 0 {
                self = .id(id)
            } else {
                return nil
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Records a person's decision on a write that is in doubt.",
        discussion:
            "Look for the record in Salesdock first. Needs no network and no token; the next run acts on the decision.")

    /// The `mode` of a decision among the ledger's runs.
    static let mode = "resolve"

    @Argument(help: "The record's key.")
    var key: String

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("The id it has in Salesdock, or absent if the write did not happen.", valueName: "ID|absent")
    )
    var decision: Decision

    @Option(help: ArgumentHelp("Only in the pipeline of this name.", valueName: "name"))
    var pipeline: String?

    @Option(help: ArgumentHelp("Only in the account at this host, as status shows it.", valueName: "host"))
    var host: String?

    @OptionGroup var arguments: LedgerArguments
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let place = try arguments.place()
        let ledger = try place.openExisting()
        let lock = try await place.lock(holder: "resolve", waitingAtMost: .zero)
        let mirror = try place.mirror(StateFolder(EnvironmentFile.environment(arguments.envFile)))
        // A decision in an old copy would be lost with it, and would make the copy pass for the latest one.
        try mirror.check(ledger.identity(), ledger: place.path)
        let (found, attempt) = try doubt(ledger)
        try check(ledger, found, attempt)
        try conclude(ledger, found, attempt)
        // A copy of the ledger from before this decision is an outdated one.
        try mirror.write(ledger.identity())
        try show(found, attempt)
        withExtendedLifetime(lock) {}
    }

    /// The one try that the decision is about.
    private func doubt(_ ledger: any Ledger) throws -> (FoundRecord, OpenAttempt) {
        let found = try ledger.find(key: key, pipeline: pipeline).filter { host == nil || $0.identity.host == host }
        let open = try found.flatMap { found in try ledger.open(found).map { (found, $0) } }
        let undecided = open.filter { $0.1.state != .intent }
        if undecided.count > 1 {
            let names = undecided.map { "\($0.0.identity.pipeline) at \($0.0.identity.host)" }.joined(separator: ", ")
            throw RunError(
                .usage, "several writes of this key are in doubt (\(names)); name one with --pipeline and --host")
        }
        if let one = undecided.first { return one }
        throw RunError(
            .usage,
            open.isEmpty
                ? "nothing of this key is in doubt; see dockhand explain"
                : "a run was stopped while it wrote this key, and the next one looks up what became of it; run it first"
        )
    }

    private func check(_ ledger: any Ledger, _ found: FoundRecord, _ attempt: OpenAttempt) throws {
        guard case .id(let id) = decision else { return }
        let identity = found.identity
        if let known = found.record.remoteID, known != id {
            throw RunError(
                .usage,
                "this key has the Salesdock id \(known), which stays; --as \(known) says that its change happened"
            )
        }
        let claim = try ledger.claim(identity, remoteID: id)
        if let claim, claim.key != key || claim.pipeline != identity.pipeline {
            throw RunError(.usage, "the id \(id) belongs to \(claim.pipeline) \(shown(claim.key)) already")
        }
    }

    private func conclude(_ ledger: any Ledger, _ found: FoundRecord, _ attempt: OpenAttempt) throws {
        func now() -> Int64 { Int64(Date().timeIntervalSince1970) }
        let run = try ledger.beginRun(found.target, atUnixSeconds: now())
        let fate: FateEntry
        switch decision {
        case .id(let id):
            try ledger.conclude(attempt.id, .applied(remoteID: id, isAdopted: true), run: run)
            fate = FateEntry(
                key: key, fate: attempt.intent.isCreate ? .created : .updated, note: "a person decided: it happened")
        case .absent:
            try ledger.conclude(attempt.id, .absent(note: "a person decided: not there"), run: run)
            fate = FateEntry(key: key, fate: .failed, note: "a person decided: not there")
        }
        try ledger.note([fate], target: found.target, run: run)
        try ledger.endRun(
            run, exitCode: 0, report: ["pipeline": .string(found.identity.pipeline), "mode": .string(Self.mode)],
            atUnixSeconds: now())
    }

    private func show(_ found: FoundRecord, _ attempt: OpenAttempt) throws {
        let next = next(attempt)
        if output.format == .json {
            let id: JSONValue = if case .id(let id) = decision { .number(JSONNumber(id)) } else { .null }
            try Output.data([
                "pipeline": .string(found.identity.pipeline), "key": .string(key), "call": .string(attempt.intent.call),
                "was": .string(attempt.state.rawValue),
                "is": .string((decision == .absent ? AttemptState.failed : .applied).rawValue), "id": id,
                "next": .string(next),
            ])
            return
        }
        let becomes = if case .id(let id) = decision { "applied, id \(id)" } else { "failed: not there" }
        let sent = Quantity.moment(unixSeconds: attempt.intent.sentAt.unixSeconds)
        try Output.data(
            """
            \(output.paint(shown(key), .bold)) in \(found.identity.title)
              \(attempt.intent.call) of \(sent): \(attempt.state.rawValue) → \(becomes)
              \(next)
            """)
    }

    private func next(_ attempt: OpenAttempt) -> String {
        switch (decision, attempt.intent.isCreate) {
        case (.id, true): "The next run takes it as created, and sends only what has changed since."
        case (.id, false): "The next run takes the change as made, and sends only what has changed since."
        case (.absent, true): "The next run creates it, if the source still has it."
        case (.absent, false): "The next run sends the change again, if the source still has it."
        }
    }
}
