import ExactJSON
import Foundation
import Ledgers
import Pipelines
import Records
import Salesdock
import SalesdockFacts
import Testing

@testable import Runs

/// Cases in which an obvious implementation writes twice, loses a row, or stops everything for one record.
@Suite struct HardCaseTests {
    private func customers(_ sink: String, name: String = "customers", key: String = "nr") -> String {
        RunTests.customers
            .replacing(
                "salesdock.customers: { match: [email], existing: update }", with: "salesdock.customers: \(sink)"
            )
            .replacing("pipeline: customers", with: "pipeline: \(name)")
            .replacing("key: nr", with: "key: \(key)")
    }

    private func csv(_ rows: [String]) -> String { "nr;naam;email;telefoon\n" + rows.map { $0 + "\n" }.joined() }

    private func loseFirstCreate(_ fixture: Fixture, times: Int = 1) throws {
        try fixture.faults(
            [
                [
                    "method": "POST", "path": "relations", "probability": 1, "times": .number(JSONNumber(times)),
                    "action": "drop_before",
                ]
            ],
            seed: 1)
    }

    private func wait(_ fixture: Fixture) { fixture.time.advance(to: fixture.time.now() + .seconds(60)) }

    @Test func `a record in doubt holds up its likes and nothing else, in every run`() async throws {
        let fixture = try Fixture()
        try fixture.write(
            "customers.csv", csv(["1;Jansen;a@mail.example;0612345678", "2;Bos;a@mail.example;0612345679"]))
        try loseFirstCreate(fixture)
        for _ in 0..<2 {
            let outcome = try await fixture.run(customers("{}"))
            #expect(outcome.exit == .inDoubt, "\(outcome.messages)")
            #expect(outcome.balance[.inDoubt] == 1)
            #expect(outcome.balance[.failed] == 1)
            #expect(outcome.balance.holds)
        }
        #expect(try fixture.held("relations").isEmpty)
    }

    /// An answer that can't be read says nothing, whatever its status; its text, which repeats the record, is not kept.
    @Test func `a create whose answer is garbled is looked up and never sent again`() async throws {
        let fixture = try Fixture()
        let garble: JSONValue = ["method": "POST", "path": "relations", "times": 1, "action": "garble"]
        try fixture.faults([garble], seed: 1)
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678"]))
        let outcome = try await fixture.run(customers("{}"))
        #expect(outcome.exit == .success && outcome.balance[.created] == 1, "\(outcome.messages)")
        #expect(try fixture.held("relations").count == 1)
        #expect(try fixture.writes() == 1)
        #expect(try story(fixture, "1").allSatisfy { !"\($0.note ?? "")".contains("Jansen") })
    }

    @Test func `a garbled answer whose record is not shown is in doubt, and is not sent again`() async throws {
        let fixture = try Fixture()
        let garble: JSONValue = ["method": "POST", "path": "relations", "times": 1, "action": "garble"]
        // Nothing can be looked up either.
        let deaf: JSONValue = ["method": "GET", "path": "relations", "action": "garble"]
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678"]))
        try fixture.faults([garble], seed: 1)
        let first = try await fixture.run(customers("{}"), ledger: CrashingLedger(fixture.ledger, dyingAfter: 2))
        #expect(first.exit == .disk)
        try fixture.faults([deaf], seed: 1)
        let second = try await fixture.run(customers("{}"))
        #expect(second.exit == .unreachable && second.balance[.created] == 0, "\(second.messages)")
        try fixture.faults([], seed: 1)
        let third = try await fixture.run(customers("{}"))
        #expect(third.exit == .success, "\(third.messages)")
        #expect(try fixture.held("relations").count == 1)
        #expect(try fixture.writes() == 1)
    }

    private func story(_ fixture: Fixture, _ key: String) throws -> [HistoryEntry] {
        try fixture.ledger.targets().flatMap { try fixture.ledger.history($0.0, key: key) }
    }

