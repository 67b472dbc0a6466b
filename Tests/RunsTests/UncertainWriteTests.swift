import ExactJSON
import Ledgers
import Pipelines
import Records
import Salesdock
import Testing

@testable import Runs

/// Writes of which nobody knows whether they were carried out.
@Suite struct UncertainWriteTests {
    private func csv(_ rows: [String]) -> String { "nr;naam;email;telefoon\n" + rows.map { $0 + "\n" }.joined() }

    private func fault(_ fixture: Fixture, _ method: JSONValue, _ path: JSONValue, _ action: JSONValue, times: Int)
        throws
    {
        try fixture.faults(
            [
                [
                    "method": method, "path": path, "probability": 1, "times": .number(JSONNumber(times)),
                    "action": action,
                ]
            ], seed: 1)
    }

    private func target(_ fixture: Fixture, _ resource: String) throws -> (TargetID, TargetIdentity) {
        try #require(try fixture.ledger.targets().first { $0.1.resource == resource })
    }

    @Test func `an update that was never confirmed is made good when the row goes back to what it was`() async throws {
        let fixture = try Fixture()
        let was = csv(["1;Jansen;a@mail.example;0612345678"])
        try fixture.write("customers.csv", was)
        _ = try await fixture.run(RunTests.customers)
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0699999999"]))
        try fault(fixture, "PUT", "relations", "drop_after", times: WriteMachine.roundsMax)
        let lost = try await fixture.run(RunTests.customers)
        #expect(lost.balance[.failed] == 1)
        try fixture.write("customers.csv", was)
        let outcome = try await fixture.run(RunTests.customers)
        #expect(outcome.balance[.updated] == 1, "\(outcome.balance)")
        #expect(try fixture.held("relations").compactMap { $0["phone"]?.string } == ["+31612345678"])
        #expect(try await fixture.run(RunTests.customers).balance[.unchanged] == 1)
        let (target, _) = try target(fixture, "customers")
        let states = try fixture.ledger.history(target, key: "1").map(\.state)
        #expect(states.first == .applied && states.last == .applied)
        #expect(states.dropFirst().dropLast().allSatisfy { $0 == .superseded })
    }

    @Test func `a product in doubt is not deactivated, and the others are`() async throws {
        let fixture = try Fixture()
        try fixture.write("prices.csv", "code;naam;prijs\na;A;1,50\nb;B;2,50\nc;C;3,50\n")
        _ = try await fixture.run(MissingProductTests.prices)
        let (target, _) = try target(fixture, "products")
        let run = try fixture.ledger.beginRun(target, atUnixSeconds: 0)
        let intent = Intent(
            target: target, key: "b", step: 0, call: "products.update", isCreate: false, fingerprint: "x",
            payload: [:], matchClass: nil, highestIDSeen: 0, run: run,
            sentAt: SentAt(bootID: "", bootNanoseconds: 0, unixSeconds: 0))
        try fixture.ledger.conclude(try fixture.ledger.intend(intent), .inDoubt(note: "adds"))
        try fixture.write("prices.csv", "code;naam;prijs\na;A;1,50\n")
        fixture.options.allow.deactivate = 2
        let outcome = try await fixture.run(MissingProductTests.prices)
        #expect(outcome.missing?.deactivated == 1, "\(outcome.messages)")
        #expect(outcome.missing?.failed == 1)
        #expect(outcome.exit == .rowsFailed)
    }

