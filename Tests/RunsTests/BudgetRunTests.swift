import ExactJSON
import Records
import Salesdock
import Synchronization
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

    @Test func `a limit that is lowered in the middle of a run is followed`() async throws {
        let fixture = try Fixture(limit: 60)
        try fixture.write("customers.csv", csv(150))
        let transport = fixture.transport
        let isLowered = Mutex(false)
        let outcome = try await fixture.run(RunTests.customers) { progress in
            guard progress.balance[.created] >= 40, isLowered.withLock({ !$0.exchange(true) }) else { return }
            _ = try? transport.control("POST", "limit", ["limit": 15])
        }
        #expect(outcome.exit == .success, "\(outcome.messages)")
        #expect(outcome.balance[.created] == 150)
        #expect(isLowered.withLock { $0 })
        // The next answer says the new limit; only what was on its way by then can be refused.
        #expect(try requests(fixture)["throttled"]?.int ?? .max <= fixture.concurrency)
        #expect(try fixture.held("relations").count == 150)
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

extension Bool {
    /// Sets a new value and returns the old one.
    fileprivate mutating func exchange(_ value: Bool) -> Bool {
        defer { self = value }
        return self
    }
}
