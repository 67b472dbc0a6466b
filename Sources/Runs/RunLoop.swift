import Formats
import Ledgers
import Pipelines
import Records
import Salesdock

/// The second pass: rows into the dispatcher, jobs out of it, fates into the account. The only place with tasks.
struct RunLoop: ~Copyable {
    private enum Event: Sendable {
        case ended(ticket: Int, Job, JobEnd)
        /// A waiting job's time has come; `false` when the run was stopped first.
        case due(ticket: Int, Job, Bool)
    }

    private struct Orphan {
        let key: String
        let origin: RecordOrigin
        let issues: [Issue]
    }

    private struct Waiting {
        let ticket: Int
        var job: Job
    }

    let context: RunContext
    let resolver: RowResolver
    let survey: Survey
    /// Keys whose attempt a person must decide.
    let inDoubt: Set<String>
    let progress: @Sendable (Balance, _ lastProblem: String?) -> Void
    private var stream: RowStream
    private var account: RowAccount
    /// The records of the plan that is followed.
    private var planned: PlannedRecords?
    private var dispatcher: Dispatcher<Job>
    private var isReadOut = false
    /// Ready to go on as soon as a slot is free.
    private var due: [Waiting] = []
    /// Waiting for a create that shows that a look-up works.
    private var awaitingControl: [Waiting] = []
    private var sleeping = 0
    /// Keys of the rows that stand for a duplicate, by row number.
    private var survivorKeys: [Int: String] = [:]
    /// Duplicates whose surviving row comes later.
    private var orphans: [Int: [Orphan]] = [:]

    init(
        _ context: RunContext, _ resolver: RowResolver, survey: Survey, stream: consuming RowStream,
        account: consuming RowAccount, planned: consuming PlannedRecords?,
        open: [OpenAttempt], inDoubt: Set<String>,
        progress: @escaping @Sendable (Balance, _ lastProblem: String?) -> Void
    ) {
        self.context = context
        self.resolver = resolver
        self.survey = survey
        self.stream = stream
        self.account = account
        self.planned = planned
        self.inDoubt = inDoubt
        self.progress = progress
        dispatcher = Dispatcher(concurrency: context.client.connection.concurrency)
        // Lost attempts come before anything of their key or match class.
        for attempt in open {
            let ticket = dispatcher.addUnsettled(.init(key: attempt.intent.key, matchClass: attempt.intent.matchClass))
            due.append(Waiting(ticket: ticket, job: .recovery(RecoveryJob(attempt: attempt))))
        }
    }

    /// Runs until every row has its fate, or the run is stopped and nothing is in flight.
    mutating func run() async throws {
        try await withThrowingTaskGroup(of: Event.self) { group in
            waitForSettled(&group)
            while true {
                // Rows that need nothing must not wait for one that does.
                repeat {
                    fillUp()
                    start(&group)
                } while wantsMore
                progress(account.balance, account.lastProblem)
                if context.stop.isStopping { drain() }
                if dispatcher.runningCount == 0, sleeping == 0 {
                    if context.stop.isStopping || !decideLast() { break }
                    continue
                }
                if let event = try await group.next() { handle(event, &group) }
            }
        }
        settleOrphans()
    }

    /// What is left when it has run.
    consuming func finish() -> FinishedLoop {
        FinishedLoop(account: account, digest: stream.inputDigest)
    }

    /// Recovered attempts wait until they have settled, like any other.
    private mutating func waitForSettled(_ group: inout ThrowingTaskGroup<Event, any Error>) {
        let recoveries = due
        due = []
        for waiting in recoveries {
            guard case .recovery(let job) = waiting.job else { continue }
            let sent = context.sentOnThisBoot(job.attempt.intent.sentAt)
            sleep(waiting.ticket, waiting.job, until: context.settled(sent), &group)
        }
    }

    /// Whether another batch could be put to work now.
    private var wantsMore: Bool {
        dispatcher.hasRoom && !isReadOut && !context.stop.isStopping && dispatcher.runningCount < dispatcher.concurrency
    }

    private mutating func fillUp() {
        do {
            try fill()
            if let failure = account.failure { throw failure }
        } catch {
            // The source, the disk or the ledger broke: what is in flight is brought to its end first.
            let error = RunError(error)
            context.stop.stop(.failure(error.exit, error.description))
        }
    }

