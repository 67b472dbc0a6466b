import Foundation
import Salesdock
import Synchronization
import TestSupport
import Testing

/// A directory of its own for one test, gone afterwards.
final class TemporaryDirectory {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "salesdock-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// What every store must do, run for each of them.
struct BudgetStoreContractTests {
    enum Kind: CaseIterable { case memory, file }

    private let directory: TemporaryDirectory
    private let rules = BudgetRules(limit: 5)

    init() throws { directory = try TemporaryDirectory() }

    private func store(_ kind: Kind) throws -> any BudgetStore {
        switch kind {
        case .memory: MemoryBudgetStore()
        case .file: try FileBudgetStore(directory: directory.path + "/a/b")
        }
    }

    private func key(_ token: String) throws -> BudgetKey {
        BudgetKey(host: "api.example", domain: "demo", token: try Token(token))
    }

    private func budget(_ store: any BudgetStore, _ token: String, _ time: ManualTime) throws -> Budget {
        Budget(key: try key(token), rules: rules, store: store, time: time)
    }

    private func grants(_ budget: Budget, _ most: Int) throws -> [Grant] {
        try (0..<most).compactMap { _ in
            if case .granted(let id) = try budget.tryAcquire() { budget.grant(id) } else { nil }
        }
    }

    @Test(arguments: Kind.allCases) func `two budgets on one store share one limit`(kind: Kind) throws {
        let (store, time) = (try store(kind), ManualTime())
        let (first, second) = (try budget(store, "t", time), try budget(store, "t", time))
        let taken = try grants(first, 3)
        #expect(taken.count == 3)
        #expect(try grants(second, 5).count == 2)
        for grant in taken { try first.answered(grant, headers: RateHeaders()) }
        time.advance(by: .seconds(61))
        #expect(try grants(second, 9).count == 3)
        try second.answered(taken[0], headers: RateHeaders(), throttling: Throttling(retryAfter: .seconds(100)))
        time.advance(by: .seconds(99))
        #expect(try grants(first, 9).isEmpty)
        time.advance(by: .seconds(1))
        #expect(try grants(first, 9).isEmpty == false)
    }

    @Test(arguments: Kind.allCases) func `a token that is new takes over what the account's others have sent, once`(
        kind: Kind
    ) throws {
        let (store, time) = (try store(kind), ManualTime())
        let old = try budget(store, "old", time)
        let taken = try grants(old, 3)
        #expect(try grants(try budget(store, "new", time), 9).count == 2)
        let other = Budget(
            key: BudgetKey(host: "api.example", domain: "other", token: try Token("new")), rules: rules, store: store,
            time: time)
        #expect(try grants(other, 9).count == 5)
        // From then on the two are known as two, as those of two users are.
        time.advance(by: .seconds(91))
        #expect(try grants(old, 9).count == 5)
        #expect(try grants(try budget(store, "new", time), 9).count == 5)
        #expect(taken.count == 3)
    }

    @Test(arguments: Kind.allCases) func `a process that sees its token replaced takes over what the old one has sent`(
        kind: Kind
    ) throws {
        let (store, time) = (try store(kind), ManualTime())
        let (first, second) = (try budget(store, "old", time), try budget(store, "new", time))
        #expect(try grants(second, 2).count == 2)
        #expect(try grants(first, 9).count == 3)
        time.advance(by: .seconds(91))
        #expect(try grants(first, 9).count == 5)
        #expect(try grants(second, 2).count == 2)
        try first.rotate(to: try key("new"))
        #expect(try grants(first, 9).isEmpty)
        #expect(try grants(second, 9).isEmpty)
    }

    @Test(arguments: Kind.allCases) func `two users' tokens by turns never keep each other waiting for long`(kind: Kind)
        throws
    {
        let (store, time) = (try store(kind), ManualTime())
        var waits: [Duration] = []
        for turn in 0..<10 {
            // Each turn is a process of its own that uses up its limit at once.
            let budget = try budget(store, turn % 2 == 0 ? "anna" : "bram", time)
            let start = time.now()
            var count = 0
            while count < 5 {
                switch try budget.tryAcquire() {
                case .granted(let id):
                    count += 1
                    try budget.answered(budget.grant(id), headers: RateHeaders())
                case .wait(let until): time.advance(by: until - time.now())
                }
            }
            waits.append(time.now() - start)
        }
        #expect(waits[1] == .seconds(61))
        // Bram's first wait has freed Anna's; then each waits for itself alone.
        #expect(waits[3...].allSatisfy { $0 <= .seconds(61) })
        #expect(waits.reduce(.zero, +) <= .seconds(61 * 5))
    }

    @Test(arguments: Kind.allCases) func `what is given back is there for the other`(kind: Kind) throws {
        let (store, time) = (try store(kind), ManualTime())
        let (first, second) = (try budget(store, "t", time), try budget(store, "t", time))
        let taken = try grants(first, 5)
        try first.giveBack(taken[2])
        #expect(try grants(second, 9).count == 1)
    }