    @Test func `a run whose end can't be noted still says what it did`() async throws {
        let fixture = try Fixture()
        try fixture.write(
            "customers.csv", csv(["1;Jansen;a@mail.example;0612345678", "2;Bos;b@mail.example;0612345679"]))
        let outcome = try await fixture.run(
            customers("{}"), ledger: CrashingLedger(fixture.ledger, dyingAfter: nil, diesAtEnd: true))
        #expect(outcome.exit == .disk && outcome.balance[.created] == 2)
        #expect(outcome.messages == ["the process died"])
    }

    @Test func `the rejects of a run outlast a dry run, and go with the run that has none`() async throws {
        let fixture = try Fixture()
        let path = fixture.folder + "/customers.rejects.csv"
        let text = customers("{}").replacing("telefoon\n", with: "telefoon\n  - validate: { email: [email] }\n")
        func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
        try fixture.write("customers.csv", csv(["1;Jansen;nobody;"]))
        #expect(try await fixture.run(text).rejects == path)
        let kept = try String(contentsOfFile: path, encoding: .utf8)
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;"]))
        let environment = RunEnvironment(time: fixture.time, stop: StopSignal(), seed: Hash128(high: 1, low: 2))
        _ = try await Validation.run(
            fixture.pipeline(text), options: RunOptions(), places: fixture.places, environment: environment)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == kept)
        #expect(try await fixture.run(text).rejects == nil)
        #expect(!isThere(path))
        // What was corrected where it was is the source now.
        try fixture.write("customers.rejects.csv", csv(["2;Bos;b@mail.example;"]))
        let fed = text.replacing("path: customers.csv", with: "path: customers.rejects.csv")
        #expect(try await fixture.run(fed).balance[.created] == 1)
        #expect(isThere(path))
    }

    @Test func `a stopped run says nothing of duplicates whose survivor it has not read`() async throws {
        let fixture = try Fixture()
        let rows = 20_000
        try fixture.write(
            "customers.csv",
            csv((1...rows).map { "\($0);Jansen;k\($0 == rows ? 1 : $0)@mail.example;" }))
        fixture.requestsMax = 4
        fixture.concurrency = 1
        let text = customers("{}").replacing(
            "  - map:", with: "  - dedupe: { by: [email], keep: last }\n  - map:")
        let outcome = try await fixture.run(text)
        #expect(outcome.exit == .tryLater, "\(outcome.messages)")
        #expect(outcome.balance[.duplicate] == 0 && outcome.balance.holds, "\(outcome.balance)")
    }

    @Test(arguments: 1...6) func `a lost attempt that ends in doubt stops no run`(steps: Int) async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678"]))
        try loseFirstCreate(fixture)
        _ = try? await fixture.run(
            customers("{}"), ledger: CrashingLedger(fixture.ledger, dyingAfter: steps, diesBefore: true))
        for _ in 0..<2 {
            let outcome = try await fixture.run(customers("{}"))
            #expect(outcome.balance.holds)
            #expect([.success, .inDoubt].contains(outcome.exit), "\(outcome.messages)")
        }
    }

    @Test func `an outage at the start leaves nothing in doubt once creates succeed again`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv((1...200).map { "\($0);J\($0);k\($0)@mail.example;06123\(10000 + $0)" }))
        try loseFirstCreate(fixture, times: 12)
        let outcome = try await fixture.run(customers("{}"))
        #expect(outcome.exit == .success, "\(outcome.balance)")
        #expect(outcome.balance[.created] == 200)
        let (target, _) = try #require(try fixture.ledger.targets().first)
        let notes = try fixture.ledger.records(target, fates: [.inDoubt], limit: 50).compactMap(\.note)
        #expect(Set(notes).isEmpty)
        #expect(try fixture.held("relations").count == 200)
    }

    @Test func `a record of two pipelines is claimed once in each`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678"]))
        _ = try await fixture.run(customers("{ match: [email], existing: update }"))
        wait(fixture)
        try fixture.write(
            "customers.csv", csv(["2;Jansen;a@mail.example;0612345678", "3;Jansen;a@mail.example;0612345678"]))
        let other = try await fixture.run(customers("{ match: [email], existing: update }", name: "other"))
        #expect(other.balance[.unchanged] == 1, "\(other.balance) \(other.messages)")
        #expect(other.problems == ["match.claimed": 1])
    }

    @Test func `of two rows that match one record at once, one is refused`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678"]))
        _ = try await fixture.run(customers("{}"))
        wait(fixture)
        try fixture.write(
            "customers.csv", csv(["2;Jansen;b@mail.example;0612345678", "3;Jansen;c@mail.example;0612345678"]))
        let other = try await fixture.run(customers("{ match: [phone], existing: update }", name: "other"))
        #expect(other.balance[.updated] == 1, "\(other.balance) \(other.messages)")
        #expect(other.problems == ["match.claimed": 1])
    }

    @Test func `what is skipped once is skipped for ever`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678"]))
        _ = try await fixture.run(customers("{}"))
        wait(fixture)
        let writes = try fixture.writes()
        try fixture.write("customers.csv", csv(["2;ANDERS;a@mail.example;0699999999"]))
        for _ in 0..<2 {
            let outcome = try await fixture.run(customers("{ match: [email], existing: skip }", name: "other"))
            #expect(outcome.balance[.unchanged] == 1)
        }
        #expect(try fixture.writes() == writes)
    }

    @Test func `a rename does not hide a changed key`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678"]))
        _ = try await fixture.run(customers("{}"))
        fixture.options.renamedFrom = "customers"
        await #expect(throws: RunError.self) { try await fixture.run(customers("{}", name: "klanten", key: "email")) }
        fixture.options.renamedFrom = "none"
        await #expect(throws: RunError.self) { try await fixture.run(customers("{}", key: "email")) }
        #expect(try fixture.held("relations").count == 1)
    }

    @Test func `a stranger that was there before is never taken for ours`() async throws {
        let fixture = try Fixture()
        let stranger: JSONValue = [
            "id": 5, "lastname": "Jansen", "email": "a@mail.example", "visibility": "account", "business": "0",
        ]
        try fixture.transport.control("POST", "seed", ["relations": [stranger]])
        wait(fixture)
        try fixture.write(
            "customers.csv", csv(["1;Jansen;a@mail.example;0612345678", "2;Bos;b@mail.example;0612345679"]))
        try loseFirstCreate(fixture)
        let outcome = try await fixture.run(customers("{}"))
        #expect(outcome.balance.holds)
        let (target, _) = try #require(try fixture.ledger.targets().first)
        for key in ["1", "2"] { #expect(try fixture.ledger.record(target, key: key)?.remoteID != 5) }
    }

    @Test func `trouble while deactivating is told`() async throws {
        let fixture = try Fixture()
        try fixture.write("prices.csv", "code;naam;prijs\na;A;1\nb;B;1\nc;C;1\n")
        _ = try await fixture.run(MissingProductTests.prices)
        try fixture.write("prices.csv", "code;naam;prijs\na;A;1\n")
        fixture.options.allow.deactivate = 2
        try fixture.faults(
            [["method": "PUT", "path": "products", "probability": 1, "status": 401, "action": "error_before"]], seed: 1)
        let outcome = try await fixture.run(MissingProductTests.prices)
        #expect(outcome.exit == .noPermission)
        #expect(!outcome.messages.isEmpty)
        #expect(outcome.missing?.found == 2)
        #expect(outcome.missing?.deactivated == 0)
    }

    @Test func `a rebuild of one pipeline does not let the others create again`() async throws {
        let fixture = try await RunTests().offersFixture()
        fixture.options.allow.email = 3
        _ = try await fixture.run(RunTests.offers)
        let other = try SQLiteLedger(inMemoryWithID: "other")
        fixture.options.rebuild = true
        fixture.options.allow.create = 1
        _ = try await fixture.run(RunTests.customers, ledger: other)
        fixture.options.rebuild = false
        let error = await #expect(throws: RunError.self) { try await fixture.run(RunTests.offers, ledger: other) }
        #expect(error?.exit == .guarded)
        #expect(try fixture.held("sales").count == 2)
        // What was rebuilt whole goes on as before.
        #expect(try await fixture.run(RunTests.customers, ledger: other).exit == .success)
    }

    @Test func `an input that changes while it is written is noticed, and the balance holds`() async throws {
        let fixture = try Fixture()
        // Longer than one block, so that there is something left to read.
        let name = String(repeating: "J", count: 600)
        try fixture.write(
            "customers.csv", csv((1...3000).map { "\($0);\(name);k\($0)@mail.example;06123\(10000 + $0)" }))
        let path = "\(fixture.folder)/customers.csv"
        let outcome = try await fixture.run(customers("{}")) { progress in
            if progress.phase == .writing, progress.balance[.created] > 5 {
                try? "nr;naam\n1;x\n".write(toFile: path, atomically: false, encoding: .utf8)
            }
        }
        #expect(outcome.exit == .inputUnreadable, "\(outcome.messages)")
        #expect(outcome.balance.holds, "\(outcome.balance)")
    }

    @Test func `the survivor of many duplicates is found in time`() async throws {
        let fixture = try Fixture()
        let rows = 10_000
        let first = (1...rows).map { "\($0);J;k\($0)@mail.example;x" }
        let second = (1...rows).map { "\($0 + rows);J;k\($0)@mail.example;x" }
        try fixture.write("customers.csv", csv(first + second))
        fixture.requestsMax = 5
        let outcome = try await fixture.run(
            customers("{}").replacing("  - map:", with: "  - dedupe: { by: [email], keep: last }\n  - map:"))
        #expect(outcome.balance.holds)
        #expect(outcome.balance.read == rows * 2)
    }
}

