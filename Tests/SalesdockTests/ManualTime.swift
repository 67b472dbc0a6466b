import Salesdock
import Synchronization

/// Time that moves only when told to, or, when `jumps`, to the end of every sleep at once.
final class ManualTime: TimeSource {
    private struct State {
        var now = BootTime(nanoseconds: 1_000_000_000_000)
        var bootID = "boot-1"
        var nextID = 0
        var sleepers: [(id: Int, until: BootTime, continuation: CheckedContinuation<Void, any Error>)] = []
    }

    private let state = Mutex(State())
    private let jumps: Bool

    init(jumps: Bool = false) { self.jumps = jumps }

    var bootID: String { state.withLock { $0.bootID } }
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    func now() -> BootTime { state.withLock { $0.now } }
    func wallClock() -> WallTime { WallTime(unixSeconds: 1_780_000_000) + (now() - BootTime(nanoseconds: 0)) }

    func sleep(until deadline: BootTime) async throws {
        try Task.checkCancellation()
        if jumps {
            state.withLock { $0.now = max($0.now, deadline) }
            return
        }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.now >= deadline || Task.isCancelled { return true }
                    state.sleepers.append((id, deadline, continuation))
                    return false
                }
                if isOver {
                    Task.isCancelled ? continuation.resume(throwing: CancellationError()) : continuation.resume()
                }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    func advance(by span: Duration) {
        let woken = state.withLock { state in
            state.now = state.now + span
            let woken = state.sleepers.filter { $0.until <= state.now }
            state.sleepers.removeAll { $0.until <= state.now }
            return woken
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    func reboot() {
        state.withLock { state in
            state.bootID += "'"
            state.now = BootTime(nanoseconds: 5_000_000_000)
        }
    }
}

/// Lets other tasks run until the condition holds; gives up after many turns.
func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<100_000 {
        if condition() { return true }
        await Task.yield()
    }
    return false
}
