import ExactJSON
import SalesdockEmulator
import Testing

struct JournalTests {
    /// Does every kind of change and returns the core and its journal.
    private func worked() -> (Harness, [[UInt8]]) {
        var emulator = Harness()
        emulator.core.keepsJournal = true
        let product = emulator.product()
        let gone = emulator.product("weg")
        emulator.call("DELETE", "account/products/\(gone)")
        let relation = emulator.relation(
            "O\"Brien\n\u{1F600}", token: "agent-token", ["cf_x": [1, number("2.50"), .null]])
        emulator.call("PUT", "account/relations/\(relation)", ["visibility": "account", "business": "0"])
        emulator.call("POST", "sales/flow/default/default", emulator.offer(product: product))
        emulator.call(
            "POST", "account/connect-organisation-to-products/1", ["products": [.init(integerLiteral: product)]])
        let lines = emulator.core.takeJournal()
        return (emulator, lines)
    }

    private func held(_ emulator: inout Harness) -> JSONValue {
        var state = emulator.state().object ?? JSONObject()
        for name in ["requests", "instance"] { state[name] = nil }
        return .object(state)
    }

    @Test func `replaying the journal gives the same state`() throws {
        var (first, lines) = worked()
        var second = Harness()
        #expect(try second.core.replay(lines) == false)
        #expect(held(&second) == held(&first))
        #expect(first.core.takeJournal().isEmpty)
    }

    @Test func `a snapshot rebuilds the state, the instance and the ids that are used up`() throws {
        var (first, _) = worked()
        let last = first.product("laatst")
        first.call("DELETE", "account/products/\(last)")
        var second = Harness()
        second.core = EmulatorCore(options: .init(domain: "demo"), instance: "other")
        second.core.setTokens([EmulatorToken(secret: "admin-token", name: "admin", role: .admin)])
        #expect(try second.core.replay(first.core.journalSnapshot()) == false)
        #expect(second.core.instance == "test-instance")
        #expect(second.state()["relations"] == first.state()["relations"])
        #expect(second.product("nieuw") > last)
    }

    @Test func `a torn last line is passed over, whatever was cut off`() throws {
        let (_, lines) = worked()
        let whole = lines.dropLast().map { $0 }
        var expected = Harness()
        _ = try expected.core.replay(whole)
        let last = try #require(lines.last)
        for length in 1..<last.count {
            var second = Harness()
            #expect(try second.core.replay(whole + [Array(last.prefix(length))]))
            #expect(held(&second) == held(&expected))
        }
    }

    @Test func `another broken line is an error that names it`() throws {
        let (_, lines) = worked()
        var second = Harness()
        let broken = [lines[0], Array("{\"put\":".utf8)] + lines.dropFirst()
        let error = #expect(throws: JournalError.self) { try second.core.replay(broken) }
        #expect(error?.message.contains("line 2") == true)
    }

    @Test func `a reset in the journal forgets what was before`() throws {
        var (first, lines) = worked()
        first.control("POST", "reset")
        lines += first.core.takeJournal()
        var second = Harness()
        _ = try second.core.replay(lines)
        #expect(second.count("relations") == 0)
        #expect(second.core.instance == first.core.instance)
        #expect(second.core.instance != "test-instance")
    }
}
