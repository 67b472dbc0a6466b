import ExactJSON
import Ledgers
import Records
import Salesdock

extension Simulation {
    /// Compares what Salesdock and the ledger hold with what they must.
    func check() throws {
        guard world.monitor.violations.isEmpty else { return }
        // What was sent last may still be on its way.
        world.clock.pass(until: world.clock.now + Int64(world.scenario.settleSeconds * 2) * VirtualClock.second)
        let state = world.state
        let found = records(state)
        checkRecords(found)
        checkStrangers(state)
        try checkLedger(found, instance: state["instance"]?.string ?? "")
        if world.scenario.isBudgetOurs, world.monitor.throttled > 0 {
            world.monitor.violate("\(world.monitor.throttled) requests were throttled, and nobody else used the token")
        }
    }

    private func checkRecords(_ found: [String: [JSONValue]]) {
        let expected = input.expected
        for identity in found.keys.sorted() where expected[identity] == nil {
            world.monitor.violate("\(identity) is there and should not be")
        }
        let rivals = input.rivals.map { "relations/legacy \($0)" }
        let heldRivals = rivals.filter { found[$0] != nil }
        if !rivals.isEmpty, heldRivals.count != 1 { world.monitor.violate("of the rivals \(heldRivals) are there") }
        for (identity, fields) in expected.sorted(by: { $0.key < $1.key }) {
            let records = found[identity] ?? []
            if rivals.contains(identity), records.isEmpty { continue }
            guard records.count == 1, let record = records.first else {
                world.monitor.violate("\(identity) is there \(records.count) times")
                continue
            }
            for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
                let held = record[name]?.scalarText ?? ""
                if held != value { world.monitor.violate("\(identity): \(name) is '\(held)', not '\(value)'") }
            }
            if let id = known[identity], record["id"]?.int != id {
                world.monitor.violate("\(identity) was there before and was made again")
            }
            if let id = record["id"]?.int, identity.hasPrefix("relations/"), let city = world.cities[id],
                record["city"]?.string != city
            {
                world.monitor.violate("\(identity): what a person wrote is gone")
            }
        }
    }

    private func checkStrangers(_ state: JSONValue) {
        var held: [Int: JSONValue] = [:]
        for record in state["relations"]?.array ?? [] { if let id = record["id"]?.int { held[id] = record } }
        for (id, stranger) in strangers.sorted(by: { $0.key < $1.key }) {
            let same = ["lastname", "email", "phone", "cf_origin"].allSatisfy {
                held[id]?[$0]?.scalarText ?? "" == stranger[$0]?.scalarText ?? ""
            }
            if !same { world.monitor.violate("relation \(id), somebody else's, was changed") }
        }
    }

    /// Records of ours by identity, with references told by the identity they lead to.
    func records(_ state: JSONValue) -> [String: [JSONValue]] {
        func names(_ kind: String) -> [Int: String] {
            var names: [Int: String] = [:]
            for record in state[kind]?.array ?? [] {
                if let id = record["id"]?.int { names[id] = Monitor.identity(kind, record) }
            }
            return names
        }
        let (suppliers, products, customers) = (names("suppliers"), names("products"), names("relations"))
        var found: [String: [JSONValue]] = [:]
        for kind in ["suppliers", "products", "relations", "sales"] {
            for record in state[kind]?.array ?? [] {
                guard let identity = Monitor.identity(kind, record), !identity.hasPrefix("vreemd"),
                    var object = record.object
                else { continue }
                object["supplier"] = record["supplier_id"]?.int.flatMap { suppliers[$0] }.map { .string($0) }
                object["tariff"] = record["tariffs"]?["tariff_single"]
                object["customer"] = record["relation_id"]?.int.flatMap { customers[$0] }.map { .string($0) }
                object["product"] = record["product_id"]?.int.flatMap { products[$0] }.map { .string($0) }
                found["\(kind)/\(identity)", default: []].append(.object(object))
            }
        }
        return found
    }

    private func checkLedger(_ found: [String: [JSONValue]], instance: String) throws {
        for problem in try world.ledger.integrityProblems() { world.monitor.violate("ledger: \(problem)") }
        for (target, identity) in try world.ledger.targets() {
            let isPresent = identity.host.hasSuffix("#" + instance)
            for attempt in try world.ledger.openAttempts(host: identity.host, domain: identity.domain) where isPresent {
                world.monitor.violate("the ledger has an open attempt of \(attempt.pipeline) \(attempt.intent.key)")
            }
            for record in try world.ledger.records(target, after: nil, limit: 1_000) {
                try checkStory(target, record.key)
                guard isPresent, let id = record.remoteID else { continue }
                let kind = Self.kinds[identity.resource] ?? ""
                let name = kind == "relations" ? "legacy \(record.key)" : record.key
                let held = found["\(kind)/\(name)"]?.first?["id"]?.int
                if held != id, !input.deletedProducts.contains(record.key) {
                    world.monitor.violate("the ledger says \(kind)/\(name) is \(id), and it is \(held ?? 0)")
                }
            }
        }
    }

    /// A create that follows one that was looked up and not found says so, since its twin is looked for.
    private func checkStory(_ target: TargetID, _ key: String) throws {
        let tries = try world.ledger.history(target, key: key)
        for (earlier, later) in zip(tries, tries.dropFirst()) where earlier.note == "looked up: not there" {
            if later.resends != earlier.attempt, later.call.hasSuffix(".create") {
                world.monitor.violate("attempt \(later.attempt.rawValue) of \(key) does not say what it repeats")
            }
        }
    }

    /// What the ledger knows of rows that are not through.
    func story() -> String {
        var lines: [String] = []
        for (target, identity) in (try? world.ledger.targets()) ?? [] {
            for record in (try? world.ledger.records(target, after: nil, limit: 1_000)) ?? [] {
                guard record.fate.map({ !$0.isGood }) ?? true else { continue }
                let tries = ((try? world.ledger.history(target, key: record.key)) ?? []).map {
                    "\($0.call) \($0.state.rawValue) \($0.note ?? "")"
                }
                let fate = record.fate?.rawValue ?? "-"
                lines.append(
                    "\(identity.pipeline) \(record.key) \(fate) \(record.note ?? ""): \(tries.joined(separator: "; "))")
            }
        }
        return lines.joined(separator: " | ")
    }
}
