import ExactJSON
import Salesdock
import SalesdockEmulator
import TestSupport

extension World {
    /// Plans what others do while a phase is loaded: in its first minutes, at moments of chance.
    func planEvents() {
        let begin = clock.now
        func some(_ count: ClosedRange<Int>, within seconds: Int, _ action: @escaping (World, Int64) -> Void) {
            for _ in 0..<draw(count) {
                let time = begin + Int64(draw(0...(seconds * 1000))) * 1_000_000
                clock.at(time) { [unowned self] time in action(self, time) }
            }
        }
        if scenario.people {
            some(1...4, within: 400) { world, time in world.personMakes(at: time) }
            some(0...3, within: 600) { world, time in world.personEdits(at: time) }
            some(0...1, within: 300) { world, time in world.personDeletes(at: time) }
        }
        if scenario.otherClient {
            some(1...3, within: 300) { world, time in
                world.monitor.disturbed(at: time)
                for _ in 0..<world.draw(3...world.scenario.limit) {
                    world.act("GET", "account/flows", as: "other", at: time)
                }
            }
        }
        if scenario.limitChanges {
            some(1...2, within: 300) { world, time in
                world.setLimit(max(5, world.scenario.limit * world.draw(40...200) / 100), at: time)
            }
        }
        if scenario.clockSteps {
            some(1...2, within: 300) { world, time in
                world.wallSkew += Int64(world.draw(-72_000...72_000)) * VirtualClock.second
                world.note("wall clock steps to \(world.wallSkew / VirtualClock.second) s off", at: time)
            }
        }
        if scenario.rotates { some(1...1, within: 200) { world, time in world.rotate(at: time) } }
    }

    /// A new token takes the old one's place; where it is read from has it a little later.
    private func rotate(at time: Int64) {
        let old = token
        let new = "token-\((Int(old.split(separator: "-")[1]) ?? 1) + 1)"
        note("token is replaced", at: time)
        setTokens([new])
        if chance(70) {
            token = new
        } else {
            clock.at(time + 5 * VirtualClock.second) { [unowned self] _ in token = new }
        }
    }

    /// A person adds a customer that has something in common with one of ours.
    private func personMakes(at time: Int64) {
        let number = draw(1...6)
        let isAlike = chance(30)
        act(
            "POST", "account/relations",
            [
                "visibility": "account", "business": "0", "lastname": .string("Vreemd \(draw(1...99))"),
                "email": .string("vreemd\(draw(1...9999))@elders.example"),
                "phone": .string(isAlike ? "06123410\(10 + number)" : "0687654321"), "postcode": "9999ZZ",
            ], as: "person", at: time)
    }

    /// A person fills in what we do not send.
    private func personEdits(at time: Int64) {
        let ours = (state["relations"]?.array ?? []).filter { $0["cf_origin"]?.string != nil }
        guard let record = ours.isEmpty ? nil : ours[draw(0...(ours.count - 1))], let id = record["id"]?.int else {
            return
        }
        let city = "Dorp \(draw(1...99))"
        let reply = act(
            "PUT", "account/relations/\(id)", ["visibility": "account", "business": "0", "city": .string(city)],
            as: "person", at: time)
        if reply.status < 300 { cities[id] = city }
    }

    /// A person removes a product that is none of ours.
    private func personDeletes(at time: Int64) {
        let others = (state["products"]?.array ?? []).filter { $0["identifier"]?.string?.hasPrefix("vreemd") ?? false }
        if let id = others.first?["id"]?.int { act("DELETE", "account/products/\(id)", as: "person", at: time) }
    }
}
