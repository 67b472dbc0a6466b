import ExactJSON
import Formats
public import Ledgers
public import Pipelines
import Records
public import Salesdock
import SalesdockFacts

/// Where a plan is for, when nobody may ask.
public struct AssumedTarget: Sendable, Hashable {
    /// Host and port.
    public var host: String
    /// The account's name.
    public var domain: String
    /// Of the token; decides which calls a run may make.
    public var scope: Salesdock.Scope
    /// Requests a window.
    public var limit: Int
    /// Most requests in flight.
    public var concurrency: Int

    public init(host: String, domain: String, scope: Salesdock.Scope, limit: Int, concurrency: Int) {
        self.host = host
        self.domain = domain
        self.scope = scope
        self.limit = limit
        self.concurrency = concurrency
    }
}

/// Makes the plan of one pipeline: what a run would do, record by record, and what that costs. Writes neither to
/// Salesdock nor to the ledger.
///
///     target → pass 1: count, price → read Salesdock as deep as asked → pass 2: each row's plan → missing, guards
public struct PlanMaker: Sendable {
    let definition: PipelineDefinition
    let ledger: any Ledger
    /// `nil` when nothing is read.
    let client: SalesdockClient?
    let assumed: AssumedTarget
    let refresh: PlanRefresh
    let options: RunOptions
    /// Folder for standard input.
    let spool: String
    let environment: RunEnvironment

    /// - Parameters:
    ///   - ledger: an empty one where there is none yet.
    ///   - client: `nil` with refresh `none`, which reads nothing.
    ///   - environment: its seed goes into the plan.
    public init(
        _ definition: PipelineDefinition, ledger: any Ledger, client: SalesdockClient?, assumed: AssumedTarget,
        refresh: PlanRefresh, options: RunOptions, spool: String, environment: RunEnvironment
    ) {
        precondition((client == nil) == (refresh == .none), "a refresh needs a client, and none reads nothing")
        self.definition = definition
        self.ledger = ledger
        self.client = client
        self.assumed = assumed
        self.refresh = refresh
        self.options = options
        self.spool = spool
        self.environment = environment
    }

    /// What both passes share.
    struct Work {
        let prepared: PreparedPipeline
        let sink: SalesdockSink
        let identity: TargetIdentity
        /// Of no record when the ledger does not have the target yet.
        let target: TargetID
        let isHostAssumed: Bool
        var resolver: RowResolver
        let directory: RemoteDirectory?
        /// Keys whose attempt a person must decide, and how many more attempts are open.
        let inDoubt: Set<String>
        let unresolved: Int
        var assumptions: [Notice]
    }

