/// How Salesdock limits the rate of requests.
public enum RateLimitFacts {
    /// Header with the requests allowed in a window; the truth of the moment.
    public static let limitHeader = "X-RateLimit-Limit"
    /// Header with the requests that are left in the running window.
    public static let remainingHeader = "X-RateLimit-Remaining"
    /// Header of a throttled answer: whole seconds to wait.
    public static let retryAfterHeader = "Retry-After"
    /// Requests a window that the support article states, used until a header says otherwise.
    public static let defaultLimit = 150
    /// Length of a window in seconds.
    public static let windowSeconds = 60
    /// Statuses of a throttled request: it was not carried out and may always be sent again.
    public static let throttledStatuses: Set<Int> = [429, 1015]
    /// Limits that recorded answers carry.
    public static let observedLimits: Set<Int> = [60, 120, 150, 200]
    /// The wait in seconds that a recorded throttled answer asks for; used when an answer names none.
    public static let observedRetryAfterSeconds = 65
}
