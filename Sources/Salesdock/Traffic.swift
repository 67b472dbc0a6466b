internal import Synchronization

/// What the requests of a client came to since it was last asked to begin: how many of each call, what was waited for, the
/// slowest, and when they went. Its memory does not grow with the number of requests.
public final class Traffic: Sendable {
    /// What a request waits for.
    public enum Wait: String, Sendable, Hashable, CaseIterable {
        /// The limit of requests a window, a `Retry-After` included.
        case limit
        /// The end of a time in which Salesdock answers with errors.
        case trouble
        /// The backoff before a try is repeated.
        case retry
        /// That a request whose answer was lost can't be carried out any more.
        case settling
    }

    private struct State {
        var reading = TrafficReading()
        var began: BootTime
        /// How many wait, and since when one does.
        var waiting: [Wait: (count: Int, since: BootTime)] = [:]
    }

    private let time: any TimeSource
    private let state: Mutex<State>

    init(time: any TimeSource) {
        self.time = time
        state = Mutex(State(began: time.now()))
    }

    /// Forgets what was counted so far.
    public func begin() {
        let now = time.now()
        state.withLock { state in
            state.reading = TrafficReading()
            state.began = now
            for wait in state.waiting.keys { state.waiting[wait]?.since = now }
        }
    }

    /// What was counted since it began.
    public var reading: TrafficReading {
        let now = time.now()
        return state.withLock { state in
            var reading = state.reading
            for (wait, open) in state.waiting { reading.waits[wait, default: 0] += (now - open.since).inSeconds }
            return reading
        }
    }

    /// Counts the time that something waits. Time in which several wait counts once.
    public func waiting<Value>(_ wait: Wait, _ body: () async throws -> Value) async rethrows -> Value {
        begin(wait)
        defer { end(wait) }
        return try await body()
    }

    /// Notes how many requests a window are allowed at present.
    public func limited(to limit: Int) {
        let now = time.now()
        state.withLock { $0.reading.timeline.limited(to: limit, at: Self.second(now, $0.began)) }
    }

    func sent(_ call: String, at moment: BootTime) {
        state.withLock { state in
            state.reading.count(call)
            state.reading.timeline.sent(at: Self.second(moment, state.began))
        }
    }

    func answered(_ call: String, sentAt: BootTime, _ verdict: Verdict) {
        let took = time.now() - sentAt
        state.withLock { state in
            state.reading.note(
                SlowRequest(
                    call: call, startSeconds: max(0, (sentAt - state.began).inSeconds), seconds: took.inSeconds,
                    outcome: verdict.name))
            if case .throttled(let asked?) = verdict { state.reading.noteRetryAfter(asked.inSeconds) }
        }
    }

    private func begin(_ wait: Wait) {
        let now = time.now()
        state.withLock { state in
            let open = state.waiting[wait] ?? (0, now)
            state.waiting[wait] = (open.count + 1, open.since)
        }
    }

    private func end(_ wait: Wait) {
        let now = time.now()
        state.withLock { state in
            guard let open = state.waiting[wait] else { return }
            if open.count > 1 {
                state.waiting[wait] = (open.count - 1, open.since)
            } else {
                state.waiting[wait] = nil
                state.reading.waits[wait, default: 0] += (now - open.since).inSeconds
            }
        }
    }

    private static func second(_ moment: BootTime, _ began: BootTime) -> Int { Int((moment - began).inSeconds) }
}

/// A request and how long its answer took.
public struct SlowRequest: Sendable, Hashable {
    /// The call's name, such as `relations.create`.
    public var call: String
    /// From the beginning to its sending.
    public var startSeconds: Double
    /// From its sending to its answer, or to the end of the patience for one.
    public var seconds: Double
    /// Such as `applied`, `rejected`, `unknown`.
    public var outcome: String
}

/// What `Traffic` has counted.
public struct TrafficReading: Sendable {
    /// Slow requests that are kept.
    static let slowestMax = 10

    /// Requests by call, in the order in which they first went.
    public private(set) var calls: [(name: String, count: Int)] = []
    /// Seconds in which at least one request waited.
    public internal(set) var waits: [Traffic.Wait: Double] = [:]
    /// The slowest, the slowest first.
    public private(set) var slowest: [SlowRequest] = []
    /// Answers that named the time to wait, and the longest of these times in seconds.
    public private(set) var retryAfter: (count: Int, longestSeconds: Double) = (0, 0)
    /// When they went, and how many were allowed.
    public internal(set) var timeline = RequestTimeline()

    mutating func count(_ call: String) {
        if let index = calls.firstIndex(where: { $0.name == call }) {
            calls[index].count += 1
        } else {
            calls.append((call, 1))
        }
    }

    mutating func note(_ request: SlowRequest) {
        if slowest.count == Self.slowestMax, let last = slowest.last, last.seconds >= request.seconds { return }
        let place = slowest.firstIndex { $0.seconds < request.seconds } ?? slowest.count
        slowest.insert(request, at: place)
        if slowest.count > Self.slowestMax { slowest.removeLast() }
    }

    mutating func noteRetryAfter(_ seconds: Double) {
        retryAfter = (retryAfter.count + 1, max(retryAfter.longestSeconds, seconds))
    }
}

extension Verdict {
    /// For counts and lists; says nothing of the record.
    var name: String {
        switch self {
        case .applied: "applied"
        case .rejected: "rejected"
        case .forbidden: "forbidden"
        case .unknown: "unknown"
        case .notSent: "not_sent"
        case .throttled: "throttled"
        case .tokenRotated: "token_replaced"
        case .stop: "refused"
        }
    }
}
