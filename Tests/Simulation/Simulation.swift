import ExactJSON
import Ledgers
import Pipelines
import Records
import Runs
import Salesdock
import TestSupport

/// What a seed came to.
public struct SimulationReport: Sendable {
    public let seed: UInt64
    /// What must not have happened, in plain words; empty when all is well.
    public let violations: [String]
    /// Attempts that were left to a person.
    public let doubts: Int
    /// Crashes of a process.
    public let crashes: Int
    /// Requests that may have changed something.
    public let writes: Int
    /// Length of the seed on its own clock.
    public let virtualSeconds: Int
    /// Digest of the whole trace.
    public let digest: UInt64
    /// The trace, where it was asked for.
    public let trace: [String]
}

/// Plays one seed from an empty ledger to the end.
public final class Simulation {
    let world: World
    let bench: Workbench
    let pipelines: [PipelineDefinition]
    var input: Input
    var random: SeededRNG
    private var boot: Boot
    private var boots = 1
    /// Remote ids of records that were there before, by identity.
    var known: [String: Int] = [:]
    /// Customers of others: what they must still be in the end, by id.
    var strangers: [Int: JSONValue] = [:]
    var options = RunOptions()
    /// Whether one load is enough.
    var isShort = false
    /// What is to happen on the disk of the first process.
    var firstDisk = SimulatedDisk()
    /// What runs have said.
    private(set) var messages: [String] = []

    /// Most calm rounds until a phase must be through.
    private static let calmRoundsMax = 8

    /// Plays a seed.
    ///
    /// - Parameter bug: a mistake to plant.
    /// - Throws: only when the machine itself fails, such as for want of disk space.
    public static func run(
        seed: UInt64, bug: PlantedBug? = nil, keepsTrace: Bool = false, on bench: Workbench
    ) throws -> SimulationReport {
        try run(Scenario(seed: seed), bug: bug, keepsTrace: keepsTrace, on: bench)
    }

    static func run(
        _ scenario: Scenario, bug: PlantedBug? = nil, keepsTrace: Bool = false, on bench: Workbench
    ) throws -> SimulationReport {
        let simulation = try Simulation(scenario, bug: bug, keepsTrace: keepsTrace, on: bench)
        try simulation.play()
        return simulation.report()
    }

    init(_ scenario: Scenario, bug: PlantedBug?, keepsTrace: Bool, on bench: Workbench) throws {
        try bench.clear()
        self.bench = bench
        world = World(
            scenario, bug: bug, keepsTrace: keepsTrace,
            ledger: try bench.ledger(of: scenario, id: "ledger-\(scenario.seed)"),
            budget: try bench.budget(of: scenario))
        pipelines = try bench.pipelines(matchesCustomers: scenario.matchesCustomers)
        input = Input(scenario)
        random = SeededRNG(seed: scenario.seed ^ 0x91A_7E12)
        boot = Boot(id: "boot-1", at: -1_000 * VirtualClock.second)
        options.allow.email = 1_000
        world.onCrash = { [unowned self] in
            if scenario.usesFile, let found = try? bench.reopened() { world.ledger = found }
        }
    }

    func report() -> SimulationReport {
        world.bury()
        return SimulationReport(
            seed: world.scenario.seed, violations: world.monitor.violations, doubts: world.doubts,
            crashes: world.crashes, writes: world.monitor.writes,
            virtualSeconds: Int(world.clock.now / VirtualClock.second), digest: world.trace.digest,
            trace: world.trace.lines)
    }