    @Test func `a request that was stamped by a clock that was off is not repeated on the word of a later one`()
        async throws
    {
        let fixture = try await RunTests().offersFixture()
        fixture.options.allow.email = 3
        fixture.concurrency = 1
        try fixture.transport.control(
            "POST", "seed",
            ["products": [["id": 78, "name": "Q", "identifier": "q", "type": "default", "active": "1"]]])
        try fixture.write("offers.csv", "nr;klant;product;huis\nO1;1;77;1\nO2;1;78;2\n")
        // The answer is lost together with the process.
        _ = try? await fixture.run(
            RunTests.offers, ledger: CrashingLedger(fixture.ledger, dyingAfter: 2, diesBefore: true))
        #expect(try fixture.held("sales").count == 1)
        let (_, identity) = try target(fixture, "offers")
        let attempt = try #require(
            try fixture.ledger.openAttempts(host: identity.host, domain: identity.domain).first)
        var sentAt = attempt.intent.sentAt
        sentAt.unixSeconds -= 60 * 3_600
        try fixture.ledger.resent(attempt.id, at: sentAt)
        let outcome = try await fixture.run(RunTests.offers)
        #expect(outcome.exit == .inDoubt, "\(outcome.balance)")
        #expect(try fixture.held("sales").count == 2)
    }

    @Test func `a lost offer that claims a day is repeated on the word of one that claims another`() async throws {
        let fixture = try await RunTests().offersFixture()
        fixture.options.allow.email = 3
        fixture.concurrency = 1
        let text = RunTests.offers.replacing(
            "business: { const: \"0\" }", with: "business: { const: \"0\" }\n      initial_created_at: dag")
        try fixture.transport.control(
            "POST", "seed",
            ["products": [["id": 78, "name": "Q", "identifier": "q", "type": "default", "active": "1"]]])
        try fixture.write(
            "offers.csv",
            "nr;klant;product;huis;dag\nO1;1;77;1;2026-01-05 10:00:00\nO2;1;78;2;2026-03-07 10:00:00\n")
        try fault(fixture, "POST", "sales", "drop_before", times: 1)
        let outcome = try await fixture.run(text)
        #expect(outcome.balance[.created] == 2, "\(outcome.balance)")
        #expect(try fixture.held("sales").count == 2)
    }

    @Test func `an offer that was parked while the ledger was rebuilt is found when its customer is back`()
        async throws
    {
        let fixture = try await RunTests().offersFixture()
        fixture.options.allow.email = 3
        let all = csv(["1;Jansen;a@mail.example;0612345678", "9;Bos;b@mail.example;0612345679"])
        try fixture.write("customers.csv", all)
        _ = try await fixture.run(RunTests.customers)
        _ = try await fixture.run(RunTests.offers)
        #expect(try fixture.held("sales").count == 3)
        let other = try SQLiteLedger(inMemoryWithID: "other")
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678"]))
        fixture.options.rebuild = true
        fixture.options.allow.create = 3
        _ = try await fixture.run(RunTests.customers, ledger: other)
        #expect(try await fixture.run(RunTests.offers, ledger: other).balance[.parked] == 1)
        fixture.options.rebuild = false
        try fixture.write("customers.csv", all)
        _ = try await fixture.run(RunTests.customers, ledger: other)
        let outcome = try await fixture.run(RunTests.offers, ledger: other)
        #expect(outcome.balance[.unchanged] == 3, "\(outcome.balance)")
        #expect(try fixture.held("sales").count == 3)
    }

    @Test func `a twin is looked for by the next run when the one that repeated a create could not`() async throws {
        let fixture = try Fixture()
        try fixture.write(
            "customers.csv", csv(["1;Jansen;a@mail.example;0612345678", "2;Bos;b@mail.example;0612345679"]))
        let text = RunTests.customers.replacing("{ match: [email], existing: update }", with: "{}")
        fixture.concurrency = 1
        try fault(fixture, "POST", "relations", "drop_before", times: 1)
        _ = try await fixture.run(text)
        let (target, _) = try target(fixture, "customers")
        // It was looked for, and could still come.
        #expect(try fixture.ledger.owedTwinChecks(target).count == 1)
        let id = try #require(try fixture.held("relations").compactMap { $0["id"]?.int }.max())
        try fixture.transport.control(
            "POST", "seed",
            [
                "relations": [
                    [
                        "id": .number(JSONNumber(id + 1)), "lastname": "Jansen", "email": "a@mail.example",
                        "phone": "0612345678", "visibility": "account", "business": "0",
                    ]
                ]
            ])
        fixture.time.advance(to: fixture.time.now() + .seconds(60))
        let next = try await fixture.run(text)
        #expect(next.exit == .inDoubt)
        #expect(next.messages.contains { $0.contains("record \(id + 1) in Salesdock is a twin of customers 1") })
        #expect(try fixture.ledger.owedTwinChecks(target).isEmpty)
        #expect(try await fixture.run(text).exit == .success)
    }

    @Test func `a row that matches what an earlier run had lost finds it, although the list was read before`()
        async throws
    {
        let fixture = try Fixture()
        try fixture.write(
            "customers.csv", csv(["1;Jansen;a@mail.example;0612345678", "2;Jansen;a@mail.example;0612345678"]))
        fixture.concurrency = 1
        // The process dies when the answer is to be written down, and the list does not show the record yet.
        _ = try await fixture.run(
            RunTests.customers, ledger: CrashingLedger(fixture.ledger, dyingAfter: 2, diesBefore: true))
        #expect(try fixture.held("relations").count == 1)
        let outcome = try await fixture.run(RunTests.customers)
        #expect(outcome.balance[.rejected] == 1, "\(outcome.balance)")
        #expect(try fixture.held("relations").count == 1)
    }

    @Test func `one reading serves the look for every twin`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv((1...6).map { "\($0);Jansen;k\($0)@mail.example;061234560\($0)" }))
        let text = RunTests.customers.replacing("{ match: [email], existing: update }", with: "{}")
        fixture.concurrency = 1
        try fault(fixture, "POST", "relations", "drop_before", times: 4)
        _ = try await fixture.run(text)
        let (target, _) = try target(fixture, "customers")
        #expect(try fixture.ledger.owedTwinChecks(target).count == 4)
        fixture.time.advance(to: fixture.time.now() + .seconds(60))
        let outcome = try await fixture.run(text)
        #expect(try fixture.ledger.owedTwinChecks(target).isEmpty)
        // The account, the list, and a search for each of four.
        #expect(outcome.requests.sent <= 7, "\(outcome.requests)")
    }

    @Test(arguments: [false, true]) func `of two lost creates each gets its own record, also when one fits both`(
        isBareFirst: Bool
    ) async throws {
        let fixture = try Fixture()
        let rows = ["1;Jansen;;0612345678", "2;Jansen;a@mail.example;0612345678"]
        let text = RunTests.customers.replacing("{ match: [email], existing: update }", with: "{}")
        try fixture.write("customers.csv", csv((isBareFirst ? rows : rows.reversed()) + ["3;Bos;b@mail.example;"]))
        try fault(fixture, "POST", "relations", "drop_after", times: 2)
        let outcome = try await fixture.run(text)
        let (target, _) = try target(fixture, "customers")
        let notes = try fixture.ledger.records(target, fates: [.inDoubt], limit: 9).map { "\($0.key) \($0.note ?? "")" }
        #expect(outcome.balance[.created] == 3, "\(outcome.balance) \(notes)")
        let held = try fixture.held("relations")
        #expect(held.count == 3)
        for relation in held {
            let key = try #require(
                relation["email"]?.string == "a@mail.example" ? "2" : relation["lastname"]?.string == "Bos" ? "3" : "1")
            #expect(try fixture.ledger.record(target, key: key)?.remoteID == relation["id"]?.int)
        }
    }
}
