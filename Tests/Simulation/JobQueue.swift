import TestSupport

/// Runs the tasks of one process on the caller's thread, one job at a time, in an order that a seed decides.
///
/// Tasks started with it as their preferred executor stay on it, and so do their children and the actors they call.
final class JobQueue: TaskExecutor, @unchecked Sendable {
    // Safe because a simulation has one thread: what runs a job is also what enqueues the jobs that it makes ready.
    private var ready: [UnownedJob] = []

    func enqueue(_ job: consuming ExecutorJob) { ready.append(UnownedJob(job)) }

    var isIdle: Bool { ready.isEmpty }

    /// Runs one of the ready jobs up to its next suspension.
    func runOne(using random: inout SeededRNG) {
        let job = ready.remove(at: Int.random(in: 0..<ready.count, using: &random))
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
}

/// What a task waits for; whoever comes first decides it, and later ones are ignored.
final class Waiter<Value: Sendable>: @unchecked Sendable {
    // Safe for the same reason as the queue: one thread.
    private var continuation: CheckedContinuation<Value, Never>?
    private var result: Value?

    /// Whether somebody has decided it.
    var isOver: Bool { result != nil }

    func resume(_ value: Value) {
        guard result == nil else { return }
        result = value
        continuation?.resume(returning: value)
        continuation = nil
    }

    func value() async -> Value {
        await withCheckedContinuation { waiting in
            if let result { waiting.resume(returning: result) } else { continuation = waiting }
        }
    }
}
