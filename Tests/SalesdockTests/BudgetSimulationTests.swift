import Salesdock
import TestSupport
import Testing

/// The budget against a server with a window of its own, over random delays. Everything is a queue of events.
struct BudgetSimulation {
    enum Window: CaseIterable { case fromFirstRequest, clockMinutes, sliding }

    struct Setting {
        var window = Window.sliding
        var limit = 150
        var serverLimit = 150
        var configured: Int? = 150
        var workers = 8
        var latencyMax = 0.4
        var minutes = 5.6
        /// Part of the grants whose process dies: sent at any time up to the timeout, never answered.
        var killed = 0.0
        /// Requests of somebody else, per second.
        var foreign = 0.0
        var sendsHeaders = true
    }

    private enum Event { case ask, arrive(GrantID?), answer(GrantID, RateHeaders, Duration?), foreign }

    let setting: Setting
    private var random: SeededRNG
    private var log = BudgetLog(bootID: "b")
    private let rules: BudgetRules
    private var events: [(time: Double, order: Int, event: Event)] = []
    private var order = 0
    /// When each of our own requests was counted at the server, refused ones too.
    private(set) var counted: [Double] = []
    private(set) var refused = 0
    private var windowStart = -1e9
    private var windowCount = 0
    private var accepted: [Double] = []
    private(set) var latencySum = 0.0
    /// Workers that want a grant; one asks for all of them, as the gate does.
    private var waiting = 0
    private var isAsking = false

    init(_ setting: Setting, seed: UInt64) {
        self.setting = setting
        random = SeededRNG(seed: seed)
        rules = BudgetRules(limit: setting.configured, timeout: .seconds(30))
    }

    private static let start = BootTime(nanoseconds: 77_000_000_000)
    private func boot(_ time: Double) -> BootTime { Self.start + .nanoseconds(Int64((time * 1e9).rounded(.up))) }
    private func seconds(_ time: BootTime) -> Double {
        Double((time - Self.start).components.seconds) + Double((time - Self.start).components.attoseconds) / 1e18
    }

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

    mutating func run() {
        waiting = setting.workers
        planAsk(0)
        if setting.foreign > 0 { plan(0, .foreign) }
        while let next = events.popLast(), next.time < setting.minutes * 60 {
            switch next.event {
            case .ask: ask(next.time)
            case .arrive(let id): arrive(next.time, id)
            case .answer(let id, let headers, let wait):
                log.answered(id, now: boot(next.time), bootID: "b", rules: rules, headers: headers)
                if let wait { log.throttled(now: boot(next.time), bootID: "b", rules: rules, retryAfter: wait) }
                waiting += 1
                planAsk(next.time)
            case .foreign:
                _ = count(next.time)
                plan(next.time + Double.random(in: 0...(2 / setting.foreign), using: &random), .foreign)
            }
        }
    }

    private mutating func planAsk(_ time: Double) {
        guard !isAsking, waiting > 0 else { return }
        isAsking = true
        plan(time, .ask)
    }

    private mutating func ask(_ time: Double) {
        isAsking = false
        switch log.grant(now: boot(time), bootID: "b", rules: rules) {
        case .wait(let until): planAsk(max(seconds(until), time + 1e-6))
        case .granted(let id):
            waiting -= 1
            planAsk(time)
            if Double.random(in: 0..<1, using: &random) < setting.killed {
                plan(time + Double.random(in: 0...30, using: &random), .arrive(nil))
                // Another process takes its place.
                waiting += 1
                planAsk(time + 1)
            } else {
                plan(time + Double.random(in: 0...(setting.latencyMax / 2), using: &random), .arrive(id))
            }
        }
    }

    private mutating func arrive(_ time: Double, _ id: GrantID?) {
        counted.append(time)
        let (isAccepted, remaining, wait) = count(time)
        if !isAccepted { refused += 1 }
        guard let id else { return }
        let back = Double.random(in: 0...(setting.latencyMax / 2), using: &random)
        latencySum += time + back - seconds(id.time)
        let headers =
            setting.sendsHeaders ? RateHeaders(limit: setting.serverLimit, remaining: remaining) : RateHeaders()
        plan(time + back, .answer(id, headers, isAccepted ? nil : .seconds(wait)))
    }

