import Salesdock
import Synchronization

/// A clock that nobody waits for: whoever sleeps moves it on.
final class VirtualTime: TimeSource {
    private let state: Mutex<(now: Int64, wallOffset: Int64)>
    let bootID: String

    init(bootID: String = "boot-1", startSeconds: Int64 = 1_000, unixSeconds: Int64 = 1_790_000_000) {
        self.bootID = bootID
        state = Mutex((startSeconds * 1_000_000_000, (unixSeconds - startSeconds) * 1_000_000_000))
    }

    func now() -> BootTime { BootTime(nanoseconds: state.withLock { $0.now }) }

    func wallClock() -> WallTime { WallTime(unixNanoseconds: state.withLock { $0.now + $0.wallOffset }) }

    func sleep(until deadline: BootTime) async throws {
        try Task.checkCancellation()
        // Others get their turn first, so that what is in flight is answered before time moves on.
        for _ in 0..<20 { await Task.yield() }
        try Task.checkCancellation()
        advance(to: deadline)
    }

    func advance(to deadline: BootTime) { state.withLock { $0.now = max($0.now, deadline.nanoseconds) } }
}
