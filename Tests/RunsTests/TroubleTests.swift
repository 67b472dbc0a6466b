import ExactJSON
import Records
import Salesdock
import SalesdockFacts
import Testing

@testable import Runs

/// Runs through a Salesdock that answers with errors, in virtual time.
@Suite struct TroubleTests {
    private func fixture(_ rows: Int, _ rule: JSONValue) throws -> Fixture {
        let fixture = try Fixture()
        try fixture.write(
            "customers.csv",
            "nr;naam;email;telefoon\n" + (1...rows).map { "\($0);Jansen \($0);k\($0)@mail.example;\n" }.joined())
        try fixture.faults([rule], seed: 5)
        return fixture
    }

    private func requests(_ fixture: Fixture) throws -> JSONValue { try fixture.transport.control("GET", "requests") }

    /// Before the change or after it; to everything or to writes alone.
    @Test(arguments: ["error_before", "error_after"], [nil, "POST"] as [String?])
    func `a storm of errors pauses the run, and no row fails for it`(action: String, method: String?) async throws {
        var rule: JSONObject = ["nth": 30, "times": 14, "action": .string(action), "status": 500]
        if let method { rule["method"] = .string(method) }
        let fixture = try fixture(80, .object(rule))
        let start = fixture.time.now()
        let outcome = try await fixture.run(RunTests.customers)
        #expect(outcome.exit == .success, "\(outcome.messages)")
        #expect(outcome.balance[.created] == 80)
        #expect(try fixture.held("relations").count == 80)
        let seen = try requests(fixture)
        #expect(seen["by_status"]?["500"] == 14)
        #expect(seen["by_call"]?["GET flows"]?.int ?? 0 >= 2)
        #expect(fixture.time.now() - start > .seconds(5))
        // What is sent into the storm: a few, what is under way by then, and one after each pause.
        #expect(try fixture.ledgerTries() <= 80 + 3 + fixture.concurrency + 14)
    }

    @Test func `trouble without end stops the run, which can be resumed`() async throws {
        let fixture = try fixture(40, ["nth": 20, "times": 9999, "action": "error_before", "status": 503])
        let first = try await fixture.run(RunTests.customers)
        #expect(first.exit == .unreachable, "\(first.messages)")
        #expect(first.balance.holds && first.balance[.failed] == 0 && first.balance[.inDoubt] == 0)
        #expect(first.messages.contains { $0.contains("answered with errors") }, "\(first.messages)")
        try fixture.faults([], seed: 5)
        let second = try await fixture.run(RunTests.customers)
        #expect(second.exit == .success, "\(second.messages)")
        #expect(try fixture.held("relations").count == 40)
    }

    @Test func `a call that is forbidden from the start costs what is under way, and stops the run`() async throws {
        let fixture = try fixture(40, ["method": "POST", "action": "error_before", "status": 403])
        let outcome = try await fixture.run(RunTests.customers)
        #expect(outcome.exit == .noPermission)
        #expect(outcome.balance[.failed] == 0 && outcome.balance[.pending] == 40)
        #expect(outcome.messages.contains { $0.contains("Manage permissions") }, "\(outcome.messages)")
        #expect(try requests(fixture)["by_status"]?["403"]?.int ?? .max <= fixture.concurrency + 1)
    }

    @Test func `a call that has succeeded fails its record when it is forbidden, and the fifth in a row stops the run`()
        async throws
    {
        let fixture = try fixture(
            40, ["method": "POST", "nth": 10, "times": 999, "action": "error_before", "status": 403])
        let outcome = try await fixture.run(RunTests.customers)
        #expect(outcome.exit == .noPermission)
        #expect(outcome.balance[.created] == 9 && outcome.balance[.failed] == SharedState.forbiddenMax - 1)
        #expect(try requests(fixture)["by_status"]?["403"]?.int ?? .max <= 4 + fixture.concurrency)
    }

    @Test func `records that are forbidden now and then fail alone`() async throws {
        let fixture = try fixture(40, ["method": "POST", "every": 4, "action": "error_before", "status": 403])
        let outcome = try await fixture.run(RunTests.customers)
        #expect(outcome.exit == .rowsFailed, "\(outcome.messages)")
        #expect(outcome.balance[.created] == 30 && outcome.balance[.failed] == 10)
    }

    @Test func `a server that throttles and asks for no wait is not hammered`() async throws {
        let fixture = try fixture(1, ["method": "POST", "nth": 1, "times": 9, "action": "throttle", "seconds": 0])
        let start = fixture.time.now()
        let outcome = try await fixture.run(RunTests.customers)
        #expect(outcome.balance[.created] == 1, "\(outcome.messages)")
        #expect(outcome.requests.throttled == 9)
        #expect(fixture.time.now() - start > .seconds(4))
    }

    @Test func `a record that is throttled for longer than a record may take fails, and the run goes on`() async throws
    {
        let fixture = try fixture(3, ["method": "POST", "nth": 1, "times": 2, "action": "throttle", "seconds": 1000])
        fixture.concurrency = 1
        let outcome = try await fixture.run(RunTests.customers)
        #expect(outcome.balance[.created] == 2 && outcome.balance[.failed] == 1, "\(outcome.messages)")
    }

    @Test func `the doctor too waits while a storm of errors pauses everything`() async throws {
        let fixture = try fixture(1, ["nth": 1, "times": 3, "action": "error_before", "status": 500])
        let client = try fixture.client()
        for _ in 0..<3 { _ = await client.send(APIRequest(.flowsList), grant: try await client.acquire(.read)) }
        let start = fixture.time.now()
        let findings = try await ServiceProbe(
            client, recorder: AnswerRecorder(fixture.transport, time: fixture.time)
        ).examine(PipelineNeeds([]))
        #expect(fixture.time.now() - start >= .seconds(1))
        #expect(findings.contains { $0.state == .ok }, "\(findings)")
    }
}

extension Fixture {
    /// How many times a create was sent or about to be.
    fileprivate func ledgerTries() throws -> Int {
        try transport.control("GET", "requests")["writes"]?.int ?? .max
    }
}