    /// Makes the plan and writes its records.
    ///
    /// - Parameters:
    ///   - writer: gets every record.
    ///   - parents: what earlier pipelines of the same plan bring about; this one's records are added.
    ///   - announce: told what the refresh will cost before it is made.
    ///   - onRecord: gets every record as well.
    /// - Throws: `RunError` when it can't be made at all. A source that breaks in the middle is an outcome.
    public func make(
        into writer: inout PlanWriter, parents: inout PlannedParents, announce: (String) -> Void,
        onRecord: (RecordPlan) -> Void
    ) async throws -> PipelinePlan {
        let began = environment.time.now()
        let before = client?.budget.counters ?? BudgetCounters()
        let prepared = try PreparedPipeline(definition, environment: environment, spoolFolder: { [spool] in spool })
        defer { prepared.source.close() }
        parents.begin(definition.name)
        var work = try await begin(prepared, parents)
        var section = try section(work)
        let survey = try survey(work)
        let remote = try await readRemote(&work, survey, announce)
        try writer.begin(section)

        let limits = try limits
        var rows = PlannedRows(
            work: work,
            planner: RecordPlanner(Planner(sink: work.sink, scope: assumed.scope), pipeline: definition.name),
            ledger: ledger,
            refresh: refresh, concurrency: assumed.concurrency, stop: environment.stop)
        var failure: RunError?
        let isMissingAsked = definition.missing == .deactivate && work.sink.kind == .products
        var stream = try prepared.stream(
            prepared.startState(rowsMax: options.rowsMax, stop: environment.stop), keepsRaw: false,
            tracksKeys: isMissingAsked,
            rowsMax: options.rowsMax)
        var missing: [LedgerRecord] = []
        do {
            while !environment.stop.isStopping, let batch = try stream.next() {
                for record in try await rows.plan(batch, &parents) {
                    try writer.write(record)
                    onRecord(record)
                }
                report(rows.balance, total: survey.balance.read)
            }
            let isWhole = options.rowsMax == nil && rows.balance.read > 0 && stream.rowsWithoutKey == 0
            if isMissingAsked, isWhole, !environment.stop.isStopping {
                missing = try MissingProducts.find(ledger, work.target) { stream.hasKey($0) }
                for record in try await rows.deactivate(missing) {
                    try writer.write(record)
                    onRecord(record)
                }
            }
        } catch { failure = RunError(error) }
        parents.end(definition.name)
        section.source = try stream.inputDigest?.hex ?? digest(prepared, isBroken: failure != nil)
        section.changes = rows.tally.changes
        try writer.end(section)

        var plan = PipelinePlan(
            pipeline: definition.name, kind: work.sink.kind, refresh: refresh, balance: rows.balance,
            tally: rows.tally, limit: limits.limit)
        plan.problems = rows.problems
        plan.warnings = rows.warnings
        plan.assumptions = work.assumptions + assumptions(work)
        price(&plan, work, remote, limits)
        plan.guards = try guards(survey, rows, missing, work)
        plan.spent = (client?.budget.counters ?? BudgetCounters()) - before
        plan.duration = (environment.time.now() - began).seconds
        plan.messages = [failure?.description].compactMap(\.self) + messages(work)
        plan.exit = ExitCode.strongest(
            [rows.balance.exit, failure?.exit, environment.stop.cause?.exit].compactMap(\.self))
        return plan
    }

    private func report(_ balance: Balance, total: Int) {
        environment.progress(
            RunProgress(
                pipeline: definition.name, phase: .planning, balance: balance, rowsTotal: total,
                requests: client?.budget.counters ?? .init()))
    }

    /// With `--limit` the stream does not reach the end; standard input can't be read again.
    private func digest(_ prepared: PreparedPipeline, isBroken: Bool) throws -> String? {
        if isBroken || environment.stop.isStopping { return nil }
        return try InputMeter.digest(ofPaths: prepared.source.definition.paths, seed: environment.seed)?.hex
    }

    // MARK: Before the rows

    private func begin(_ prepared: PreparedPipeline, _ parents: PlannedParents) async throws -> Work {
        guard let sink = prepared.sink else { throw RunError(.usage, "only a pipeline into Salesdock has a plan") }
        let target = try await findTarget(sink)
        let known = try ledger.targets(host: target.identity.host, domain: target.identity.domain)
        try ledger.refuseNewKey(target.identity, known)
        let id = known.first { $0.1.pipeline == definition.name }?.0
        let references = definition.references
        let open = try ledger.openAttempts(host: target.identity.host, domain: target.identity.domain)
            .filter { $0.intent.target == id }
        let lookups = try await lookups()
        let resolver = RowResolver(
            sink: sink, ledger: ledger,
            parents: Dictionary(
                known.filter { references.contains($0.1.pipeline) }.map { ($0.1.pipeline, $0.0) },
                uniquingKeysWith: { first, _ in first }),
            lookups: lookups, folders: prepared.source.folders, planned: parents)
        let inDoubt = Set(open.filter { $0.state == .inDoubt }.map(\.intent.key))
        return Work(
            prepared: prepared, sink: sink, identity: target.identity, target: id ?? TargetID(rawValue: 0),
            isHostAssumed: client == nil, resolver: resolver,
            directory: client.map { RemoteDirectory(client: $0, sink: sink, time: environment.time) },
            inDoubt: inDoubt, unresolved: open.count { $0.state != .inDoubt }, assumptions: target.assumptions)
    }