    func play() throws {
        let scenario = world.scenario
        prepareSalesdock()
        let identities = input.identities
        world.monitor.plan = .init(creates: identities.subtracting(known.map(\.key)), updates: Set(known.map(\.key)))
        try load("first load", endsEarly: scenario.changesEarly)
        if isShort {
            try idle()
            return try check()
        }
        let backup = scenario.ending == .ledgerOutdated && scenario.usesFile ? try bench.backUp() : nil
        if !scenario.changesEarly { deleteOwnProduct() }
        let (next, changed) = input.later(&random)
        world.monitor.plan.creates = next.identities.subtracting(
            scenario.changesEarly ? Set(known.map(\.key)) : identities)
        if scenario.changesEarly {
            world.monitor.plan.updates.formUnion(changed)
        } else {
            world.monitor.plan.updates = changed
        }
        input = next
        try load("second load")
        try end(backup)
        try idle()
        try check()
    }

    /// Loads the input until nothing is left to do.
    ///
    /// - Parameter endsEarly: whether it is enough to have tried.
    func load(_ name: String, endsEarly: Bool = false, isCalm: Bool = false) throws {
        world.note("— \(name)")
        try bench.write(input.files)
        let chaotic = isCalm ? 0 : world.scenario.chaoticRounds
        if !isCalm { world.planEvents() }
        for round in 0..<(chaotic + Self.calmRoundsMax) {
            if endsEarly, round == chaotic { return }
            let isChaotic = round < chaotic
            world.network.isChaotic = isChaotic
            planDisk(isChaotic)
            let ends = world.run(pipelines, boot, folder: bench.folder, options: options)
            if !world.monitor.violations.isEmpty { return }
            judge(ends)
            if let ends, isThrough(ends) { return }
            restart(after: ends == nil)
            if !isChaotic || world.chance(30) { try decideDoubts() }
        }
        world.monitor.violate("\(name) is not through after \(Self.calmRoundsMax) calm rounds: \(story())")
    }

    private func planDisk(_ isChaotic: Bool) {
        var disk = SimulatedDisk()
        defer {
            if !firstDisk.plan.isEmpty {
                disk = firstDisk
                firstDisk.plan = [:]
            }
            world.disk = disk
        }
        guard isChaotic else { return }
        disk.stallsPerMille = world.scenario.stallsPerMille
        // Small numbers as often as large ones: what happens first deserves as many crashes as all the rest.
        func step() -> Int { Int.random(in: 1...(1 << Int.random(in: 2...8, using: &random)), using: &random) }
        if world.scenario.crashes {
            disk.plan[step()] = Bool.random(using: &random) ? .crashBefore : .crashAfter
        }
        if world.scenario.diskFails {
            let kinds: [SimulatedDisk.Step] = [.full, .syncFails(isKept: true), .syncFails(isKept: false)]
            disk.plan[step()] = kinds.randomElement(using: &random) ?? .full
        }
    }

    /// The next process starts some time later, on the same boot or on the next.
    private func restart(after crash: Bool) {
        let isReboot = crash && world.chance(30)
        // Nothing of a killed process is on its way any more when the machine is up again.
        let least = isReboot ? world.scenario.timeoutSeconds + 5 : 3
        // Within a window and before anything has settled as often as later.
        let more = world.draw(0...(world.chance(50) ? 15 : 200))
        world.clock.pass(until: world.clock.now + Int64(least + more) * VirtualClock.second)
        guard isReboot else { return }
        boots += 1
        boot = Boot(id: "boot-\(boots)", at: world.clock.now - Int64(world.draw(1...100)) * VirtualClock.second)
        world.note("boot \(boots)")
    }

    private func judge(_ ends: [(name: String, end: PipelineEnd)]?) {
        for (name, end) in ends ?? [] {
            switch end {
            case .outcome(let outcome):
                world.note("\(name) ends \(outcome.exit.rawValue): \(tally(outcome.balance))")
                if !outcome.balance.holds { world.monitor.violate("\(name): the fates do not add up") }
                messages += outcome.messages
                if outcome.exit == .software { world.monitor.violate("\(name): \(outcome.messages)") }
            case .failed(let error):
                world.note("\(name) fails \(error.exit.rawValue)")
                if error.exit == .software { world.monitor.violate("\(name): \(error.message)") }
            }
        }
    }

