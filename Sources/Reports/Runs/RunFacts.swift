public import ExactJSON

/// What a run did, besides what became of its rows.
public struct RunFacts: Sendable, Hashable {
    /// Requests of one kind.
    public struct Calls: Sendable, Hashable {
        /// Such as `relations.create`.
        public var name: String
        /// Requests of that kind.
        public var count: Int

        /// How often one kind of request was sent.
        public init(name: String, count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// A request whose answer took long.
    public struct Slow: Sendable, Hashable {
        /// Such as `relations.create`.
        public var call: String
        /// From the run's beginning.
        public var startSeconds: Double
        /// From sending to the answer.
        public var seconds: Double
        /// Such as `applied`.
        public var outcome: String
    }

    /// A write that was tried.
    public struct Write: Sendable, Hashable {
        /// `nil` where values are masked.
        public var key: String?
        /// Such as `relations.create`.
        public var call: String
        /// The record's Salesdock id, when it is known.
        public var id: Int?
        /// The try's state in the ledger, such as `applied`.
        public var state: String

        /// One try.
        public init(key: String?, call: String, id: Int?, state: String) {
            self.key = key
            self.call = call
            self.id = id
            self.state = state
        }
    }

    /// A record that a person must decide.
    public struct Doubt: Sendable, Hashable {
        /// The record's key, masked where that was asked.
        public var key: String
        /// Why.
        public var note: String?

        /// A record in doubt.
        public init(key: String, note: String?) {
            self.key = key
            self.note = note
        }
    }

    /// When the requests went.
    public struct Timeline: Sendable, Hashable {
        /// Length of a bucket.
        public var bucketSeconds: Int
        /// Requests of each bucket, from the run's beginning.
        public var sent: [Int]
        /// Requests a minute that were allowed; `nil` while it was not asked.
        public var limits: [Int?]
    }

    /// Writes that are shown.
    public static let writesMax = 50
    /// Records in doubt that are shown.
    public static let doubtsMax = 50
    /// Kinds of waits, in the order they are shown.
    static let waitNames = ["limit", "trouble", "retry", "settling"]

    /// The ledger's number; `nil` of a run that wrote nothing.
    public var id: Int?
    /// Where to, such as `customers of demo at app.salesdock.nl`.
    public var target: String
    /// Seconds since 1970.
    public var startedUnixSeconds: Int64?
    /// The exit code; `nil` while it is not known.
    public var exit: Int?
    /// How long the run took.
    public var seconds: Double
    /// Requests, look-ups and repeats among them.
    public var sent: Int
    /// Requests that repeated another.
    public var retried: Int
    /// Answers 429.
    public var throttled: Int
    /// Requests by kind.
    public var calls: [Calls]
    /// Seconds in which at least one request waited, by what for.
    public var waits: [String: Double]
    /// Answers that named a time to wait, and the longest of these times.
    public var retryAfterCount: Int
    /// The longest of the times that answers named.
    public var retryAfterLongestSeconds: Double
    /// The slowest answers first.
    public var slowest: [Slow]
    /// `nil` when no request was sent.
    public var timeline: Timeline?
    /// The first writes, `writesMax` at most, and how many there are.
    public var writes: [Write] = []
    /// Writes of the run, shown or not.
    public var writesCount = 0
    /// Name of the file beside the report that has all writes.
    public var writesFile: String?
    /// The first records in doubt, `doubtsMax` at most, and how many there are.
    public var doubts: [Doubt] = []
    /// Records in doubt, shown or not.
    public var doubtsCount = 0
    /// Whether the report was made afterwards, from what the ledger has kept.
    public var isFromLedger = false

    /// - Parameter outcome: a run's outcome as the ledger keeps it.
    public init(id: Int?, target: String, startedUnixSeconds: Int64?, outcome: JSONValue?) {
        func double(_ value: JSONValue?) -> Double { value?.scalarText.flatMap(Double.init) ?? 0 }
        self.id = id
        self.target = target
        self.startedUnixSeconds = startedUnixSeconds
        exit = outcome?["exit"]?.int
        seconds = double(outcome?["duration_s"])
        sent = outcome?["requests"]?["sent"]?.int ?? 0
        retried = outcome?["requests"]?["retried"]?.int ?? 0
        throttled = outcome?["requests"]?["throttled"]?.int ?? 0
        let traffic = outcome?["traffic"]
        calls = (traffic?["calls"]?.object?.members ?? []).map { Calls(name: $0.name, count: $0.value.int ?? 0) }
        waits = Dictionary(
            (traffic?["waits_s"]?.object?.members ?? []).map { ($0.name, double($0.value)) },
            uniquingKeysWith: { first, _ in first })
        retryAfterCount = traffic?["retry_after"]?["count"]?.int ?? 0
        retryAfterLongestSeconds = double(traffic?["retry_after"]?["longest_s"])
        slowest = (traffic?["slowest"]?.array ?? []).map { slow in
            Slow(
                call: slow["call"]?.string ?? "", startSeconds: double(slow["start_s"]),
                seconds: double(slow["seconds"]), outcome: slow["outcome"]?.string ?? "")
        }
        if let line = traffic?["timeline"], let width = line["bucket_s"]?.int, width > 0,
            let sent = line["sent"]?.array, !sent.isEmpty
        {
            let limits = (line["limit"]?.array ?? []).map(\.int)
            timeline = Timeline(
                bucketSeconds: width, sent: sent.map { $0.int ?? 0 },
                limits: limits.count == sent.count ? limits : Array(repeating: nil, count: sent.count))
        }
    }
}

extension RunFacts.Timeline {
    /// The requests of the minute that ends with each bucket: what the limit is about. Of wider buckets, the mean of their
    /// minutes.
    var minutes: [Double] {
        if bucketSeconds >= 60 { return sent.map { Double($0) * 60 / Double(bucketSeconds) } }
        let width = 60 / bucketSeconds
        var sum = 0
        return sent.indices.map { index in
            sum += sent[index]
            if index >= width { sum -= sent[index - width] }
            return Double(sum)
        }
    }

    /// The limit at each bucket, where it was not asked as it was before.
    var knownLimits: [Int?] {
        var last = limits.compactMap(\.self).first
        return limits.map { limit in
            last = limit ?? last
            return last
        }
    }
}
