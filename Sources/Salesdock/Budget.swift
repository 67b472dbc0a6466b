internal import Synchronization

/// The right to send one request now.
public struct Grant: Sendable {
    /// By which its answer is noted, or it is given back.
    public let id: GrantID
    let time: any TimeSource

    /// Time since it was granted. The request's timeout runs from there; a grant older than a second should be given
    /// back for a new one.
    public var age: Duration { time.now() - id.time }
}

/// How many requests went where; all counts are of this process.
public struct BudgetCounters: Sendable, Hashable {
    /// Requests that were sent, tries again included.
    public var sent = 0
    /// Answers that said there were too many requests.
    public var throttled = 0
    /// Requests that were tries again.
    public var retried = 0
    /// Requests that had to wait for the budget.
    public var waits = 0

    /// Nothing sent yet.
    public init() {}
}

/// The gate before every request: grants as many as the limit allows, over all processes that share the store.
public final class Budget: Sendable {
    let rules: BudgetRules
    /// Most requests of this process; `nil` without a bound.
    private let requestsMax: Int?
    private let store: any BudgetStore
    private let time: any TimeSource
    private let gate = FairGate()
    /// This budget's name in the line of all that wait, of this process and of others.
    private let waiter = UInt64.random(in: .min ... .max)
    private let state: Mutex<(key: BudgetKey, counters: BudgetCounters)>
    /// Answers that the store could not keep; the next update brings them, so that no wait that was asked for is lost.
    private let unkept = Mutex<[Answer]>([])
    /// Grants that were not given back.
    private let granted = Mutex(0)

    /// - Parameter requestsMax: most requests that may be granted in all; `nil` without a bound.
    public init(
        key: BudgetKey, rules: BudgetRules, store: any BudgetStore, time: any TimeSource, requestsMax: Int? = nil
    ) {
        self.rules = rules
        self.requestsMax = requestsMax
        self.store = store
        self.time = time
        self.state = Mutex((key, BudgetCounters()))
    }

    /// What has happened so far.
    public var counters: BudgetCounters { state.withLock { $0.counters } }

    /// Waits until a request may be sent. Callers are served in the order in which they came; among processes, those
    /// that wait take turns.
    /// - Throws: `CancellationError`, or `SalesdockError` when the store can not be used or `requestsMax` is reached.
    public func acquire() async throws -> Grant {
        try await gate.enter()
        defer { gate.leave() }
        if let requestsMax, granted.withLock({ $0 >= requestsMax }) {
            throw SalesdockError(.requestsUsedUp, "The \(requestsMax) requests that were allowed are used up.")
        }
        var hasWaited = false
        do {
            while true {
                try Task.checkCancellation()
                switch try tryAcquire(keepsPlace: true) {
                case .granted(let id):
                    granted.withLock { $0 += 1 }
                    return Grant(id: id, time: time)
                case .wait(let until):
                    if !hasWaited { state.withLock { $0.counters.waits += 1 } }
                    hasWaited = true
                    try await time.sleep(until: min(until, time.now() + BudgetLog.pollInterval))
                }
            }
        } catch {
            // Nobody must wait for the turn of one that has left. If it can not be noted, the place expires.
            if hasWaited { try? update { log, _, _ in log.leave(waiter) } }
            throw error
        }
    }

    /// Grants a request if one may go now, without waiting: for callers that keep their own order.
    /// - Parameter keepsPlace: whether a refusal gives this budget a place in the line of all that wait. Without one it
    ///   is behind them.
    public func tryAcquire(keepsPlace: Bool = false) throws(SalesdockError) -> BudgetDecision {
        try update { log, now, bootID in
            log.grant(now: now, bootID: bootID, rules: rules, waiter: keepsPlace ? waiter : nil)
        }
    }

    /// Makes a grant of what `tryAcquire` gave.
    public func grant(_ id: GrantID) -> Grant { Grant(id: id, time: time) }

    /// Requests a window that may be sent at present, and how many of them are taken.
    public func standing() throws(SalesdockError) -> (limit: Int, taken: Int) {
        try update { log, now, _ in (log.effectiveLimit(rules), log.active(now: now, rules: rules)) }
    }

    /// Takes back a grant with which nothing was sent.
    public func giveBack(_ grant: Grant) throws(SalesdockError) {
        granted.withLock { $0 -= 1 }
        try update { log, _, _ in log.giveBack(grant.id) }
    }

