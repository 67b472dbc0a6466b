import Salesdock

/// One process of dockhand in the world: its jobs, its clocks, and whether it lives.
///
/// A crash cuts it off at once. None of its jobs starts any more, and the statement after the crash finds every door
/// closed: the ledger, the budget and the network belong to the world, and refuse a process that is dead. The world goes on
/// without it. Only when the seed is over are its tasks unwound, so that their memory is freed.
final class SimulatedProcess: TimeSource, @unchecked Sendable {
    // Safe because one thread runs a simulation.
    let world: World
    let bootID: String
    let queue = JobQueue()
    private(set) var isAlive = true
    /// When the budget last granted it a request.
    var lastGrant: BootTime?
    /// When this boot's clock showed nothing, on the world's clock.
    private let bootedAt: Int64
    private var pending: [Int: () -> Void] = [:]
    private var nextNumber = 0

    init(world: World, bootID: String, bootedAt: Int64) {
        self.world = world
        self.bootID = bootID
        self.bootedAt = bootedAt
    }

    func now() -> BootTime { BootTime(nanoseconds: world.clock.now - bootedAt) }

    func wallClock() -> WallTime {
        WallTime(unixNanoseconds: World.epoch * VirtualClock.second + world.clock.now + world.wallSkew)
    }

    func sleep(until deadline: BootTime) async throws {
        try Task.checkCancellation()
        guard isAlive else { throw CancellationError() }
        guard deadline > now() else { return }
        let slept = await wait(cancelled: false) { waiter in
            world.clock.at(bootedAt + deadline.nanoseconds) { _ in waiter.resume(true) }
        }
        if !slept { throw CancellationError() }
    }

    /// Waits for what `start` sets going.
    ///
    /// - Parameter cancelled: the answer when the task is cancelled or its dead process is unwound.
    func wait<Value: Sendable>(cancelled: Value, _ start: (Waiter<Value>) -> Void) async -> Value {
        let waiter = Waiter<Value>()
        let number = nextNumber
        nextNumber += 1
        pending[number] = { waiter.resume(cancelled) }
        defer { pending[number] = nil }
        start(waiter)
        return await withTaskCancellationHandler {
            await waiter.value()
        } onCancel: {
            waiter.resume(cancelled)
        }
    }

    /// The process is gone, as after a kill or a power cut.
    func crash(_ reason: String) {
        guard isAlive else { return }
        isAlive = false
        world.crashed(self, reason)
    }

    /// Unwinds what a dead process left, with every door closed.
    func unwind() {
        isAlive = false
        var random = world.scheduling
        for _ in 0..<Self.unwindingMax {
            for number in pending.keys.sorted() { pending[number]?() }
            if queue.isIdle { return }
            while !queue.isIdle { queue.runOne(using: &random) }
        }
    }

    /// Most rounds of unwinding; what is left then is given up.
    private static let unwindingMax = 200
}