    private func findTarget(_ sink: SalesdockSink) async throws -> (identity: TargetIdentity, assumptions: [Notice]) {
        func identity(_ host: String) -> TargetIdentity {
            TargetIdentity(
                host: host, domain: assumed.domain, pipeline: definition.name, resource: sink.kind.rawValue,
                keyDefinition: definition.key.joined(separator: "+"))
        }
        if let client {
            let host = try await environment.stop.reading { try await client.probe() }
            return (identity(host.host + (host.instance.map { "#\($0)" } ?? "")), [])
        }
        // An emulator's instance is part of its name; the one that was used last is meant.
        let hosts = try ledger.targets().map(\.1).filter {
            $0.domain == assumed.domain && ($0.host == assumed.host || $0.host.hasPrefix(assumed.host + "#"))
        }
        guard let last = hosts.last else {
            return (
                identity(assumed.host),
                [
                    Notice(
                        "assumed.new",
                        "the ledger knows nothing of \(assumed.domain) at \(assumed.host), so every record is taken for new",
                        arguments: [assumed.domain, assumed.host])
                ]
            )
        }
        let others = Set(hosts.map(\.host)).count - 1
        let which = others > 0 ? ", the latest of \(others + 1) that the ledger knows" : ""
        let notice = Notice("assumed.host", "the host is \(last.host)\(which)", arguments: [last.host])
        return (identity(last.host), last.host == assumed.host ? [] : [notice])
    }

    private func lookups() async throws -> [LookupSpec: [String: Int]] {
        guard let client else { return [:] }
        var tables: [LookupSpec: [String: Int]] = [:]
        for spec in definition.lookups {
            tables[spec] = try await environment.stop.reading { try await RemoteDirectory.lookupTable(spec, client) }
        }
        return tables
    }

    private func section(_ work: Work) throws -> PlanSection {
        let identity = try ledger.identity()
        let runs = try ledger.runs(limit: 1)
        return PlanSection(
            pipeline: definition.name, definition: definition.planFingerprint, host: work.identity.host,
            domain: work.identity.domain, isHostAssumed: work.isHostAssumed,
            ledger: runs.isEmpty ? nil : identity.id, lastRun: runs.first?.id.rawValue ?? 0, refresh: refresh,
            refreshedAt: Int64(environment.time.wallClock().unixSeconds), seed: environment.seed,
            rowsMax: options.rowsMax)
    }

    /// Pass 1: how many rows there are of which kind.
    private func survey(_ work: Work) throws -> Survey {
        var account = RowAccount(rejects: nil, notes: nil)
        var stream = try work.prepared.stream(
            work.prepared.startState(rowsMax: options.rowsMax, stop: environment.stop), keepsRaw: false,
            rowsMax: options.rowsMax)
        let known = try ledger.targets(host: work.identity.host, domain: work.identity.domain)
        let knowledge = SurveyLedger(
            ledger: ledger, target: work.target, resolver: work.resolver,
            planner: Planner(sink: work.sink, scope: assumed.scope),
            alike: try ledger.alike(work.target, work.identity, known), countsUpdates: false,
            elsewhere: nil)
        let (name, environment) = (definition.name, environment)
        do {
            return try Survey.read(
                &stream, work.sink, knowledge, account: &account,
                whenGood: .pending
            ) { balance in
                environment.progress(
                    RunProgress(pipeline: name, phase: .reading, balance: balance, rowsTotal: nil, requests: .init()))
                return !environment.stop.isStopping
            }
        } catch {
            // The second pass meets it again, and says so.
            return Survey(balance: account.balance)
        }
    }

    /// Says what reading Salesdock costs, and does it.
    private func readRemote(_ work: inout Work, _ survey: Survey, _ announce: (String) -> Void) async throws
        -> RefreshWork?
    {
        guard let directory = work.directory, let client else { return nil }
        let refresh = refresh
        let reading = try await environment.stop.reading {
            try await directory.refreshWork(refresh, fresh: survey.creates, named: survey.named, known: survey.known)
        }
        let standing = try client.budget.standing()
        let seconds = limitModel(standing.limit).seconds(reading.requests, taken: standing.taken)
        announce(
            "\(definition.name): refresh \(refresh.rawValue) reads Salesdock with \(reading.requests) requests, about \(Int(seconds.rounded(.up))) s at \(standing.limit) a minute"
        )
        try await environment.stop.reading { try await directory.load(reading) }
        return reading
    }
}