    func isThrough(_ ends: [(name: String, end: PipelineEnd)]) -> Bool {
        let tallies = input.tallies
        return ends.allSatisfy { name, end in
            // A look-alike of a create that was sent twice is reported once, with no row in doubt for it.
            guard case .outcome(let outcome) = end, [.success, .rowsFailed, .inDoubt].contains(outcome.exit)
            else { return false }
            return tally(outcome.balance) == tallies[name]
        }
    }

    func tally(_ balance: Balance) -> Input.Tally {
        Input.Tally(
            present: balance[.created] + balance[.updated] + balance[.unchanged], duplicate: balance[.duplicate],
            rejected: balance[.rejected], parked: balance[.parked],
            failed: balance[.failed] + balance[.inDoubt] + balance[.pending])
    }

    /// Everything is as it should be: another run must send no write.
    private func idle() throws {
        world.note("— once more")
        guard world.monitor.violations.isEmpty else { return }
        let writes = world.monitor.writes
        world.network.isChaotic = false
        world.disk = SimulatedDisk()
        // Who starts when the token is replaced, and its source has the old one still, ends with 77.
        if world.scenario.rotates { world.clock.pass(until: world.clock.now + 220 * VirtualClock.second) }
        let expectsWrites = !input.deletedProducts.isEmpty
        let ends = world.run(pipelines, boot, folder: bench.folder, options: options)
        judge(ends)
        if ends.map(isThrough) != true {
            world.monitor.violate("a run that had nothing to do was not through: \(story())")
        }
        if world.monitor.writes != writes, !expectsWrites {
            world.monitor.violate("a run that had nothing to do sent \(world.monitor.writes - writes) writes")
        }
    }

    /// The end of the ledger, or of the account, that the scenario has in store.
    private func end(_ backup: Int?) throws {
        guard world.monitor.violations.isEmpty else { return }
        switch world.scenario.ending {
        case .plain: return
        case .instanceChanged:
            world.note("— another instance")
            world.control("POST", "reset")
            (known, strangers, world.cities) = ([:], [:], [:])
            // Nothing of before is there any more, so nothing stands in the way of a customer either.
            (input.deletedProducts, input.ambiguous) = ([], nil)
            world.monitor.plan = .init(creates: input.identities, updates: [])
            try load("another instance", isCalm: true)
        case .ledgerLost, .ledgerOutdated:
            // Records alike in everything cannot be matched, so a lost ledger of theirs is a person's work.
            guard world.scenario.matchesCustomers, input.deletedProducts.isEmpty, input.rivals.isEmpty,
                input.ambiguous == nil
            else { return }
            guard hasDistinctOffers else { return }
            if world.scenario.ending == .ledgerOutdated, let backup {
                world.ledger = try bench.restored(backup)
            } else if world.scenario.ending == .ledgerLost {
                world.knownLedger = try world.ledger.identity()
                world.ledger = try bench.ledger(of: world.scenario, id: "another")
            } else {
                return
            }
            // What lists don't show yet can't be found again without the ledger.
            world.clock.pass(until: world.clock.now + Int64(world.scenario.lagSeconds + 1) * VirtualClock.second)
            world.note("— the ledger is lost")
            try rebuild()
        }
    }

    private var hasDistinctOffers: Bool {
        Set(input.offers.map { "\($0.customer) \($0.product)" }).count == input.offers.count
    }

    private func rebuild() throws {
        let writes = world.monitor.writes
        let ends = world.run(pipelines, boot, folder: bench.folder, options: options)
        let isRefused = ends?.allSatisfy { _, end in
            if case .failed = end { return true }
            return false
        }
        if isRefused != true || world.monitor.writes != writes {
            world.monitor.violate("a ledger that is not the latest was used")
        }
        options.rebuild = true
        options.allow.create = 1_000
        world.monitor.plan.updates = input.identities
        world.monitor.plan.creates = []
        try load("rebuild", isCalm: true)
        options.rebuild = false
        options.allow.create = nil
    }
}
