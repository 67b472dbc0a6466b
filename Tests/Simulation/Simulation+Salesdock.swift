import ExactJSON
import Ledgers
import Records
import Salesdock
import TestSupport

extension Simulation {
    /// Salesdock is not empty when we come: others' records, some of ours already, and look-alikes.
    func prepareSalesdock() {
        var relations: [JSONValue] = []
        for number in 0..<Int.random(in: 0...45, using: &random) {
            relations.append(
                relation(
                    1_000 + number, "Oud \(number)", "oud\(number)@elders.example", "0688800\(100 + number)", "8888ZZ"))
        }
        for customer in input.customers where Int(customer.key).map({ $0 < 70 }) ?? false {
            if world.scenario.matchesCustomers, Int.random(in: 0..<5, using: &random) == 0 {
                let id = 3_000 + relations.count
                relations.append(relation(id, "Vroeger \(customer.key)", customer.email, "0611111111", "1111AA"))
                known["relations/legacy \(customer.key)"] = id
                world.adoptable[customer.email] = "legacy \(customer.key)"
            } else if !world.scenario.matchesCustomers, Int.random(in: 0..<4, using: &random) == 0 {
                // The same person, made by somebody else just before: never ours.
                relations.append(
                    relation(3_000 + relations.count, customer.name, customer.email, customer.phone, customer.postcode))
            }
        }
        for customer in input.customers where customer.key == input.ambiguous {
            for name in ["Eerste", "Tweede"] {
                relations.append(relation(3_000 + relations.count, name, customer.email, "0622222222", "2222BB"))
            }
        }
        for relation in relations {
            guard let id = relation["id"]?.int, !known.values.contains(id) else { continue }
            strangers[id] = relation
        }
        var suppliers: [JSONValue] = []
        for (number, supplier) in input.suppliers.enumerated() where Int.random(in: 0..<5, using: &random) == 0 {
            known["suppliers/\(supplier.key)"] = 100 + number
            suppliers.append(
                [
                    "id": .number(JSONNumber(100 + number)), "name": "Oude naam", "identifier": .string(supplier.key),
                    "active": "1",
                ])
        }
        let products: [JSONValue] = (1...3).map { number in
            [
                "id": .number(JSONNumber(200 + number)), "name": .string("Vreemd \(number)"),
                "identifier": .string("vreemd-\(number)"), "type": "default", "active": "1",
            ]
        }
        let seed: JSONValue = [
            "relations": .array(relations), "suppliers": .array(suppliers), "products": .array(products),
        ]
        world.control("POST", "seed", seed.text)
        world.clock.pass(until: Int64(world.scenario.lagSeconds * 1_000 + 1_000) * 1_000_000)
    }

    private func relation(_ id: Int, _ name: String, _ email: String, _ phone: String, _ postcode: String) -> JSONValue
    {
        [
            "id": .number(JSONNumber(id)), "visibility": "account", "business": "0", "lastname": .string(name),
            "email": .string(email), "phone": .string("+31" + phone.dropFirst()), "postcode": .string(postcode),
        ]
    }

    /// A person deletes a product of ours that no offer names, once the ledger has its id.
    func deleteOwnProduct() {
        let used = Set(input.offers.map(\.product))
        guard world.scenario.people, let product = input.products.first(where: { !used.contains($0.key) }) else {
            return
        }
        for record in world.state["products"]?.array ?? [] where record["identifier"]?.string == product.key {
            guard let id = record["id"]?.int else { return }
            world.act("DELETE", "account/products/\(id)", as: "person", at: world.clock.now)
            input.deletedProducts.insert(product.key)
        }
    }

    /// A person decides what is in doubt, as `resolve` does: looks into Salesdock, once nothing can come any more.
    func decideDoubts() throws {
        let doubts = try world.ledger.targets().flatMap { target, identity in
            try world.ledger.openAttempts(host: identity.host, domain: identity.domain)
                .filter { $0.intent.target == target && $0.state == .inDoubt }.map { ($0, identity) }
        }
        if doubts.isEmpty { return }
        world.clock.pass(until: world.clock.now + Int64(world.scenario.settleSeconds + 1) * VirtualClock.second)
        let state = world.state
        for (attempt, identity) in doubts {
            let kind = Self.kinds[identity.resource] ?? ""
            let wanted = kind == "relations" ? "legacy \(attempt.intent.key)" : attempt.intent.key
            let found = (state[kind]?.array ?? []).filter { Monitor.identity(kind, $0) == wanted }.compactMap {
                $0["id"]?.int
            }
            world.note("a person decides \(kind)/\(wanted): \(found)")
            if found.count > 1 { world.monitor.violate("\(kind)/\(wanted) is there \(found.count) times") }
            let outcome: AttemptOutcome =
                found.first.map { .applied(remoteID: attempt.intent.isCreate ? $0 : nil, isAdopted: true) }
                ?? .absent(note: "a person decided: not there")
            try world.ledger.conclude(attempt.id, outcome)
            let fate: Fate = found.isEmpty ? .failed : .created
            try world.ledger.note(
                [FateEntry(key: attempt.intent.key, fate: fate)], target: attempt.intent.target, run: attempt.intent.run
            )
        }
    }

    /// Tables of the emulator by the ledger's names of resources.
    static let kinds = ["customers": "relations", "suppliers": "suppliers", "products": "products", "offers": "sales"]
}
