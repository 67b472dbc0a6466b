public import SalesdockFacts

/// What a budget is held to.
public struct BudgetRules: Sendable, Hashable {
    /// Configured requests per window; `nil` follows the server's header.
    public let limit: Int?
    /// Part of the limit to use, above 0 and at most 1.
    public let share: Double
    /// The limit's window.
    public let window: Duration
    /// A request's time from grant to giving up.
    public let timeout: Duration

    /// - Precondition: limit, window and timeout are above zero, and the share is above 0 and at most 1.
    public init(
        limit: Int? = nil, share: Double = 1, window: Duration = .seconds(RateLimitFacts.windowSeconds),
        timeout: Duration = .seconds(30)
    ) {
        precondition(limit ?? 1 > 0 && share > 0 && share <= 1 && window > .zero && timeout > .zero, "unusable rules")
        self.limit = limit
        self.share = share
        self.window = window
        self.timeout = timeout
    }

    /// What a connection is configured with, over the documented window.
    public init(_ connection: Connection) {
        self.init(limit: connection.limit, share: connection.share, timeout: connection.timeout)
    }

    /// Time after its answer's arrival until a request surely no longer counts at the server: the window, and a second.
    var holdTime: Duration { window + .seconds(Assumptions.windowSlackSeconds) }
}

/// What an answer's headers say about the rate.
public struct RateHeaders: Sendable, Hashable {
    /// Requests a window, from `X-RateLimit-Limit`; `nil` without a usable number.
    public let limit: Int?
    /// Requests left in the window, from `X-RateLimit-Remaining`, at least 0; `nil` as for `limit`.
    public let remaining: Int?

    public init(limit: Int? = nil, remaining: Int? = nil) {
        self.limit = limit
        self.remaining = remaining
    }

    /// Takes what can be read as a number that makes sense.
    public init(_ headers: HTTPFields) {
        limit = headers[RateLimitFacts.limitHeader].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        remaining = headers[RateLimitFacts.remainingHeader].flatMap { Int($0) }.map { max($0, 0) }
    }
}
