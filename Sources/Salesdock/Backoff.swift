/// How long to wait before a try is repeated: exponential, with full jitter, so that many waiters spread out.
public struct Backoff: Sendable, Hashable {
    /// Upper end of the first wait.
    public let base: Duration
    /// Upper end of any wait.
    public let cap: Duration

    /// - Precondition: `base` is above zero and `cap` not below it.
    public init(base: Duration = .milliseconds(500), cap: Duration = .seconds(60)) {
        precondition(base > .zero && cap >= base, "a backoff needs a base above zero and a cap not below it")
        self.base = base
        self.cap = cap
    }

    /// A wait drawn evenly from zero to `base` × 2ⁿ, at most `cap`, but not less than what the server asked for.
    /// - Parameter tries: failed tries so far, at least 1.
    public func wait(tries: Int, atLeast asked: Duration? = nil, using random: inout some RandomNumberGenerator)
        -> Duration
    {
        let top = ceiling(tries: tries).wholeNanoseconds
        let drawn = Duration.nanoseconds(Int64.random(in: 0...top, using: &random))
        return max(drawn, asked ?? .zero)
    }

    /// The upper end of the wait after that many failed tries.
    public func ceiling(tries: Int) -> Duration {
        var top = base
        for _ in 1..<max(tries, 1) {
            top += top
            if top >= cap { return cap }
        }
        return min(top, cap)
    }
}
