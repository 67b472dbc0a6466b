/// How many requests went when, in buckets that grow wider as time goes on: a run of days takes no more memory than one of
/// minutes.
public struct RequestTimeline: Sendable, Hashable {
    /// What happened in one stretch of time, `bucketSeconds` wide.
    public struct Bucket: Sendable, Hashable {
        /// Requests that were sent.
        public var sent = 0
        /// Requests a window that were allowed; `nil` while nobody has asked.
        public var limit: Int?
    }

    /// Most buckets.
    public static let bucketsMax = 240
    /// Widths up to a minute; each divides the next, and from there on they double.
    private static let widths = [1, 2, 4, 12, 60]

    /// Width of a bucket.
    public private(set) var bucketSeconds = 1
    /// From the beginning on, without a gap.
    public private(set) var buckets: [Bucket] = []

    /// Counts a request.
    ///
    /// - Parameter second: since the beginning.
    mutating func sent(at second: Int) {
        let index = bucket(at: second)
        buckets[index].sent += 1
    }

    /// Notes how many requests a window are allowed.
    mutating func limited(to limit: Int, at second: Int) {
        let index = bucket(at: second)
        buckets[index].limit = limit
    }

    private mutating func bucket(at second: Int) -> Int {
        let second = max(0, second)
        while second / bucketSeconds >= Self.bucketsMax { widen() }
        let index = second / bucketSeconds
        while buckets.count <= index { buckets.append(Bucket()) }
        return index
    }

    private mutating func widen() {
        let wider = Self.widths.first { $0 > bucketSeconds } ?? bucketSeconds * 2
        let merged = wider / bucketSeconds
        buckets = stride(from: 0, to: buckets.count, by: merged).map { start in
            let parts = buckets[start..<min(start + merged, buckets.count)]
            return Bucket(sent: parts.reduce(0) { $0 + $1.sent }, limit: parts.compactMap(\.limit).max())
        }
        bucketSeconds = wider
    }
}
