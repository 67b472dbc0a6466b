import Salesdock
import SalesdockFacts
import Synchronization
import TestSupport

/// Time that a simulation sets.
final class SetTime: TimeSource {
    private let state = Mutex(BootTime(nanoseconds: 77_000_000_000))
    let bootID = "boot"

    func now() -> BootTime { state.withLock { $0 } }
    func wallClock() -> WallTime { WallTime(unixSeconds: 1_790_000_000) }
    func set(_ time: BootTime) { state.withLock { $0 = time } }

    struct NobodySleeps: Error {}
    func sleep(until deadline: BootTime) async throws { throw NobodySleeps() }
}

/// Budgets against a server with a window of its own, over random delays. Everything is a queue of events, so that hours
/// take seconds.
struct BudgetSimulation {
    enum Window: CaseIterable { case fromFirstRequest, clockMinutes, sliding }

    /// Workers with one budget, as a process has.
    struct Process {
        var workers = 8
        /// Part of the limit that it is configured to use.
        var share = 1.0
        /// Longest time by which it wakes later than it should, in seconds.
        var lateness = 0.0
        /// Whether its budget is in another store: somebody else on the same token.
        var isForeign = false
    }

    struct Setting {
        var window = Window.sliding
        var serverLimit = 150
        var configured: Int? = 150
        var processes = [Process()]
        var latencyMax = 0.4
        var minutes = 5.6
        /// Part of the grants whose process dies: sent at any time up to the timeout, never answered.
        var killed = 0.0
        /// Requests of somebody without a budget, per second.
        var foreign = 0.0
        /// Times a minute at which they send up to the whole limit at once.
        var foreignBursts = 0.0
        var sendsHeaders = true
        /// Requests to send in all; `nil` for as many as the time allows.
        var work: Int?
    }

    /// A process's line of workers that want a grant; one asks for all of them, as the gate does.
    private struct Line {
        let process: Process
        let budget: Budget
        var waiting: Int
        var isAsking = false
        var counted = 0
    }

    private enum Event {
        case ask(Int)
        case arrive(Int, GrantID, isKilled: Bool)
        case answer(Int, GrantID, RateHeaders, Duration?, counted: Double)
        case foreign
        case foreignBurst
    }

    let setting: Setting
    private var random: SeededRNG
    private let time = SetTime()
    private let start: BootTime
    private var lines: [Line] = []
    private var events: [(time: Double, order: Int, event: Event)] = []
    private var order = 0
    private var server: Server
    /// When each of our own requests was counted at the server, refused ones too.
    private(set) var counted: [Double] = []
    private(set) var refused = 0
    private(set) var refusedForeign = 0
    /// Our requests that were refused although an answer had said, a second and more before they were granted, what the
    /// others had left.
    private(set) var refusedKnowingly = 0
    /// When others last used the limit, and when we first heard what they had left.
    private var foreignLast = -1e9
    private var informed: Double?
    private var latencySum = 0.0
    private var granted = 0

    init(_ setting: Setting, seed: UInt64) throws {
        self.setting = setting
        random = SeededRNG(seed: seed)
        start = time.now()
        server = Server(window: setting.window, limit: setting.serverLimit)
        let stores = [MemoryBudgetStore(), MemoryBudgetStore()]
        let key = BudgetKey(host: "api.example", domain: "demo", token: try Token("t"))
        for process in setting.processes {
            let rules = BudgetRules(limit: setting.configured, share: process.share, timeout: .seconds(30))
            let budget = Budget(key: key, rules: rules, store: stores[process.isForeign ? 1 : 0], time: time)
            lines.append(Line(process: process, budget: budget, waiting: process.workers))
        }
    }

    private func boot(_ time: Double) -> BootTime { start + .nanoseconds(Int64((time * 1e9).rounded(.up))) }
    private func seconds(_ time: BootTime) -> Double { Double((time - start) / .nanoseconds(1)) / 1e9 }
    private mutating func draw(_ most: Double) -> Double { Double.random(in: 0...most, using: &random) }

    private mutating func plan(_ time: Double, _ event: Event) {
        order += 1
        let item = (time: time, order: order, event: event)
        var (low, high) = (0, events.count)
        while low < high {
            let middle = (low + high) / 2
            // Latest first, so that the next event is at the end.
            if (events[middle].time, events[middle].order) > (time, order) { low = middle + 1 } else { high = middle }
        }
        events.insert(item, at: low)
    }

