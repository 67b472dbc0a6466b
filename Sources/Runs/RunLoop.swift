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

    private struct Waiting {
        let ticket: Int
        var job: Job
    }

    let context: RunContext
    let resolver: RowResolver
    let survey: Survey
    /// Keys whose attempt a person must decide.
    let inDoubt: Set<String>
    /// Match classes with a create without outcome in another pipeline.
    let blockedClasses: [String: String]
    let progress: @Sendable (Balance) -> Void
    private var stream: RowStream
    private var account: RowAccount
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
    private var orphans: [(survivor: Int, key: String, origin: RecordOrigin, issues: [Issue])] = []

    init(
        _ context: RunContext, _ resolver: RowResolver, survey: Survey, stream: consuming RowStream,
        account: consuming RowAccount,
        open: [OpenAttempt], inDoubt: Set<String>, blockedClasses: [String: String],
        progress: @escaping @Sendable (Balance) -> Void
    ) {
        self.context = context
        self.resolver = resolver
        self.survey = survey
        self.stream = stream
        self.account = account
        self.inDoubt = inDoubt
        self.blockedClasses = blockedClasses
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
                do { try fill() } catch {
                    // The source, or the ledger, broke: what is in flight is brought to its end first.
                    let error = RunError(error)
                    context.stop.stop(.failure(error.exit, error.description))
                }
                start(&group)
                progress(account.balance)
                if context.stop.isStopping { try drain() }
                if dispatcher.runningCount == 0, sleeping == 0 {
                    if context.stop.isStopping || !decideLast() { break }
                    continue
                }
                if let event = try await group.next() { try handle(event, &group) }
            }
        }
        try settleOrphans()
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

    private mutating func fill() throws {
        guard dispatcher.hasRoom, !isReadOut, !context.stop.isStopping else { return }
        guard let rows = try stream.next() else {
            isReadOut = true
            return
        }
        account.describeSource(header: stream.header, encoding: stream.encoding)
        account.read(rows.count)
        for row in rows { try take(row) }
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
        if survey.survivors.contains(row.origin.row), let key { try adoptOrphans(of: row.origin.row, key) }
        switch row.outcome {
        case .rejected: try settle(row, .rejected, key)
        case .filtered: try settle(row, .filtered, nil)
        case .repeated: try settle(row, .duplicate, nil)
        case .duplicate(let survivor, _): try settleDuplicate(row, survivor, key)
        case .draft(let draft): try plan(draft, row)
        }
    }

    private mutating func settle(
        _ row: StreamedRow, _ fate: Fate, _ key: String?, issues: [Issue] = [], note: String? = nil,
        survivor: String? = nil, wasBad: Bool = false
    ) throws {
        try account.settle(
            fate, key: key, origin: row.origin, raw: row.raw, issues: row.issues + issues, note: note,
            survivor: survivor,
            wasBad: wasBad)
    }

    private mutating func settleDuplicate(_ row: StreamedRow, _ survivor: Int?, _ key: String?) throws {
        if let survivor, let survivorKey = survivorKeys[survivor] {
            try settle(row, .duplicate, key, survivor: survivorKey)
        } else if let survivor, let key {
            orphans.append((survivor, key, row.origin, row.issues))
        } else {
            try settle(row, .duplicate, key)
        }
    }

    private mutating func adoptOrphans(of row: Int, _ key: String) throws {
        survivorKeys[row] = key
        for orphan in orphans where orphan.survivor == row {
            try account.settle(
                .duplicate, key: orphan.key, origin: orphan.origin, raw: [], issues: orphan.issues, survivor: key)
        }
        orphans.removeAll { $0.survivor == row }
    }

    private mutating func plan(_ draft: Draft, _ row: StreamedRow) throws {
        if inDoubt.contains(draft.key) {
            return try settle(row, .inDoubt, draft.key, note: "an earlier write is in doubt; decide with resolve")
        }
        switch try resolver.resolve(draft, file: row.origin.file) {
        case .parked(let note): try settle(row, .parked, draft.key, note: note)
        case .rejected(let issue): try settle(row, .rejected, draft.key, issues: [issue])
        case .ready(let resolved):
            let record = try context.ledger.record(context.target, key: draft.key)
            if case .unchanged = context.planner.plan(resolved, record), !dispatcher.isClaimed(key: draft.key) {
                return try settle(row, .unchanged, draft.key, wasBad: record?.fate.map { !$0.isGood } ?? false)
            }
            let matchClass = record?.remoteID == nil ? context.planner.matchClass(resolved) : nil
            if let matchClass, let pipeline = blockedClasses[matchClass] {
                let issue = Issue(
                    code: "match.open",
                    message: "pipeline \(pipeline) has a create of the same record without outcome; run it first")
                return try settle(row, .failed, draft.key, issues: [issue])
            }
            let job = RowJob(
                origin: row.origin, raw: row.raw, row: resolved, matchClass: matchClass, warnings: row.issues)
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
        group.addTask { .due(ticket: ticket, job, await context.stop.sleep(until: until, context.time)) }
    }

    private mutating func handle(_ event: Event, _ group: inout ThrowingTaskGroup<Event, any Error>) throws {
        switch event {
        case .due(let ticket, let job, let isDue):
            sleeping -= 1
            if isDue { due.append(Waiting(ticket: ticket, job: job)) } else { try abandon(ticket, job) }
        case .ended(let ticket, let job, let end): try handle(end, of: job, ticket, &group)
        }
    }

    private mutating func handle(
        _ end: JobEnd, of job: Job, _ ticket: Int, _ group: inout ThrowingTaskGroup<Event, any Error>
    ) throws {
        switch end {
        case .fate(let fate, let note, let issues, let isCreate):
            dispatcher.finish(ticket)
            if case .row(let row) = job { try settle(row, fate, note, issues) }
            if isCreate { wakeControls(&group) }
        case .recovered: dispatcher.finish(ticket)
        case .settle(let until, let next):
            dispatcher.unsettle(ticket)
            sleep(ticket, next, until: until, &group)
        case .awaitControl(let until, let next):
            dispatcher.unsettle(ticket)
            if let until {
                sleep(ticket, next, until: until, &group)
            } else {
                awaitingControl.append(Waiting(ticket: ticket, job: next))
            }
        case .pending(let note):
            dispatcher.finish(ticket)
            if case .row(let row) = job { try settle(row, .pending, note, []) }
        }
    }

    private mutating func settle(_ job: RowJob, _ fate: Fate, _ note: String?, _ issues: [Issue]) throws {
        try account.settle(
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

    private mutating func abandon(_ ticket: Int, _ job: Job) throws {
        dispatcher.finish(ticket)
        if case .row(let row) = job {
            try settle(row, .pending, "sent, and its outcome is not known yet; the next run looks it up", [])
        }
    }

    /// The run was stopped: everything that has not started stays as it is.
    private mutating func drain() throws {
        for job in dispatcher.drain() { if case .row(let row) = job { try settle(row, .pending, nil, []) } }
        for waiting in due + awaitingControl { try abandon(waiting.ticket, waiting.job) }
        due = []
        awaitingControl = []
        if !isReadOut {
            isReadOut = true
            try account.settleUnread(total: survey.balance.read)
        }
    }

    /// Duplicates whose surviving row never came by.
    private mutating func settleOrphans() throws {
        for orphan in orphans {
            try account.settle(.duplicate, key: orphan.key, origin: orphan.origin, raw: [], issues: orphan.issues)
        }
        orphans = []
    }
}
