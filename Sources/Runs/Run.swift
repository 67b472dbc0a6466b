import ExactJSON
import Formats
public import Ledgers
public import Pipelines
import Records
public import Salesdock
import SalesdockFacts

/// A run of one pipeline into Salesdock, the whole of it on one page:
///
///     check the ledger's age → pass 1: survey and guards, nothing sent
///         → pass 2: lost attempts first, then row by row through ledger, planner, writer, ledger
///         → twins, missing products → balance
///
/// Running again resumes, because the ledger is the only checkpoint.
public struct Run: Sendable {
    let definition: PipelineDefinition
    let ledger: any Ledger
    let mirror: LedgerMirror
    let client: SalesdockClient
    let settle: Duration
    let options: RunOptions
    let places: RunPlaces
    let environment: RunEnvironment
    /// Only what it has is sent.
    let plan: Plan?

    /// - Parameters:
    ///   - mirror: what the state directory remembers of the ledger.
    ///   - settle: after this long no request of ours commits any more.
    ///   - plan: a plan to carry out, which `refuseStale` has let pass.
    public init(
        _ definition: PipelineDefinition, ledger: any Ledger, mirror: LedgerMirror, client: SalesdockClient,
        settle: Duration,
        options: RunOptions, places: RunPlaces, environment: RunEnvironment, plan: Plan? = nil
    ) {
        self.definition = definition
        self.ledger = ledger
        self.mirror = mirror
        self.client = client
        self.settle = settle
        self.options = options
        self.places = places
        self.environment = environment
        self.plan = plan
    }

    /// Runs the pipeline and returns its balance; a run that was stopped early has an outcome as well.
    ///
    /// - Throws: `RunError` when it could not begin.
    public func run() async throws -> PipelineOutcome {
        let began = environment.time.now()
        let before = client.budget.counters
        client.traffic.begin()
        let prepared = try PreparedPipeline(definition, environment: environment, spoolFolder: places.state)
        defer { prepared.source.close() }
        try environment.observer?.look(SourceLook(prepared.source))
        guard let sink = prepared.sink else { throw RunError(.software, "a run needs a Salesdock sink") }
        try checkAge()
        try await prepareRebuild(sink)
        let identity = try await identity(sink)
        let known = try ledger.targets(host: identity.host, domain: identity.domain)
        try ledger.refuseNewKey(identity, known)
        if let plan, let section = plan.section(definition.name) { try plan.refuseOtherTarget(identity, section) }
        try renameIfAsked(identity, known)
        let target = try ledger.target(identity)
        if try ledger.needsRebuild(target), !options.rebuild {
            throw RunError(
                .guarded,
                "the ledger \(places.ledger) replaces one that was lost, and pipeline \(definition.name) has not been rebuilt: run it with --rebuild, which looks for every record in Salesdock first and creates only what --allow create=N covers"
            )
        }
        let resolver = try await resolver(prepared, sink, known)
        let planner = Planner(sink: sink, scope: client.connection.scope)
        let knowledge = SurveyLedger(
            ledger: ledger, target: target, resolver: resolver, planner: planner,
            alike: try ledger.alike(target, identity, known), countsUpdates: true,
            elsewhere: try ledger.elsewhere(target, identity))

        let (survey, missing, refusal) = try survey(prepared, sink, knowledge)
        if let refusal { return refused(refusal, survey, began, before) }

        let run = try ledger.beginRun(target, atUnixSeconds: unixSeconds, plan: plan?.digest)
        try mirror.write(try ledger.identity())
        let directory = RemoteDirectory(client: client, sink: sink, time: environment.time)
        let context = RunContext(
            definition: definition, sink: sink, identity: identity, target: target, run: run, ledger: ledger,
            client: client,
            directory: directory, planner: planner, time: environment.time, stop: environment.stop, settle: settle,
            isRebuild: options.rebuild, plan: plan, observer: environment.observer)
        // From here on things have happened, which no error may keep anybody from being told.
        var outcome: PipelineOutcome
        do { outcome = try await write(prepared, context, resolver, survey) } catch {
            outcome = refused(RunError(error), survey, began, before)
        }
        if outcome.exit.strength <= ExitCode.inDoubt.strength {
            await lookForTwins(context, &outcome)
            await handle(missing, context, &outcome)
            if options.rebuild, options.rowsMax == nil, !environment.stop.isStopping {
                do { try ledger.endRebuild(target) } catch { outcome.add(error) }
            }
        }
        outcome.note(emptySourceIn: definition, options)
        outcome.duration = (environment.time.now() - began).seconds
        outcome.requests = client.budget.counters - before
        outcome.traffic = client.traffic.reading
        outcome.run = run
        end(run, &outcome)
        return outcome
    }

