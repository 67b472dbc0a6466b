import ExactJSON
import SalesdockFacts
import Synchronization
import TestSupport
import Testing

@testable import Salesdock

struct BreakerTests {
    private var breaker = Breaker(timeout: .seconds(30))
    private var random = SeededRNG(seed: 3)

    private func at(_ seconds: Double) -> BootTime { BootTime(nanoseconds: 0) + .seconds(seconds) }

    private mutating func note(_ kind: RequestKind, failed: Bool, _ now: BootTime, asked: Duration? = nil) {
        breaker.note(kind, failed: failed, asked: asked, now: now, random: &random)
    }
    private mutating func fail(_ kind: RequestKind, _ times: Int, _ now: BootTime) {
        for _ in 0..<times { note(kind, failed: true, now) }
    }
    private mutating func probed(failed: Bool, _ now: BootTime) {
        breaker.probed(failed: failed, asked: nil, now: now, random: &random)
    }
    /// The end of the pause; `nil` outside one.
    private mutating func pauseEnd(_ kind: RequestKind, _ now: BootTime) -> BootTime? {
        if case .wait(let until) = breaker.ask(kind, now: now) { until } else { nil }
    }

    @Test mutating func `failures between successes pause nothing, a few in a row do`() {
        for second in 0..<20 {
            let now = at(Double(second))
            fail(.write, 2, now)
            #expect(breaker.ask(.write, now: now) == .go)
            note(.write, failed: false, now)
        }
        fail(.write, 2, at(30))
        // Reads that succeed say nothing of writes.
        note(.read, failed: false, at(30))
        fail(.write, 1, at(30))
        let end = pauseEnd(.write, at(30))
        #expect(end.map { $0 >= at(31) && $0 <= at(32) } == true)
        #expect(pauseEnd(.read, at(30)) == end)
    }

    @Test mutating func `after the pause one probe goes, and pauses grow while it fails`() throws {
        var now = at(0)
        fail(.read, 3, now)
        var pauses: [Duration] = []
        for _ in 0..<9 {
            let end = try #require(pauseEnd(.read, now))
            pauses.append(end - now)
            now = end
            #expect(breaker.ask(.read, now: now) == .probe)
            probed(failed: true, now)
        }
        #expect(pauses.allSatisfy { (.seconds(1) ... .seconds(60)).contains($0) })
        #expect(pauses.max().map { $0 > .seconds(10) } == true, "\(pauses)")
        // A read that is answered is all that reads need to know.
        probed(failed: false, try #require(pauseEnd(.read, now)))
        #expect(breaker.isClosed)
    }

    @Test mutating func `when writes failed, one write goes first`() {
        fail(.write, 3, at(0))
        probed(failed: false, at(2))
        #expect(breaker.ask(.write, now: at(2)) == .go)
        #expect(breaker.ask(.write, now: at(2)) == .wait(until: at(32)))
        #expect(breaker.ask(.read, now: at(2)) == .go)
        note(.write, failed: true, at(3))
        #expect(breaker.isOpen && breaker.pauses == 2)
        probed(failed: false, at(20))
        #expect(breaker.ask(.write, now: at(20)) == .go)
        note(.write, failed: false, at(21))
        #expect(breaker.isClosed && breaker.pauses == 0)
        #expect(breaker.ask(.write, now: at(21)) == .go)
    }

    @Test mutating func `a trial whose answer never comes does not stop the run`() {
        fail(.write, 3, at(0))
        probed(failed: false, at(2))
        #expect(breaker.ask(.write, now: at(2)) == .go)
        #expect(breaker.ask(.write, now: at(32)) == .go)
        #expect(breaker.ask(.write, now: at(32)) == .wait(until: at(62)))
    }

    @Test mutating func `the server's own word on the wait counts, at once`() {
        note(.write, failed: true, at(0), asked: .seconds(120))
        #expect(pauseEnd(.write, at(0)) == at(120))
    }

    @Test
    mutating func `what was under way when it opened neither lengthens nor shortens the pause, unless it succeeds`() {
        fail(.write, 3, at(0))
        let end = pauseEnd(.write, at(0))
        fail(.write, 8, at(0.5))
        #expect(pauseEnd(.write, at(0.5)) == end)
        note(.write, failed: false, at(0.6))
        #expect(breaker.isClosed)
    }

    @Test mutating func `trouble that does not end is given up`() {
        fail(.write, 3, at(0))
        var now = at(0)
        for _ in 0..<1000 {
            switch breaker.ask(.write, now: now) {
            case .wait(let until): now = until
            case .probe: probed(failed: true, now)
            case .giveUp:
                #expect(now > at(900) && now < at(1000))
                return
            case .go:
                Issue.record("went on")
                return
            }
        }
        Issue.record("never gave up")
    }
}

/// The breaker in the client.
struct ClientInTroubleTests {
    private let time = ManualTime(jumps: true)
    private let create = APIRequest(.relationCreate, body: ["email": "a@b.example", "business": "0"])

