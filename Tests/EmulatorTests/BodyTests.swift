import ExactJSON
import SalesdockEmulator
import TestSupport
import Testing

struct BodyTests {
    @Test func `any text comes back as it was sent`() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRNG(seed: seed)
        let scalars = Array("aZ09 \"\\/{}[]:,\u{1}\u{1F}\n\t\r\u{8}éß€漢\u{1F600}\u{10FFFF}".unicodeScalars)
        var emulator = Harness()
        for _ in 0..<200 {
            var text = "x"
            for _ in 0..<Int.random(in: 0..<20, using: &random) {
                if let scalar = scalars.randomElement(using: &random) { text.unicodeScalars.append(scalar) }
            }
            let id = emulator.relation(
                "Jansen", ["cf_text": .string(text), "cf_deep": [["a": .string(text)], .null, true]])
            let fields = emulator.call("GET", "account/relations/\(id)").data["extrafields"]?.array ?? []
            #expect(fields.first?["value"] == .string(text), "seed \(seed)")
            #expect(fields.last?["value"] == [["a": .string(text)], .null, true], "seed \(seed)")
        }
    }

    @Test(arguments: ["{", "{\"a\":}", "[1,]", "{\"a\" 1}", "nul", "\"x", "{\"a\":1}}", "01x", "{\"a\":\"\\q\"}"])
    func `what is no JSON is refused`(body: String) {
        var emulator = Harness()
        let reply = emulator.core.handle(
            EmulatorRequest(
                method: "POST", target: "/api/demo/v1/account/relations",
                headers: ["authorization": "Bearer admin-token"], body: Array(body.utf8)),
            at: EmulatorTime(seconds: emulator.now))
        #expect(reply.status == 400)
        #expect(String(decoding: reply.body, as: UTF8.self).contains("Syntax error"))
    }

    @Test func `escapes and surrogate pairs are read`() {
        var emulator = Harness()
        let body = "{\"visibility\":\"private\",\"business\":\"0\",\"lastname\":\"\\u004Aip\\n\\ud83d\\ude00\\ud800\"}"
        _ = emulator.core.handle(
            EmulatorRequest(
                method: "POST", target: "/api/demo/v1/account/relations",
                headers: ["authorization": "Bearer admin-token"], body: Array(body.utf8)),
            at: EmulatorTime(seconds: emulator.now))
        #expect(emulator.state()["relations"]?.array?.first?["lastname"] == "Jip\n\u{1F600}\u{FFFD}")
    }

    @Test func `a form with bracketed names is a body too`() {
        var emulator = Harness()
        let form = "name=De+Zon&identifier=zon&active=1&logo%5Bcontent%5D=iVBORw0KGgo%3D&logo[extension]=png"
        let reply = emulator.core.handle(
            EmulatorRequest(
                method: "POST", target: "/api/demo/v1/account/suppliers",
                headers: [
                    "authorization": "Bearer admin-token", "content-type": "application/x-www-form-urlencoded",
                ], body: Array(form.utf8)),
            at: EmulatorTime(seconds: emulator.now))
        #expect(reply.status == 201)
        let held = emulator.state()["suppliers"]?.array?.first
        #expect(held?["name"] == "De Zon")
        #expect(held?["logo"]?["content"] == "iVBORw0KGgo=")
    }

    @Test func `an agent's record is its own, whatever user it names`() {
        var emulator = Harness()
        let id = emulator.relation("Jansen", token: "agent-token", ["user_id": 1])
        emulator.wait(2)
        #expect(emulator.call("GET", "user/relations", token: "agent-token").ids() == [id])
    }

    @Test func `a sale's status can be changed and a sale cancelled`() {
        var emulator = Harness()
        let product = emulator.product()
        let sale = emulator.call("POST", "sales/flow/default/default", emulator.offer(product: product)).id("sale_id")
        #expect(emulator.call("POST", "account/sales/updatestatus/\(sale)?status=nonsense").status == 400)
        #expect(
            emulator.call("POST", "account/sales/updatestatus/\(sale)?status=offer_accepted&remark=ok").status == 200)
        #expect(emulator.call("GET", "account/sales/\(sale)").data["offer_accepted"] == true)
        #expect(emulator.call("PATCH", "account/proposal/\(sale)", [:]).status == 400)
        #expect(emulator.call("POST", "user/sales/cancel/\(sale)?status=cancelled").status == 200)
        #expect(emulator.call("PATCH", "account/sales/\(sale)", [:]).status == 400)
        let history = emulator.call("GET", "account/sales/\(sale)/history").rows
        #expect(history.map { $0["new_status"] } == ["new", "offer_accepted", "cancelled"])
    }
}
