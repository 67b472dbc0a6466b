import ExactJSON
import Salesdock
import SalesdockFacts
import Synchronization
import TestSupport
import Testing

struct SalesdockClientTests {
    private let time = ManualTime(jumps: true)

    /// - Parameter tokens: what the token source gives, one after the other; the last one again and again.
    private func client(
        _ transport: ScriptedTransport, tokens: [String] = ["t1"], limit: Int = 100, policy: ReadPolicy = ReadPolicy()
    ) throws -> SalesdockClient {
        let reads = Mutex(0)
        let all = try tokens.map { try Token($0) }
        let readToken: @Sendable () async throws(SalesdockError) -> Token = { () async throws(SalesdockError) in
            all[
                min(
                    reads.withLock { reads in
                        reads += 1; return reads
                    }, all.count - 1)]
        }
        return SalesdockClient(
            connection: try Connection(base: "https://api.example", domain: "demo", limit: limit), token: all[0],
            readToken: readToken, transport: transport, store: MemoryBudgetStore(), time: time, policy: policy,
            random: SeededRNG(seed: 1))
    }

    private let create = APIRequest(.relationCreate, body: ["email": "a@b.example", "business": "0"])

    @Test func `a write goes out once, with token, path and body`() async throws {
        let transport = ScriptedTransport([.success(.json(201, #"{"success":true,"data":{"relation_id":5}}"#))])
        let client = try client(transport)
        let verdict = await client.send(create, grant: try await client.budget.acquire())
        #expect(verdict == .applied(data: ["relation_id": 5], id: 5))
        let request = try #require(transport.requests.first)
        #expect(request.url == "https://api.example/api/demo/v1/account/relations")
        #expect(request.headers["authorization"] == "Bearer t1")
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.body.map { String(decoding: $0, as: UTF8.self) } == #"{"email":"a@b.example","business":"0"}"#)
        #expect(client.budget.counters.sent == 1)
    }

    @Test func `a write is never repeated by itself`() async throws {
        for outcome: ScriptedTransport.Outcome in [
            .failure(.unknown("broken")), .success(.json(500, "")), .success(.json(429, "")),
            .failure(.notSent("refused")),
        ] {
            let transport = ScriptedTransport([outcome, .success(.ok(#"{"relation_id":5}"#))])
            let client = try client(transport)
            _ = await client.send(create, grant: try await client.budget.acquire())
            #expect(transport.requests.count == 1)
        }
    }

    @Test func `a refused connection costs no budget, a broken one does`() async throws {
        let transport = ScriptedTransport([.failure(.notSent("refused")), .failure(.unknown("broken"))])
        let client = try client(transport, limit: 1)
        #expect(await client.send(create, grant: try await client.budget.acquire()) == .notSent(reason: "refused"))
        let before = time.now()
        #expect(
            await client.send(create, grant: try await client.budget.acquire()) == .unknown(UnknownOutcome("broken")))
        #expect(time.now() == before)
        _ = try await client.budget.acquire()
        // The timeout of the one that may still arrive, the window, and a second.
        #expect(time.now() - before == .seconds(91))
    }

    /// Some servers and proxies answer with what they were sent.
    @Test(arguments: [
        (403, "[t/ok-1]", "Not authorised: [<token>]"), (422, #"[t\/ok-1]"#, "Not authorised: [<token>]"),
        (200, "[t/ok-1]", "Not authorised: [<token>]"),
    ])
    func `an answer that repeats the token is told without it`(status: Int, said: String, told: String) async throws {
        let body = #"{"success":false,"message":"Not authorised: \#(said)"}"#
        let transport = ScriptedTransport([.success(.json(status, body))])
        let client = try client(transport, tokens: ["t/ok-1"])
        switch await client.send(create, grant: try await client.budget.acquire()) {
        case .rejected(let problem), .forbidden(_, let problem), .stop(.forbidden(_, let problem)):
            #expect(problem.message == told)
        case let verdict: Issue.record("\(verdict)")
        }
    }

    @Test func `a grant older than the timeout sends nothing`() async throws {
        let transport = ScriptedTransport([])
        let client = try client(transport)
        let grant = try await client.budget.acquire()
        try await time.sleep(until: time.now() + .seconds(30))
        guard case .notSent = await client.send(create, grant: grant) else {
            Issue.record("sent")
            return
        }
        #expect(transport.requests.isEmpty)
    }

    @Test func `a replaced token is read again and its budget goes on`() async throws {
        // The limit of those who are not known is none of ours.
        let refused = HTTPAnswer.json(
            401, #"{"success":false,"message":"Niet geauthenticeerd"}"#,
            ["X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0"])
        let transport = ScriptedTransport([.success(refused), .success(.ok(#"{"relation_id":5}"#)), .success(refused)])
        let client = try client(transport, tokens: ["t1", "t2"], limit: 2)
        let start = time.now()
        #expect(await client.send(create, grant: try await client.budget.acquire()) == .tokenRotated)
        let verdict = await client.send(create, grant: try await client.budget.acquire())
        #expect(verdict == .applied(data: ["relation_id": 5], id: 5))
        #expect(transport.requests.map { $0.headers["Authorization"] } == ["Bearer t1", "Bearer t2"])
        #expect(time.now() == start)
        let last = await client.send(create, grant: try await client.budget.acquire())
        // A slot, and then the wait for a third token.
        #expect(time.now() - start == .seconds(61) + SalesdockClient.rotationPatience)
        guard case .stop(.unauthenticated) = last else {
            Issue.record("\(last)")
            return
        }
    }

    @Test func `a token that was right may be replaced in its source a little later, one that never was may not`()
        async throws
    {
        let refused = HTTPAnswer.json(401, #"{"success":false,"message":"Niet geauthenticeerd"}"#)
        let good = ScriptedTransport.Outcome.success(.ok("[]"))
        let request = APIRequest(.flowsList)
        let transport = ScriptedTransport([good, .success(refused), good])
        let client = try client(transport, tokens: ["t1", "t1", "t1", "t2"])
        let start = time.now()
        _ = await client.send(request, grant: try await client.budget.acquire())
        #expect(await client.send(request, grant: try await client.budget.acquire()) == .tokenRotated)
        #expect(time.now() - start == .seconds(2))
        _ = await client.send(request, grant: try await client.budget.acquire())
        #expect(transport.requests.last?.headers["Authorization"] == "Bearer t2")

        let wrong = try self.client(ScriptedTransport([.success(refused)]), tokens: ["t1", "t1", "t2"])
        let begin = time.now()
        let verdict = await wrong.send(request, grant: try await wrong.budget.acquire())
        #expect(verdict != .tokenRotated && time.now() == begin)
    }

    @Test func `a read goes on through trouble`() async throws {
        let transport = ScriptedTransport([
            .failure(.notSent("refused")), .failure(.unknown("broken")),
            .success(.json(503, "", ["Retry-After": "120"])),
            // The probe, after the time that was asked for.
            .success(.ok("[]")), .success(.json(200, "<html>")), .success(.json(429, "", ["Retry-After": "65"])),
            .success(.ok("[]")),
        ])
        let client = try client(transport)
        let start = time.now()
        #expect(try await client.read(APIRequest(.suppliersList)) == [])
        #expect(time.now() - start >= .seconds(185))
        #expect(client.budget.counters.sent == 7)
        #expect(client.budget.counters.retried == 5)
        #expect(client.budget.counters.throttled == 1)
    }

    @Test func `a read gives up after its tries, saying what the last trouble was`() async throws {
        let transport = ScriptedTransport(Array(repeating: .failure(.unknown("no answer in time")), count: 9))
        let client = try client(transport, policy: ReadPolicy(triesMax: 3))
        let error = await #expect(throws: SalesdockError.self) { try await client.read(APIRequest(.suppliersList)) }
        #expect(error?.code == .unreachable)
        #expect(error?.message == "suppliers.list failed 3 times, the last time because: no answer in time.")
        #expect(transport.requests.count == 3)
    }

    @Test func `a read gives up at its deadline`() async throws {
        let transport = ScriptedTransport(Array(repeating: .failure(.notSent("refused")), count: 9))
        let backoff = Backoff(base: .seconds(100), cap: .seconds(100))
        let client = try client(transport, policy: ReadPolicy(deadline: .seconds(150), backoff: backoff))
        let error = await #expect(throws: SalesdockError.self) { try await client.read(APIRequest(.suppliersList)) }
        #expect(error?.code == .deadline)
        #expect((2...5).contains(transport.requests.count))
    }

    @Test(arguments: [
        (401, #"{"message":"Niet geauthenticeerd"}"#, SalesdockError.Code.unauthenticated), (403, "{}", .forbidden),
        (404, "{}", .notFound), (405, "{}", .fault), (422, "{}", .rejected), (302, "", .redirect),
    ])
    func `a read stops at once at what no repeat would change`(status: Int, body: String, code: SalesdockError.Code)
        async throws
    {
        let transport = ScriptedTransport([.success(.json(status, body))])
        let client = try client(transport)
        let error = await #expect(throws: SalesdockError.self) { try await client.read(APIRequest(.suppliersList)) }
        #expect(error?.code == code)
        #expect(transport.requests.count == 1)
        #expect(error?.description.contains("t1") == false)
    }

    @Test func `pages are read to the last, and a record that comes twice is kept once`() async throws {
        func page(_ number: Int, _ rows: String) -> ScriptedTransport.Outcome {
            .success(.ok(#"{"current_page":\#(number),"last_page":2,"total":3,"per_page":2,"data":\#(rows)}"#))
        }
        let transport = ScriptedTransport([
            page(1, #"[{"id":3,"coc":"1"},{"id":2}]"#), page(2, #"[{"id":2,"email":"x"},{"id":1}]"#),
        ])
        let client = try client(transport)
        let found = try await client.searchRelations(q: "1234 ab")
        #expect(found.map(\.id) == [3, 2, 1])
        #expect(found[0].fields["company_coc"] == "1")
        #expect(found[1].fields["email"] == "x")
        #expect(
            transport.requests.map(\.url) == [
                "https://api.example/api/demo/v1/account/relations?q=1234%20ab",
                "https://api.example/api/demo/v1/account/relations?q=1234%20ab&page=2",
            ])
    }

    @Test func `days narrow relations and sales by creation`() async throws {
        let empty = ScriptedTransport.Outcome.success(.ok(#"{"current_page":1,"last_page":1,"data":[]}"#))
        let transport = ScriptedTransport([empty, empty])
        let client = try client(transport)
        _ = try await client.relations(createdFrom: "2026-11-23", to: "2026-11-25")
        _ = try await client.sales(from: "2026-11-23", to: "2026-11-25")
        #expect(
            transport.requests.map { $0.url.split(separator: "?").last.map(String.init) } == [
                "period_filter_on=created_date&period=custom&period_start=2026-11-23&period_end=2026-11-25",
                "period_filter_on=created_date&period=custom&period_start=2026-11-23%2000%3A00%3A00"
                    + "&period_end=2026-11-25%2023%3A59%3A59",
            ])
    }

    @Test func `a page other than the one asked for is not taken for it`() async throws {
        let transport = ScriptedTransport([
            .success(.ok(#"{"current_page":1,"last_page":2,"data":[{"id":1}]}"#)),
            .success(.ok(#"{"current_page":1,"last_page":2,"data":[{"id":1}]}"#)),
        ])
        let error = await #expect(throws: SalesdockError.self) { try await client(transport).relations() }
        #expect(error?.code == .badAnswer)
    }

    @Test func `one record that is gone is nil`() async throws {
        let transport = ScriptedTransport([.success(.json(404, #"{"success":false,"message":"weg"}"#))])
        #expect(try await client(transport).relation(5) == nil)
    }

    @Test func `probing tells the emulator's instance`() async throws {
        let transport = ScriptedTransport([
            .success(.json(200, #"{"success":true,"data":[]}"#, ["X-Emulator-Instance": "ab12"]))
        ])
        #expect("\(try await client(transport).probe())" == "api.example/demo#ab12")
    }

    @Test func `a cancelled read says so`() async throws {
        let client = try client(ScriptedTransport([]))
        let task = Task { try await client.read(APIRequest(.suppliersList)) }
        task.cancel()
        let error = await #expect(throws: SalesdockError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }
}