    @Test(arguments: Kind.allCases) func `many threads at once never get more than the limit`(kind: Kind) async throws {
        let (store, time) = (try store(kind), ManualTime())
        let budgets = try (0..<4).map { _ in try budget(store, "t", time) }
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for budget in budgets {
                group.addTask {
                    try (0..<5).count { _ in if case .granted = try budget.tryAcquire() { true } else { false } }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(total == 5)
    }

    // What only files can do wrong.

    private var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path + "/a/b")) ?? []).sorted()
    }

    @Test func `a restarted process finds the budget, and a restarted machine does not forget it`() throws {
        let time = ManualTime()
        #expect(try grants(try budget(try store(.file), "t", time), 9).count == 5)
        #expect(try grants(try budget(try store(.file), "t", time), 9).isEmpty)
        time.reboot()
        #expect(try grants(try budget(try store(.file), "t", time), 9).isEmpty)
        time.advance(by: .seconds(61))
        #expect(try grants(try budget(try store(.file), "t", time), 9).count == 5)
    }

    @Test func `everything that is known survives the file`() throws {
        let time = ManualTime()
        let first = try budget(try store(.file), "t", time)
        let taken = try grants(first, 2)
        try first.answered(taken[0], headers: RateHeaders(limit: 4, remaining: 2))
        // One was answered, one is under way, two remain by the header.
        #expect(try grants(try budget(try store(.file), "t", time), 9).count == 1)
    }

    @Test func `files are the owner's alone and do not name the token`() throws {
        let budget = try budget(try store(.file), "very-secret-token", ManualTime())
        _ = try grants(budget, 1)
        #expect(files.count == 2 && files.allSatisfy { $0.hasPrefix("budget-") })
        for file in files {
            let path = directory.path + "/a/b/" + file
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let bytes = try Data(contentsOf: URL(filePath: path))
            #expect(bytes.firstRange(of: Data("secret".utf8)) == nil && !file.contains("secret"))
        }
        let mode = try FileManager.default.attributesOfItem(atPath: directory.path + "/a/b")[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }

    /// A budget's file and what is in it, after three grants, one answered and one given back.
    private func used(_ time: ManualTime) throws -> (url: URL, whole: Data) {
        let budget = try budget(try store(.file), "t", time)
        let taken = try grants(budget, 3)
        try budget.answered(taken[0], headers: RateHeaders(limit: 5, remaining: 4))
        try budget.giveBack(taken[1])
        let url = URL(filePath: try directory.path + "/a/b/" + #require(files.first { !$0.hasSuffix(".lock") }))
        return (url, try Data(contentsOf: url))
    }

    /// Nothing is granted until everything that could have been sent is over, and then all is well again.
    private func expectLost(_ time: ManualTime, _ what: String) throws {
        let budget = try budget(try store(.file), "t", time)
        #expect(try budget.tryAcquire() == .wait(until: time.now() + .seconds(91)), "\(what)")
    }

    @Test func `a file torn or changed anywhere counts as a full window`() throws {
        let time = ManualTime()
        let (url, whole) = try used(time)
        for length in 0..<whole.count {
            try whole.prefix(length).write(to: url)
            try expectLost(time, "torn at \(length)")
        }
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= 1 << UInt8(place % 8)
            try bytes.write(to: url)
            try expectLost(time, "changed at \(place)")
        }
        time.advance(by: .milliseconds(90_900))
        #expect(try grants(try budget(try store(.file), "t", time), 1).isEmpty)
        time.advance(by: .milliseconds(100))
        #expect(try grants(try budget(try store(.file), "t", time), 9).count == 5)
    }

    @Test func `killed anywhere while it writes, a process loses nothing and blocks nobody`() throws {
        let time = ManualTime()
        let (url, before) = try used(time)
        _ = try grants(try budget(try store(.file), "t", time), 1)
        let after = try Data(contentsOf: url)
        // The records come first, then the header.
        for length in before.count...after.count {
            try (before.prefix(64) + after.prefix(length).dropFirst(64)).write(to: url)
            #expect(try grants(try budget(try store(.file), "t", time), 9).count == 3, "records up to \(length)")
        }
        for length in 1..<64 {
            let header = after.prefix(length) + before.prefix(64).dropFirst(length)
            try (header + after.dropFirst(64)).write(to: url)
            let left = try grants(try budget(try store(.file), "t", time), 9).count
            // Nothing, unless the bytes that differ were all written or none of them were.
            let isWhole = header == after.prefix(64) || header == before.prefix(64)
            #expect(left == (isWhole ? header == after.prefix(64) ? 2 : 3 : 0), "header up to \(length)")
        }
    }

    @Test func `a file that is deleted or replaced under a running process is no fresh start for it`() throws {
        let time = ManualTime()
        let running = try budget(try store(.file), "t", time)
        #expect(try grants(running, 3).count == 3)
        try FileManager.default.removeItem(atPath: directory.path + "/a/b")
        try FileManager.default.createDirectory(atPath: directory.path + "/a/b", withIntermediateDirectories: true)
        #expect(try grants(running, 1).count == 1)
        #expect(try grants(try budget(try store(.file), "t", time), 9).count == 1)
        #expect(try grants(running, 9).isEmpty)
    }

    @Test func `stores that take turns agree, however often the file is written anew`() throws {
        let time = ManualTime()
        let budgets = try (0..<4).map { _ in try budget(try store(.file), "t", time) }
        var random = SeededRNG(seed: 17)
        var open: [Grant] = []
        var granted: [BootTime] = []
        for _ in 0..<2000 {
            let budget = try #require(budgets.randomElement(using: &random))
            if case .granted(let id) = try budget.tryAcquire() {
                open.append(budget.grant(id))
                granted.append(time.now())
            }
            if let place = open.indices.randomElement(using: &random), Bool.random(using: &random) {
                try budget.answered(open.remove(at: place), headers: RateHeaders(limit: 5))
            }
            time.advance(by: .milliseconds(Int.random(in: 0...9000, using: &random)))
        }
        #expect(zip(granted, granted.dropFirst(5)).allSatisfy { $1 - $0 >= .seconds(60) })
        #expect(granted.count > 400)
        let file = try #require(files.first { !$0.hasSuffix(".lock") })
        let size = try FileManager.default.attributesOfItem(atPath: directory.path + "/a/b/" + file)[.size] as? Int
        #expect(try #require(size) <= 1025 * 64)
    }

    @Test func `a request costs the file no more however many are remembered`() throws {
        let time = ManualTime()
        let key = try key("t")
        let rules = BudgetRules(limit: 9000)
        let (first, second) = try (
            Budget(key: key, rules: rules, store: store(.file), time: time),
            Budget(key: key, rules: rules, store: store(.file), time: time)
        )
        #expect(try grants(first, 1500).count == 1500)
        func size() throws -> Int {
            let file = try #require(files.first { !$0.hasSuffix(".lock") })
            let path = directory.path + "/a/b/" + file
            return try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        }
        let before = try size()
        let grant = try #require(try grants(second, 1).first)
        try second.answered(grant, headers: RateHeaders(limit: 9000, remaining: 7000))
        // The grant, the answer, the limit, and what remains.
        #expect(try size() == before + 4 * 64)
    }

    @Test func `a lock that somebody keeps is waited for, but not by what is cancelled`() async throws {
        let store = try store(.file)
        let time = ManualTime()
        #expect(try grants(try budget(store, "t", time), 1).count == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/a/b")
        let name = try #require(names.first { $0.hasSuffix(".lock") })
        let descriptor = unsafe open(directory.path + "/a/b/" + name, O_RDWR)
        try #require(flock(descriptor, LOCK_EX) == 0)
        let patient = try budget(
            FileBudgetStore(directory: directory.path + "/a/b", lockPatience: .seconds(600)), "t", time)
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            _ = try patient.tryAcquire()
        }
        await #expect(throws: SalesdockError.self) { try await task.value }
        let impatient = try FileBudgetStore(directory: directory.path + "/a/b", lockPatience: .zero)
        let budget = try budget(impatient, "t", time)
        let error = #expect(throws: SalesdockError.self) { try budget.tryAcquire() }
        #expect(error?.code == .budgetLocked)
        close(descriptor)
        #expect(try grants(budget, 1).count == 1)
    }

    @Test func `a directory that can not be made is told with the remedy`() throws {
        try Data().write(to: URL(filePath: directory.path + "/file"))
        let error = #expect(throws: SalesdockError.self) {
            try FileBudgetStore(directory: directory.path + "/file/below")
        }
        #expect(error?.code == .budgetState)
        #expect(error?.remedy?.contains("DOCKHAND_STATE_DIR") == true)
    }

    @Test func `the state directory follows the environment`() throws {
        let home = ["HOME": "/home/x"]
        #expect(try FileBudgetStore.defaultDirectory(home) == "/home/x/.local/state/dockhand")
        #expect(try FileBudgetStore.defaultDirectory(home.merging(["XDG_STATE_HOME": "/s"]) { $1 }) == "/s/dockhand")
        #expect(
            try FileBudgetStore.defaultDirectory(home.merging(["XDG_STATE_HOME": "s"]) { $1 })
                == "/home/x/.local/state/dockhand")
        #expect(try FileBudgetStore.defaultDirectory(["DOCKHAND_STATE_DIR": "/d", "XDG_STATE_HOME": "/s"]) == "/d")
        #expect(throws: SalesdockError.self) { try FileBudgetStore.defaultDirectory([:]) }
    }
}
