import ExactJSON
import Ledgers
import Records
import Salesdock
import SalesdockEmulator
import SalesdockFacts
import TestSupport

/// Everything outside of a process of dockhand: time, the network, Salesdock, people, and what lies on the disk.
final class World {
    /// Where the wall clock stands when a world begins, in seconds since 1970.
    static let epoch: Int64 = 1_790_000_000

    let scenario: Scenario
    let bug: PlantedBug?
    let trace: Trace
    let clock = VirtualClock()
    var core: EmulatorCore
    private(set) lazy var network = Network(self)
    private(set) lazy var monitor = Monitor(self)

    /// Order of the jobs.
    var scheduling: SeededRNG
    /// Everything else that happens by itself.
    var chance: SeededRNG
    /// How far our wall clock is from the server's, in nanoseconds.
    var wallSkew: Int64 = 0
    /// What the token's source holds.
    var token = "token-1"
    var disk = SimulatedDisk()
    private var diskRandom: SeededRNG

    /// The ledger as it lies on the disk.
    var ledger: SQLiteLedger
    var budget: any BudgetStore
    /// What the mirror knows, for a planted bug.
    var knownLedger: LedgerIdentity?
    /// Attempts that a planted bug has not made durable.
    var volatileIntents: [AttemptID] = []
    /// Attempts that ended in doubt.
    var doubts = 0
    /// Identities of customers that were there before, by e-mail.
    var adoptable: [String: String] = [:]
    /// What people wrote into the city of a customer, by remote id.
    var cities: [Int: String] = [:]
    /// What the next process finds after a crash.
    var onCrash: () -> Void = {}
    private(set) var crashes = 0
    private var limits: [(time: Int64, limit: Int)]
    private var dead: [SimulatedProcess] = []

    init(
        _ scenario: Scenario, bug: PlantedBug?, keepsTrace: Bool, ledger: SQLiteLedger, budget: any BudgetStore
    ) {
        self.scenario = scenario
        self.bug = bug
        self.ledger = ledger
        self.budget = budget
        trace = Trace(keepsLines: keepsTrace)
        scheduling = SeededRNG(seed: scenario.seed ^ 0x5C4E_D01E)
        chance = SeededRNG(seed: scenario.seed ^ 0xC4A_4CE)
        diskRandom = SeededRNG(seed: scenario.seed ^ 0xD15C)
        limits = [(0, scenario.limit)]
        core = EmulatorCore(
            options: EmulatorOptions(
                limit: scenario.limit, searchLagSeconds: scenario.lagSeconds, seed: scenario.seed),
            instance: "instance-\(scenario.seed)")
        setTokens(["token-1"])
    }

