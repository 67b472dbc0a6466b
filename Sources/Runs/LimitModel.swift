/// How long requests take under a sliding log: as many as the limit allows at once, and each further one as soon as the
/// one that is a whole limit earlier has left the window. All times in seconds.
struct LimitModel: Sendable, Hashable {
    /// Requests a window.
    var limit: Int
    /// From a request's answer until it no longer counts.
    var hold: Double
    /// From a request's sending to its answer.
    var latency: Double
    /// Between two requests when nothing holds them back.
    var spacing: Double

    /// From now until the answer to the last of so many requests.
    ///
    /// - Parameter taken: requests that count in the window already.
    func seconds(_ requests: Int, taken: Int = 0) -> Double {
        guard requests > 0 else { return 0 }
        if Double(limit) * spacing >= hold + latency { return Double(requests - 1) * spacing + latency }
        let last = taken + requests - 1
        return Double(last / limit) * (hold + latency) + Double(last % limit) * spacing + latency
    }
}