    /// Notes that an answer arrived.
    /// - Parameter throttling: `nil` for an ordinary answer, otherwise the wait that a 429 asked for, if any.
    public func answered(_ grant: Grant, headers: RateHeaders, throttling: Throttling? = nil) throws(SalesdockError) {
        if throttling != nil { state.withLock { $0.counters.throttled += 1 } }
        let answer = Answer(id: grant.id, headers: headers, throttling: throttling, arrived: time.now())
        unkept.withLock { $0.append(answer) }
        try update { _, _, _ in }
    }

    private struct Answer: Sendable {
        let id: GrantID
        let headers: RateHeaders
        let throttling: Throttling?
        let arrived: BootTime

        func note(in log: inout BudgetLog, now: BootTime, bootID: String, rules: BudgetRules) {
            log.answered(
                id, now: now, bootID: bootID, rules: rules, headers: headers, arrival: arrived,
                isThrottled: throttling != nil)
            if let throttling {
                log.throttled(
                    now: now, bootID: bootID, rules: rules, retryAfter: throttling.retryAfter, arrival: arrived)
            }
        }
    }

    /// How much of the limit is in use by all that share the store, and how long nothing may go. Takes no slot.
    public func reading() throws(SalesdockError) -> BudgetReading {
        try update { [rules] log, now, bootID in
            var trial = log
            let decision = trial.grant(now: now, bootID: bootID, rules: rules)
            var active = trial.active(now: now, rules: rules)
            var wait: Duration?
            switch decision {
            case .granted: active -= 1
            case .wait(let until): wait = until - now
            }
            return BudgetReading(
                limit: trial.effectiveLimit(rules), active: active, wait: wait,
                isBlocked: wait != nil && trial.block != nil)
        }
    }

    /// Counts a request that goes out.
    func noteSent() { state.withLock { $0.counters.sent += 1 } }

    /// Counts a try again.
    public func noteRetry() { state.withLock { $0.counters.retried += 1 } }

    /// Goes on under the key of a new token, with all that is known of the old one.
    public func rotate(to key: BudgetKey) throws(SalesdockError) {
        let old = state.withLock { $0.key }
        guard old != key else { return }
        let inherited = try store.update(old, fresh: fresh) { $0 }
        // The key may be known already, from another process that was the first to see the new token.
        try store.update(key, fresh: fresh) { $0.inherit(inherited, now: time.now(), bootID: time.bootID) }
        state.withLock { $0.key = key }
    }

    private func update<Result: Sendable>(
        _ body: (inout BudgetLog, BootTime, String) -> Result
    ) throws(SalesdockError) -> Result {
        let bootID = time.bootID
        let key = state.withLock { $0.key }
        // Time is read inside: waiting for another process's turn can take a while.
        let answers = unkept.withLock { answers in
            defer { answers = [] }
            return answers
        }
        do {
            return try store.update(key, fresh: fresh) { log in
                let now = time.now()
                for answer in answers { answer.note(in: &log, now: now, bootID: bootID, rules: rules) }
                return body(&log, now, bootID)
            }
        } catch {
            unkept.withLock { $0 = answers + $0 }
            throw error
        }
    }

    /// A key that was never seen may be an old token's successor, so it begins with what all others of the account have
    /// sent.
    private func fresh(_ start: BudgetStart) -> BudgetLog {
        let (now, bootID) = (time.now(), time.bootID)
        let lost = BudgetLog.lost(bootID: bootID, now: now, rules: rules)
        guard case .unknown(let others) = start else { return lost }
        var log = BudgetLog(bootID: bootID)
        for other in others { log.inherit(other ?? lost, now: now, bootID: bootID) }
        return log
    }
}

/// How a budget stands at one moment.
public struct BudgetReading: Sendable, Hashable {
    /// Requests a window that may be sent, `share` taken into account.
    public let limit: Int
    /// Requests that may still count at the server.
    public let active: Int
    /// How long no request may go; `nil` when one may go now.
    public let wait: Duration?
    /// Whether that is because Salesdock asked for it, or because the log was lost.
    public let isBlocked: Bool

    public init(limit: Int, active: Int, wait: Duration?, isBlocked: Bool) {
        self.limit = limit
        self.active = active
        self.wait = wait
        self.isBlocked = isBlocked
    }
}

/// What a 429 asked for.
public struct Throttling: Sendable, Hashable {
    /// The wait; `nil` when the answer named none.
    public let retryAfter: Duration?

    public init(retryAfter: Duration?) { self.retryAfter = retryAfter }
}
