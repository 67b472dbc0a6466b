import Salesdock
import SalesdockEmulator
import SalesdockFacts
import TestSupport

/// What a client sees of a request.
struct Delivery {
    let answer: Result<HTTPAnswer, TransportError>
    /// When the server had the request; `nil` when the client can't know of it.
    let arrived: Int64?

    init(_ answer: Result<HTTPAnswer, TransportError>, arrived: Int64? = nil) {
        self.answer = answer
        self.arrived = arrived
    }
}

/// Carries requests between a process and the emulator, and lets go wrong what the scenario says.
final class Network {
    private unowned let world: World
    private var random: SeededRNG
    /// Whether anything goes wrong at present.
    var isChaotic = false
    /// Faults for chosen requests, for worlds that are made by hand.
    var forced: ((_ call: HTTPCall) -> NetworkFault?)?
    /// Seconds to a late commit, where a world made by hand says so.
    var forcedLateSeconds: Double?

    init(_ world: World) {
        self.world = world
        random = SeededRNG(seed: world.scenario.seed ^ 0x0E7E_0E7E)
    }

    private func latency() -> Int64 { Int64.random(in: 5...400, using: &random) * 1_000_000 }

    private func draw(_ call: HTTPCall) -> NetworkFault? {
        if let forced { return forced(call) }
        guard isChaotic else { return nil }
        var dice = Int.random(in: 0..<1000, using: &random)
        for (kind, perMille) in world.scenario.faults {
            let isRead = call.method == .get
            if isRead, !kind.concernsReads { continue }
            let chance = isRead ? perMille / 3 : perMille
            if dice < chance { return NetworkFault(kind: kind, choice: Int.random(in: 0..<1000, using: &random)) }
            dice -= chance
        }
        return nil
    }

    /// When a late commit comes, counted from the arrival: at any time until the request has settled, often just before.
    private func lateSeconds(after out: Int64) -> Double {
        // Where the disk stalls, the intent may have been written a second before the request was sent.
        let settle = Double(world.scenario.settleSeconds) - (world.scenario.stallsPerMille > 0 ? 1 : 0.01)
        let most = settle - Double(out) / Double(VirtualClock.second)
        let isLast = Int.random(in: 0..<2, using: &random) == 0
        return Double.random(in: isLast ? (most - 1)...most : 1...most, using: &random)
    }

    /// Sends a request on its way. `deliver` is called with what the client sees of it, perhaps more than once.
    func carry(
        _ call: HTTPCall, timeout: Duration, isOrphan: @escaping () -> Bool, deliver: @escaping (Delivery) -> Void
    ) {
        let clock = world.clock
        let sent = clock.now
        let (out, back) = (latency(), latency())
        let fault = draw(call)
        world.note("send \(Self.line(call))\(fault.map { " \($0.kind.rawValue)" } ?? "")")
        let end =
            sent + Int64(timeout.components.seconds) * VirtualClock.second
            + timeout.components.attoseconds / 1_000_000_000
        clock.at(end) { _ in deliver(Delivery(.failure(.unknown("no answer in time")))) }
        switch fault?.kind {
        case .refused: clock.at(sent + out) { _ in deliver(Delivery(.failure(.notSent("connection refused")))) }
        case .lostRequest:
            if fault?.pick([true, false]) == true {
                clock.at(sent + out) { _ in deliver(Delivery(.failure(.unknown("the connection was closed")))) }
            }
        default:
            let late = forcedLateSeconds ?? lateSeconds(after: out)
            let slow = Int64.random(in: 1...60, using: &random) * VirtualClock.second
            clock.at(sent + out) { [self] time in
                let fault = fault ?? orphanFault(call, isOrphan())
                arrive(call, fault, sent: sent, at: time, back: back, late: late, slow: slow, deliver: deliver)
            }
        }
    }

    /// What a process sent right before it died may be carried out long after.
    private func orphanFault(_ call: HTTPCall, _ isOrphan: Bool) -> NetworkFault? {
        guard isOrphan, isChaotic, forced == nil, call.method != .get, world.scenario.hasLateCommits else { return nil }
        let choice = Int.random(in: 0..<1000, using: &random)
        return choice < 700 ? NetworkFault(kind: .lateCommit, choice: choice) : nil
    }

    private func arrive(
        _ call: HTTPCall, _ fault: NetworkFault?, sent: Int64, at time: Int64, back: Int64, late: Double, slow: Int64,
        deliver: @escaping (Delivery) -> Void
    ) {
        let rule = fault?.rule(lateSeconds: late)
        if let rule { world.control("POST", "faults", #"{"rules":[\#(rule)]}"#, at: time) }
        let reply = world.serve(call, at: time)
        if rule != nil { world.control("POST", "faults", #"{"rules":[]}"#, at: time) }
        world.monitor.arrived(call, reply, isInjected: fault?.kind == .throttled, sent: sent, at: time)
        let clock = world.clock
        if reply.connection == .dropBeforeAnswer {
            // Half of the lost answers show at once, and half only when the client gives up.
            if (fault?.choice ?? 0) % 4 < 2 {
                clock.at(time + back) { _ in deliver(Delivery(.failure(.unknown("the connection was closed")))) }
            }
            return
        }
        let answer = world.disguise(reply, fault)
        let delay = fault?.kind == .slow ? slow : 0
        clock.at(time + back + delay) { _ in deliver(Delivery(.success(answer), arrived: time)) }
        if fault?.kind == .slow {
            clock.at(time + back + delay + VirtualClock.second) { _ in
                deliver(Delivery(.success(answer), arrived: time))
            }
        }
    }

    static func line(_ call: HTTPCall) -> String {
        let path = call.url.split(separator: "/v1/", maxSplits: 1).last.map(String.init) ?? call.url
        let body = call.body.map { " #" + String(Trace.hash($0) % 1_000_000) } ?? ""
        return "\(call.method.rawValue) \(path)\(body)"
    }
}

/// The network as one process sees it.
final class SimulatedTransport: Transport {
    private let process: SimulatedProcess

    init(_ process: SimulatedProcess) { self.process = process }

    func send(_ request: HTTPCall, timeout: Duration) async throws(TransportError) -> HTTPAnswer {
        var answer = await exchange(request, timeout)
        if process.world.bug == .transportRetries, case .failure(.unknown) = answer {
            answer = await exchange(request, timeout)
        }
        // Nobody knows whether it was carried out, and this says it was not.
        if process.world.bug == .unknownMeansFailed, case .failure(.unknown(let reason)) = answer {
            answer = .failure(.notSent(reason))
        }
        return try answer.get()
    }

    private func exchange(_ request: HTTPCall, _ timeout: Duration) async -> Result<HTTPAnswer, TransportError> {
        guard process.isAlive else { return .failure(.notSent("the process is gone")) }
        let (process, world) = (process, process.world)
        world.monitor.sent(at: world.clock.now)
        if request.method != .get { world.monitor.wrote(process.now(), grantedAt: process.lastGrant) }
        return await process.wait(cancelled: .failure(.unknown("given up"))) { waiter in
            world.network.carry(request, timeout: timeout, isOrphan: { !process.isAlive }) { delivery in
                // Whoever has given up hears no answer.
                if process.isAlive, !waiter.isOver { world.monitor.delivered(delivery, at: world.clock.now) }
                waiter.resume(delivery.answer)
            }
        }
    }
}