    private func lookForTwins(_ context: RunContext, _ outcome: inout PipelineOutcome) async {
        var codes = [outcome.exit]
        var messages: [String] = []
        do {
            try await TwinCheck(context: context).run {
                messages.append($0)
                codes.append(.inDoubt)
            }
        } catch is StoppedWhileReading {
            // The cause of the stop is told by what follows.
        } catch {
            let error = RunError(error)
            codes.append(error.exit)
            messages.append("twins of repeated creates were not looked for, the next run does: \(error.description)")
        }
        outcome.messages += messages
        outcome.exit = ExitCode.strongest(codes)
    }

    /// Tells the ledger how the run ended.
    private func end(_ run: RunID, _ outcome: inout PipelineOutcome) {
        do {
            try ledger.endRun(
                run, exitCode: outcome.exit.rawValue, report: outcome.ledgerJSON, atUnixSeconds: unixSeconds)
            try mirror.write(try ledger.identity())
        } catch { outcome.add(RunError(error)) }
    }

    /// Missing products come last: by then everything that is listed is right.
    private func handle(_ missing: [LedgerRecord], _ context: RunContext, _ outcome: inout PipelineOutcome) async {
        if definition.missing == .deactivate {
            var result = PipelineOutcome.Missing()
            result.found = missing.count
            do {
                var missingProducts = MissingProducts(context: context)
                if let plan, !missing.isEmpty {
                    var records = try PlannedRecords(plan, pipeline: definition.name)
                    missingProducts.planned = try records.deactivations()
                }
                try await missingProducts.handle(missing, &result)
            } catch {
                if !(error is StoppedWhileReading) { outcome.add(RunError(error)) }
                result.kept = result.found - result.deactivated - result.gone - result.failed
            }
            outcome.missing = result
            if let note = result.note { outcome.add(note) }
        }
        var codes = [outcome.exit]
        if let failed = outcome.missing?.failed, failed > 0 { codes.append(.rowsFailed) }
        if let cause = environment.stop.cause {
            codes.append(cause.exit)
            if case .failure(_, let message) = cause { outcome.messages.append(message) }
        }
        outcome.exit = ExitCode.strongest(codes)
    }

    private var unixSeconds: Int64 { Int64(environment.time.wallClock().unixSeconds) }

    /// A ledger that is missing or outdated would make every record a new one.
    private func checkAge() throws {
        do { try mirror.check(try ledger.identity(), ledger: places.ledger) } catch {
            guard options.rebuild, error.code == .behind else { throw error }
            // Remembered in the ledger, since the mirror follows it from now on.
            try ledger.beginRebuild()
            try mirror.write(try ledger.identity())
        }
    }

    /// Without a ledger, requests that a killed run sent may still be carried out, and only reading tells what is there.
    private func prepareRebuild(_ sink: SalesdockSink) async throws {
        guard options.rebuild else { return }
        if sink.match.isEmpty, sink.kind != .offers {
            throw RunError(
                .configuration,
                "\(definition.file): --rebuild finds existing \(sink.kind.rawValue) by match, and the sink has none; add one"
            )
        }
        let settled = environment.time.now() + settle + .seconds(Assumptions.searchLagSeconds)
        guard await environment.stop.sleep(until: settled, environment.time) else {
            throw StoppedWhileReading(exit: environment.stop.cause?.exit ?? .interrupted)
        }
    }

    private func identity(_ sink: SalesdockSink) async throws -> TargetIdentity {
        let client = client
        let host = try await environment.stop.reading { try await client.probe() }
        return TargetIdentity(
            host: host.host + (host.instance.map { "#\($0)" } ?? ""), domain: host.domain, pipeline: definition.name,
            resource: sink.kind.rawValue, keyDefinition: definition.key.joined(separator: "+"))
    }

