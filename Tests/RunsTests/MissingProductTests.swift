import ExactJSON
import Ledgers
import Pipelines
import Records
import SalesdockFacts
import Testing

@testable import Runs

@Suite struct MissingProductTests {
    static let prices = """
        pipeline: prices
        key: code
        source: { csv: { path: prices.csv, delimiter: ";" } }
        transforms:
          - map:
              name: naam
              identifier: code
              type: { const: default }
              active: { const: "1" }
              price: { from: prijs, number: { decimal: "," } }
        sink:
          salesdock.products: { match: [identifier], existing: update }
        missing: deactivate
        """

    private func fixture(_ rows: [String]) async throws -> Fixture {
        let fixture = try Fixture()
        try write(["a;Product A;1,50", "b;Product B;2,50", "c;Product C;3,50"], fixture)
        _ = try await fixture.run(Self.prices)
        try write(rows, fixture)
        return fixture
    }

    private func write(_ rows: [String], _ fixture: Fixture) throws {
        try fixture.write("prices.csv", "code;naam;prijs\n" + rows.map { $0 + "\n" }.joined())
    }

    private func active(_ fixture: Fixture) throws -> [String] {
        try fixture.held("products").filter { $0["active"]?.scalarText == "1" }.compactMap { $0["identifier"]?.string }
            .sorted()
    }

    @Test func `a missing product is deactivated, once a person has agreed to the count`() async throws {
        let fixture = try await fixture(["a;Product A;1,50", "b;Product B;2,75"])
        let refused = try await fixture.run(Self.prices)
        #expect(refused.exit == .guarded)
        #expect(refused.messages.first?.contains("--allow deactivate=1") == true)
        #expect(try active(fixture) == ["a", "b", "c"])
        fixture.options.allow.deactivate = 1
        let outcome = try await fixture.run(Self.prices)
        #expect(outcome.balance[.updated] == 1)
        #expect(outcome.missing?.deactivated == 1)
        #expect(try active(fixture) == ["a", "b"])
        let again = try await fixture.run(Self.prices)
        #expect(again.missing?.found == 0)
        #expect(again.balance[.unchanged] == 2)
    }

    @Test func `a product that somebody has deleted in Salesdock is counted once, and fails no night`() async throws {
        let fixture = try await fixture(["a;Product A;1,50"])
        let b = try #require(try fixture.held("products").first { $0["identifier"]?.string == "b" }?["id"]?.int)
        try await fixture.edit(.productDelete, id: b, [:])
        fixture.options.allow.deactivate = 2
        let outcome = try await fixture.run(Self.prices)
        #expect(outcome.exit == .success, "\(outcome.messages)")
        #expect(outcome.missing?.found == 2 && outcome.missing?.deactivated == 1 && outcome.missing?.gone == 1)
        #expect(outcome.messages.contains { $0.contains("1 of the products") && $0.contains("deleted in Salesdock") })
        let writes = try fixture.writes()
        let again = try await fixture.run(Self.prices)
        #expect(again.exit == .success && again.missing?.found == 0)
        #expect(try fixture.writes() == writes)
        // Its id is not forgotten: should it be listed again, nothing is made in its place.
        try write(["a;Product A;1,50", "b;Product B;2,50"], fixture)
        let back = try await fixture.run(Self.prices)
        #expect(back.exit == .rowsFailed && back.balance[.created] == 0, "\(back.balance)")
    }

    @Test func `an error among the missing products does not hide what was done`() async throws {
        let fixture = try await fixture(["a;Product A;1,75"])
        fixture.options.allow.deactivate = 2
        // Two steps for the update, one for the first deactivation.
        let ledger = CrashingLedger(fixture.ledger, dyingAfter: 3)
        let outcome = try await fixture.run(Self.prices, ledger: ledger)
        #expect(outcome.exit == .disk)
        #expect(outcome.balance[.updated] == 1 && outcome.balance.holds)
        #expect(outcome.missing?.found == 2 && outcome.missing?.kept == 2)
        #expect(outcome.messages.contains { $0.contains("the process died") })
    }

    @Test func `a product comes back when it is listed again`() async throws {
        let fixture = try await fixture(["a;Product A;1,50", "b;Product B;2,50"])
        fixture.options.allow.deactivate = 1
        _ = try await fixture.run(Self.prices)
        try write(["a;Product A;1,50", "b;Product B;2,50", "c;Product C;3,50"], fixture)
        let outcome = try await fixture.run(Self.prices)
        #expect(outcome.balance[.updated] == 1)
        #expect(try active(fixture) == ["a", "b", "c"])
    }

    @Test func `a rejected row is still present`() async throws {
        let fixture = try await fixture(["a;Product A;1,50", "b;Product B;2,50", "c;Product C;duur"])
        let outcome = try await fixture.run(Self.prices)
        #expect(outcome.balance[.rejected] == 1)
        #expect(outcome.missing?.found == 0)
        #expect(try active(fixture) == ["a", "b", "c"])
    }

    @Test func `a row without a readable key could be any of them, and a part of the file says nothing`() async throws {
        let fixture = try await fixture(["a;Product A;1,50", ";Product C;3,50"])
        let unreadable = try await fixture.run(Self.prices)
        #expect(unreadable.missing?.found == 0)
        fixture.options.rowsMax = 1
        let part = try await fixture.run(Self.prices)
        #expect(part.missing?.found == 0)
        #expect(try active(fixture) == ["a", "b", "c"])
    }
}
