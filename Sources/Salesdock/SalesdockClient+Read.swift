public import ExactJSON
internal import SalesdockFacts
internal import Synchronization

/// How patient a read is.
public struct ReadPolicy: Sendable, Hashable {
    /// Most tries of one read, of which throttled ones do not count.
    public let triesMax: Int
    /// Most throttled tries of one read.
    public let throttledMax: Int
    /// From the read's start; no new try begins after it.
    public let deadline: Duration
    /// Waits between tries, on top of what the server asked for.
    public let backoff: Backoff

    /// - Precondition: the numbers of tries and the deadline are above zero.
    public init(
        triesMax: Int = 6, throttledMax: Int = 30, deadline: Duration = .seconds(900), backoff: Backoff = Backoff()
    ) {
        precondition(triesMax > 0 && throttledMax > 0 && deadline > .zero, "unusable read policy")
        self.triesMax = triesMax
        self.throttledMax = throttledMax
        self.deadline = deadline
        self.backoff = backoff
    }
}

extension SalesdockClient {
    /// Makes a call that changes nothing, as often as it takes: waits for the budget, repeats after broken connections
    /// and 5xx with backoff, and honours `Retry-After`.
    /// - Returns: the answer's `data`.
    /// - Throws: the last trouble once tries or time are used up, or at once what no repeat would change.
    public func read(_ request: APIRequest) async throws(SalesdockError) -> JSONValue {
        precondition(request.call.method == .get, "only calls that change nothing may be repeated freely")
        var attempt = ReadAttempt(policy: policy, name: request.call.name, start: time.now())
        while true {
            let grant = try await acquireForRead(request)
            let verdict = await send(request, grant: grant)
            let step = try random.withLock { random throws(SalesdockError) in
                try attempt.next(verdict, now: time.now(), random: &random)
            }
            switch step {
            case .done(let data): return data
            case .again(let wait):
                budget.noteRetry()
                if wait > .zero { try await pause(wait) }
            }
        }
    }

    /// A wait before another connection is tried.
    /// - Parameter tries: failed tries so far, at least 1.
    public func backoff(tries: Int) -> Duration {
        random.withLock { policy.backoff.wait(tries: tries, using: &$0) }
    }

    private func acquireForRead(_ request: APIRequest) async throws(SalesdockError) -> Grant {
        do {
            return try await acquire(.read)
        } catch let error as SalesdockError {
            throw error
        } catch {
            throw SalesdockError(.cancelled, "\(request.call.name) was cancelled.")
        }
    }

    private func pause(_ wait: Duration) async throws(SalesdockError) {
        do {
            try await traffic.waiting(.retry) { try await time.sleep(until: time.now() + wait) }
        } catch {
            throw SalesdockError(.cancelled, "A wait for Salesdock was cancelled.")
        }
    }
}

/// Decides, try by try, how a read goes on: a function of what came back and of the time.
struct ReadAttempt {
    enum Step: Equatable {
        case done(JSONValue)
        case again(after: Duration)
    }

    let policy: ReadPolicy
    let name: String
    let start: BootTime
    private var tries = 0
    private var throttled = 0

    init(policy: ReadPolicy, name: String, start: BootTime) {
        self.policy = policy
        self.name = name
        self.start = start
    }

    mutating func next(
        _ verdict: Verdict, now: BootTime, random: inout any RandomNumberGenerator & Sendable
    ) throws(SalesdockError) -> Step {
        switch verdict {
        case .applied(let data, _): return .done(data)
        case .rejected(let problem):
            throw SalesdockError(
                .rejected, "Salesdock refused \(name): \(problem.text) (HTTP \(problem.status)).",
                status: problem.status)
        case .forbidden(let cause, let problem):
            throw SalesdockError(
                .forbidden, "Salesdock does not allow \(name): \(problem.text) (HTTP \(problem.status)).",
                remedy: cause.remedy)
        case .stop(let reason): throw reason.error
        case .throttled(let asked):
            throttled += 1
            // The budget holds everything back for as long as the server asked. A server that keeps asking for no wait
            // at all gets one nevertheless.
            let isIdle = asked == .zero && throttled > 1
            let wait = isIdle ? policy.backoff.wait(tries: throttled, using: &random) : .zero
            return try again(wait, now, throttled >= policy.throttledMax, "Salesdock kept throttling")
        case .tokenRotated:
            tries += 1
            return try again(.zero, now, tries >= policy.triesMax, "the token kept changing")
        case .notSent(let reason):
            return try repeatLater(nil, reason, now, &random)
        case .unknown(let outcome):
            return try repeatLater(outcome.retryAfter, outcome.reason, now, &random)
        }
    }

    private mutating func repeatLater(
        _ asked: Duration?, _ reason: String, _ now: BootTime, _ random: inout any RandomNumberGenerator & Sendable
    ) throws(SalesdockError) -> Step {
        tries += 1
        let wait = policy.backoff.wait(tries: tries, atLeast: asked, using: &random)
        return try again(wait, now, tries >= policy.triesMax, reason)
    }

    private func again(
        _ wait: Duration, _ now: BootTime, _ isUsedUp: Bool, _ reason: String
    ) throws(SalesdockError) -> Step {
        if isUsedUp {
            throw SalesdockError(
                .unreachable, "\(name) failed \(tries + throttled) times, the last time because: \(reason).",
                remedy: "Check the network and Salesdock's status, then run again.")
        }
        if now + wait - start > policy.deadline {
            throw SalesdockError(
                .deadline, "\(name) did not succeed within \(policy.deadline); the last trouble: \(reason).")
        }
        return .again(after: wait)
    }
}
