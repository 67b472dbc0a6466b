import Dispatch
import Foundation
import Runs
import Salesdock
import Synchronization

/// Stops whichever pipeline is under way, and all that come after it, on a signal or at a deadline.
///
/// Each pipeline has a stop signal of its own, since what stops one need not stop the next.
final class StopRelay: Sendable {
    private struct State {
        var cause: StopSignal.Cause?
        var current: StopSignal?
        var interrupts = 0
    }

    private let state = Mutex(State())
    /// Is stopped when everything is: for what belongs to no pipeline.
    let everything = StopSignal()

    /// Why everything stops; `nil` while it goes on.
    var cause: StopSignal.Cause? { state.withLock { $0.cause } }

    /// The stop signal of the next pipeline.
    func next() -> StopSignal {
        let signal = StopSignal()
        let cause = state.withLock { state in
            state.current = signal
            return state.cause
        }
        if let cause { signal.stop(cause) }
        return signal
    }

    /// Stops what is under way and what would come.
    func stop(_ cause: StopSignal.Cause) {
        let current = state.withLock { state in
            if state.cause == nil { state.cause = cause }
            return state.current
        }
        everything.stop(cause)
        current?.stop(cause)
    }

    private func signalled(_ number: Int32) {
        if number == SIGTERM { return stop(.terminated) }
        let isImpatient = state.withLock { state in
            state.interrupts += 1
            return state.interrupts > 1
        }
        // Whoever asks twice does not want to wait; the ledger knows what was in flight.
        if isImpatient { _exit(Int32(Runs.ExitCode.interrupted.rawValue)) }
        if Output.isErrorTerminal { Output.note("\nstopping; once more to stop at once") }
        stop(.interrupted)
    }

    /// Runs something that SIGINT and SIGTERM stop cleanly.
    ///
    /// A handler hands them on through a pipe: it is called whichever thread is busy with whatever, where a signal that
    /// is ignored and only listened to is lost while the main thread waits.
    func handlingSignals<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        let pipe = Pipe()
        let input = pipe.fileHandleForReading
        Self.signals.store(pipe.fileHandleForWriting.fileDescriptor, ordering: .sequentiallyConsistent)
        let source = DispatchSource.makeReadSource(
            fileDescriptor: input.fileDescriptor, queue: DispatchQueue(label: "dockhand.signals"))
        source.setEventHandler { [self] in
            for number in input.availableData { signalled(Int32(number)) }
        }
        source.resume()
        for number in [SIGINT, SIGTERM] {
            _ = signal(number) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                _ = unsafe write(StopRelay.signals.load(ordering: .relaxed), &byte, 1)
            }
        }
        defer {
            for number in [SIGINT, SIGTERM] { _ = signal(number, SIG_IGN) }
            source.cancel()
            withExtendedLifetime(pipe) {}
        }
        return try await body()
    }

    /// Where the handler writes a signal's number.
    private static let signals = Atomic<Int32>(-1)

    /// Runs something that a moment stops cleanly.
    func until<Value>(_ deadline: BootTime?, _ time: any TimeSource, _ body: () async throws -> Value) async throws
        -> Value
    {
        guard let deadline else { return try await body() }
        async let _: Void = ring(at: deadline, time)
        // The alarm is cancelled and awaited at the end of this scope.
        return try await body()
    }

    @concurrent
    private func ring(at deadline: BootTime, _ time: any TimeSource) async {
        guard (try? await time.sleep(until: deadline)) != nil else { return }
        stop(.deadline)
    }

    /// A reader that goes away must not end a run without its outcome.
    static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }
}
