import Salesdock
import Synchronization
import Testing

struct BudgetTests {
    private final class Served: Sendable {
        private let list = Mutex<[Int]>([])
        var numbers: [Int] { list.withLock { $0 } }
        func add(_ number: Int) { list.withLock { $0.append(number) } }
    }

    private func budget(_ limit: Int, _ time: ManualTime) throws -> Budget {
        Budget(
            key: BudgetKey(host: "api.example", domain: "demo", token: try Token("t")),
            rules: BudgetRules(limit: limit), store: MemoryBudgetStore(), time: time)
    }

    @Test func `acquire sleeps until there is room and counts the wait`() async throws {
        let time = ManualTime(jumps: true)
        let start = time.now()
        let budget = try budget(2, time)
        for _ in 0..<5 { try budget.answered(try await budget.acquire(), headers: RateHeaders()) }
        #expect(time.now() - start == .seconds(122))
        #expect(budget.counters.waits == 2)
    }

    /// A store whose disk is full once.
    private final class FailingStore: BudgetStore {
        private let base = MemoryBudgetStore()
        let fails = Mutex(false)

        func update<Result: Sendable>(
            _ key: BudgetKey, fresh: (BudgetStart) -> BudgetLog, _ body: (inout BudgetLog) -> Result
        ) throws(SalesdockError) -> Result {
            let isFull = fails.withLock { fails in
                defer { fails = false }
                return fails
            }
            if isFull { throw SalesdockError(.budgetState, "full") }
            return try base.update(key, fresh: fresh, body)
        }
    }

    @Test func `a wait that was asked for holds although it could not be written down at once`() async throws {
        let (time, store) = (ManualTime(jumps: true), FailingStore())
        let budget = Budget(
            key: BudgetKey(host: "api.example", domain: "demo", token: try Token("t")), rules: BudgetRules(limit: 9),
            store: store, time: time)
        let grant = try await budget.acquire()
        store.fails.withLock { $0 = true }
        #expect(throws: SalesdockError.self) {
            try budget.answered(grant, headers: RateHeaders(), throttling: Throttling(retryAfter: .seconds(90)))
        }
        #expect(try budget.reading().wait == .seconds(90))
        #expect(budget.counters.throttled == 1)
    }

    @Test func `a reading takes no slot and says how long nothing may go`() async throws {
        let time = ManualTime(jumps: true)
        let budget = try budget(2, time)
        for left in [2, 1] {
            for _ in 0..<3 { #expect(try budget.reading().active == 2 - left) }
            #expect(try budget.reading().wait == nil)
            try budget.answered(try await budget.acquire(), headers: RateHeaders())
        }
        #expect(try budget.reading() == BudgetReading(limit: 2, active: 2, wait: .seconds(61), isBlocked: false))
        try await time.sleep(until: time.now() + .seconds(61))
        let grant = try await budget.acquire()
        try budget.answered(grant, headers: RateHeaders(), throttling: Throttling(retryAfter: .seconds(90)))
        #expect(try budget.reading() == BudgetReading(limit: 2, active: 1, wait: .seconds(90), isBlocked: true))
    }

    @Test func `waiters are served in the order in which they came`() async throws {
        let time = ManualTime()
        let budget = try budget(1, time)
        try budget.answered(try await budget.acquire(), headers: RateHeaders())
        let served = Served()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    let grant = try await budget.acquire()
                    served.add(number)
                    try budget.answered(grant, headers: RateHeaders())
                }
                // The first sleeps before the second comes, and so on.
                for _ in 0..<200 { await Task.yield() }
            }
            #expect(await eventually { time.sleeperCount == 1 })
            for done in 1...4 {
                for _ in 0..<61 {
                    time.advance(by: .seconds(1))
                    #expect(await eventually { time.sleeperCount == 1 || served.numbers.count == done })
                }
                #expect(await eventually { served.numbers.count == done })
            }
            try await group.waitForAll()
        }
        #expect(served.numbers == [0, 1, 2, 3])
    }

    @Test func `a cancelled waiter leaves the line, and the next is served`() async throws {
        let time = ManualTime()
        let budget = try budget(1, time)
        let first = try await budget.acquire()
        let asleep = Task { _ = try await budget.acquire() }
        #expect(await eventually { time.sleeperCount == 1 })
        let queued = Task { _ = try await budget.acquire() }
        for _ in 0..<200 { await Task.yield() }
        let last = Task { try await budget.acquire() }
        for _ in 0..<200 { await Task.yield() }
        queued.cancel()
        await #expect(throws: CancellationError.self) { try await queued.value }
        asleep.cancel()
        await #expect(throws: CancellationError.self) { try await asleep.value }
        #expect(await eventually { time.sleeperCount == 1 })
        try budget.giveBack(first)
        time.advance(by: .seconds(1))
        #expect(try await last.value.age == .zero)
    }

    @Test func `a grant knows its age`() async throws {
        let time = ManualTime()
        let grant = try await budget(1, time).acquire()
        time.advance(by: .milliseconds(1500))
        #expect(grant.age == .milliseconds(1500))
    }
}
