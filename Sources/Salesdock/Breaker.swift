/// What a request is about, as far as it matters when the server is in trouble.
public enum RequestKind: Sendable, Hashable, CaseIterable {
    /// A GET, which changes nothing.
    case read
    /// Any other method.
    case write
}

/// Keeps requests back while the server answers with errors: after a few in a row everything pauses, then one cheap read
/// probes, and when it is answered the run goes on, first with a single request of the kind that failed. An answer that
/// names a wait pauses everything at once.
///
/// Without it a storm of errors would put every row's write into the state where nobody knows whether it happened.
/// A value without clock: every time comes in as an argument.
struct Breaker: Sendable {
    enum Decision: Sendable, Equatable {
        case go
        case wait(until: BootTime)
        /// Send the probe, and say with `probed` what came of it.
        case probe
        /// The trouble has lasted too long.
        case giveUp
    }

    private enum State: Equatable {
        case closed
        case open(until: BootTime)
        /// The server is back as far as the probe can tell. One request goes; the next not before this time.
        case trial(next: BootTime)
    }

    /// Failures in a row, of one kind, before everything pauses.
    static let failuresMax = 3
    /// Longest trouble, from the first pause on, before the run gives up.
    static let troubleMax = Duration.seconds(900)
    /// Shortest pause.
    static let pauseMin = Duration.seconds(1)
    static let backoff = Backoff(base: .seconds(2), cap: .seconds(60))

    private var state = State.closed
    private var failures: [RequestKind: Int] = [:]
    /// The kind whose failures opened it.
    private var kind = RequestKind.read
    /// Pauses since that kind last succeeded.
    private(set) var pauses = 0
    private var since: BootTime?
    private let timeout: Duration

    /// - Parameter timeout: after this long the answer to a trial is not waited for any more.
    init(timeout: Duration) { self.timeout = timeout }

    /// Whether requests go as if it were not there.
    var isClosed: Bool { state == .closed }

    /// Whether nothing may go now.
    var isOpen: Bool { if case .open = state { true } else { false } }

    /// Whether a request may go. `go` during a trial means: this one is the trial.
    mutating func ask(_ kind: RequestKind, now: BootTime) -> Decision {
        switch state {
        case .closed: return .go
        case .open(let until):
            if let since, now - since > Self.troubleMax { return .giveUp }
            return now < until ? .wait(until: until) : .probe
        case .trial(let next):
            if kind != self.kind { return .go }
            if now < next { return .wait(until: next) }
            state = .trial(next: now + timeout)
            return .go
        }
    }

    /// Notes what an ordinary request came to.
    /// - Parameter asked: how long the server asked to be left alone.
    mutating func note(
        _ kind: RequestKind, failed: Bool, asked: Duration?, now: BootTime,
        random: inout some RandomNumberGenerator
    ) {
        if !failed {
            failures[kind] = 0
            if pauses > 0, kind == self.kind { close() }
            return
        }
        failures[kind, default: 0] += 1
        switch state {
        case .closed:
            if failures[kind, default: 0] < Self.failuresMax, asked == nil { return }
            self.kind = kind
            pause(asked, now, &random)
        case .trial: if kind == self.kind { pause(asked, now, &random) }
        // What was under way when it opened says nothing new.
        case .open: break
        }
    }

    /// Notes what the probe came to.
    mutating func probed(
        failed: Bool, asked: Duration?, now: BootTime, random: inout some RandomNumberGenerator
    ) {
        if failed {
            pause(asked, now, &random)
        } else if kind == .read {
            close()
        } else if isOpen {
            state = .trial(next: now)
        }
    }

    private mutating func close() {
        state = .closed
        failures = [:]
        pauses = 0
        since = nil
    }

    private mutating func pause(_ asked: Duration?, _ now: BootTime, _ random: inout some RandomNumberGenerator) {
        pauses += 1
        since = since ?? now
        let atLeast = max(asked ?? .zero, Self.pauseMin)
        state = .open(until: now + Self.backoff.wait(tries: pauses, atLeast: atLeast, using: &random))
    }
}

extension Verdict {
    /// Whether the answer, or its absence, means that the server is in trouble; `nil` when it says nothing of that.
    var isTrouble: Bool? {
        switch self {
        case .applied, .rejected, .forbidden: false
        case .unknown: true
        case .notSent, .throttled, .tokenRotated, .stop: nil
        }
    }

    /// How long the server asked to be left alone.
    var asked: Duration? { if case .unknown(let outcome) = self { outcome.retryAfter } else { nil } }
}
