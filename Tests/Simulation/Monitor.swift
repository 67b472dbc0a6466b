import ExactJSON
import Salesdock
import SalesdockEmulator
import SalesdockFacts

/// Watches every request as the server sees it, and every answer as the client does.
final class Monitor {
    private unowned let world: World
    private(set) var violations: [String] = []
    /// Records that may be created or changed at present, by identity.
    var plan = Plan()
    /// Requests that may have changed something.
    private(set) var writes = 0
    /// 429s that the limit itself caused.
    private(set) var throttled = 0
    private var arrivals: [Int64] = []
    private var head = 0
    /// When others last changed what is left of the limit.
    private var disturbed: Int64 = .min
    /// When the client first and last learned what is left, as of some time after others changed it.
    private var informed: (first: Int64, last: Int64)?
    /// Until when a 429 wants silence, and since when.
    private var silence: (from: Int64, until: Int64)?
    /// Identities of remote ids that requests have named.
    private var identities: [String: String] = [:]

    /// What the input needs.
    struct Plan {
        var creates: Set<String> = []
        var updates: Set<String> = []
    }

    init(_ world: World) { self.world = world }

    func violate(_ text: String) { if violations.count < 20 { violations.append(text) } }

    /// A request leaves the client.
    func sent(at time: Int64) {
        // A grant may be a second old.
        guard let silence, time > silence.from + VirtualClock.second, time < silence.until else { return }
        violate(
            "sent at \(time / 1_000_000) ms, although a 429 asked for silence until \(silence.until / 1_000_000) ms")
    }

    /// A write leaves the client. Its grant is no younger than the latest.
    func wrote(_ now: BootTime, grantedAt grant: BootTime?) {
        guard let grant, now - grant > .seconds(1) else { return }
        violate("a write was sent \((now - grant).components.seconds) s after the latest grant")
    }

    /// The client sees an answer.
    func delivered(_ delivery: Delivery, at time: Int64) {
        guard case .success(let answer) = delivery.answer else { return }
        // Whoever is not known is told of another limit, by address.
        if answer.status != 401, let arrived = delivery.arrived, arrived > disturbed {
            informed = (informed?.first ?? time, time)
        }
        guard answer.status == 429, let seconds = world.honestRetryAfter(answer), seconds > 0 else { return }
        let until = time + Int64(seconds) * VirtualClock.second
        if silence.map({ $0.until < until }) ?? true { silence = (time, until) }
    }

    /// What the client had not written down yet when it died does not bind its successor.
    func crashed(at time: Int64) {
        if silence?.from == time { silence = nil }
        informed = nil
    }

    /// Others have used the limit, or changed it.
    func disturbed(at time: Int64) { (disturbed, informed) = (time, nil) }

    /// A request has reached the server, which has answered.
    func arrived(_ call: HTTPCall, _ reply: EmulatorReply, isInjected: Bool, sent: Int64, at time: Int64) {
        count(time)
        if reply.status == 429, !isInjected { refused(sent) }
        world.note("arrived \(Network.line(call)) -> \(reply.status)", at: time)
        if call.method != .get {
            writes += 1
            judge(call, reply)
        }
    }

    /// The limit itself refused a request: nobody could know, or the client was told before it sent.
    private func refused(_ sent: Int64) {
        throttled += 1
        guard let informed, sent > informed.first + VirtualClock.second,
            sent < informed.last + 60 * VirtualClock.second
        else { return }
        violate("a request sent at \(sent / 1_000_000) ms was throttled, and the client had been told what was left")
    }

    private func count(_ time: Int64) {
        arrivals.append(time)
        while arrivals[head] <= time - 60 * VirtualClock.second { head += 1 }
        let held = arrivals.count - head
        if held > world.limitOverLastWindow(time) {
            violate("\(held) requests in 60 s at \(time / 1_000_000) ms, over the limit")
        }
    }

    /// Whether a write is one that the input needs.
    private func judge(_ call: HTTPCall, _ reply: EmulatorReply) {
        let path =
            call.url.split(separator: "/v1/", maxSplits: 1).last.map { $0.split(separator: "/").map(String.init) } ?? []
        guard let (kind, id) = Self.place(path) else { return violate("an unknown write: \(path)") }
        guard let id else {
            let identity = Self.identity(kind, (try? JSONParser.parse(call.body ?? [])) ?? .null) ?? "?"
            if !plan.creates.contains("\(kind)/\(identity)") {
                violate("\(kind)/\(identity) was created outside the plan")
            }
            if let made = (try? JSONParser.parse(reply.body))?["data"], (200..<300).contains(reply.status),
                let id = made.object?.members.first?.value.int
            {
                identities["\(kind)/\(id)"] = "\(kind)/\(identity)"
            }
            return
        }
        guard let identity = identities["\(kind)/\(id)"] ?? find(kind, id) else {
            // A record that a person has deleted meanwhile has no identity any more.
            return
        }
        identities["\(kind)/\(id)"] = identity
        let isTariffs = path.last == "energy"
        if !plan.updates.contains(identity), !(isTariffs && plan.creates.contains(identity)) {
            violate("\(identity) was changed outside the plan")
        }
    }

    private func find(_ kind: String, _ id: Int) -> String? {
        for record in world.state[kind]?.array ?? [] where record["id"]?.int == id {
            if let identity = Self.identity(kind, record) { return "\(kind)/\(identity)" }
            // A record of before, taken over by its e-mail.
            if let email = record["email"]?.string {
                return world.adoptable[email].map { "relations/\($0)" } ?? "\(kind)/\(id)"
            }
            return "\(kind)/\(id)"
        }
        return nil
    }

    /// The resource and the id that a path of a write names.
    private static func place(_ path: [String]) -> (kind: String, id: Int?)? {
        guard path.count >= 2 else { return nil }
        switch (path[0], path[1]) {
        case ("sales", "flow"): return ("sales", nil)
        case ("account", "proposal"), ("user", "proposal"): return ("sales", path.count > 2 ? Int(path[2]) : nil)
        case ("account", "relations"), ("account", "suppliers"), ("account", "products"):
            return (path[1], path.count > 2 ? Int(path[2]) : nil)
        default: return nil
        }
    }

    /// What tells a record of the input from every other, on either side.
    static func identity(_ kind: String, _ record: JSONValue) -> String? {
        switch kind {
        case "relations": record["cf_origin"]?.string
        case "sales": record["external_reference"]?.string
        default: record["identifier"]?.string
        }
    }
}
