internal import Synchronization

/// A transport that remembers what its latest answer said beside the answer itself: status, headers, and when.
public final class AnswerRecorder: Transport {
    /// What came with an answer.
    public struct Trace: Sendable, Hashable {
        /// HTTP status.
        public let status: Int
        /// All of the answer's.
        public let headers: HTTPFields
        /// By this machine's calendar clock.
        public let sent: WallTime
        /// By this machine's calendar clock.
        public let arrived: WallTime
        /// From sending to the last byte, by the boot clock.
        public let duration: Duration

        public init(status: Int, headers: HTTPFields, sent: WallTime, arrived: WallTime, duration: Duration) {
            self.status = status
            self.headers = headers
            self.sent = sent
            self.arrived = arrived
            self.duration = duration
        }
    }

    private let inner: any Transport
    private let time: any TimeSource
    private let latest = Mutex<Trace?>(nil)

    /// - Parameter inner: what carries the requests.
    public init(_ inner: any Transport, time: any TimeSource) {
        self.inner = inner
        self.time = time
    }

    /// The latest answer's; `nil` before the first.
    public var trace: Trace? { latest.withLock { $0 } }

    public func send(_ request: HTTPCall, timeout: Duration) async throws(TransportError) -> HTTPAnswer {
        let (sent, start) = (time.wallClock(), time.now())
        let answer = try await inner.send(request, timeout: timeout)
        let trace = Trace(
            status: answer.status, headers: answer.headers, sent: sent, arrived: time.wallClock(),
            duration: time.now() - start)
        latest.withLock { $0 = trace }
        return answer
    }
}