    private func renameIfAsked(_ identity: TargetIdentity, _ known: [(TargetID, TargetIdentity)]) throws {
        guard let old = options.renamedFrom, old != "none" else { return }
        guard let (target, former) = known.first(where: { $0.1.pipeline == old && $0.1.resource == identity.resource })
        else {
            throw RunError(.usage, "--renamed-from \(old): the ledger has no such pipeline for \(identity.resource)")
        }
        if former.keyDefinition != identity.keyDefinition {
            throw RunError(
                .guarded,
                "--renamed-from \(old): it was written by key \(former.keyDefinition) and now by \(identity.keyDefinition), so every record would be taken for a new one; restore the key"
            )
        }
        if let (mine, _) = known.first(where: { $0.1.pipeline == identity.pipeline }), mine != target,
            try !ledger.isUnused(mine)
        {
            throw RunError(.usage, "--renamed-from \(old): pipeline \(identity.pipeline) has a history of its own")
        }
        try ledger.rename(target, to: identity)
    }

    private func resolver(_ prepared: PreparedPipeline, _ sink: SalesdockSink, _ known: [(TargetID, TargetIdentity)])
        async throws -> RowResolver
    {
        let references = definition.references
        var lookups: [LookupSpec: [String: Int]] = [:]
        let client = client
        for spec in definition.lookups.sorted(by: { ($0.kind.rawValue, $0.by) < ($1.kind.rawValue, $1.by) }) {
            lookups[spec] = try await environment.stop.reading { try await RemoteDirectory.lookupTable(spec, client) }
        }
        return RowResolver(
            sink: sink, ledger: ledger,
            parents: Dictionary(
                known.filter { references.contains($0.1.pipeline) }.map { ($0.1.pipeline, $0.0) },
                uniquingKeysWith: { first, _ in first }),
            lookups: lookups, folders: prepared.source.folders, planned: nil)
    }

    /// Pass 1. Also says which products are missing, and what forbids to go on.
    private func survey(_ prepared: PreparedPipeline, _ sink: SalesdockSink, _ knowledge: SurveyLedger) throws
        -> (Survey, [LedgerRecord], RunError?)
    {
        var account = RowAccount(rejects: nil, notes: nil)
        var stream = try prepared.stream(
            prepared.startState(rowsMax: options.rowsMax, stop: environment.stop), keepsRaw: false,
            tracksKeys: definition.missing == .deactivate, rowsMax: options.rowsMax)
        stream.observe = environment.observer?.batch
        let (name, progress, stop) = (definition.name, environment.progress, environment.stop)
        let survey: Survey
        do {
            survey = try Survey.read(
                &stream, sink, knowledge, account: &account, whenGood: .pending
            ) { balance in
                progress(
                    RunProgress(pipeline: name, phase: .reading, balance: balance, rowsTotal: nil, requests: .init()))
                return !stop.isStopping
            }
        } catch {
            // Half a file is no reason to write half of it.
            return (Survey(balance: account.balance), [], RunError(error))
        }
        // Only a source that was read to its end, whole, says that something is missing from it; and any record could be
        // that of a row whose key can't be read.
        let isWhole =
            options.rowsMax == nil && survey.balance.read > 0 && !stop.isStopping && stream.rowsWithoutKey == 0
        let missing =
            definition.missing == .deactivate && sink.kind == .products && isWhole
            ? try MissingProducts.find(ledger, knowledge.target) { stream.hasKey($0) } : []
        let records = try ledger.countRecords(knowledge.target)
        let refusal: RunError? =
            staleSource(survey)
            ?? Guards.errors(survey.balance, definition, options)
            ?? Guards.renamed(survey, definition, options)
            ?? Guards.moved(survey, from: knowledge.elsewhere, definition, options)
        return (survey, missing, refusal ?? effects(survey, missing, records: records))
    }

    /// Side effects and changes that nobody has agreed to.
    private func effects(_ survey: Survey, _ missing: [LedgerRecord], records: Int) -> RunError? {
        Guards.creates(survey, options)
            ?? Guards.emails(survey, options)
            ?? Guards.missing(missing.map(\.key), records: records, definition, options)
            ?? Guards.changes(survey, deactivations: missing.count, records: records, definition)
    }

    private func staleSource(_ survey: Survey) -> RunError? {
        guard let plan, let section = plan.section(definition.name) else { return nil }
        do { try plan.refuseOtherSource(survey.digest?.hex, section) } catch { return RunError(error) }
        return nil
    }