    mutating func run() throws {
        for line in lines.indices { planAsk(line, 0) }
        if setting.foreign > 0 { plan(0, .foreign) }
        if setting.foreignBursts > 0 { plan(draw(120 / setting.foreignBursts), .foreignBurst) }
        while let next = events.popLast(), next.time < setting.minutes * 60 {
            time.set(boot(next.time))
            switch next.event {
            case .ask(let line): try ask(line, next.time)
            case .arrive(let line, let id, let isKilled): arrive(line, next.time, id, isKilled: isKilled)
            case .answer(let line, let id, let headers, let wait, let counted):
                if informed == nil, counted > foreignLast { informed = next.time }
                let budget = lines[line].budget
                try budget.answered(
                    budget.grant(id), headers: headers, throttling: wait.map { Throttling(retryAfter: $0) })
                lines[line].waiting += 1
                planAsk(line, next.time)
            case .foreign:
                takeForeign(next.time)
                plan(next.time + draw(2 / setting.foreign), .foreign)
            case .foreignBurst:
                for _ in 0..<Int.random(in: 3...setting.serverLimit, using: &random) { takeForeign(next.time) }
                plan(next.time + draw(120 / setting.foreignBursts), .foreignBurst)
            }
        }
    }

    private mutating func takeForeign(_ time: Double) {
        (foreignLast, informed) = (time, nil)
        _ = server.take(time)
    }

    private mutating func planAsk(_ line: Int, _ time: Double) {
        guard !lines[line].isAsking, lines[line].waiting > 0, granted < setting.work ?? .max else { return }
        lines[line].isAsking = true
        plan(time, .ask(line))
    }

    private mutating func ask(_ line: Int, _ time: Double) throws {
        lines[line].isAsking = false
        switch try lines[line].budget.tryAcquire(keepsPlace: true) {
        case .wait(let until):
            // As the real one, it asks at least once a second.
            let wake = min(max(seconds(until), time + 1e-6), time + 1)
            planAsk(line, wake + draw(lines[line].process.lateness))
        case .granted(let id):
            granted += 1
            lines[line].waiting -= 1
            planAsk(line, time)
            if Double.random(in: 0..<1, using: &random) < setting.killed {
                plan(time + draw(30), .arrive(line, id, isKilled: true))
                // Another process takes its place.
                lines[line].waiting += 1
                planAsk(line, time + 1)
            } else {
                plan(time + draw(setting.latencyMax / 2), .arrive(line, id, isKilled: false))
            }
        }
    }

    private mutating func arrive(_ line: Int, _ time: Double, _ id: GrantID, isKilled: Bool) {
        let isForeign = lines[line].process.isForeign
        lines[line].counted += 1
        let (isAccepted, remaining, wait) = server.take(time)
        if isForeign {
            if !isAccepted { refusedForeign += 1 }
        } else {
            counted.append(time)
            if !isAccepted { noteRefused(id) }
        }
        if isKilled { return }
        let back = draw(setting.latencyMax / 2)
        if !isForeign { latencySum += time + back - seconds(id.time) }
        let headers =
            setting.sendsHeaders ? RateHeaders(limit: setting.serverLimit, remaining: remaining) : RateHeaders()
        plan(time + back, .answer(line, id, headers, isAccepted ? nil : .seconds(wait), counted: time))
    }

    private mutating func noteRefused(_ id: GrantID) {
        refused += 1
        let granted = seconds(id.time)
        if let informed, informed + 1 < granted, granted < informed + 60 { refusedKnowingly += 1 }
    }

    /// Requests that the server counted, of each process.
    var countedByProcess: [Int] { lines.map(\.counted) }

    /// Most of our own requests that the server counted in any 60 seconds.
    var peak: Int {
        let times = counted.sorted()
        var (first, most) = (0, 0)
        for (place, time) in times.enumerated() {
            while times[first] <= time - 60 { first += 1 }
            most = max(most, place - first + 1)
        }
        return most
    }

    /// What a limit allows at most in the time that has been simulated.
    func allowance(_ limit: Int) -> Double {
        let latency = latencySum / Double(max(1, counted.count))
        return Double(limit) * (1 + (setting.minutes * 60 / (61 + latency)).rounded(.down))
    }
}

extension BudgetSimulation {
    /// A server's count of requests; times ascend.
    struct Server {
        let window: Window
        let limit: Int
        private var windowStart = -1e9
        private var windowCount = 0
        private var accepted: [Double] = []
        private var first = 0

        init(window: Window, limit: Int) {
            self.window = window
            self.limit = limit
        }

        mutating func take(_ time: Double) -> (accepted: Bool, remaining: Int, wait: Double) {
            switch window {
            case .sliding:
                while first < accepted.count, accepted[first] <= time - 60 { first += 1 }
                guard accepted.count - first < limit else { return (false, 0, accepted[first] + 60 - time) }
                accepted.append(time)
                return (true, limit - (accepted.count - first), 0)
            case .fromFirstRequest:
                if time >= windowStart + 60 { (windowStart, windowCount) = (time, 0) }
            case .clockMinutes:
                let minute = (time / 60).rounded(.down) * 60
                if minute > windowStart { (windowStart, windowCount) = (minute, 0) }
            }
            guard windowCount < limit else { return (false, 0, windowStart + 60 - time) }
            windowCount += 1
            return (true, limit - windowCount, 0)
        }
    }
}
