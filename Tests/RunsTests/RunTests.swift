import ExactJSON
import Foundation
import Ledgers
import Pipelines
import Records
import Salesdock
import Testing

@testable import Runs

@Suite struct RunTests {
    static let customers = """
        pipeline: customers
        key: nr
        source: { csv: { path: customers.csv, delimiter: ";" } }
        transforms:
          - map:
              visibility: { const: account }
              business: { const: "0" }
              lastname: naam
              email: { from: email, apply: [trim, lowercase] }
              phone: telefoon
        sink:
          salesdock.customers: { match: [email], existing: update }
        """

    private func csv(_ rows: [String]) -> String { "nr;naam;email;telefoon\n" + rows.map { $0 + "\n" }.joined() }

    @Test func `rows are created once, and a second run sends nothing`() async throws {
        let fixture = try Fixture()
        try fixture.write(
            "customers.csv", csv((1...20).map { "\($0);Jansen \($0);k\($0)@mail.example;061234\(1000 + $0)" }))
        let first = try await fixture.run(Self.customers)
        #expect(first.exit == .success, "\(first.messages)")
        #expect(first.balance[.created] == 20)
        #expect(first.balance.holds)
        let writes = try fixture.writes()
        let second = try await fixture.run(Self.customers)
        #expect(second.balance[.unchanged] == 20)
        #expect(try fixture.writes() == writes)
        #expect(try fixture.held("relations").count == 20)
    }

    @Test func `a changed row is updated, an emptied field is emptied, and nothing else is sent`() async throws {
        let fixture = try Fixture()
        try fixture.write(
            "customers.csv", csv(["1;Jansen;a@mail.example;0612345678", "2;Bos;b@mail.example;0612345679"]))
        _ = try await fixture.run(Self.customers)
        let writes = try fixture.writes()
        try fixture.write("customers.csv", csv(["1;Janssen;a@mail.example;", "2;Bos;b@mail.example;0612345679"]))
        let outcome = try await fixture.run(Self.customers)
        #expect(outcome.balance[.updated] == 1)
        #expect(outcome.balance[.unchanged] == 1)
        #expect(try fixture.writes() == writes + 1)
        let relation = try #require(try fixture.held("relations").first { $0["email"]?.string == "a@mail.example" })
        #expect(relation["lastname"]?.string == "Janssen")
        #expect(relation["phone"]?.string ?? "" == "")
    }

