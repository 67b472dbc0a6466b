import Salesdock
import Synchronization

/// A clock that nobody waits for: whoever sleeps moves it on. Only for tasks of one `TaskQueue`, where a yield lets every
/// other task that can go on do so; on a pool of threads, others would be late by as much as a busy machine delays them.
final class VirtualTime: TimeSource {
    private let state: Mutex<(now: Int64, wallOffset: Int64)>
    let bootID: String
    /// What the tasks run on that share this clock.
    let tasks = TaskQueue()

    init(bootID: String = "boot-1", startSeconds: Int64 = 1_000, unixSeconds: Int64 = 1_790_000_000) {
        self.bootID = bootID
        state = Mutex((startSeconds * 1_000_000_000, (unixSeconds - startSeconds) * 1_000_000_000))
    }

    func now() -> BootTime { BootTime(nanoseconds: state.withLock { $0.now }) }

    func wallClock() -> WallTime { WallTime(unixNanoseconds: state.withLock { $0.now + $0.wallOffset }) }

    func sleep(until deadline: BootTime) async throws {
        try Task.checkCancellation()
        // Others get their turn first, so that what is in flight is answered before time moves on.
        for _ in 0..<20 { await tasks.turn() }
        try Task.checkCancellation()
        advance(to: deadline)
    }

    func advance(to deadline: BootTime) { state.withLock { $0.now = max($0.now, deadline.nanoseconds) } }
}
