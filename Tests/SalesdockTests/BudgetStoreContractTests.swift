import Foundation
import Salesdock
import Synchronization
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

    @Test(arguments: Kind.allCases) func `tokens have budgets of their own, until one inherits the other's`(kind: Kind)
        throws
    {
        let (store, time) = (try store(kind), ManualTime())
        let (first, second) = (try budget(store, "old", time), try budget(store, "new", time))
        #expect(try grants(first, 9).count == 5)
        #expect(try grants(second, 2).count == 2)
        try first.rotate(to: try key("new"))
        #expect(try grants(first, 9).isEmpty)
        #expect(try grants(second, 9).isEmpty)
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
        #expect(files.count == 2)
        for file in files {
            let path = directory.path + "/a/b/" + file
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(!text.contains("secret") && !file.contains("secret"))
        }
        let mode = try FileManager.default.attributesOfItem(atPath: directory.path + "/a/b")[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }

    @Test func `a file torn anywhere counts as a full window and is whole again afterwards`() throws {
        let time = ManualTime()
        let store = try store(.file)
        _ = try grants(try budget(store, "t", time), 3)
        let path = try directory.path + "/a/b/" + #require(files.first { $0.hasSuffix(".json") })
        let whole = try Data(contentsOf: URL(filePath: path))
        for length in stride(from: 0, to: whole.count, by: 7) {
            try whole.prefix(length).write(to: URL(filePath: path))
            #expect(try grants(try budget(store, "t", time), 1).isEmpty, "torn at \(length)")
        }
        // The timeout of what may have been under way, the window, and a second.
        time.advance(by: .milliseconds(90_900))
        #expect(try grants(try budget(store, "t", time), 1).isEmpty)
        time.advance(by: .milliseconds(100))
        #expect(try grants(try budget(store, "t", time), 9).count == 5)
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
