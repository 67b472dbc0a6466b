import ExactJSON
import Foundation
import Ledgers
import Records
import Salesdock
import SalesdockFacts
import Testing

@testable import Runs

/// Plans against the emulator, and runs that follow them.
@Suite struct PlanTests {
    private static let header = "nr;naam;email;telefoon\n"

    private func customers(_ rows: [String], _ fixture: Fixture) throws {
        try fixture.write("customers.csv", Self.header + rows.map { $0 + "\n" }.joined())
    }

    /// Two customers that were written, of whom the first is to be changed.
    private func changed() async throws -> Fixture {
        let fixture = try Fixture()
        try customers(["1;Jansen;a@mail.example;0612345678", "2;Bos;b@mail.example;0612345679"], fixture)
        _ = try await fixture.run(RunTests.customers)
        try customers(["1;Janssen;a@mail.example;", "2;Bos;b@mail.example;0612345679"], fixture)
        fixture.time.advance(to: fixture.time.now() + .seconds(10))
        return fixture
    }

    private func id(_ key: String, _ fixture: Fixture) throws -> Int {
        let target = try #require(try fixture.ledger.targets().first { $0.1.pipeline == "customers" }?.0)
        return try #require(try fixture.ledger.record(target, key: key)?.remoteID)
    }

    @Test func `a plan sends nothing, and says what each row becomes`() async throws {
        let fixture = try Fixture()
        try customers(
            [
                "1;Jansen;a@mail.example;0612345678", "1;Jansen;a@mail.example;0612345678", "2;;b@mail.example;",
                "3;Bos;A@mail.example;",
            ], fixture)
        let (_, parts, records) = try await fixture.plan([RunTests.customers])
        #expect(records.map(\.action) == [.create, .duplicate, .rejected, .rejected])
        #expect(records.map(\.row) == [1, 2, 3, 4])
        // The second of one match is refused in a run as well.
        #expect(records[3].problems.map(\.code) == ["match.claimed"])
        #expect(parts[0].balance.holds)
        #expect(parts[0].balance[.valid] == 1)
        #expect(parts[0].exit == .rowsFailed)
        #expect(try fixture.transport.control("GET", "requests")["total"]?.int == 0)
        #expect(try fixture.ledger.targets().isEmpty)
    }

