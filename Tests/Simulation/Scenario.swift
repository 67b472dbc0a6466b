import TestSupport

/// Everything that a seed decides beforehand: how the world is made, and what will go wrong in it.
struct Scenario {
    enum Ending: CaseIterable {
        case plain
        /// The ledger is gone, and is rebuilt.
        case ledgerLost
        /// The ledger is put back from an old copy, and rebuilt.
        case ledgerOutdated
        /// Another emulator, empty, stands at the same address.
        case instanceChanged
    }

    let seed: UInt64
    /// Whether customers are matched by e-mail; without, look-alikes are made as records of their own.
    var matchesCustomers = true
    var concurrency = 4
    var timeoutSeconds = 10
    var limit = 150
    /// Seconds that lists and searches lag behind.
    var lagSeconds = 1.5
    /// Rounds of a phase in which things go wrong.
    var chaoticRounds = 2
    /// The input changes although the first load is not through.
    var changesEarly = false
    /// The ledger is a file, and a crash leaves what lies on the disk.
    var usesFile = false
    var otherClient = false
    var limitChanges = false
    var rotates = false
    var clockSteps = false
    var people = false
    var crashes = true
    var diskFails = false
    var stallsPerMille = 0
    /// Chance of each fault in a thousand requests.
    var faults: [(kind: NetworkFault.Kind, perMille: Int)] = []
    var ending = Ending.plain

    /// Seconds after sending within which a request may commit.
    var settleSeconds: Int { max(2 * timeoutSeconds, 120) }

    /// Lists that lag this long cannot be told from a late commit, so a world has one of both.
    var hasLateCommits: Bool { lagSeconds <= 2 }

    /// Whether nobody but us decides how full the limit is.
    var isBudgetOurs: Bool { !otherClient && !limitChanges }

    init(seed: UInt64) {
        self.seed = seed
        var random = SeededRNG(seed: seed ^ 0x5CE4_A210)
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        matchesCustomers = chance(60)
        concurrency = Int.random(in: 1...6, using: &random)
        timeoutSeconds = Int.random(in: 5...30, using: &random)
        limit = chance(30) ? Int.random(in: 8...30, using: &random) : Int.random(in: 40...150, using: &random)
        lagSeconds = Double(Int.random(in: 5...20, using: &random)) / 10
        if chance(25) { lagSeconds = Double(Int.random(in: 5...400, using: &random)) }
        chaoticRounds = Int.random(in: 1...3, using: &random)
        changesEarly = chance(40)
        usesFile = chance(6)
        otherClient = chance(25)
        limitChanges = chance(10)
        rotates = chance(15)
        clockSteps = chance(25)
        people = chance(35)
        crashes = chance(80)
        diskFails = chance(20)
        stallsPerMille = chance(20) ? Int.random(in: 5...60, using: &random) : 0
        for kind in NetworkFault.Kind.allCases where chance(kind.percentOfWorlds) {
            if kind == .lateCommit, !hasLateCommits { continue }
            faults.append((kind, Int.random(in: kind.perMille, using: &random)))
        }
        if chance(15) {
            ending = [.ledgerLost, .ledgerOutdated, .instanceChanged].randomElement(using: &random) ?? .plain
        }
    }
}

extension Scenario {
    /// A quiet world: nothing goes wrong but what is put into it.
    static func quiet(seed: UInt64) -> Scenario {
        var scenario = Scenario(seed: seed)
        scenario.lagSeconds = 1
        scenario.limit = 150
        scenario.concurrency = 3
        scenario.timeoutSeconds = 10
        scenario.chaoticRounds = 1
        (scenario.changesEarly, scenario.usesFile) = (false, false)
        (scenario.otherClient, scenario.limitChanges, scenario.rotates) = (false, false, false)
        (scenario.clockSteps, scenario.people, scenario.crashes, scenario.diskFails) = (false, false, false, false)
        scenario.stallsPerMille = 0
        scenario.faults = []
        scenario.ending = .plain
        return scenario
    }

    /// A world of chance in which a planted mistake has much to break, so that it is noticed within few seeds.
    init(seed: UInt64, provoking bug: PlantedBug) {
        self.init(seed: seed)
        switch bug {
        case .instanceIgnored: ending = .instanceChanged
        case .lossOfLedgerIgnored: (ending, matchesCustomers) = (.ledgerLost, true)
        case .idForgotten: (people, changesEarly) = (true, false)
        case .budgetLostAtCrash: (crashes, limit) = (true, 12)
        case .rotationForgetsBudget: (rotates, limit, limitChanges, crashes) = (true, 8, false, false)
        case .remainingIgnored: (otherClient, limit) = (true, 20)
        case .retryAfterIgnored: faults = [(.throttled, 120)]
        case .anyControlServes: (lagSeconds, faults) = (200, [(.lostAnswer, 200)])
        case .highestIDNotKept: (matchesCustomers, lagSeconds, faults) = (false, 1, [(.lostRequest, 200)])
        case .claimsNotChecked:
            (matchesCustomers, lagSeconds, faults) = (true, 1, [(.lostRequest, 200), (.lostAnswer, 200)])
        case .lookUpBeforeSettle, .intentNotDurable, .unknownMeansFailed, .transportRetries:
            (lagSeconds, faults) = (1, [(.lateCommit, 150), (.lostAnswer, 150)])
        case .outcomeBeforeAnswer, .openAttemptsIgnored, .resendsForgotten:
            (crashes, lagSeconds, faults) = (true, 1, [(.lostRequest, 200)])
        }
    }
}