/// Requests of updates, field by field.
@Suite struct UpdateRequestTests {
    private func sink(_ text: String) throws -> SalesdockSink {
        guard case .salesdock(let sink) = try Fixture().pipeline(text).sink else {
            throw RunError(.software, "not a Salesdock sink")
        }
        return sink
    }

    private func applied(_ payload: JSONValue) -> LedgerRecord {
        LedgerRecord(key: "1", remoteID: 1, steps: [0: AppliedStep(fingerprint: "", payload: payload)])
    }

    private func step(_ number: Int = 0, _ call: Call) -> StepPlan {
        StepPlan(step: number, call: call, isCreate: false, fingerprint: "", payload: .null)
    }

    @Test func `an emptied field of an offer is emptied in the form of its update`() throws {
        let request = Planner(sink: try sink(RunTests.offers), scope: .account).request(
            step(0, .proposalUpdate(changesProducts: false)), body: ["firstname": "B"], remoteID: 1,
            applied(["email": "a@mail.example", "firstname": "A", "questionData": ["wijze": "x"]]))
        #expect(request.body?["customer"]?["email"] == .null)
        #expect(request.body?["customer"]?["firstname"] == "B")
        #expect(request.body?["product_questions"]?["delete"] == ["wijze"])
    }

    @Test func `a field that turned from an object into a value is not emptied`() throws {
        let request = Planner(sink: try sink(MissingProductTests.prices), scope: .account).request(
            step(0, .productUpdate(addsAttachments: false)), body: ["image": "x"], remoteID: 1,
            applied(["image": ["content": "y"]]))
        #expect(request.body?["image"] == "x")
    }

    @Test func `attachments that were added are not added again with another change`() throws {
        let attachments: JSONValue = [["document": "d", "action": "add", "name": "n"]]
        let plan = StepPlan(
            step: 0, call: .productUpdate(addsAttachments: true), isCreate: false, fingerprint: "",
            payload: ["name": "new", "attachments": attachments])
        let request = Planner(sink: try sink(MissingProductTests.prices), scope: .account).request(
            plan, body: ["name": "new", "attachments": attachments], remoteID: 1,
            applied(["name": "old", "attachments": attachments]))
        #expect(request.body?["attachments"] == nil)
        #expect(request.body?["name"] == "new")
    }
}
