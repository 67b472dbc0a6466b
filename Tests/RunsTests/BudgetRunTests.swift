import ExactJSON
import Records
import Salesdock
import Testing

@testable import Runs

/// Runs against the emulator's rate limit, in virtual time.
@Suite struct BudgetRunTests {
    private func csv(_ rows: Int) -> String {
        "nr;naam;email;telefoon\n" + (1...rows).map { "\($0);Jansen \($0);k\($0)@mail.example;\n" }.joined()
    }

    private func requests(_ fixture: Fixture) throws -> JSONValue { try fixture.transport.control("GET", "requests") }

    @Test func `more work than the limit is throttled by us, never by Salesdock`() async throws {
        let fixture = try Fixture(limit: 30)
        try fixture.write("customers.csv", csv(150))
        let outcome = try await fixture.run(RunTests.customers)
        #expect(outcome.exit == .success, "\(outcome.messages)")
        #expect(outcome.balance[.created] == 150)
        #expect(try requests(fixture)["throttled"]?.int == 0)
        #expect(try requests(fixture)["most_in_any_60s"]?.int ?? .max <= 30)
    }

    @Test func `a limit that is lowered on the way is followed`() async throws {
        let fixture = try Fixture(limit: 30)
        try fixture.write("customers.csv", csv(40))
        _ = try await fixture.run(RunTests.customers)
        try fixture.transport.control("POST", "limit", ["limit": 10])
        try fixture.write("customers.csv", csv(120))
        let outcome = try await fixture.run(RunTests.customers)
        #expect(outcome.balance[.created] == 80)
        #expect(outcome.balance.holds)
        // The first answer says the new limit; only what was on its way by then can be refused.
        #expect(try requests(fixture)["throttled"]?.int ?? .max <= fixture.concurrency + 1)
    }

    @Test func `throttled requests are sent again and nothing is lost`() async throws {
        let fixture = try Fixture()
        try fixture.write("customers.csv", csv(30))
        try fixture.faults(
            [["path": "relations", "every": 3, "action": "throttle", "seconds": 5, "times": 12]], seed: 3)
        let outcome = try await fixture.run(RunTests.customers)
        #expect(outcome.exit == .success, "\(outcome.messages)")
        #expect(outcome.balance[.created] == 30)
        #expect(outcome.requests.throttled == 12)
        #expect(try fixture.held("relations").count == 30)
    }
}