    private func refused(_ refusal: RunError, _ survey: Survey, _ began: BootTime, _ before: BudgetCounters)
        -> PipelineOutcome
    {
        var outcome = PipelineOutcome(
            pipeline: definition.name, mode: "run", balance: survey.balance,
            duration: (environment.time.now() - began).seconds, exit: refusal.exit)
        outcome.messages = [refusal.description]
        outcome.notices = [refusal.notice].compactMap(\.self)
        outcome.requests = client.budget.counters - before
        outcome.traffic = client.traffic.reading
        return outcome
    }

    /// Pass 2.
    private func write(_ prepared: PreparedPipeline, _ context: RunContext, _ resolver: RowResolver, _ survey: Survey)
        async throws
        -> PipelineOutcome
    {
        let identity = context.identity
        let open = try ledger.openAttempts(host: identity.host, domain: identity.domain)
        let own = open.filter { $0.intent.target == context.target }
        if survey.creates > 0 {
            try await context.stop.reading { try await context.directory.prepareMatching(rows: survey.creates) }
            // What is there before the first create is not ours.
            let highest = try await context.stop.reading { try await context.directory.highestID() }
            try ledger.sawID(highest, host: identity.host, domain: identity.domain, resource: identity.resource)
        }
        let (ledger, target, run) = (ledger, context.target, context.run)
        let account = RowAccount(rejects: prepared.rejects(places)) { entries in
            try ledger.note(entries, target: target, run: run)
        }
        let stream = try prepared.stream(
            prepared.startState(rowsMax: options.rowsMax, stop: environment.stop), keepsRaw: true,
            rowsMax: options.rowsMax)
        let age = LedgerAge(ledger: ledger, mirror: mirror, time: environment.time)
        let progress = environment.progress
        let meter = try RunMeter(
            pipeline: definition.name, rowsTotal: survey.balance.read,
            expected: try await expectedRequests(context, survey), client: client, time: environment.time)
        var loop = RunLoop(
            context, resolver, survey: survey, stream: stream, account: account,
            planned: try plan.map { try PlannedRecords($0, pipeline: definition.name) },
            open: own.filter { $0.state != .inDoubt },
            inDoubt: Set(own.filter { $0.state == .inDoubt }.map(\.intent.key))
        ) { balance, lastProblem in
            age.remember()
            progress(meter.progress(balance, lastProblem))
        }
        var failure: RunError?
        do { try await loop.run() } catch { failure = RunError(error) }
        return try outcome(loop.finish(), survey, failure)
    }

    /// Requests that writing the rows takes, as far as can be told before.
    private func expectedRequests(_ context: RunContext, _ survey: Survey) async throws -> Int {
        var requests = survey.writes
        if await context.directory.searchesForMatches { requests += survey.creates }
        if RereadCheck(context: context).isDue { requests += survey.updates }
        return requests
    }

    private func outcome(_ finished: consuming FinishedLoop, _ survey: Survey, _ failure: RunError?) throws
        -> PipelineOutcome
    {
        let balance = finished.balance
        let isChanged =
            failure == nil && !environment.stop.isStopping && survey.digest != nil
            && finished.digest != survey.digest
        var outcome = PipelineOutcome(
            pipeline: definition.name, mode: "run", balance: balance, duration: 0, exit: .success)
        outcome.problems = finished.problems
        outcome.warnings = finished.warnings
        var codes: [ExitCode] = [balance.exit]
        do { outcome.rejects = try finished.rejects() } catch {
            let error = RunError(error)
            codes.append(error.exit)
            outcome.messages.append(error.description)
        }
        if let failure {
            codes.append(failure.exit)
            outcome.messages.append(failure.description)
        }
        if let cause = environment.stop.cause {
            codes.append(cause.exit)
            if case .failure(_, let message) = cause { outcome.messages.append(message) }
        }
        if isChanged {
            codes.append(.inputUnreadable)
            outcome.add(
                Notice(
                    "run.input_changed", "the input changed while it was being read; run again once it is complete"))
        }
        if failure == nil, !balance.holds {
            codes.append(.software)
            outcome.messages.append("the fates do not add up to the rows read; this is a bug in dockhand")
        }
        outcome.exit = ExitCode.strongest(codes)
        return outcome
    }
}
