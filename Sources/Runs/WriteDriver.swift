import ExactJSON
import Ledgers
import Pipelines
import Records
import Salesdock
import SalesdockFacts

/// One write as the driver needs it.
struct WriteWork: Sendable {
    let key: String
    let step: StepPlan
    let matchClass: String?
    /// The request, with file contents read for it; or what is wrong with the row.
    let request: @Sendable () -> Result<APIRequest, Issue>
}

/// How one turn of a write ended.
enum WriteEnd: Sendable {
    case result(WriteResult, APIProblem?)
    case settle(WriteProgress)
    case awaitControl(WriteProgress)
}

/// Does what the write machine says: the only place where its actions meet the ledger, the budget and the network.
struct WriteDriver: Sendable {
    let context: RunContext

    /// - Parameters:
    ///   - work: `nil` for a recovered attempt, whose request can't be made from the ledger alone.
    ///   - progress: from an earlier turn that had to wait, or of a recovered attempt.
    func drive(_ kind: WriteMachine.Kind, _ work: WriteWork?, progress: WriteProgress?, isLastChance: Bool) async throws
        -> WriteEnd
    {
        let lost =
            try kind == .create ? work.flatMap { try context.ledger.lostCreate(context.target, key: $0.key) } : nil
        var machine = WriteMachine(
            kind, canResend: work != nil, rounds: progress?.rounds ?? 0, controls: progress?.controls ?? 0,
            isLastChance: isLastChance,
            resends: lost?.attempt, refusal: progress?.refusal?.shortDescription)
        var turn = Turn(
            intent: progress?.intent, sentAt: progress?.sentAt ?? context.time.now(), readAfter: progress?.readAfter,
            began: progress?.began, problem: progress?.refusal)
        var event: WriteMachine.Event = progress.map { .resume($0.attempt) } ?? .begin
        while true {
            machine.isOverdue = isOverdue(turn)
            let action = machine.handle(event)
            switch action {
            case .settle(let attempt): return .settle(turn.progress(attempt, machine.rounds, machine.controls))
            case .awaitControl(let attempt):
                var progress = turn.progress(attempt, machine.rounds, machine.controls)
                progress.readAfter = nextLook
                return .awaitControl(progress)
            case .finish(let result): return .result(result, turn.problem)
            default:
                guard let next = try await perform(action, work, &turn) else {
                    return .result(.stopped(note: "stopped before it was sent"), nil)
                }
                event = next
            }
        }
    }

    private struct Turn {
        var grant: Grant?
        var attempt: AttemptID?
        var intent: Intent?
        var sentAt: BootTime
        var readAfter: BootTime?
        /// Throttled answers that asked for no wait.
        var throttled = 0
        /// When the record's first request was sent in this run.
        var began: BootTime?
        var problem: APIProblem?

        func progress(_ attempt: AttemptID, _ rounds: Int, _ controls: Int) -> WriteProgress {
            WriteProgress(
                attempt: attempt, intent: known, sentAt: sentAt, readAfter: nil, rounds: rounds, controls: controls,
                began: began, refusal: problem)
        }

        var known: Intent {
            guard let intent else { preconditionFailure("nothing waits or is looked up before its intent is durable") }
            return intent
        }
    }

    /// Performs an action and says what came of it; `nil` when the run was stopped before anything was sent.
    private func perform(_ action: WriteMachine.Action, _ work: WriteWork?, _ turn: inout Turn) async throws
        -> WriteMachine.Event?
    {
        switch action {
        case .grant, .giveBackGrant:
            if action == .giveBackGrant, let grant = turn.grant { try context.client.budget.giveBack(grant) }
            turn.grant = try await acquire()
            if turn.grant != nil { return .granted }
            try abandon(turn.attempt)
            return nil
        case .intend(let resends): return try intend(work, resends, &turn)
        case .restamp(let attempt):
            turn.sentAt = context.time.now()
            try context.ledger.resent(attempt, at: context.sentAt(turn.sentAt))
            return .intended(attempt, isSlow: isStale(turn))
        case .send: return .answered(try await send(work, &turn))
        case .conclude(let attempt, let outcome):
            try context.ledger.conclude(attempt, outcome)
            turn.attempt = nil
            return .concluded
        case .pause(let tries):
            guard await pause(tries) else {
                try abandon(turn.attempt)
                return nil
            }
            return .paused
        case .lookUp(let attempt): return .lookedUp(try await lookUp(attempt, turn))
        case .control(let attempt): return try await control(attempt, turn)
        case .settle, .awaitControl, .finish: preconditionFailure("waiting and finishing end a turn")
        }
    }

