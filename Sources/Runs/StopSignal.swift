public import Salesdock
import Synchronization

/// Tells every part of a run to finish what is in flight and start nothing new. Asked once, never taken back.
public final class StopSignal: Sendable {
    /// Why the run stops early.
    public enum Cause: Sendable, Equatable {
        /// SIGINT.
        case interrupted
        /// SIGTERM.
        case terminated
        /// The time of `--deadline` is over.
        case deadline
        /// The requests of `--max-requests` are spent.
        case requestsUsedUp
        /// Something that would fail every further request as well.
        case failure(ExitCode, String)

        /// What the process ends with.
        public var exit: ExitCode {
            switch self {
            case .interrupted: .interrupted
            case .terminated: .terminated
            case .deadline, .requestsUsedUp: .tryLater
            case .failure(let exit, _): exit
            }
        }
    }

    private struct State {
        var cause: Cause?
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Nobody has asked for a stop.
    public init() {}

    /// Why the run stops; `nil` while it goes on.
    public var cause: Cause? { state.withLock { $0.cause } }
    /// Whether the stop was asked for.
    public var isStopping: Bool { cause != nil }

    /// Asks for the stop; the first cause stays.
    public func stop(_ cause: Cause) {
        let waiting = state.withLock { state in
            if state.cause == nil { state.cause = cause }
            defer { state.waiting = [:] }
            // In the order in which they came, so that a run is the same every time.
            return state.waiting.sorted { $0.key < $1.key }.map(\.value)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when the stop is asked for, or the task is cancelled.
    func wait() async {
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.cause != nil || Task.isCancelled { return true }
                    state.waiting[ticket] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
        }
    }

    /// Runs something that can be cancelled; `nil` when the stop came first.
    ///
    /// - Parameter undo: takes back a result that arrived together with the stop.
    func interrupting<Value: Sendable>(
        _ body: @Sendable @escaping () async throws -> Value, undo: @Sendable (Value) throws -> Void = { _ in }
    ) async throws -> Value? {
        if isStopping { return nil }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                await self.wait()
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            if first == nil, let late = try? await group.next() ?? nil { try undo(late) }
            return first
        }
    }

    /// Reads something that may take long, and gives it up when the stop comes.
    ///
    /// - Throws: `StoppedWhileReading` then.
    func reading<Value: Sendable>(_ body: @Sendable @escaping () async throws -> Value) async throws -> Value {
        guard let value = try await interrupting(body) else {
            throw StoppedWhileReading(exit: cause?.exit ?? .interrupted)
        }
        return value
    }

    /// Sleeps; `false` when the stop came first.
    public func sleep(until deadline: BootTime, _ time: any TimeSource) async -> Bool {
        let slept: Bool? = try? await interrupting {
            try await time.sleep(until: deadline)
            return true
        }
        return slept ?? false
    }
}

/// The run was stopped while it only read: nothing has happened that must be remembered.
struct StoppedWhileReading: Error {
    let exit: ExitCode
}