    @Test func `an update shows what was and what becomes, and what is emptied`() async throws {
        let fixture = try await changed()
        let (_, parts, records) = try await fixture.plan([RunTests.customers])
        #expect(records.map(\.action) == [.update, .unchanged])
        #expect(
            records[0].changes == [
                FieldChange(field: "lastname", was: "Jansen", becomes: "Janssen"),
                FieldChange(field: "phone", was: "0612345678", becomes: nil),
            ])
        #expect(parts[0].tally.emptied == ["phone": 1])
        #expect(parts[0].requests.map(\.call) == ["flows.list", "relations.update"])
        #expect(parts[0].tally.changes == 1)
    }

    @Test(arguments: [PlanRefresh.none, .list, .full])
    func `a run sends exactly the planned requests, with the ids that it brought about`(refresh: PlanRefresh)
        async throws
    {
        let fixture = try Fixture()
        fixture.concurrency = 1
        fixture.options.allow.email = 4
        try fixture.write("customers.csv", PipelineTexts.customers(3))
        try fixture.write("products.csv", PipelineTexts.products(2))
        try fixture.write("offers.csv", PipelineTexts.offers(3, customers: 3) + "o9;99;p1\n")
        let texts = [RunTests.customers, PipelineTexts.products, PipelineTexts.offers]
        let (plan, parts, records) = try await fixture.plan(texts, refresh)
        // The third offer's customer is only being made; the fourth one's is not there.
        #expect(records.filter { $0.action == .create }.count == 8)
        #expect(records.last?.action == .parked)
        #expect(parts.map(\.tally.emails) == [0, 0, 3])

        try fixture.record()
        let outcomes = try await [
            fixture.run(texts[0], plan: plan), fixture.run(texts[1], plan: plan), fixture.run(texts[2], plan: plan),
        ]
        #expect(outcomes.map { $0.balance[.created] } == [3, 2, 3], "\(outcomes.map(\.problems))")
        var ids: [PlanSymbol: Int] = [:]
        for (target, identity) in try fixture.ledger.targets() {
            for record in try fixture.ledger.records(target, after: nil, limit: 100) {
                ids[.reference(pipeline: identity.pipeline, key: record.key)] = record.remoteID
            }
        }
        var expected: [String] = []
        for (part, section) in plan.sections.enumerated() {
            for record in records[records.indices].filter({ $0.isChange }) {
                let own = PlanSymbol.reference(pipeline: section.pipeline, key: record.key ?? "")
                guard parts[part].pipeline == section.pipeline, let id = ids[own] else { continue }
                for request in record.requests {
                    let path = request.path.replacing("{scope}", with: "account").replacing("{id}", with: "\(id)")
                    let body = PlanSymbol.fill(request.body) { ids[$0] }
                    expected.append("\(request.method) /api/demo/v1/\(path) \(body.text)")
                }
            }
        }
        let sent = try fixture.recorded().map {
            "\($0["method"]?.string ?? "") \($0["path"]?.string ?? "") \($0["body"]?.string ?? "")"
        }
        #expect(sent.count == 10)
        #expect(sent == expected)
        #expect(try fixture.held("sales").count == 3)
        // Once more, nothing is left to do, and the plan still holds.
        try fixture.record()
        let again = try await fixture.run(RunTests.customers, plan: plan)
        #expect(again.balance[.unchanged] == 3)
        #expect(try fixture.recorded().isEmpty)
    }

    @Test func `a record that is there already is planned to be taken over`() async throws {
        let fixture = try Fixture()
        try fixture.transport.control(
            "POST", "seed",
            [
                "relations": [
                    [
                        "id": 41, "visibility": "account", "business": "0", "lastname": "Jansen",
                        "email": "a@mail.example",
                    ]
                ]
            ])
        try customers(["1;Janssen;a@mail.example;", "2;Bos;b@mail.example;"], fixture)
        let (plan, parts, records) = try await fixture.plan([RunTests.customers], .list)
        #expect(records.map(\.action) == [.adopt, .create])
        #expect(records[0].remoteID == 41)
        #expect(records[0].changes == [FieldChange(field: "lastname", was: "Jansen", becomes: "Janssen")])
        #expect(parts[0].requests.map(\.call).contains("relations.get"))
        let outcome = try await fixture.run(RunTests.customers, plan: plan)
        #expect(outcome.balance[.updated] == 1, "\(outcome.messages)")
        #expect(outcome.balance[.created] == 1)
    }

    @Test func `a record that appears after the plan stops the run`() async throws {
        let fixture = try Fixture()
        try customers(["1;Janssen;a@mail.example;"], fixture)
        let plan = try await fixture.plan([RunTests.customers]).plan
        try fixture.transport.control(
            "POST", "seed",
            ["relations": [["id": 41, "business": "0", "lastname": "Jansen", "email": "a@mail.example"]]])
        let outcome = try await fixture.run(RunTests.customers, plan: plan)
        #expect(outcome.exit == .guarded)
        #expect(outcome.messages.contains { $0.contains("stale") && $0.contains("record 41 matches") })
        #expect(outcome.balance[.pending] == 1)
        #expect(try fixture.writes() == 0)
    }

    @Test func `what was written is no drift, and what somebody edited is`() async throws {
        let fixture = try await changed()
        for refresh in [PlanRefresh.list, .full] {
            #expect(try await fixture.plan([RunTests.customers], refresh).parts[0].tally.drifted == 0, "\(refresh)")
        }
        try await fixture.edit(
            .relationUpdate, id: id("1", fixture), ["visibility": "account", "business": "0", "lastname": "Smit"])
        fixture.time.advance(to: fixture.time.now() + .seconds(10))
        for refresh in [PlanRefresh.list, .full] {
            let (_, parts, records) = try await fixture.plan([RunTests.customers], refresh)
            #expect(parts[0].tally.drifted == 1, "\(refresh)")
            #expect(records[0].drift == [FieldChange(field: "lastname", was: "Jansen", becomes: "Smit")])
            #expect(records[0].changes.first == FieldChange(field: "lastname", was: "Smit", becomes: "Janssen"))
        }
        #expect(try await fixture.plan([RunTests.customers]).parts[0].tally.drifted == 0)
    }

    @Test(arguments: [PlanRefresh.list, .full])
    func `an edit after the plan is seen right before the write`(refresh: PlanRefresh) async throws {
        let fixture = try await changed()
        let (plan, parts, _) = try await fixture.plan([RunTests.customers], refresh)
        #expect(parts[0].requests == [.init("flows.list", 1), .init("relations.get", 1), .init("relations.update", 1)])
        let writes = try fixture.writes()
        try await fixture.edit(
            .relationUpdate, id: id("1", fixture), ["visibility": "account", "business": "0", "city": "Delft"])
        let stays = try await fixture.run(RunTests.customers, plan: plan)
        #expect(stays.exit == .guarded, "\(stays.messages)")
        #expect(stays.messages.contains { $0.contains("customers 1 has changed in Salesdock (city)") })
        #expect(stays.balance[.pending] == 1)
        #expect(try fixture.writes() == writes + 1)
        let phone = try fixture.held("relations").first { $0["email"]?.string == "a@mail.example" }?["phone"]
        #expect(phone?.string?.hasSuffix("612345678") == true)
    }

    @Test(arguments: ["keep", "reject", "overwrite"])
    func `an edited record is kept, rejected or overwritten, as the sink says`(policy: String) async throws {
        let fixture = try await changed()
        let text = RunTests.customers.replacing("existing: update", with: "existing: update, on_drift: \(policy)")
        try await fixture.edit(
            .relationUpdate, id: id("1", fixture), ["visibility": "account", "business": "0", "lastname": "Smit"])
        let record = try await fixture.plan([text], .full).records[0]
        let outcome = try await fixture.run(text)
        let name = try fixture.held("relations").first { $0["email"]?.string == "a@mail.example" }?["lastname"]
        switch policy {
        case "keep":
            #expect(record.action == .unchanged && record.problems.map(\.code) == ["drift.kept"])
            #expect(outcome.balance[.unchanged] == 2)
            #expect(name == "Smit")
        case "reject":
            #expect(record.action == .rejected && record.problems.map(\.code) == ["drift.edited"])
            #expect(outcome.balance[.rejected] == 1)
            #expect(outcome.problems == ["drift.edited": 1])
            #expect(name == "Smit")
        default:
            #expect(record.action == .update)
            #expect(outcome.balance[.updated] == 1)
            #expect(name == "Janssen")
        }
    }

    @Test func `a plan is refused when pipeline, source or ledger have changed`() async throws {
        let fixture = try await changed()
        let plan = try await fixture.plan([RunTests.customers]).plan
        let definition = try fixture.pipeline(RunTests.customers)
        try plan.refuseStale([definition], fixture.ledger)
        func refusal(_ ledger: any Ledger, _ text: String = RunTests.customers) -> String {
            do {
                try plan.refuseStale([fixture.pipeline(text)], ledger)
                return ""
            } catch { return RunError(error).exit == .guarded ? RunError(error).message : "\(error)" }
        }
        #expect(refusal(fixture.ledger, RunTests.customers + "\n# a comment\n") == "")
        let other = RunTests.customers.replacing("[trim, lowercase]", with: "[trim]")
        #expect(refusal(fixture.ledger, other).contains("the pipeline customers has changed"))
        let renamed = RunTests.customers.replacing("pipeline: customers", with: "pipeline: clients")
        #expect(refusal(fixture.ledger, renamed).contains("no pipeline customers"))
        #expect(refusal(try SQLiteLedger(inMemoryWithID: "other")).contains("ledger is another one"))

        let target = try fixture.ledger.targets()[0].0
        _ = try fixture.ledger.beginRun(target, atUnixSeconds: 1, plan: plan.digest)
        #expect(refusal(fixture.ledger) == "", "a run of the plan itself goes on")
        try customers(["1;Janssen;a@mail.example;"], fixture)
        #expect(refusal(fixture.ledger).contains("the source of customers has changed"))
        let outcome = try await fixture.run(RunTests.customers, plan: plan)
        #expect(outcome.exit == .guarded && outcome.messages[0].contains("source of customers"))
        _ = try fixture.ledger.beginRun(target, atUnixSeconds: 1)
        #expect(refusal(fixture.ledger).contains("other runs"))
    }

    @Test func `a stopped run of a plan goes on where it was`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", PipelineTexts.customers(20))
        let (plan, _, _) = try await fixture.plan([RunTests.customers])
        fixture.requestsMax = 10
        let first = try await fixture.run(RunTests.customers, plan: plan)
        #expect(first.exit == .tryLater)
        fixture.requestsMax = nil
        try plan.refuseStale([fixture.pipeline(RunTests.customers)], fixture.ledger)
        let second = try await fixture.run(RunTests.customers, plan: plan)
        #expect(second.exit == .success, "\(second.messages)")
        #expect(first.balance[.created] + second.balance[.created] == 20)
        #expect(try fixture.held("relations").count == 20)
    }

    @Test func `deactivations are planned, named by a guard, and carried out`() async throws {
        let fixture = try Fixture()
        let rows = ["a;Product A;1,50", "b;Product B;2,50", "c;Product C;3,50"]
        func list(_ rows: [String]) throws {
            try fixture.write("prices.csv", "code;naam;prijs\n" + rows.map { $0 + "\n" }.joined())
        }
        try list(rows)
        _ = try await fixture.run(MissingProductTests.prices)
        try list(Array(rows.dropLast()))
        let (plan, parts, records) = try await fixture.plan([MissingProductTests.prices], .full)
        #expect(records.map(\.action) == [.unchanged, .unchanged, .deactivate])
        #expect(parts[0].guards.contains { $0.text.contains("--allow deactivate=1") })
        #expect(parts[0].exit == .success)
        fixture.options.allow.deactivate = 1
        let outcome = try await fixture.run(MissingProductTests.prices, plan: plan)
        #expect(outcome.missing?.deactivated == 1, "\(outcome.messages)")
        #expect(try fixture.held("products").filter { $0["active"]?.scalarText == "0" }.count == 1)
    }
}
