/// A fixed window that starts with its first request, for one user or one unknown address.
struct RateWindow: Sendable {
    private var start = -Double.infinity
    private var used = 0

    /// What one request found.
    struct Grant: Sendable {
        var allowed: Bool
        var remaining: Int
        /// Whole seconds until the window ends, at least 1.
        var retryAfter: Int
    }

    mutating func take(at now: Double, limit: Int, window: Double) -> Grant {
        if now >= start + window || now < start {
            start = now
            used = 0
        }
        let left = max(1, Int((start + window - now).rounded(.up)))
        guard used < limit else { return Grant(allowed: false, remaining: 0, retryAfter: left) }
        used += 1
        return Grant(allowed: true, remaining: limit - used, retryAfter: left)
    }
}

/// How many events fell into the fullest stretch of some length.
struct SlidingPeak: Sendable {
    private var times: [Double] = []
    private var head = 0
    private(set) var most = 0

    mutating func record(_ now: Double, length: Double) {
        times.append(now)
        while times[head] <= now - length { head += 1 }
        most = max(most, times.count - head)
        if head > 4096, head > times.count / 2 {
            times.removeFirst(head)
            head = 0
        }
    }
}

/// One request as it was counted.
struct CountedRequest: Sendable {
    /// When it arrived, in seconds since 1970.
    var at: Double
    var method: String
    var status: Int
    /// The limit that it was held to.
    var limit: Int
    /// Seconds that its answer was held back.
    var delay: Double
    /// Seconds that a throttled answer asked to wait.
    var retryAfter: Int?

    var json: JSON {
        [
            "at": .number("\(at)"), "method": .string(method), "status": .int(status), "limit": .int(limit),
            "delay": .number("\(delay)"), "retry_after": retryAfter.map(JSON.int) ?? .null,
        ]
    }
}

/// Counts of the requests since the start or the last reset; they are not kept over restarts.
struct RequestStatistics: Sendable {
    /// Latest requests that are remembered one by one; up to twice as many are held.
    static let logMax = 10_000

    /// The latest requests, oldest first.
    private(set) var log: [CountedRequest] = []
    var total = 0
    var throttled = 0
    var writes = 0
    var commits = 0
    var unauthenticated = 0
    var byCall: [String: Int] = [:]
    var byStatus: [Int: Int] = [:]
    private var perMinute: [String: SlidingPeak] = [:]
    private var perWindow: [String: SlidingPeak] = [:]

    mutating func arrived(key: String, at now: Double, window: Double) {
        total += 1
        perMinute[key, default: SlidingPeak()].record(now, length: 60)
        perWindow[key, default: SlidingPeak()].record(now, length: window)
    }

    mutating func answered(_ request: CountedRequest) {
        byStatus[request.status, default: 0] += 1
        if request.status == 429 { throttled += 1 }
        log.append(request)
        if log.count >= 2 * Self.logMax { log.removeFirst(log.count - Self.logMax) }
    }

    var json: JSON {
        [
            "total": .int(total),
            "throttled": .int(throttled),
            "unauthenticated": .int(unauthenticated),
            "most_in_any_60s": .int(perMinute.values.map(\.most).max() ?? 0),
            "most_in_any_window": .int(perWindow.values.map(\.most).max() ?? 0),
            "writes": .int(writes),
            "commits": .int(commits),
            "by_call": .object(
                JSONObject(byCall.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .int($0.value)) })),
            "by_status": .object(
                JSONObject(byStatus.sorted { $0.key < $1.key }.map { .init(name: "\($0.key)", value: .int($0.value)) })),
        ]
    }
}