    private func client(_ transport: ScriptedTransport, requestsMax: Int? = nil) throws -> SalesdockClient {
        let token = try Token("t")
        return SalesdockClient(
            connection: try Connection(base: "https://api.example", domain: "demo"), token: token,
            readToken: { () throws(SalesdockError) in token }, transport: transport, store: MemoryBudgetStore(),
            time: time, requestsMax: requestsMax, random: SeededRNG(seed: 1))
    }

    private func calls(_ transport: ScriptedTransport) -> [String] {
        transport.requests.map { "\($0.method.rawValue) \($0.url.split(separator: "/").last ?? "")" }
    }

    @Test func `a storm pauses the run, a probe ends the pause, and one write goes first`() async throws {
        let error = ScriptedTransport.Outcome.success(.json(500, ""))
        let done = ScriptedTransport.Outcome.success(.ok(#"{"relation_id":5}"#))
        let transport = ScriptedTransport(
            [error, error, error, error, .success(.ok("[]")), error, .success(.ok("[]"))] + [done, done])
        let client = try client(transport)
        let start = time.now()
        for _ in 0..<6 { _ = await client.send(create, grant: try await client.acquire(.write)) }
        #expect(
            calls(transport) == [
                "POST relations", "POST relations", "POST relations", "GET flows", "GET flows", "POST relations",
                "GET flows", "POST relations", "POST relations",
            ])
        #expect(time.now() - start >= .seconds(3))
        #expect(client.budget.counters.sent == 9)
    }

    @Test func `waiting for the end of trouble can be cancelled, and others go on waiting`() async throws {
        let error = ScriptedTransport.Outcome.success(.json(502, ""))
        let transport = ScriptedTransport([error, error, error, .success(.ok("[]"))])
        let time = ManualTime()
        let token = try Token("t")
        let client = SalesdockClient(
            connection: try Connection(base: "https://api.example", domain: "demo"), token: token,
            readToken: { () throws(SalesdockError) in token }, transport: transport, store: MemoryBudgetStore(),
            time: time, random: SeededRNG(seed: 1))
        for _ in 0..<3 { _ = await client.send(create, grant: try await client.acquire(.write)) }
        let first = Task { try await client.acquire(.write) }
        #expect(await eventually { time.sleeperCount == 1 })
        let second = Task { try await client.acquire(.write) }
        for _ in 0..<200 { await Task.yield() }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(await eventually { time.sleeperCount == 1 })
        for _ in 0..<3 {
            time.advance(by: .seconds(1))
            for _ in 0..<200 { await Task.yield() }
        }
        _ = try await second.value
        #expect(calls(transport).last == "GET flows")
    }

    @Test func `probes count against the most requests allowed`() async throws {
        let transport = ScriptedTransport(Array(repeating: .success(.json(500, "")), count: 9))
        let client = try client(transport, requestsMax: 5)
        for _ in 0..<3 { _ = await client.send(create, grant: try await client.acquire(.write)) }
        let error = await #expect(throws: SalesdockError.self) { try await client.acquire(.write) }
        #expect(error?.code == .requestsUsedUp)
        #expect(transport.requests.count == 5)
    }

    @Test func `trouble without end is told as such`() async throws {
        let transport = ScriptedTransport(Array(repeating: .failure(.unknown("broken")), count: 999))
        let client = try client(transport)
        let start = time.now()
        for _ in 0..<3 { _ = await client.send(create, grant: try await client.acquire(.write)) }
        let error = await #expect(throws: SalesdockError.self) { try await client.acquire(.write) }
        #expect(error?.code == .unreachable)
        #expect(time.now() - start < .seconds(1100))
        #expect(transport.requests.count < 60)
    }

    @Test func `a token's source is asked once for all that were refused with it`() async throws {
        let refused = ScriptedTransport.Outcome.success(.json(401, #"{"message":"Niet geauthenticeerd"}"#))
        let reads = Mutex(0)
        let token = try Token("t")
        let client = SalesdockClient(
            connection: try Connection(base: "https://api.example", domain: "demo"), token: token,
            readToken: { () throws(SalesdockError) in
                reads.withLock { $0 += 1 }
                return token
            }, transport: ScriptedTransport(Array(repeating: refused, count: 8)), store: MemoryBudgetStore(),
            time: time)
        let grants = try await client.grants(8)
        let verdicts = await withTaskGroup(of: Verdict.self) { group in
            for grant in grants { group.addTask { await client.send(create, grant: grant) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(verdicts.allSatisfy { if case .stop(.unauthenticated) = $0 { true } else { false } })
        #expect(reads.withLock { $0 } == 1)
    }
}

extension SalesdockClient {
    fileprivate func grants(_ count: Int) async throws -> [Grant] {
        var grants: [Grant] = []
        for _ in 0..<count { grants.append(try await acquire(.write)) }
        return grants
    }
}