    func note(_ text: @autoclosure () -> String) { trace.note(clock.now, text()) }
    func note(_ text: @autoclosure () -> String, at time: Int64) { trace.note(time, text()) }

    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &chance) }
    func chance(_ percent: Int) -> Bool { draw(0...99) < percent }

    func nextDurableStep() -> SimulatedDisk.Step { disk.next(using: &diskRandom) }

    /// The secrets of our user, newest last; another client of the same user, and a person, always have their own.
    func setTokens(_ secrets: [String]) {
        var tokens = secrets.map { EmulatorToken(secret: $0, name: "us", role: .admin) }
        tokens.append(EmulatorToken(secret: "other", name: "us", role: .admin))
        tokens.append(EmulatorToken(secret: "person", name: "person", role: .admin))
        core.setTokens(tokens)
    }

    private func emulatorTime(_ time: Int64) -> EmulatorTime {
        EmulatorTime(seconds: Double(World.epoch) + Double(time) / Double(VirtualClock.second))
    }

    func serve(_ call: HTTPCall, at time: Int64) -> EmulatorReply {
        let target =
            "/" + call.url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(3).joined()
        var headers: [String: String] = [:]
        for (name, value) in call.headers.pairs { headers[name.lowercased()] = value }
        return core.handle(
            EmulatorRequest(
                method: call.method.rawValue, target: target, headers: headers, body: call.body ?? []),
            at: emulatorTime(time))
    }

    @discardableResult
    func control(_ method: String, _ path: String, _ body: String = "", at time: Int64? = nil) -> EmulatorReply {
        core.handle(
            EmulatorRequest(method: method, target: "/_emulator/\(path)", body: Array(body.utf8)),
            at: emulatorTime(time ?? clock.now))
    }

    /// Somebody else uses the API.
    @discardableResult
    func act(_ method: String, _ path: String, _ body: JSONValue? = nil, as secret: String, at time: Int64)
        -> EmulatorReply
    {
        let reply = core.handle(
            EmulatorRequest(
                method: method, target: "/api/demo/v1/\(path)",
                headers: ["authorization": "Bearer \(secret)", "content-type": "application/json"],
                body: body?.bytes ?? []),
            at: emulatorTime(time))
        note("\(secret) \(method) \(path) -> \(reply.status)", at: time)
        return reply
    }

    /// Everything that Salesdock holds.
    var state: JSONValue { (try? JSONParser.parse(control("GET", "state?contents=omit").body)) ?? .null }

    func setLimit(_ limit: Int, at time: Int64) {
        limits.append((time, limit))
        control("POST", "limit", #"{"limit":\#(limit)}"#, at: time)
        monitor.disturbed(at: time)
        note("limit \(limit)", at: time)
    }

    /// The highest limit that was in force within the time that requests of the last window were granted in.
    func limitOverLastWindow(_ time: Int64) -> Int {
        let start = time - Int64(62 + scenario.timeoutSeconds) * VirtualClock.second
        let before = limits.last { $0.time <= start }?.limit ?? scenario.limit
        return max(before, limits.filter { $0.time > start }.map(\.limit).max() ?? 0)
    }

    /// An answer as the client gets it, spoilt as the fault says.
    func disguise(_ reply: EmulatorReply, _ fault: NetworkFault?) -> HTTPAnswer {
        var headers = reply.headers
        if bug == .retryAfterIgnored, let asked = reply.header("Retry-After") {
            headers = headers.map { $0.name == "Retry-After" ? ($0.name, "0") : $0 }
            headers.append(("X-Asked", asked))
        }
        if bug == .remainingIgnored { headers.removeAll { $0.name == "X-RateLimit-Remaining" } }
        let isGood = (200..<300).contains(reply.status)
        var (status, body) = (reply.status, reply.body)
        if fault?.kind == .garbage, isGood {
            switch fault?.pick([0, 1, 2]) {
            case 0: body = Array("<html><body>Even geduld</body></html>".utf8)
            case 1: body = Array(#"{"success":true,"data":{}}"#.utf8)
            default: body = Array(#"{"success":tr"#.utf8)
            }
        } else if fault?.kind == .unsuccessful {
            (status, body) = (200, Array(#"{"success":false,"message":"Fout"}"#.utf8))
        }
        return HTTPAnswer(status: status, headers: HTTPFields(headers.map { ($0.name, $0.value) }), body: body)
    }

    /// What a 429 asked for, whatever a planted bug made of it.
    func honestRetryAfter(_ answer: HTTPAnswer) -> Int? {
        (answer.headers["X-Asked"] ?? answer.headers["Retry-After"]).flatMap { Int($0) }
    }

    func crashed(_ process: SimulatedProcess, _ reason: String) {
        note("crash \(reason)")
        crashes += 1
        dead.append(process)
        monitor.crashed(at: clock.now)
        for attempt in volatileIntents {
            try? ledger.conclude(attempt, .failed(note: "never written"))
        }
        volatileIntents = []
        if bug == .budgetLostAtCrash { budget = MemoryBudgetStore() }
        onCrash()
    }

    /// Frees what dead processes hold.
    func bury() {
        for process in dead { process.unwind() }
        dead = []
    }
}
