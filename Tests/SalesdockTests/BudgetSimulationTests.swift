import TestSupport
import Testing

struct BudgetSimulationTests {
    typealias Setting = BudgetSimulation.Setting
    typealias Process = BudgetSimulation.Process

    private func run(_ window: BudgetSimulation.Window, seed: UInt64, _ change: (inout Setting) -> Void) throws
        -> BudgetSimulation
    {
        var setting = Setting()
        setting.window = window
        change(&setting)
        var simulation = try BudgetSimulation(setting, seed: seed)
        try simulation.run()
        return simulation
    }

    @Test(arguments: BudgetSimulation.Window.allCases, [1, 2, 3, 4, 5, 6] as [UInt64])
    func `no 60 seconds hold more than the limit, and the limit is used`(window: BudgetSimulation.Window, seed: UInt64)
        throws
    {
        let workers = [4, 8, 40][Int(seed / 2 % 3)]
        let latencyMax = [0.05, 0.4, 2][Int(seed % 3)]
        let simulation = try run(window, seed: seed) { setting in
            setting.latencyMax = latencyMax
            setting.processes = [Process(workers: workers)]
        }
        #expect(simulation.peak <= 150, "seed \(seed)")
        #expect(simulation.refused == 0, "seed \(seed)")
        // Not when the workers themselves are too few for the limit.
        if Double(workers) / latencyMax * 2 > 5 {
            #expect(Double(simulation.counted.count) >= 0.97 * simulation.allowance(150), "seed \(seed)")
        }
    }

    /// A night: eight hours in which 150 a minute would be 72,000.
    @Test func `a long run uses nearly all that the limit allows, and never more`() throws {
        let simulation = try run(.fromFirstRequest, seed: 8) { setting in
            setting.minutes = 480
            setting.work = 72_000
        }
        #expect(simulation.peak <= 150)
        #expect(simulation.refused == 0)
        let used = Double(simulation.counted.count) / simulation.allowance(150)
        #expect(used >= 0.99, "\(used)")
    }

    @Test(arguments: BudgetSimulation.Window.allCases, [41, 42] as [UInt64])
    func `processes share the limit, and one that is slow to wake is not passed over`(
        window: BudgetSimulation.Window, seed: UInt64
    ) throws {
        let simulation = try run(window, seed: seed) { setting in
            setting.minutes = 8.2
            setting.processes = [Process(), Process(workers: 2), Process(lateness: 0.05), Process(lateness: 0.3)]
        }
        #expect(simulation.peak <= 150, "seed \(seed)")
        #expect(simulation.refused == 0, "seed \(seed)")
        let used = Double(simulation.counted.count) / simulation.allowance(150)
        #expect(used >= 0.98, "seed \(seed): \(used)")
        // The second has a quarter of the others' workers, so it asks for less while all is free.
        let shares = simulation.countedByProcess.map { Double($0) / Double(simulation.counted.count) }
        #expect(shares.allSatisfy { $0 > 0.08 }, "seed \(seed): \(shares)")
    }

    @Test(arguments: BudgetSimulation.Window.allCases, [11, 12, 13] as [UInt64])
    func `killed processes never make it more than the limit`(window: BudgetSimulation.Window, seed: UInt64) throws {
        let simulation = try run(window, seed: seed) { $0.killed = 0.05 }
        #expect(simulation.peak <= 150, "seed \(seed)")
        #expect(simulation.refused == 0, "seed \(seed)")
        #expect(simulation.counted.count > 500, "seed \(seed)")
    }

    @Test(arguments: BudgetSimulation.Window.allCases, [21, 22] as [UInt64])
    func `the server's lower limit is followed after the first answers`(window: BudgetSimulation.Window, seed: UInt64)
        throws
    {
        let simulation = try run(window, seed: seed) { setting in
            setting.serverLimit = 60
            setting.configured = nil
        }
        #expect(simulation.peak <= 60, "seed \(seed)")
        #expect(simulation.refused == 0, "seed \(seed)")
        #expect(Double(simulation.counted.count) >= 0.97 * simulation.allowance(60), "seed \(seed)")
    }

    @Test(arguments: BudgetSimulation.Window.allCases, [31, 32] as [UInt64])
    func `with others on the token few requests are refused`(window: BudgetSimulation.Window, seed: UInt64) throws {
        let simulation = try run(window, seed: seed) { $0.foreign = 1 }
        #expect(simulation.peak <= 150, "seed \(seed)")
        #expect(
            simulation.refused <= simulation.counted.count / 20,
            "seed \(seed): \(simulation.refused) of \(simulation.counted.count)")
        #expect(simulation.counted.count >= 300, "seed \(seed)")
    }

    /// Others send bursts of up to the whole limit. What nobody could know yet may be refused, nothing else.
    @Test(arguments: BudgetSimulation.Window.allCases, [61, 63] as [UInt64])
    func `what an answer says others have left is never exceeded`(window: BudgetSimulation.Window, seed: UInt64) throws
    {
        for round in 0..<12 {
            let simulation = try run(window, seed: seed + UInt64(round) * 1000) { setting in
                setting.serverLimit = [12, 40, 150][round % 3]
                setting.configured = setting.serverLimit
                setting.processes = [Process(workers: round % 2 == 0 ? 8 : 1), Process(workers: round % 4)]
                setting.latencyMax = round < 6 ? 0.4 : 4
                setting.foreignBursts = [0.4, 1.5][round % 2]
            }
            #expect(simulation.refusedKnowingly == 0, "seed \(seed), round \(round)")
            #expect(simulation.counted.count * 2 > 3 * simulation.setting.serverLimit, "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: BudgetSimulation.Window.allCases, [51, 52] as [UInt64])
    func `a share leaves the rest to another client, and neither is ever refused`(
        window: BudgetSimulation.Window, seed: UInt64
    ) throws {
        let simulation = try run(window, seed: seed) { setting in
            setting.minutes = 8.2
            setting.processes = [Process(share: 0.6), Process(share: 0.4, isForeign: true)]
        }
        #expect(simulation.refused == 0 && simulation.refusedForeign == 0, "seed \(seed)")
        #expect(simulation.peak <= 90, "seed \(seed)")
        let used = Double(simulation.counted.count) / simulation.allowance(90)
        // A window of ours may begin later than it could, since what leaves is no credit while others are there.
        #expect(used >= 0.85, "seed \(seed): \(used)")
        #expect(simulation.countedByProcess[1] >= 60 * 7, "seed \(seed): \(simulation.countedByProcess)")
    }
}
