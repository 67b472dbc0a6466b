import ExactJSON
import Foundation
import Ledgers
import Records
import Testing

/// The verbs that work from the ledger alone.
@Suite struct LedgerVerbTests {
    private let identity = TargetIdentity(
        host: "app.salesdock.nl", domain: "demo", pipeline: "customers", resource: "customers", keyDefinition: "nr")

    /// A ledger with a record that was created, one in doubt, a parked one and a duplicate.
    private func makeLedger(_ folder: Folder) throws -> SQLiteLedger {
        try folder.write(".dockhand/empty", "")
        let ledger = try SQLiteLedger(path: folder.path + "/.dockhand/ledger.sqlite", newID: "test")
        let target = try ledger.target(identity)
        let run = try ledger.beginRun(target, atUnixSeconds: 1_700_000_000)
        func intend(_ key: String) throws -> AttemptID {
            try ledger.intend(
                Intent(
                    target: target, key: key, step: 0, call: "relations.create", isCreate: true,
                    fingerprint: "f-\(key)",
                    payload: ["lastname": .string("Jansen \(key)")], matchClass: "class-\(key)", highestIDSeen: 0,
                    run: run, sentAt: SentAt(bootID: "b", bootNanoseconds: 1, unixSeconds: 1_700_000_001)))
        }
        try ledger.conclude(intend("K1"), .applied(remoteID: 501, isAdopted: false), run: run)
        try ledger.conclude(intend("K2"), .inDoubt(note: "two candidates"), run: run)
        try ledger.note(
            [
                FateEntry(key: "K1", fate: .created), FateEntry(key: "K2", fate: .inDoubt, note: "two candidates"),
                FateEntry(key: "K3", fate: .parked, note: "no parent yet"),
                FateEntry(key: "K4", fate: .duplicate, survivor: "K1"),
            ], target: target, run: run)
        try ledger.endRun(
            run, exitCode: 3, report: ["mode": "run", "read": 4, "fates": ["created": 1, "in_doubt": 1]],
            atUnixSeconds: 1_700_000_009)
        return ledger
    }

    private func object(_ text: String) throws -> JSONValue {
        try JSONParser.parse(text.trimmingCharacters(in: .newlines))
    }

    @Test func `without a ledger, status says so and explain fails`() throws {
        let folder = try Folder()
        let status = try Binary.run(["status"], in: folder)
        #expect(status.status == 0)
        #expect(status.output.contains("nothing has been run"))
        #expect(try Binary.run(["explain", "K1"], in: folder).status == 64)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/.dockhand"))
    }

    @Test func `status tells the last run and whoever waits`() throws {
        let folder = try Folder()
        _ = try makeLedger(folder)
        let text = try Binary.run(["status"], in: folder)
        #expect(text.status == 0)
        #expect(text.output.contains("2023-11-14T22:13:20Z, exit 3: created 1 + in_doubt 1 = read 4"))
        #expect(text.output.contains("1 with a Salesdock id"))
        #expect(text.output.contains("K2  two candidates"))
        #expect(text.output.contains("K3  no parent yet"))
        let json = try object(try Binary.run(["status", "--format", "json"], in: folder).output)
        let pipeline = try #require(json["pipelines"]?.array?.first)
        #expect(pipeline["records"] == 1)
        #expect(pipeline["in_doubt"]?.array?.first?["key"] == "K2")
        #expect(pipeline["last_run"]?["exit"] == 3)
    }

    @Test func `explain tells a record's whole story`() throws {
        let folder = try Folder()
        _ = try makeLedger(folder)
        let text = try Binary.run(["explain", "K1"], in: folder)
        #expect(text.status == 0)
        #expect(text.output.contains("501"))
        #expect(text.output.contains("lastname: Jansen K1"))
        #expect(text.output.contains("relations.create  applied"))
        let json = try object(try Binary.run(["explain", "K4", "--format", "json"], in: folder).output)
        #expect(json["survivor"] == "K1")
        #expect(json["attempts"] == [])
        #expect(try Binary.run(["explain", "K9"], in: folder).status == 64)
        #expect(try Binary.run(["explain", "K1", "--pipeline", "offers"], in: folder).status == 64)
    }

    @Test func `a decision that the write happened keeps the id`() throws {
        let folder = try Folder()
        let ledger = try makeLedger(folder)
        let result = try Binary.run(["resolve", "K2", "--as", "502", "--format", "json"], in: folder)
        #expect(result.status == 0)
        let json = try object(result.output)
        #expect(json["was"] == "in_doubt")
        #expect(json["is"] == "applied")
        let target = try ledger.target(identity)
        #expect(try ledger.record(target, key: "K2")?.remoteID == 502)
        #expect(try ledger.openAttempts(host: identity.host, domain: identity.domain).isEmpty)
        #expect(try Binary.run(["resolve", "K2", "--as", "502"], in: folder).status == 64)
        let status = try Binary.run(["status"], in: folder)
        #expect(status.output.contains("exit 3"), "a decision is no run")
    }

    @Test func `a decision that it did not happen frees the record for the next run`() throws {
        let folder = try Folder()
        let ledger = try makeLedger(folder)
        let result = try Binary.run(["resolve", "K2", "--as", "absent"], in: folder)
        #expect(result.status == 0)
        #expect(result.output.contains("The next run creates it"))
        let record = try ledger.record(try ledger.target(identity), key: "K2")
        #expect(record?.remoteID == nil)
        #expect(record?.fate == .failed)
        #expect(try ledger.openAttempts(host: identity.host, domain: identity.domain).isEmpty)
    }

    @Test func `a decision can not take another record's id, nor be made on a sound record`() throws {
        let folder = try Folder()
        let ledger = try makeLedger(folder)
        let taken = try Binary.run(["resolve", "K2", "--as", "501"], in: folder)
        #expect(taken.status == 64)
        #expect(taken.errors.contains("customers K1"))
        #expect(try Binary.run(["resolve", "K1", "--as", "absent"], in: folder).status == 64)
        #expect(try ledger.openAttempts(host: identity.host, domain: identity.domain).count == 1)
    }

    @Test func `a decision waits for no run, and disturbs none`() throws {
        let folder = try Folder()
        _ = try makeLedger(folder)
        let lock = try FileLock(path: folder.path + "/.dockhand/ledger.sqlite.lock", holder: "a test")
        #expect(try Binary.run(["resolve", "K2", "--as", "502"], in: folder).status == 75)
        withExtendedLifetime(lock) {}
    }
}
