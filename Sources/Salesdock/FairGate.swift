internal import Synchronization

/// Lets one task in at a time, in the order in which they came.
public final class FairGate: Sendable {
    private struct State {
        var isBusy = false
        var nextTicket = 0
        var queue: [(ticket: Int, continuation: CheckedContinuation<Void, any Error>)] = []
        /// Cancelled before it got into the queue.
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    /// An open gate.
    public init() {}

    /// Returns when it is the caller's turn, who must `leave` afterwards.
    /// - Throws: `CancellationError` when cancelled while waiting; there is no turn to leave then.
    public func enter() async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        // A cancellation that comes just as the turn does leaves its mark behind.
        defer { state.withLock { _ = $0.cancelled.remove(ticket) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in wait(ticket, continuation) }
        } onCancel: {
            cancel(ticket)
        }
    }

    /// Ends the caller's turn and starts that of the next in line.
    public func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            if state.queue.isEmpty {
                state.isBusy = false
                return nil
            }
            return state.queue.removeFirst().continuation
        }
        next?.resume()
    }

    private func wait(_ ticket: Int, _ continuation: CheckedContinuation<Void, any Error>) {
        enum Outcome { case cancelled, entered, queued }
        let outcome = state.withLock { state -> Outcome in
            if state.cancelled.remove(ticket) != nil { return .cancelled }
            if !state.isBusy {
                state.isBusy = true
                return .entered
            }
            state.queue.append((ticket, continuation))
            return .queued
        }
        switch outcome {
        case .cancelled: continuation.resume(throwing: CancellationError())
        case .entered: continuation.resume()
        case .queued: break
        }
    }

    private func cancel(_ ticket: Int) {
        let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            if let place = state.queue.firstIndex(where: { $0.ticket == ticket }) {
                return state.queue.remove(at: place).continuation
            }
            state.cancelled.insert(ticket)
            return nil
        }
        waiting?.resume(throwing: CancellationError())
    }
}
