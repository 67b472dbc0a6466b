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
        try ledger.conclude(intend("K1"), .applied(remoteID: 501, isAdopted: false))
        try ledger.conclude(intend("K2"), .inDoubt(note: "two candidates"))
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

    @Test func `explain tells how a record came by its id, and what hangs on it`() throws {
        let folder = try Folder()
        let ledger = try makeLedger(folder)
        let target = try ledger.target(identity)
        let offers = try ledger.target(
            TargetIdentity(
                host: identity.host, domain: "demo", pipeline: "offers", resource: "offers", keyDefinition: "nr"))
        let run = try ledger.beginRun(offers, atUnixSeconds: 1_700_000_100)
        try ledger.adopt(target, key: "K5", remoteID: 505, applied: [:], isOwned: false)
        let payload: JSONValue = ["relation_id": 501, "lastname": "Jansen"]
        try ledger.adopt(
            offers, key: "O\u{1F}1", remoteID: 900, applied: [0: AppliedStep(fingerprint: "f", payload: payload)],
            isOwned: true)
        try ledger.note(
            [FateEntry(key: "O2", fate: .parked, note: "waits for customers K3, which has no Salesdock id yet")],
            target: offers, run: run)
        func story(_ key: String, _ more: [String] = []) throws -> JSONValue {
            try object(try Binary.run(["explain", key, "--format", "json"] + more, in: folder).output)
        }
        let created = try story("K1")
        #expect(created["origin"] == "created")
        #expect(created["duplicates"] == ["K4"])
        #expect(created["named_by"] == [["pipeline": "offers", "records": 1]])
        #expect(try story("K5")["origin"] == "matched")
        #expect(try story("K3")["waited_for_by"] == [["pipeline": "offers", "records": 1]])
        let parked = try Binary.run(["explain", "O2"], in: folder)
        #expect(parked.output.contains("waits for     customers K3, whose fate is parked"), "\(parked.output)")
        #expect(try story("O + 1")["key"] == "O\u{1F}1")

        let shown = try Binary.run(["explain", "K1"], in: folder).output
        #expect(shown.contains("501, answered to the create of 2023-11-14T22:13:21Z in run 1"), "\(shown)")
        #expect(shown.contains("Jansen K1"))
        let masked = try Binary.run(["explain", "K1", "--mask"], in: folder).output
        #expect(masked.contains("lastname: •••") && !masked.contains("Jansen"), "\(masked)")
        #expect(try !story("K1", ["--mask"]).text.contains("Jansen"))
    }

    @Test func `a decision stays in the story, with what led to it`() throws {
        let folder = try Folder()
        _ = try makeLedger(folder)
        #expect(try Binary.run(["resolve", "K2", "--as", "502"], in: folder).status == 0)
        let json = try object(try Binary.run(["explain", "K2", "--format", "json"], in: folder).output)
        #expect(json["origin"] == "resolved")
        let note = json["attempts"]?.array?.first?["note"]?.string ?? ""
        #expect(note.hasPrefix("two candidates") && note.hasSuffix("a person decided: it happened"), "\(note)")
        #expect(try Binary.run(["explain", "K2"], in: folder).output.contains("502, given by a person"))
    }

    @Test func `a decision is not taken while a look-up or the settling may still tell`() throws {
        let folder = try Folder()
        let ledger = try makeLedger(folder)
        let target = try ledger.target(identity)
        let run = try ledger.beginRun(target, atUnixSeconds: 1_700_000_100)
        func update(_ key: String, sentUnixSeconds: Int64) throws -> AttemptID {
            try ledger.intend(
                Intent(
                    target: target, key: key, step: 0, call: "products.update", isCreate: false, fingerprint: "f",
                    payload: [:], matchClass: nil, highestIDSeen: 0, run: run,
                    sentAt: SentAt(bootID: "b", bootNanoseconds: 1, unixSeconds: sentUnixSeconds)))
        }
        try ledger.conclude(update("U1", sentUnixSeconds: 1_700_000_000), .unknown(note: "no answer in time"))
        let unknown = try Binary.run(["resolve", "U1", "--as", "absent"], in: folder)
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("the next run looks up"), "\(unknown.errors)")
        let now = Int64(Date().timeIntervalSince1970)
        try ledger.conclude(update("U2", sentUnixSeconds: now - 5), .inDoubt(note: "no answer in time"))
        let young = try Binary.run(["resolve", "U2", "--as", "absent"], in: folder)
        #expect(young.status == 75)
        #expect(young.errors.contains("may still be carried out"), "\(young.errors)")
        try ledger.conclude(update("U3", sentUnixSeconds: now - 500), .inDoubt(note: "no answer in time"))
        #expect(try Binary.run(["resolve", "U3", "--as", "absent"], in: folder).status == 0)
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
