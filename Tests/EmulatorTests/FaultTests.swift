import ExactJSON
import SalesdockEmulator
import TestSupport
import Testing

struct FaultTests {
    private static let body: JSONValue = ["visibility": "private", "business": "0", "lastname": "Jansen"]

    private func emulator(_ rules: JSONValue...) -> Harness {
        var emulator = Harness()
        let answer = emulator.control("POST", "faults", ["rules": .array(rules), "seed": 7])
        #expect(answer.status == 200)
        return emulator
    }

    @Test(arguments: [("error_before", 0), ("error_after", 1), ("drop_before", 0), ("drop_after", 1)])
    func `a fault is before or after the commit`(action: String, relations: Int) {
        var emulator = emulator(["method": "POST", "path": "relations", "nth": 1, "action": .string(action)])
        let answer = emulator.call("POST", "account/relations", Self.body)
        #expect(answer.isDropped == action.hasPrefix("drop"))
        #expect(answer.status == (action.hasPrefix("drop") ? 0 : 500))
        #expect(emulator.count("relations") == relations)
        #expect(emulator.call("POST", "account/relations", Self.body).status == 201)
        #expect(emulator.count("relations") == relations + 1)
    }

    @Test func `a garbled answer is no JSON, and what was asked is done`() {
        var emulator = emulator(["method": "POST", "nth": 1, "action": "garble"])
        let answer = emulator.call("POST", "account/relations", Self.body)
        #expect(answer.status == 201 && answer.json == .null)
        #expect(emulator.count("relations") == 1)
    }

    @Test func `a late commit happens some seconds after the request`() {
        var emulator = emulator(["method": "POST", "nth": 1, "action": "late_commit", "seconds": 5])
        #expect(emulator.call("POST", "account/relations", Self.body).isDropped)
        emulator.wait(4.9)
        #expect(emulator.count("relations") == 0)
        #expect(emulator.state()["pending_commits"] == 1)
        emulator.wait(10)
        let held = emulator.state()["relations"]?.array ?? []
        #expect(held.count == 1)
        #expect(held.first?["created_at"] == "2026-06-10 10:00:05")
    }

    @Test func `advancing commits in the order of what is due`() {
        var emulator = emulator(
            ["method": "POST", "nth": 1, "action": "late_commit", "seconds": 9, "status": 504],
            ["method": "POST", "nth": 2, "action": "late_commit", "seconds": 3])
        #expect(emulator.call("POST", "account/relations", merged(Self.body, ["lastname": "Een"])).status == 504)
        emulator.call("POST", "account/relations", merged(Self.body, ["lastname": "Twee"]))
        emulator.core.advance(to: EmulatorTime(seconds: Harness.start + 20))
        let names = emulator.state()["relations"]?.array?.map { $0["lastname"]?.string }
        #expect(names == ["Twee", "Een"])
    }

    @Test func `delays and throttles say how long`() {
        var emulator = emulator(
            ["path": "relations", "nth": 1, "action": "delay", "seconds": number("1.5")],
            ["path": "relations", "nth": 2, "action": "throttle", "seconds": 65])
        #expect(emulator.call("POST", "account/relations", Self.body).reply.delaySeconds == 1.5)
        let throttled = emulator.call("POST", "account/relations", Self.body)
        #expect(throttled.status == 429)
        #expect(throttled.reply.header("Retry-After") == "65")
        #expect(emulator.count("relations") == 1)
    }

    @Test func `rules count by nth, every and glob, up to their number of times`() {
        var emulator = emulator(
            ["method": "GET", "path": "account/*/1", "action": "error_before", "status": 502],
            ["method": "GET", "path": "suppliers", "every": 3, "times": 2, "action": "error_before", "status": 503])
        #expect(emulator.call("GET", "account/relations/1").status == 502)
        #expect(emulator.call("GET", "account/relations/12").status == 404)
        let statuses = (0..<12).map { _ in emulator.call("GET", "account/suppliers").status }
        #expect(statuses == [200, 200, 503, 200, 200, 503, 200, 200, 200, 200, 200, 200])
        emulator.control("POST", "faults", ["rules": []])
        #expect(emulator.call("GET", "account/relations/1").status == 404)
    }

    @Test func `chance is seeded`() {
        func run() -> [Int] {
            var emulator = emulator(["probability": number("0.3"), "action": "error_before"])
            return (0..<200).map { _ in emulator.call("GET", "account/suppliers").status }
        }
        let statuses = run()
        #expect(statuses == run())
        #expect((30...90).contains(statuses.count { $0 == 500 }))
    }

    @Test func `a rule that cannot be read is refused and changes nothing`() {
        var emulator = emulator(["action": "error_before"])
        for rule: JSONValue in [["action": "explode"], ["path": "x"], ["action": "delay", "after": 3], 5] {
            #expect(emulator.control("POST", "faults", ["rules": [rule]]).status == 400)
        }
        #expect(emulator.call("GET", "account/suppliers").status == 500)
    }

    @Test func `the same seed and requests give the same replies`() {
        let seed = UInt64.random(in: .min ... .max)
        func run() -> [[UInt8]] {
            var random = SeededRNG(seed: seed)
            var emulator = Harness()
            return (0..<200).map { _ in
                emulator.wait(Double.random(in: 0..<3, using: &random))
                return Bool.random(using: &random)
                    ? emulator.call("POST", "account/relations", Self.body).reply.body
                    : emulator.call("GET", "account/relations?q=jansen").reply.body
            }
        }
        #expect(run() == run(), "seed \(seed)")
    }
}
