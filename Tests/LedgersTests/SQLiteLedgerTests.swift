import ExactJSON
import Foundation
import GRDB
import Records
import Testing

@testable import Ledgers

@Suite struct SQLiteLedgerTests {
    enum Store: CaseIterable, Sendable { case memory, file }

    private func contract(_ store: Store) throws -> LedgerContract {
        switch store {
        case .memory: try LedgerContract(SQLiteLedger(inMemoryWithID: "l"))
        case .file: try LedgerContract(SQLiteLedger(path: folder() + "/ledger.sqlite", newID: "l"))
        }
    }

    private func folder() throws -> String {
        let path = NSTemporaryDirectory() + "ledger-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    @Test func `a ledger is opened and read while another program writes`() throws {
        let path = try folder() + "/ledger.sqlite"
        _ = try SQLiteLedger(path: path, newID: "one")
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: configuration)
        try other.writeWithoutTransaction {
            try $0.execute(sql: "UPDATE ledger SET runs = 6; BEGIN IMMEDIATE; UPDATE ledger SET runs = 7")
        }
        #expect(try SQLiteLedger(path: path, newID: "two").identity().id == "one")
        try other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }

    @Test func `whoever asks for the holder of a lock keeps nobody out`() async throws {
        let path = try folder() + "/lock"
        _ = try FileLock(path: path, holder: "the first")
        let asking = Task.detached {
            while !Task.isCancelled { _ = try? FileLock.holder(of: path) }
        }
        for _ in 0..<2_000 { _ = try FileLock(path: path, holder: "a run") }
        asking.cancel()
        await asking.value
    }

    @Test func `the last run of a target is found behind any number of others`() throws {
        let ledger = try SQLiteLedger(inMemoryWithID: "l")
        func target(_ name: String) throws -> TargetID {
            try ledger.target(
                TargetIdentity(
                    host: "h.example", domain: "demo", pipeline: name, resource: "customers", keyDefinition: "nr"))
        }
        let (one, other) = (try target("one"), try target("other"))
        #expect(try ledger.lastRun(one, notOfMode: "resolve") == nil)
        let run = try ledger.beginRun(one, atUnixSeconds: 1)
        let decision = try ledger.beginRun(one, atUnixSeconds: 2)
        try ledger.endRun(decision, exitCode: 0, report: ["mode": "resolve"], atUnixSeconds: 2)
        for moment in Int64(3)..<10 { _ = try ledger.beginRun(other, atUnixSeconds: moment) }
        #expect(try ledger.lastRun(one, notOfMode: "resolve")?.id == run)
    }

    @Test(arguments: Store.allCases) func `ids and payloads survive a failed update`(store: Store) throws {
        try contract(store).idsAndPayloadsSurvive()
    }
    @Test(arguments: Store.allCases) func `a record with an id is never created again`(store: Store) throws {
        try contract(store).neverCreatedAgain()
    }
    @Test(arguments: Store.allCases) func `one open create in a match class, over all pipelines`(store: Store) throws {
        try contract(store).oneOpenCreatePerMatchClass()
    }
    @Test(arguments: Store.allCases) func `one open try a record`(store: Store) throws {
        try contract(store).oneOpenTryPerRecord()
    }
    @Test(arguments: Store.allCases) func `claims are unique and final`(store: Store) throws {
        try contract(store).claimsAreUnique()
    }
    @Test(arguments: Store.allCases) func `open attempts are found again`(store: Store) throws {
        try contract(store).openAttemptsAreFound()
    }
    @Test(arguments: Store.allCases) func `a control was sent after the lost request had been sent last`(store: Store)
        throws
    {
        try contract(store).controlsWereSentAfterwards()
    }
    @Test(arguments: Store.allCases) func `targets are apart`(store: Store) throws {
        try contract(store).targetsAreApart()
    }
    @Test(arguments: Store.allCases) func `fates are kept`(store: Store) throws { try contract(store).fatesAreKept() }
    @Test(arguments: Store.allCases) func `runs count up`(store: Store) throws { try contract(store).runsCount() }

    @Test func `an intent is there when the file is opened again, and private`() throws {
        let path = try folder() + "/ledger.sqlite"
        do { _ = try LedgerContract(SQLiteLedger(path: path, newID: "l")).openAttemptsAreFound() }
        let again = try SQLiteLedger(path: path, newID: "other")
        #expect(try again.identity().id == "l")
        #expect(try again.openAttempts(host: "salesdock.example", domain: "demo").count == 1)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test(arguments: Store.allCases) func `every commit is synced`(store: Store) throws {
        let ledger = try #require(contract(store).ledger as? SQLiteLedger)
        #expect(try ledger.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
    }

    @Test func `a file that is no ledger is refused`() throws {
        let path = try folder() + "/ledger.sqlite"
        try Data(repeating: 65, count: 4096).write(to: URL(fileURLWithPath: path))
        #expect(throws: LedgerError.self) { try SQLiteLedger(path: path, newID: "l") }
    }

    @Test func `a second holder of the lock is told who has it`() throws {
        let path = try folder() + "/lock"
        let first = try FileLock(path: path, holder: "run customers")
        let error = #expect(throws: LedgerError.self) { try FileLock(path: path, holder: "run offers") }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("run customers") == true)
        withExtendedLifetime(first) {}
    }

    @Test func `who holds a lock can be asked without taking it`() throws {
        let path = try folder() + "/lock"
        #expect(try FileLock.holder(of: path) == nil)
        let lock = try FileLock(path: path, holder: "run customers")
        #expect(try FileLock.holder(of: path)?.contains("run customers") == true)
        withExtendedLifetime(lock) {}
        _ = consume lock
        #expect(try FileLock.holder(of: path) == nil)
    }

    @Test func `a disk is tried with a real file, and nothing is left`() throws {
        let folder = try folder()
        let trial = DiskTrial.run(in: folder)
        #expect(trial.failure == nil)
        #expect(trial.syncDuration != nil)
        #expect(trial.freeBytes ?? 0 > 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        #expect(DiskTrial.run(in: folder + "/none").failure?.contains("No such file") == true)
    }

    @Test func `a record's kin is found, and a decision keeps what led to it`() throws {
        let contract = try contract(.memory)
        let ledger = try #require(contract.ledger as? SQLiteLedger)
        let (target, run) = (contract.target, contract.run)
        let offers = try ledger.target(
            TargetIdentity(
                host: "salesdock.example", domain: "demo", pipeline: "offers", resource: "offers", keyDefinition: "nr"))
        let doubt = try ledger.intend(contract.intent("k1"))
        try ledger.conclude(doubt, .unknown(note: "no answer in time"))
        try ledger.conclude(doubt, .inDoubt(note: "two candidates"))
        try ledger.decide(doubt, remoteID: 42)
        #expect(
            try ledger.history(target, key: "k1").map(\.note)
                == ["no answer in time → two candidates → \(AttemptNote.decidedApplied)"])
        #expect(throws: LedgerError.self) { try ledger.decide(doubt, remoteID: 43) }

        for (key, id) in [("o1", 42), ("o2", 42), ("o3", 421)] {
            var intent = contract.intent(key, target: offers)
            intent.payload = ["relation_id": .number(JSONNumber(id))]
            let attempt = try ledger.intend(intent)
            try ledger.conclude(attempt, .applied(remoteID: Int(attempt.rawValue), isAdopted: false))
        }
        try ledger.note(
            [
                FateEntry(key: "d1", fate: .duplicate, survivor: "k1"),
                FateEntry(key: "d2", fate: .duplicate, survivor: "k2"),
            ], target: target, run: run)
        try ledger.note([FateEntry(key: "o9", fate: .parked, note: "waits")], target: offers, run: run)
        let (host, domain) = ("salesdock.example", "demo")
        #expect(try ledger.duplicates(of: "k1", in: target, limit: 9) == ["d1"])
        #expect(
            try ledger.references(to: 42, field: "relation_id", host: host, domain: domain)
                == [PipelineCount(pipeline: "offers", count: 2)])
        #expect(
            try ledger.parked(note: "waits", host: host, domain: domain) == [
                PipelineCount(pipeline: "offers", count: 1)
            ])
        #expect(try ledger.parked(note: "waits", host: "elsewhere.example", domain: domain).isEmpty)
    }

    @Test func `a mirror notices another ledger and an older copy`() throws {
        let directory = try folder()
        let mirror = LedgerMirror(directory: directory, name: "m")
        try mirror.check(LedgerIdentity(id: "a", runs: 0), ledger: "l")
        try mirror.write(LedgerIdentity(id: "a", runs: 5))
        try mirror.check(LedgerIdentity(id: "a", runs: 5), ledger: "l")
        try mirror.check(LedgerIdentity(id: "a", runs: 6), ledger: "l")
        #expect(throws: LedgerError.self) { try mirror.check(LedgerIdentity(id: "a", runs: 4), ledger: "l") }
        #expect(throws: LedgerError.self) { try mirror.check(LedgerIdentity(id: "b", runs: 9), ledger: "l") }

        // Of one run there may be several copies.
        try mirror.write(LedgerIdentity(id: "a", runs: 5, attempts: 70))
        try mirror.check(LedgerIdentity(id: "a", runs: 5, attempts: 70), ledger: "l")
        #expect(throws: LedgerError.self) {
            try mirror.check(LedgerIdentity(id: "a", runs: 5, attempts: 69), ledger: "l")
        }

        // An old copy in another place; a copy that has gone its own way leaves the first alone.
        let elsewhere = LedgerMirror(directory: directory, name: "n")
        #expect(throws: LedgerError.self) { try elsewhere.check(LedgerIdentity(id: "a", runs: 4), ledger: "l") }
        try elsewhere.check(LedgerIdentity(id: "c", runs: 0), ledger: "l")
        try elsewhere.check(LedgerIdentity(id: "a", runs: 5, attempts: 70), ledger: "l")
        try elsewhere.write(LedgerIdentity(id: "a", runs: 8, attempts: 90))
        try mirror.check(LedgerIdentity(id: "a", runs: 5, attempts: 70), ledger: "l")
    }
}