    @Test func `a record that is there already is adopted by its match, not made again`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678"]))
        _ = try await fixture.run(Self.customers)
        fixture.time.advance(to: fixture.time.now() + .seconds(10))
        let other = try SQLiteLedger(inMemoryWithID: "other")
        fixture.options.rebuild = true
        fixture.options.allow.create = 1
        let writes = try fixture.writes()
        let outcome = try await fixture.run(Self.customers, ledger: other)
        #expect(outcome.balance[.unchanged] == 1, "\(outcome)")
        #expect(try fixture.writes() == writes)
        #expect(try fixture.held("relations").count == 1)
    }

    @Test func `a lost ledger stops the run before anything is sent`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678"]))
        _ = try await fixture.run(Self.customers)
        let other = try SQLiteLedger(inMemoryWithID: "other")
        await #expect(throws: LedgerError.self) { try await fixture.run(Self.customers, ledger: other) }
    }

    @Test func `what Salesdock refuses is rejected with its reason`() async throws {
        let fixture = try Fixture()
        try fixture.write(
            "customers.csv", csv(["1;Jansen;a@mail.example;0612345678", "2;Bos;b@mail.example;0612345679"]))
        try fixture.faults(
            [["method": "POST", "path": "relations", "nth": 1, "action": "error_before", "status": 422]], seed: 1)
        let outcome = try await fixture.run(Self.customers)
        #expect(outcome.balance.holds)
        #expect(outcome.exit == .rowsFailed)
        #expect(outcome.balance[.created] == 1)
        #expect(outcome.balance[.rejected] == 1)
        let rejects = try String(contentsOfFile: #require(outcome.rejects), encoding: .utf8)
        #expect(rejects.contains("salesdock.422"))
        #expect(rejects.contains("@mail.example;06123456"), "the row itself is missing: \(rejects)")
    }

    @Test func `the same key with other values is a conflict, and with the same a duplicate`() async throws {
        let fixture = try Fixture()
        try fixture.write(
            "customers.csv",
            csv([
                "1;Jansen;a@mail.example;0612345678", "1;Jansen;a@mail.example;0612345678",
                "1;Bos;a@mail.example;0612345678",
            ]))
        let outcome = try await fixture.run(Self.customers)
        #expect(outcome.balance[.created] == 1)
        #expect(outcome.balance[.duplicate] == 1)
        #expect(outcome.balance[.rejected] == 1)
        #expect(outcome.problems == ["key.conflict": 1])
    }

    @Test func `another key with the same match is refused by name`() async throws {
        let fixture = try Fixture()
        try fixture.write(
            "customers.csv", csv(["1;Jansen;a@mail.example;0612345678", "2;Bos;A@mail.example;0612345679"]))
        let outcome = try await fixture.run(Self.customers)
        #expect(outcome.balance[.created] == 1)
        #expect(outcome.balance[.rejected] == 1)
        #expect(outcome.problems == ["match.claimed": 1])
        #expect(try fixture.held("relations").count == 1)
    }

    @Test func `too many rejected rows stop the run before anything is sent`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678", "2;;b@mail.example;0612345679"]))
        fixture.options.maxErrors = .percent(10)
        let outcome = try await fixture.run(Self.customers)
        #expect(outcome.exit == .guarded)
        #expect(outcome.balance[.pending] == 1)
        #expect(outcome.balance[.rejected] == 1)
        #expect(outcome.balance.holds)
        #expect(try fixture.writes() == 0)
    }

    @Test func `a stopped run leaves the rest pending and the next one finishes it`() async throws {
        let fixture = try Fixture()
        try fixture.write(
            "customers.csv", csv((1...40).map { "\($0);Jansen \($0);k\($0)@mail.example;061234\(1000 + $0)" }))
        fixture.requestsMax = 12
        let first = try await fixture.run(Self.customers)
        #expect(first.exit == .tryLater)
        #expect(first.balance.holds)
        #expect(first.balance[.pending] > 0)
        #expect(first.balance[.created] > 0)
        #expect(first.balance.read == 40)
        fixture.requestsMax = nil
        let second = try await fixture.run(Self.customers)
        #expect(second.exit == .success, "\(second.messages)")
        #expect(second.balance[.created] + second.balance[.unchanged] == 40)
        #expect(try fixture.held("relations").count == 40)
    }

    static let offers = """
        pipeline: offers
        key: nr
        source: { csv: { path: offers.csv, delimiter: ";" } }
        transforms:
          - map:
              transaction_type: { const: offer }
              relation_id: { from: klant, ref: customers }
              product_id: product
              business: { const: "0" }
              firstname: { const: Jan }
              lastname: { const: Jansen }
              email: { const: a@mail.example }
              phone: { const: "0612345678" }
              postcode: { const: 1234AB }
              housenumber: huis
              streetname: { const: Straat }
              city: { const: Enschede }
              connection_postcode: { const: 1234AB }
              connection_housenumber: huis
              connection_streetname: { const: Straat }
              connection_city: { const: Enschede }
        sink:
          salesdock.offers: { flow: default/default }
        """

    func offersFixture() async throws -> Fixture {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678"]))
        _ = try await fixture.run(Self.customers)
        try fixture.transport.control(
            "POST", "seed",
            ["products": [["id": 77, "name": "P", "identifier": "p", "type": "default", "active": "1"]]])
        try fixture.write("offers.csv", "nr;klant;product;huis\nO1;1;77;1\nO2;1;77;2\nO3;9;77;3\n")
        fixture.time.advance(to: fixture.time.now() + .seconds(10))
        return fixture
    }

    @Test func `offers that would e-mail customers want a count`() async throws {
        let fixture = try await offersFixture()
        let refused = try await fixture.run(Self.offers)
        #expect(refused.exit == .guarded, "\(refused)")
        #expect(refused.messages.first?.contains("--allow email=") == true)
        #expect(try fixture.held("sales").isEmpty)
        fixture.options.allow.email = 3
        let outcome = try await fixture.run(Self.offers)
        #expect(outcome.balance[.created] == 2, "\(outcome)")
        #expect(outcome.balance[.parked] == 1)
        #expect(try fixture.held("outbox").count == 2)
    }

    @Test func `a change of a completed offer goes by the call for signed sales, which an Agent's token has not`()
        async throws
    {
        let fixture = try await offersFixture()
        let completed = Self.offers.replacing(
            "      transaction_type:",
            with: """
                      contract_date: { const: 01-02-2026 }
                      contract_pdf.content: { const: JVBERi0= }
                      contract_pdf.extension: { const: pdf }
                      contract_pdf.created_at: { const: "2026-02-01 10:00:00" }
                      transaction_type:
                """)
        try fixture.write("offers.csv", "nr;klant;product;huis\nO1;1;77;1\n")
        let first = try await fixture.run(completed)
        #expect(first.balance[.created] == 1, "\(first)")
        try fixture.write("offers.csv", "nr;klant;product;huis\nO1;1;77;8\n")
        let moved = completed.replacing("connection_housenumber: huis", with: "connection_housenumber: { const: 1 }")
        _ = try await fixture.run(completed)
        #expect(try fixture.held("sales").first?["housenumber"] == "1", "connection_housenumber can't be changed")
        fixture.scope = .user
        #expect(try await fixture.run(moved).balance[.rejected] == 1)
        fixture.scope = .account
        let outcome = try await fixture.run(moved)
        #expect(outcome.balance[.updated] == 1, "\(outcome)")
        #expect(try fixture.held("sales").first?["housenumber"] == "8")
        #expect(try fixture.held("outbox").isEmpty)
    }

    @Test func `a parked child goes along once its parent is there`() async throws {
        let fixture = try await offersFixture()
        fixture.options.allow.email = 3
        _ = try await fixture.run(Self.offers)
        try fixture.write(
            "customers.csv", csv(["1;Jansen;a@mail.example;0612345678", "9;Bos;b@mail.example;0612345679"]))
        _ = try await fixture.run(Self.customers)
        let outcome = try await fixture.run(Self.offers)
        #expect(outcome.balance[.created] == 1)
        #expect(outcome.balance[.unchanged] == 2)
    }

    @Test func `a rebuild finds customers and offers again and makes none twice`() async throws {
        let fixture = try await offersFixture()
        fixture.options.allow.email = 3
        _ = try await fixture.run(Self.offers)
        let writes = try fixture.writes()
        let other = try SQLiteLedger(inMemoryWithID: "other")
        fixture.options.rebuild = true
        fixture.options.allow.create = 3
        let customers = try await fixture.run(Self.customers, ledger: other)
        #expect(customers.balance[.unchanged] == 1)
        let offers = try await fixture.run(Self.offers, ledger: other)
        #expect(offers.balance[.unchanged] == 2, "\(offers)")
        #expect(offers.balance[.parked] == 1)
        #expect(try fixture.writes() == writes)
    }

    @Test func `a renamed pipeline is noticed before it creates everything again`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv((1...6).map { "\($0);Jansen;k\($0)@mail.example;06123456\(10 + $0)" }))
        _ = try await fixture.run(Self.customers)
        let renamed = Self.customers.replacing("pipeline: customers", with: "pipeline: klanten")
        let refused = try await fixture.run(renamed)
        #expect(refused.exit == .guarded)
        #expect(refused.messages.first?.contains("--renamed-from customers") == true)
        fixture.options.renamedFrom = "customers"
        let outcome = try await fixture.run(renamed)
        #expect(outcome.balance[.unchanged] == 6)
        #expect(try fixture.held("relations").count == 6)
    }

    @Test func `a source that breaks half-way is counted, and nothing of it is written`() async throws {
        let fixture = try Fixture()
        try fixture.write("list.xml", "<l><c nr='1'><n>Jansen</n></c><c nr='2'><n>Bos</n></c><c nr='3'><n>Vos</l>")
        let outcome = try await fixture.run(
            """
            pipeline: customers
            key: nr
            source: { xml: { path: list.xml, record: /l/c, fields: { nr: "@nr", n: n } } }
            transforms:
              - map: { visibility: { const: account }, business: { const: "0" }, lastname: n, email: { const: a@mail.example } }
            sink: { salesdock.customers: { match: [email], existing: update } }
            """)
        #expect(outcome.exit == .inputUnreadable)
        #expect(outcome.balance[.pending] == 2)
        #expect(outcome.balance.holds)
        #expect(outcome.messages.first?.contains("list.xml:1") == true, "\(outcome.messages)")
        #expect(try fixture.writes() == 0)
    }

    @Test func `another key for the same pipeline is refused`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv(["1;Jansen;a@mail.example;0612345678"]))
        _ = try await fixture.run(Self.customers)
        let error = await #expect(throws: RunError.self) {
            try await fixture.run(Self.customers.replacing("key: nr", with: "key: email"))
        }
        #expect(error?.exit == .guarded)
    }
}