    private mutating func fill() throws {
        guard dispatcher.hasRoom, !isReadOut, !context.stop.isStopping else { return }
        guard let rows = try stream.next() else {
            isReadOut = true
            return
        }
        account.describeSource(header: stream.header, encoding: stream.encoding)
        account.read(rows.count)
        var trouble: (any Error)?
        for row in rows {
            if trouble != nil {
                settle(row, .pending, nil)
                continue
            }
            do { try take(row) } catch {
                trouble = error
                settle(row, .pending, nil)
            }
        }
        if let trouble { throw trouble }
    }

    private mutating func take(_ row: StreamedRow) throws {
        func key(_ outcome: StreamedRow.Outcome) -> String? {
            switch outcome {
            case .draft(let draft): draft.key
            case .repeated(let key): key
            case .duplicate(_, let key), .rejected(let key): key
            case .filtered: nil
            }
        }
        let key = key(row.outcome)
        if survey.survivors.contains(row.origin.row), let key { adoptOrphans(of: row.origin.row, key) }
        switch row.outcome {
        case .rejected: settle(row, .rejected, key)
        case .filtered: settle(row, .filtered, nil)
        case .repeated: settle(row, .duplicate, nil)
        case .duplicate(let survivor, _): settleDuplicate(row, survivor, key)
        case .draft(let draft): try plan(draft, row)
        }
    }

    private mutating func settle(
        _ row: StreamedRow, _ fate: Fate, _ key: String?, issues: [Issue] = [], note: String? = nil,
        survivor: String? = nil, wasBad: Bool = false
    ) {
        if !issues.isEmpty { context.observer?.found(issues, row.origin, key) }
        account.settle(
            fate, key: key, origin: row.origin, raw: row.raw, issues: row.issues + issues, note: note,
            survivor: survivor,
            wasBad: wasBad)
    }

    private mutating func settleDuplicate(_ row: StreamedRow, _ survivor: Int?, _ key: String?) {
        if let survivor, let survivorKey = survivorKeys[survivor] {
            settle(row, .duplicate, key, survivor: survivorKey)
        } else if let survivor, let key {
            orphans[survivor, default: []].append(Orphan(key: key, origin: row.origin, issues: row.issues))
        } else {
            settle(row, .duplicate, key)
        }
    }

    private mutating func adoptOrphans(of row: Int, _ key: String) {
        survivorKeys[row] = key
        for orphan in orphans.removeValue(forKey: row) ?? [] {
            account.settle(
                .duplicate, key: orphan.key, origin: orphan.origin, raw: [], issues: orphan.issues, survivor: key)
        }
    }

    private mutating func plan(_ draft: Draft, _ row: StreamedRow) throws {
        if inDoubt.contains(draft.key) {
            return settle(row, .inDoubt, draft.key, note: "an earlier write is in doubt; decide with resolve")
        }
        switch try resolver.resolve(draft, file: row.origin.file) {
        case .parked(let note): settle(row, .parked, draft.key, note: note)
        case .rejected(let issue): settle(row, .rejected, draft.key, issues: [issue])
        case .ready(let resolved):
            let record = try context.ledger.record(context.target, key: draft.key)
            if case .unchanged = context.planner.plan(resolved, record), !dispatcher.isClaimed(key: draft.key) {
                return settle(row, .unchanged, draft.key, wasBad: record?.fate.map { !$0.isGood } ?? false)
            }
            let matchClass = record?.remoteID == nil ? context.planner.matchClass(resolved) : nil
            var job = RowJob(
                origin: row.origin, raw: row.raw, row: resolved, matchClass: matchClass, warnings: row.issues)
            if var plan = try planned?.record(row: row.origin.row) {
                plan.requests = try plan.requests.map { try resolver.fill($0) }
                job.planned = plan
            }
            dispatcher.add(.row(job), .init(key: draft.key, matchClass: matchClass))
        }
    }

    private mutating func start(_ group: inout ThrowingTaskGroup<Event, any Error>) {
        if context.stop.isStopping { return }
        while let index = due.indices.first, dispatcher.restart(due[index].ticket) {
            let waiting = due.remove(at: index)
            launch(waiting.ticket, waiting.job, &group)
        }
        while let (ticket, job) = dispatcher.start() { launch(ticket, job, &group) }
    }

    private func launch(_ ticket: Int, _ job: Job, _ group: inout ThrowingTaskGroup<Event, any Error>) {
        let writer = RowWriter(context: context)
        group.addTask { .ended(ticket: ticket, job, await writer.run(job)) }
    }

