import Salesdock
import SalesdockFacts

/// Worlds in which one thing goes wrong, at a place that the caller names.
extension Simulation {
    /// A crash at one durable step of the first process.
    ///
    /// - Parameters:
    ///   - step: counted from 1.
    ///   - isKept: whether the step itself is durable.
    /// - Returns: `nil` when the process had fewer steps.
    public static func crash(atStep step: Int, isKept: Bool, on bench: Workbench) throws -> SimulationReport? {
        let simulation = try Simulation(.quiet(seed: 5), bug: nil, keepsTrace: false, on: bench)
        simulation.isShort = true
        simulation.firstDisk.plan[step] = isKept ? .crashAfter : .crashBefore
        try simulation.play()
        let report = simulation.report()
        return report.crashes == 0 ? nil : report
    }

    /// A create that is carried out later than any request may be.
    ///
    /// - Parameter seconds: from its arrival to its commit.
    /// - Returns: the report, and what the runs said.
    public static func late(bySeconds seconds: Double, on bench: Workbench) throws -> (
        report: SimulationReport, messages: [String]
    ) {
        var scenario = Scenario.quiet(seed: 11)
        scenario.concurrency = 1
        scenario.limit = 8
        let simulation = try Simulation(scenario, bug: nil, keepsTrace: true, on: bench)
        var isFirst = true
        simulation.world.network.forcedLateSeconds = seconds
        simulation.world.network.forced = { call in
            guard isFirst, call.method == .post, call.url.contains("relations") else { return nil }
            isFirst = false
            return NetworkFault(kind: .lateCommit, choice: 0)
        }
        try simulation.play()
        return (simulation.report(), simulation.messages)
    }

    /// A planted mistake in worlds that give it much to break.
    ///
    /// - Returns: the first seed in which it was noticed.
    public static func firstSeed(noticing bug: PlantedBug, seedsMax: UInt64, on bench: Workbench) throws -> UInt64? {
        try (1...seedsMax).first { seed in
            try !run(Scenario(seed: seed, provoking: bug), bug: bug, on: bench).violations.isEmpty
        }
    }
}
