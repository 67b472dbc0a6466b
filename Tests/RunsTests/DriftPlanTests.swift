import ExactJSON
import Ledgers
import Records
import Salesdock
import SalesdockFacts
import Testing

@testable import Runs

/// Plans of what somebody edited in Salesdock, where the source says nothing of it, and of records that rows name.
@Suite struct DriftPlanTests {
    /// Three products that were written, of which the last is no longer listed and was edited in Salesdock.
    private func edited() async throws -> Fixture {
        let fixture = try Fixture()
        try fixture.write("prices.csv", "code;naam;prijs\na;A;1,50\nb;B;2,50\nc;C;3,50\n")
        _ = try await fixture.run(MissingProductTests.prices)
        try fixture.write("prices.csv", "code;naam;prijs\na;A;1,50\nb;B;2,50\n")
        let target = try #require(try fixture.ledger.targets().first?.0)
        let id = try #require(try fixture.ledger.record(target, key: "c")?.remoteID)
        try await fixture.edit(.productUpdate(addsAttachments: false), id: id, ["name": "Edited"])
        fixture.time.advance(to: fixture.time.now() + .seconds(10))
        fixture.options.allow.deactivate = 1
        return fixture
    }

    private func isActive(_ fixture: Fixture) throws -> Bool {
        try fixture.held("products").first { $0["identifier"]?.string == "c" }?["active"]?.scalarText == "1"
    }

    @Test(arguments: ["overwrite", "keep", "reject"], [PlanRefresh.none, .full])
    func `an edited product is deactivated only where the sink says so, as its plan says`(
        policy: String, refresh: PlanRefresh
    ) async throws {
        let fixture = try await edited()
        let text = MissingProductTests.prices.replacing(
            "existing: update", with: "existing: update, on_drift: \(policy)")
        let (plan, parts, records) = try await fixture.plan([text], refresh)
        let last = try #require(records.last)
        #expect(last.key == "c" && last.row == nil)
        // Without a look nobody knows of the edit, and the run finds it out.
        let isSeen = refresh == .full
        #expect(last.drift.map(\.field) == (isSeen ? ["name"] : []))
        let isKept = isSeen && policy != "overwrite"
        #expect(last.action == (isKept ? .unchanged : .deactivate))
        #expect(last.problems.map(\.code) == (isKept ? ["drift.kept"] : []))
        #expect(last.requests.count == (isKept ? 0 : 1))
        #expect(parts[0].tally[.deactivate] == (isKept ? 0 : 1) && parts[0].tally.drifted == (isSeen ? 1 : 0))
        // The price has the look right before the write.
        let looks = parts[0].requests.first { $0.call == "products.get" }?.count ?? 0
        #expect(looks == (isKept || (!isSeen && policy == "overwrite") ? 0 : 1), "\(parts[0].requests)")

        let outcome = try await fixture.run(text, plan: plan)
        #expect(outcome.missing?.found == 1)
        #expect(outcome.missing?.deactivated == (policy == "overwrite" ? 1 : 0), "\(outcome.messages)")
        #expect(try isActive(fixture) == (policy != "overwrite"))
    }

    @Test func `without a look a plan is made from the ledger, and says what it takes for granted`() async throws {
        let fixture = try await edited()
        let before = try fixture.transport.control("GET", "requests")["total"]?.int
        let (_, parts, records) = try await fixture.plan([MissingProductTests.prices])
        #expect(try fixture.transport.control("GET", "requests")["total"]?.int == before, "nothing is read")
        #expect(records.map(\.action) == [.unchanged, .unchanged, .deactivate])
        #expect(records[2].changes == [FieldChange(field: "active", was: "1", becomes: "0")])
        #expect(records[2].seen.isEmpty)
        #expect(parts[0].assumptions.map(\.code).contains("assumed.unmatched"))
        #expect(parts[0].assumptions.allSatisfy { !$0.text.isEmpty })
    }

    private static let byID = """
        pipeline: corrections
        key: nr
        source: { csv: { path: corrections.csv, delimiter: ";" } }
        transforms:
          - map:
              id: nr
              visibility: { const: account }
              business: { const: "0" }
              lastname: naam
              email: mail
        sink:
          salesdock.customers: { match: [id], existing: update }
        """

    @Test(arguments: [PlanRefresh.none, .list, .full])
    func `a row that names an id changes that record, and never makes one`(refresh: PlanRefresh) async throws {
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
        try fixture.write("corrections.csv", "nr;naam;mail\n41;Janssen;a@mail.example\n42;Bos;b@mail.example\n")
        let (plan, parts, records) = try await fixture.plan([Self.byID], refresh)
        #expect(records[0].action == .adopt && records[0].remoteID == 41)
        #expect(records[0].requests.map(\.call) == ["relations.update"])
        #expect(parts[0].tally[.create] == 0)
        if refresh == .none {
            // Nobody looked: the id is taken for one that is there.
            #expect(records[1].action == .adopt && records[1].remoteID == 42)
        } else {
            #expect(records[0].changes == [FieldChange(field: "lastname", was: "Jansen", becomes: "Janssen")])
            #expect(records[1].action == .rejected && records[1].problems.map(\.code) == ["match.missing"])
        }
        let outcome = try await fixture.run(Self.byID, plan: plan)
        #expect(outcome.balance[.created] == 0)
        #expect(outcome.balance.holds)
        let held = try fixture.held("relations")
        #expect(held.count == 1)
        if refresh == .none {
            // What the plan had taken for granted did not hold.
            #expect(outcome.exit == .guarded && outcome.messages.contains { $0.contains("corrections 42") })
        } else {
            #expect(outcome.balance[.updated] == 1 && held[0]["lastname"] == "Janssen", "\(outcome.messages)")
        }
    }
}