    private mutating func sleep(
        _ ticket: Int, _ job: Job, until: BootTime, _ group: inout ThrowingTaskGroup<Event, any Error>
    ) {
        sleeping += 1
        let context = context
        group.addTask {
            let isDue = await context.client.traffic.waiting(.settling) {
                await context.stop.sleep(until: until, context.time)
            }
            return .due(ticket: ticket, job, isDue)
        }
    }

    private mutating func handle(_ event: Event, _ group: inout ThrowingTaskGroup<Event, any Error>) {
        switch event {
        case .due(let ticket, let job, let isDue):
            sleeping -= 1
            if isDue { due.append(Waiting(ticket: ticket, job: job)) } else { abandon(ticket, job) }
        case .ended(let ticket, let job, let end): handle(end, of: job, ticket, &group)
        }
    }

    private mutating func handle(
        _ end: JobEnd, of job: Job, _ ticket: Int, _ group: inout ThrowingTaskGroup<Event, any Error>
    ) {
        switch end {
        case .fate(let fate, let note, let issues, let isCreate):
            dispatcher.finish(ticket)
            if case .row(let row) = job { settle(row, fate, note, issues) }
            if isCreate { wakeControls(&group) }
        case .recovered(let isCreate):
            dispatcher.finish(ticket)
            if isCreate { wakeControls(&group) }
        case .settle(let until, let next):
            dispatcher.unsettle(ticket)
            sleep(ticket, next, until: until, &group)
        case .awaitControl(let until, let next):
            dispatcher.unsettle(ticket, waitsForControl: true)
            if let until {
                sleep(ticket, next, until: until, &group)
            } else {
                awaitingControl.append(Waiting(ticket: ticket, job: next))
            }
        case .pending(let note):
            dispatcher.finish(ticket)
            if case .row(let row) = job { settle(row, .pending, note, []) }
        }
    }

    private mutating func settle(_ job: RowJob, _ fate: Fate, _ note: String?, _ issues: [Issue]) {
        if !issues.isEmpty { context.observer?.found(issues, job.origin, job.row.key) }
        account.settle(
            fate, key: job.row.key, origin: job.origin, raw: job.raw, issues: job.warnings + issues, note: note)
    }

    /// A create has succeeded: once it has settled, a look-up that finds it shows that look-ups work.
    private mutating func wakeControls(_ group: inout ThrowingTaskGroup<Event, any Error>) {
        let waiting = awaitingControl
        awaitingControl = []
        let until = context.settled(context.time.now()) + .seconds(1)
        for one in waiting { sleep(one.ticket, one.job, until: until, &group) }
    }

    /// Nothing runs and nothing is left to read: what still waits for a control will not get a better one.
    ///
    /// - Returns: whether there is anything left to do.
    private mutating func decideLast() -> Bool {
        if !due.isEmpty || (!isReadOut && dispatcher.hasRoom) { return true }
        if awaitingControl.isEmpty { return false }
        for var waiting in awaitingControl {
            switch waiting.job {
            case .row(var job):
                job.isLastChance = true
                waiting.job = .row(job)
            case .recovery(var job):
                job.isLastChance = true
                waiting.job = .recovery(job)
            }
            due.append(waiting)
        }
        awaitingControl = []
        return true
    }

    private mutating func abandon(_ ticket: Int, _ job: Job) {
        dispatcher.finish(ticket)
        if case .row(let row) = job {
            settle(row, .pending, "sent, and its outcome is not known yet; the next run looks it up", [])
        }
    }

    /// The run was stopped: everything that has not started stays as it is.
    private mutating func drain() {
        for job in dispatcher.drain() { if case .row(let row) = job { settle(row, .pending, nil, []) } }
        for waiting in due + awaitingControl { abandon(waiting.ticket, waiting.job) }
        due = []
        awaitingControl = []
        if !isReadOut {
            isReadOut = true
            account.settleUnread(total: survey.balance.read)
        }
    }

    /// Duplicates whose surviving row never came by. Of a stopped run it may still come, and the next run will name it.
    private mutating func settleOrphans() {
        let fate: Fate = context.stop.isStopping ? .pending : .duplicate
        for orphan in orphans.sorted(by: { $0.key < $1.key }).flatMap(\.value) {
            account.settle(fate, key: orphan.key, origin: orphan.origin, raw: [], issues: orphan.issues)
        }
        orphans = [:]
    }
}