    private func acquire() async throws -> Grant? {
        let client = context.client
        do {
            return try await context.stop.interrupting(
                { try await client.acquire(.write) }, undo: { try client.budget.giveBack($0) })
        } catch let error as SalesdockError where error.code == .requestsUsedUp {
            context.stop.stop(.requestsUsedUp)
            return nil
        } catch let error as SalesdockError where error.code == .unreachable {
            _ = stop(error)
            return nil
        }
    }

    /// An intent whose request never left.
    private func abandon(_ attempt: AttemptID?) throws {
        guard let attempt else { return }
        try context.ledger.conclude(
            attempt, .failed(note: "the run was stopped before it was sent"))
    }

    /// Whether the time that a record may take is over; longer where settling alone takes most of it.
    private func isOverdue(_ turn: Turn) -> Bool {
        guard let began = turn.began else { return false }
        return context.time.now() - began > max(Self.recordTimeMin, context.settle * 4)
    }

    private static let recordTimeMin = Duration.seconds(900)

    /// Syncing may take so long that the grant counts in another window.
    private func isStale(_ turn: Turn) -> Bool { (turn.grant?.age ?? .zero) > .seconds(1) }

    private func intend(_ work: WriteWork?, _ resends: AttemptID?, _ turn: inout Turn) throws -> WriteMachine.Event {
        guard let work else { preconditionFailure("a recovered attempt is never sent again by itself") }
        turn.sentAt = context.time.now()
        let identity = context.identity
        // Should the first try have been carried out after all, it is older than what is the highest id by now.
        let inherited =
            resends == nil ? nil : try context.ledger.lostCreate(context.target, key: work.key)?.highestIDSeen
        let highest =
            try inherited
            ?? context.ledger.highestID(host: identity.host, domain: identity.domain, resource: identity.resource)
        let intent = Intent(
            target: context.target, key: work.key, step: work.step.step, call: work.step.call.name,
            isCreate: work.step.isCreate, fingerprint: work.step.fingerprint, payload: work.step.payload,
            matchClass: work.matchClass, highestIDSeen: highest, resends: resends, run: context.run,
            sentAt: context.sentAt(turn.sentAt))
        let attempt = try context.ledger.intend(intent)
        turn.attempt = attempt
        turn.intent = intent
        return .intended(attempt, isSlow: isStale(turn))
    }

    private func send(_ work: WriteWork?, _ turn: inout Turn) async throws -> Answer {
        guard let work, let grant = turn.grant else { preconditionFailure("nothing is sent without a grant") }
        turn.grant = nil
        switch work.request() {
        case .failure(let issue):
            try context.client.budget.giveBack(grant)
            turn.problem = APIProblem(
                status: 0, message: issue.message, code: issue.code,
                errors: [.init(field: issue.field ?? "", messages: [issue.message])])
            return .rejected(note: issue.code)
        case .success(let request):
            turn.began = turn.began ?? context.time.now()
            let verdict = await context.client.send(request, grant: grant)
            await restAfter(verdict, &turn)
            return answer(verdict, work.step, &turn)
        }
    }

    /// The budget waits as long as a throttled answer asks for. A server that keeps asking for no wait at all gets one
    /// nevertheless.
    private func restAfter(_ verdict: Verdict, _ turn: inout Turn) async {
        guard case .throttled(retryAfter: .zero) = verdict else { return }
        turn.throttled += 1
        if turn.throttled > 1 { _ = await pause(turn.throttled - 1) }
    }