    private mutating func count(_ time: Double) -> (accepted: Bool, remaining: Int, wait: Double) {
        switch setting.window {
        case .sliding:
            accepted.removeAll { $0 <= time - 60 }
            guard accepted.count < setting.serverLimit else { return (false, 0, (accepted.first ?? time) + 60 - time) }
            accepted.append(time)
            return (true, setting.serverLimit - accepted.count, 0)
        case .fromFirstRequest:
            if time >= windowStart + 60 { (windowStart, windowCount) = (time, 0) }
        case .clockMinutes:
            let minute = (time / 60).rounded(.down) * 60
            if minute > windowStart { (windowStart, windowCount) = (minute, 0) }
        }
        guard windowCount < setting.serverLimit else { return (false, 0, windowStart + 60 - time) }
        windowCount += 1
        return (true, setting.serverLimit - windowCount, 0)
    }

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

    /// What the rules allow at most in this time.
    var allowance: Double {
        let latency = latencySum / Double(max(1, counted.count))
        return Double(setting.limit) * (1 + (setting.minutes * 60 / (61 + latency)).rounded(.down))
    }
}

struct BudgetSimulationTests {
    @Test(arguments: BudgetSimulation.Window.allCases, [1, 2, 3, 4, 5, 6] as [UInt64])
    func `no 60 seconds hold more than the limit, and the limit is used`(window: BudgetSimulation.Window, seed: UInt64)
    {
        var setting = BudgetSimulation.Setting()
        setting.window = window
        setting.latencyMax = [0.05, 0.4, 2][Int(seed % 3)]
        setting.workers = [4, 8, 40][Int(seed / 2 % 3)]
        var simulation = BudgetSimulation(setting, seed: seed)
        simulation.run()
        #expect(simulation.peak <= 150, "seed \(seed)")
        #expect(simulation.refused == 0, "seed \(seed)")
        // Not when the workers themselves are too few for the limit.
        if Double(setting.workers) / setting.latencyMax * 2 > 5 {
            #expect(Double(simulation.counted.count) >= 0.97 * simulation.allowance, "seed \(seed)")
        }
    }

    @Test(arguments: BudgetSimulation.Window.allCases, [11, 12, 13] as [UInt64])
    func `killed processes never make it more than the limit`(window: BudgetSimulation.Window, seed: UInt64) {
        var setting = BudgetSimulation.Setting()
        setting.window = window
        setting.killed = 0.05
        var simulation = BudgetSimulation(setting, seed: seed)
        simulation.run()
        #expect(simulation.peak <= 150, "seed \(seed)")
        #expect(simulation.refused == 0, "seed \(seed)")
        #expect(simulation.counted.count > 500, "seed \(seed)")
    }

    @Test(arguments: BudgetSimulation.Window.allCases, [21, 22] as [UInt64])
    func `the server's lower limit is followed after the first answers`(window: BudgetSimulation.Window, seed: UInt64) {
        var setting = BudgetSimulation.Setting()
        setting.window = window
        setting.limit = 60
        setting.serverLimit = 60
        setting.configured = nil
        var simulation = BudgetSimulation(setting, seed: seed)
        simulation.run()
        #expect(simulation.peak <= 60, "seed \(seed)")
        #expect(simulation.refused == 0, "seed \(seed)")
        #expect(Double(simulation.counted.count) >= 0.97 * simulation.allowance, "seed \(seed)")
    }

    @Test(arguments: BudgetSimulation.Window.allCases, [31, 32] as [UInt64])
    func `with others on the token few requests are refused`(window: BudgetSimulation.Window, seed: UInt64) {
        var setting = BudgetSimulation.Setting()
        setting.window = window
        setting.foreign = 1
        var simulation = BudgetSimulation(setting, seed: seed)
        simulation.run()
        #expect(simulation.peak <= 150, "seed \(seed)")
        #expect(
            simulation.refused <= simulation.counted.count / 20,
            "seed \(seed): \(simulation.refused) of \(simulation.counted.count)")
        #expect(simulation.counted.count >= 300, "seed \(seed)")
    }
}
