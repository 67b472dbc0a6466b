import ExactJSON
import SalesdockEmulator
import Testing

struct AdmissionTests {
    @Test func `a call without a known token is 401 with the documented body`() {
        var emulator = Harness()
        let answer = emulator.call("GET", "user/products", token: "wrong")
        #expect(answer.status == 401)
        #expect(answer.json == ["success": false, "message": "Niet geauthenticeerd"])
    }

    @Test func `the four causes of a 403 are told apart`() {
        var emulator = Harness {
            $0.accountIPs = ["10.1.1.1", "10.9.9.9"]
            $0.tokens += [
                EmulatorToken(secret: "internal", name: "internal", role: .admin, internalOnly: true),
                EmulatorToken(secret: "bound", name: "bound", role: .admin, allowedIPs: ["10.9.9.9"]),
            ]
        }
        let refusals = [
            emulator.call("GET", "account/products", token: "internal"),
            emulator.call("GET", "account/products", token: "bound"),
            emulator.call("GET", "account/products", ip: "10.2.2.2"),
            emulator.call("GET", "account/products", token: "agent-token"),
        ]
        #expect(refusals.map(\.status) == [403, 403, 403, 403])
        #expect(Set(refusals.map(\.message)).count == 4)
        #expect(refusals[0].message == "API token is only available for Salesdock internal integration")
        #expect(refusals[3].json == ["success": false, "message": "Not authorised action."])
        #expect(emulator.call("GET", "account/products", token: "bound", ip: "10.9.9.9").status == 200)
    }

    @Test func `wrong paths, methods and domains have the documented answers`() {
        var emulator = Harness()
        #expect(
            emulator.call("GET", "user/product").json
                == ["success": false, "message": "Resource not found.", "code": 404])
        let refused = emulator.call("POST", "account/sales", [:])
        #expect(refused.status == 405)
        #expect(refused.json == ["success": false, "message": "Not allowed"])
        let reply = emulator.core.handle(
            EmulatorRequest(
                method: "GET", target: "/api/elsewhere/v1/user/products",
                headers: ["authorization": "Bearer admin-token"]), at: EmulatorTime(seconds: emulator.now))
        #expect(reply.status == 403)
    }

    @Test func `the window starts with its first request and its end frees it`() {
        var emulator = Harness { $0.limit = 3 }
        let remaining = (0..<3).map { _ in
            emulator.wait(10)
            return emulator.call("GET", "account/products").reply.header("x-ratelimit-remaining") ?? ""
        }
        #expect(remaining == ["2", "1", "0"])
        emulator.wait(5.5)
        let throttled = emulator.call("GET", "account/products")
        #expect(throttled.status == 429)
        #expect(throttled.json == ["success": false, "message": "Too Many Attempts.", "code": 429])
        #expect(throttled.reply.header("Retry-After") == "35")
        #expect(throttled.reply.header("X-RateLimit-Limit") == "3")
        #expect(emulator.call("GET", "user/products", token: "agent-token").status == 200)
        emulator.wait(34.5)
        #expect(emulator.call("GET", "account/products").status == 200)
    }

    @Test func `the limit changes at run time and tokens of one user share it`() {
        var emulator = Harness {
            $0.limit = 2
            $0.tokens.append(EmulatorToken(secret: "rotated", name: "admin", role: .admin))
        }
        emulator.call("GET", "account/products")
        emulator.call("GET", "account/products", token: "rotated")
        #expect(emulator.call("GET", "account/products").status == 429)
        #expect(emulator.control("POST", "limit", ["limit": 4]).status == 200)
        #expect(emulator.call("GET", "account/products").reply.header("X-RateLimit-Limit") == "4")
        #expect(emulator.control("POST", "limit", ["limit": 0]).status == 400)
    }

    @Test func `requests are counted by call and by the fullest minute`() {
        var emulator = Harness { $0.limit = 3 }
        for _ in 0..<5 { emulator.call("POST", "account/relations", [:]) }
        emulator.wait(60)
        emulator.call("GET", "account/relations?q=x")
        emulator.call("GET", "user/relations")
        let requests = emulator.state()["requests"] ?? .null
        #expect(requests["total"] == 7)
        #expect(requests["throttled"] == 2)
        #expect(requests["most_in_any_60s"] == 5)
        #expect(requests["by_call"] == ["GET relations": 2, "POST relations": 3])
        #expect(requests["writes"] == 5)
        #expect(requests["commits"] == 0)
    }

    @Test func `what stands beside the API is reachable from this machine only`() {
        var emulator = Harness()
        #expect(emulator.control("GET", "state", ip: "10.0.0.9").status == 404)
        #expect(emulator.control("GET", "state").status == 200)
        #expect(emulator.control("DELETE", "state").status == 405)
    }

    @Test func `the instance id comes with every answer and a reset renews it`() {
        var emulator = Harness()
        _ = emulator.relation()
        #expect(emulator.call("GET", "account/products").reply.header("X-Emulator-Instance") == "test-instance")
        let renewed = emulator.control("POST", "reset").data["instance"]?.string
        #expect(renewed != "test-instance")
        #expect(emulator.call("GET", "nowhere", token: "").reply.header("x-emulator-instance") == renewed)
        #expect(emulator.count("relations") == 0)
    }

    @Test func `tokens are read from their command line form, and errors never repeat it`() throws {
        let token = try EmulatorToken(parsing: "demo-token=agent,ip=10.0.0.1,ip=10.0.0.2,user=ann")
        #expect(token.secret == "demo-token")
        #expect(token.role == .agent)
        #expect(token.name == "ann")
        #expect(token.allowedIPs == ["10.0.0.1", "10.0.0.2"])
        #expect(try EmulatorToken(parsing: "x=admin,internal").internalOnly)
        for text in ["secret", "=admin", "secret=boss", "secret=admin,fast"] {
            let error = #expect(throws: TokenSyntaxError.self) { try EmulatorToken(parsing: text) }
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test func `tokens can be rotated at run time`() {
        var emulator = Harness()
        let id = emulator.relation(token: "agent-token")
        emulator.control("POST", "tokens", ["tokens": ["fresh=agent,user=agent"]])
        #expect(emulator.call("GET", "user/relations", token: "agent-token").status == 401)
        emulator.wait(3)
        #expect(emulator.call("GET", "user/relations", token: "fresh").ids() == [id])
    }

    @Test func `the latest requests are told one by one, without who sent them`() {
        var emulator = Harness { $0.limit = 2 }
        emulator.call("GET", "account/suppliers")
        emulator.wait(1)
        emulator.control("POST", "faults", ["rules": [["action": "delay", "seconds": 3]]])
        emulator.call("POST", "account/relations", [:])
        emulator.control("POST", "limit", ["limit": 1])
        emulator.call("GET", "account/suppliers")
        let answer = emulator.control("GET", "requests?log=true")
        let log = answer.json["log"]?.array ?? []
        #expect(log.map { $0["method"] } == ["GET", "POST", "GET"])
        #expect(log.map { $0["status"] } == [200, 400, 429])
        #expect(log.map { $0["limit"] } == [2, 2, 1])
        #expect(log.map { $0["retry_after"] } == [.null, .null, 59])
        #expect(log[1]["delay"]?.scalarText == "3.0" && log[1]["at"]?.scalarText == "\(Harness.start + 1)")
        #expect(!answer.json.text.contains("admin"))
        #expect(emulator.control("GET", "requests").json["log"] == nil)
    }
}