    private func answer(_ verdict: Verdict, _ step: StepPlan, _ turn: inout Turn) -> Answer {
        switch verdict {
        case .applied(_, let id):
            context.shared.succeeded(step.call)
            return .applied(id: step.isCreate ? id : nil)
        case .rejected(let problem):
            turn.problem = problem
            let isDuplicate =
                step.isCreate && Assumptions.duplicateIdentifierStatuses.contains(problem.status)
                && problem.errors.contains { $0.field == "identifier" }
            return isDuplicate
                ? .duplicateIdentifier(note: problem.shortDescription) : .rejected(note: problem.shortDescription)
        case .forbidden(let cause, let problem):
            turn.problem = problem
            if !context.shared.isRunLevel(step.call, cause) { return .rejected(note: problem.shortDescription) }
            return stop(StopReason.forbidden(cause, problem).error)
        case .unknown(let outcome): return .unknown(note: outcome.reason)
        case .notSent(let reason): return .notSent(note: reason)
        case .throttled, .tokenRotated:
            context.client.budget.noteRetry()
            return .again
        case .stop(let reason): return stop(reason.error)
        }
    }

    private func stop(_ error: SalesdockError) -> Answer {
        context.stop.stop(.failure(RunError.exit(error.code), error.description))
        return .stop(note: error.code.rawValue)
    }

    private func pause(_ tries: Int) async -> Bool {
        let wait = context.client.backoff(tries: tries)
        return await context.client.traffic.waiting(.retry) {
            await context.stop.sleep(until: context.time.now() + wait, context.time)
        }
    }

    private func lookUp(_ attempt: AttemptID, _ turn: Turn) async throws -> LookUp {
        let (context, intent, readAfter) = (context, turn.known, readAfter(turn))
        return try await context.stop.reading {
            try await context.directory.lookUp(
                intent, readAfter: readAfter, others: { try context.otherCreates(than: attempt) },
                isClaimed: { try context.isClaimed($0) })
        }
    }

    /// When to look again, if there is a create that can serve as a control by then.
    func controlSettles(besides key: String) throws -> BootTime? {
        try context.ledger.control(context.target, notKey: key, madeAfter: nil).map { _ in nextLook }
    }

    private var nextLook: BootTime { context.settled(context.time.now()) + .seconds(2) }

    /// Whether the reading of the look-up shows another record of ours; without an answer when nothing can be concluded
    /// yet.
    ///
    /// One that was made after the attempt and is shown proves that the reading would show what the attempt made. An older
    /// one only shows that the look-up works, so it counts only once lists have had far longer than `settle` to catch up.
    private func control(_ attempt: AttemptID, _ turn: Turn) async throws -> WriteMachine.Event {
        let (context, readAfter) = (context, readAfter(turn))
        let isPatient = context.time.now() >= turn.sentAt + context.settle * Self.patience
        let key = turn.known.key
        var control = try context.ledger.control(context.target, notKey: key, madeAfter: attempt)
        if control == nil, isPatient {
            control = try context.ledger.control(context.target, notKey: key, madeAfter: nil)
        }
        guard let control else { return .controlled(nil) }
        let intent = turn.known
        let seen = try await context.stop.reading {
            try await context.directory.lookUp(
                intent, beside: control, readAfter: readAfter, others: { try context.otherCreates(than: attempt) },
                isClaimed: { try context.isClaimed($0) })
        }
        if seen.found != .none { return .lookedUp(seen.found) }
        guard let isShown = seen.showsControl else { return .controlled(nil) }
        if isShown { return .controlled(true) }
        // Not to be shown yet is no failure of the look-up.
        let age = context.time.now() - readAfter + context.settle + .seconds(1)
        let isSettled = control.sentUnixSeconds < Int64(context.time.wallClock().unixSeconds) - age.components.seconds
        return .controlled(isSettled ? false : nil)
    }

    /// The control looks at the same reading as the look-up did: a later one could have caught up in between.
    private func readAfter(_ turn: Turn) -> BootTime { turn.readAfter ?? context.settled(turn.sentAt) }

    /// Times `settle` after which an older record serves as a control.
    private static let patience = 4
}
