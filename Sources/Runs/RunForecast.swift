/// Says how long a run still takes: the requests that are still needed, by the law of the limit, corrected by what was
/// measured so far. All times in seconds since its first request.
struct RunForecast: Sendable, Hashable {
    private var model: LimitModel
    /// Requests that counted in the window before the first.
    private let taken: Int
    /// Requests that were sent, and when the latest of them was noticed.
    private var sent = 0
    private var sentAt = 0.0
    /// When that should have been by the law, at the limits of the time.
    private var lawfulAt = 0.0

    /// Requests before which nothing can be said.
    private static let sentMin = 5

    /// - Parameter hold: from an answer until its request no longer counts.
    init(limit: Int, hold: Double, taken: Int) {
        model = LimitModel(limit: limit, hold: hold, latency: 0, spacing: 0)
        self.taken = taken
    }

    /// Takes a reading.
    ///
    /// - Parameter limit: as it is at present.
    mutating func note(sent: Int, elapsed: Double, limit: Int) {
        model.limit = max(1, limit)
        guard sent > self.sent else { return }
        // Only while nothing is held back do requests show how fast they could go.
        let isFree = sent + taken <= model.limit
        if isFree { model.spacing = elapsed / Double(sent) }
        lawfulAt =
            isFree ? elapsed : lawfulAt + model.seconds(sent, taken: taken) - model.seconds(self.sent, taken: taken)
        self.sent = sent
        sentAt = elapsed
    }

    /// From now to the end; `nil` while too little is known.
    ///
    /// - Parameter total: requests that the run takes in all.
    func secondsLeft(of total: Int, elapsed: Double) -> Double? {
        guard sent >= Self.sentMin else { return nil }
        let coming = model.seconds(max(total, sent), taken: taken) - model.seconds(sent, taken: taken)
        // Waits, retries and others on the same limit make a run slower than the law says.
        let correction = lawfulAt > 0 ? min(4, max(0.5, sentAt / lawfulAt)) : 1
        return max(0, coming * correction - (elapsed - sentAt))
    }
}
