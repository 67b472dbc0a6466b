import ArgumentParser
import ExactJSON
import Foundation
import Ledgers
import Logging
import Records
import Reports
import Runs
import Salesdock

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
        commandName: "resolve", _superCommandName: "dockhand",
        abstract: "Records a person's decision on a write that is in doubt.",
        discussion: """
            Look for the record in Salesdock first. Where Salesdock can be reached, an id is looked up once: one that is \
            not there is refused, and fields that differ from what was sent are named. Without network or token the \
            decision is taken as it is. The next run acts on it.
            """)

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
        let witness = try await witness(found, attempt)
        try conclude(ledger, found, attempt)
        // A copy of the ledger from before this decision is an outdated one.
        try mirror.write(ledger.identity())
        try show(found, attempt, witness)
        withExtendedLifetime(lock) {}
    }

    /// The one try that the decision is about.
    private func doubt(_ ledger: SQLiteLedger) throws -> (FoundRecord, OpenAttempt) {
        let found = try ledger.find(key: key, pipeline: pipeline).filter { host == nil || $0.identity.host == host }
        let open = try found.flatMap { found in try ledger.open(found).map { (found, $0) } }
        let undecided = open.filter { $0.1.state == .inDoubt }
        if undecided.count > 1 {
            let names = undecided.map { "\($0.0.identity.pipeline) at \($0.0.identity.host)" }.joined(separator: ", ")
            throw RunError(
                .usage, "several writes of this key are in doubt (\(names)); name one with --pipeline and --host")
        }
        if let one = undecided.first { return one }
        guard let first = found.first else {
            throw RunError(.usage, "the ledger has no record of this key at \(host ?? "")")
        }
        let story = try RecordStory(first, ledger, isMasked: true)
        throw RunError(.usage, "nothing of this key is in doubt; \(story.next). See dockhand explain")
    }

    private func check(_ ledger: SQLiteLedger, _ found: FoundRecord, _ attempt: OpenAttempt) throws {
        guard case .id(let id) = decision else { return try refuseUnsettled(attempt) }
        let identity = found.identity
        if let known = found.record.remoteID, known != id {
            throw RunError(
                .usage,
                "this key has the Salesdock id \(known), which stays; --as \(known) says that its change happened"
            )
        }
        let claim = try ledger.claim(identity, remoteID: id)
        if let claim, claim.key != found.record.key || claim.pipeline != identity.pipeline {
            throw RunError(.usage, "the id \(id) belongs to \(claim.pipeline) \(shown(claim.key)) already")
        }
    }

    /// A request that may still be carried out is not known to be absent. A create is looked up only after it has settled,
    /// so its doubt is old enough.
    private func refuseUnsettled(_ attempt: OpenAttempt) throws {
        guard !attempt.intent.isCreate else { return }
        let settle = try arguments.connection().map { Service.settle($0.project) } ?? Service.settleDefault
        let sent = attempt.intent.sentAt
        let age = Int64(Date().timeIntervalSince1970) - sent.unixSeconds
        let left = settle.components.seconds - age
        guard age >= 0, left > 0 else { return }
        throw RunError(
            .tryLater,
            "the request was sent \(age) s ago and may still be carried out; look again in \(left) s and decide then"
        )
    }

    /// What Salesdock says of the id; nothing when it can't be asked.
    ///
    /// - Throws: `RunError` when the id is not there.
    private func witness(_ found: FoundRecord, _ attempt: OpenAttempt) async throws -> NamedRecord {
        guard case .id(let id) = decision, attempt.intent.isCreate else { return .unasked(nil) }
        let said = await ask(found.identity, id, attempt.intent)
        if case .missing = said {
            throw RunError(
                .usage,
                "Salesdock has no \(found.identity.resource.dropLast()) \(id); look again, or decide --as absent")
        }
        return said
    }

    private func ask(_ identity: TargetIdentity, _ id: Int, _ intent: Intent) async -> NamedRecord {
        do {
            guard let (project, file) = try arguments.connection() else { return .unasked("no connection is set up") }
            let environment = try EnvironmentFile.environment(arguments.envFile)
            return try await Service.with(
                project, projectFile: file, environment: environment, state: StateFolder(environment),
                time: SystemTime(), requestsMax: NamedRecord.requestsMax, policy: ServiceProbe.policy,
                logger: Logger(label: "salesdock", factory: { _ in SwiftLogNoOpLogHandler() })
            ) { service in
                await NamedRecord.look(up: id, identity, payload: intent.payload, service.client)
            }
        } catch { return .unasked(RunError(error).description) }
    }

    private func conclude(_ ledger: SQLiteLedger, _ found: FoundRecord, _ attempt: OpenAttempt) throws {
        func now() -> Int64 { Int64(Date().timeIntervalSince1970) }
        let run = try ledger.beginRun(found.target, atUnixSeconds: now())
        let fate: FateEntry
        switch decision {
        case .id(let id):
            try ledger.decide(attempt.id, remoteID: id)
            fate = FateEntry(
                key: found.record.key, fate: attempt.intent.isCreate ? .created : .updated,
                note: AttemptNote.decidedApplied)
        case .absent:
            try ledger.decide(attempt.id, remoteID: nil)
            fate = FateEntry(key: found.record.key, fate: .failed, note: AttemptNote.decidedAbsent)
        }
        try ledger.note([fate], target: found.target, run: run)
        try ledger.endRun(
            run, exitCode: 0, report: ["pipeline": .string(found.identity.pipeline), "mode": .string(Self.mode)],
            atUnixSeconds: now())
    }

    private func show(_ found: FoundRecord, _ attempt: OpenAttempt, _ witness: NamedRecord) throws {
        let next = next(attempt)
        if let warning = witness.warning { Output.note("warning: \(warning)") }
        if output.format == .json {
            let id: JSONValue = if case .id(let id) = decision { .number(JSONNumber(id)) } else { .null }
            try Output.data([
                "pipeline": .string(found.identity.pipeline), "key": .string(found.record.key),
                "call": .string(attempt.intent.call),
                "was": .string(attempt.state.rawValue),
                "is": .string((decision == .absent ? AttemptState.failed : .applied).rawValue), "id": id,
                "next": .string(next), "checked": .bool(witness.isChecked),
                "conflicts": .array(witness.conflicts.map(JSONValue.string)),
            ])
            return
        }
        let becomes = if case .id(let id) = decision { "applied, id \(id)" } else { "failed: not there" }
        let sent = Quantity.moment(unixSeconds: attempt.intent.sentAt.unixSeconds)
        try Output.data(
            """
            \(output.paint(shown(found.record.key), .bold)) in \(found.identity.title)
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
