public import Logging
internal import SalesdockFacts
internal import Synchronization

/// Talks to one account of Salesdock: one request at a time for writers, reads with patience, always within the budget.
public final class SalesdockClient: Sendable {
    /// Where the account is, and how hard it may be driven.
    public let connection: Connection
    /// What every request of this client waits for; counts them as well.
    public let budget: Budget
    /// What the requests came to, for reports.
    public let traffic: Traffic
    let time: any TimeSource
    let policy: ReadPolicy
    let logger: Logger
    private let transport: any Transport
    private let readToken: @Sendable () async throws(SalesdockError) -> Token
    private let state: Mutex<State>
    private let rotation = FairGate()
    private let rotationPatience: Duration
    let breaker: Mutex<Breaker>
    /// Lets one at a time wait for the end of trouble; the others stand in line behind it.
    let breakerGate = FairGate()
    let random: Mutex<any RandomNumberGenerator & Sendable>

    private struct State {
        var token: Token
        /// The latest that Salesdock has accepted.
        var accepted: Token?
        /// Salesdock does not know it, and its source had no other.
        var refused: Token?
        var instance: String?
    }

    /// How long after a token was replaced its source may still give the old one, or nothing.
    public static let rotationPatience = Duration.seconds(10)

    /// - Parameters:
    ///   - token: what to start with.
    ///   - readToken: reads the token again, after Salesdock has refused it.
    ///   - rotationPatience: how long it is asked for another one than a token that was accepted before.
    ///   - store: where the budget is kept.
    ///   - requestsMax: most requests of all kinds that this client sends; `nil` without a bound.
    ///   - random: draws the waits between tries.
    public init(
        connection: Connection, token: Token,
        readToken: @escaping @Sendable () async throws(SalesdockError) -> Token,
        rotationPatience: Duration = rotationPatience,
        transport: any Transport, store: any BudgetStore, time: any TimeSource,
        policy: ReadPolicy = ReadPolicy(), requestsMax: Int? = nil,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
        logger: Logger = Logger(label: "salesdock", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.connection = connection
        self.transport = transport
        self.readToken = readToken
        self.rotationPatience = rotationPatience
        self.time = time
        self.policy = policy
        self.logger = logger
        traffic = Traffic(time: time)
        self.random = Mutex(random)
        breaker = Mutex(Breaker(timeout: connection.timeout))
        self.state = Mutex(State(token: token))
        let key = BudgetKey(host: connection.host, domain: connection.domain, token: token)
        budget = Budget(
            key: key, rules: BudgetRules(connection), store: store, time: time, requestsMax: requestsMax)
    }

    /// Reads the token from its source and makes a client that reads it there again when it is replaced.
    /// - Parameter isStopping: asked while a token is waited for, which ends once the answer is yes.
    /// - Throws: `token` when it can not be read; `cancelled` when a stop was asked for meanwhile.
    public static func connect(
        _ connection: Connection, token source: TokenSource, environment: [String: String],
        isStopping: @escaping @Sendable () -> Bool = { false },
        transport: any Transport, store: any BudgetStore, time: any TimeSource,
        policy: ReadPolicy = ReadPolicy(), requestsMax: Int? = nil,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
        logger: Logger = Logger(label: "salesdock", factory: { _ in SwiftLogNoOpLogHandler() })
    ) async throws(SalesdockError) -> SalesdockClient {
        let readToken: @Sendable () async throws(SalesdockError) -> Token = { () async throws(SalesdockError) in
            try await source.read(environment: environment, isStopping: isStopping)
        }
        // A process's environment stays as it is.
        let patience: Duration = if case .environment = source { .zero } else { rotationPatience }
        return SalesdockClient(
            connection: connection, token: try await readToken(), readToken: readToken, rotationPatience: patience,
            transport: transport, store: store, time: time, policy: policy, requestsMax: requestsMax, random: random,
            logger: logger)
    }

    /// The emulator's `X-Emulator-Instance`, once an answer has carried it; Salesdock itself sends none.
    public var instance: String? { state.withLock { $0.instance } }

    /// Sends one request once, and notes its answer's arrival and headers in the budget.
    ///
    /// A grant with which nothing was sent is given back. On a 401 the token is read again; if it has changed, the
    /// verdict is `tokenRotated`.
    public func send(_ request: APIRequest, grant: Grant) async -> Verdict {
        let verdict = await dispatch(request, grant: grant)
        note(request.call.method == .get ? .read : .write, verdict)
        return verdict
    }

    /// As `send`, for requests that say nothing new of the server's health.
    func dispatch(_ request: APIRequest, grant: Grant) async -> Verdict {
        let token = state.withLock { $0.token }
        do {
            let call = try request.http(connection, token: token)
            let left = connection.timeout - grant.age
            guard left > .zero else {
                try budget.giveBack(grant)
                return .notSent(reason: "the time for the request was over before it was sent")
            }
            budget.noteSent()
            let sentAt = time.now()
            traffic.sent(request.call.name, at: sentAt)
            let verdict = try await exchange(request.call, call, grant, left, token)
            traffic.answered(request.call.name, sentAt: sentAt, verdict)
            log(request.call, verdict)
            guard case .stop(.unauthenticated) = verdict else { return verdict }
            return try await rotate(from: token) ? .tokenRotated : verdict
        } catch {
            return .stop(.client(SalesdockFailure(error)))
        }
    }

    private func exchange(
        _ call: Call, _ request: HTTPCall, _ grant: Grant, _ timeout: Duration, _ token: Token
    ) async throws(SalesdockError) -> Verdict {
        let answer: HTTPAnswer
        do {
            answer = try await transport.send(request, timeout: timeout)
        } catch {
            // Without a connection the server counted nothing. Anything else may still be counted, up to the timeout.
            if case .notSent = error { try budget.giveBack(grant) }
            return AnswerClassifier.judge(error)
        }
        if let instance = answer.headers["X-Emulator-Instance"] { state.withLock { $0.instance = instance } }
        let verdict = judge(call, answer, token)
        if verdict.showsAcceptance { state.withLock { $0.accepted = token } }
        var throttling: Throttling?
        if case .throttled(let retryAfter) = verdict { throttling = Throttling(retryAfter: retryAfter) }
        // Whoever is not known is held to another limit, by address, than the user is.
        let headers =
            if case .stop(.unauthenticated) = verdict { RateHeaders() } else { RateHeaders(answer.headers) }
        do {
            try budget.answered(grant, headers: headers, throttling: throttling)
        } catch {
            // What the answer says must not be lost for want of a state file: the budget keeps it until it can write it
            // down, and without that no request is granted.
            logger.error("\(error)")
        }
        return verdict
    }

    /// What an answer means. A refusal may repeat the request's headers; what is said of it never repeats the token.
    private func judge(_ call: Call, _ answer: HTTPAnswer, _ token: Token) -> Verdict {
        let verdict = AnswerClassifier.judge(call, answer, wallClock: time.wallClock())
        if case .applied = verdict { return verdict }
        guard let clean = answer.without(token) else { return verdict }
        return AnswerClassifier.judge(call, clean, wallClock: time.wallClock())
    }

    /// Reads the token again, one task at a time.
    /// - Returns: whether another token than `old` is in use now.
    private func rotate(from old: Token) async throws(SalesdockError) -> Bool {
        do { try await rotation.enter() } catch { return false }
        defer { rotation.leave() }
        let (current, refused) = state.withLock { ($0.token, $0.refused) }
        if current != old { return true }
        // Of all that were under way, the first has asked.
        if refused == old { return false }
        guard let new = try await readToken(otherThan: old) else {
            state.withLock { $0.refused = old }
            return false
        }
        try budget.rotate(to: BudgetKey(host: connection.host, domain: connection.domain, token: new))
        state.withLock { $0.token = new }
        logger.notice("The token was replaced; going on with the new one.")
        return true
    }

    /// What the token's source has instead of `old`. Salesdock and the source are changed one after the other, so it is
    /// asked for some time whether it has another one, provided that `old` was ever right.
    private func readToken(otherThan old: Token) async throws(SalesdockError) -> Token? {
        let wasAccepted = state.withLock { $0.accepted == old }
        let end = time.now() + (wasAccepted ? rotationPatience : .zero)
        while true {
            let isOver = time.now() >= end
            do {
                let token = try await readToken()
                if token != old { return token }
            } catch  where error.code != .cancelled && !isOver {
                // It may be being written.
            }
            if isOver { return nil }
            do { try await time.sleep(until: min(end, time.now() + .seconds(1))) } catch { return nil }
        }
    }

    /// Names and statuses only: an answer's texts may repeat a customer's data.
    private func log(_ call: Call, _ verdict: Verdict) {
        let outcome: String =
            switch verdict {
            case .applied(_, let id): "applied" + (id.map { " (id \($0))" } ?? "")
            case .rejected(let problem): "rejected: \(problem.shortDescription)"
            case .forbidden(let cause, _): "forbidden: \(cause.rawValue)"
            case .unknown(let outcome): "unknown: \(outcome.status.map { "HTTP \($0)" } ?? outcome.reason)"
            case .notSent(let reason): "not sent: \(reason)"
            case .throttled(let wait): "throttled" + (wait.map { " for \($0)" } ?? "")
            case .tokenRotated: "token replaced"
            case .stop: "refused"
            }
        logger.debug("\(call.name): \(outcome)")
    }
}

extension Verdict {
    /// Whether only a token that Salesdock knows is answered so.
    fileprivate var showsAcceptance: Bool {
        switch self {
        case .applied, .rejected, .forbidden: true
        case .unknown, .notSent, .throttled, .tokenRotated, .stop: false
        }
    }
}
