import Simulation
import Testing

/// Worlds in which everything goes wrong, and in which every record must be there once in the end.
@Suite struct SimulationTests {
    /// Seeds of one test; a new machine's chance seeds are for `make sim`.
    private static let batches = stride(from: UInt64(1), to: 201, by: 20).map { (first: UInt64) -> Range<UInt64> in
        first..<(first + 20)
    }

    @Test(arguments: batches) func `every promise holds whatever goes wrong`(seeds: Range<UInt64>) throws {
        let bench = try Workbench()
        for seed in seeds {
            let report = try Simulation.run(seed: seed, on: bench)
            #expect(report.violations.isEmpty, "seed \(seed)")
        }
    }

    @Test(arguments: [3, 7, 19, 24, 58] as [UInt64]) func `a seed replays to the same trace`(seed: UInt64) throws {
        let bench = try Workbench()
        let first = try Simulation.run(seed: seed, keepsTrace: true, on: bench)
        let second = try Simulation.run(seed: seed, keepsTrace: true, on: Workbench())
        #expect(first.trace == second.trace)
        #expect(first.digest == second.digest)
        #expect(first.trace.count > 100)
    }

    /// A rare way out for the protocol, not the usual one.
    @Test func `few seeds leave anything to a person`() throws {
        let bench = try Workbench()
        let doubtful = try (201...230 as ClosedRange<UInt64>).filter {
            try Simulation.run(seed: $0, on: bench).doubts > 0
        }
        #expect(doubtful.count < 12, "in doubt in \(doubtful)")
    }
}

/// Planted mistakes, each of which the simulation must notice.
@Suite struct CanaryTests {
    private static let seedsMax: UInt64 = 200

    @Test(arguments: PlantedBug.allCases) func `is noticed`(bug: PlantedBug) throws {
        let caught = try Simulation.firstSeed(noticing: bug, seedsMax: Self.seedsMax, on: Workbench())
        #expect(caught != nil, "\(bug.rawValue) went unnoticed in \(Self.seedsMax) seeds")
    }
}

/// One thing goes wrong, at every place where it can.
@Suite struct OneFaultTests {
    /// Some of the steps; `dockhand-sim --every-step` takes all.
    @Test(arguments: [true, false]) func `a crash at a durable step loses and doubles nothing`(isKept: Bool) throws {
        let bench = try Workbench()
        var step = isKept ? 1 : 3
        while let report = try Simulation.crash(atStep: step, isKept: isKept, on: bench) {
            #expect(report.violations.isEmpty, "step \(step)")
            step += 6
        }
        #expect(step > 60)
    }

    /// Nothing can prevent it; somebody must be told.
    @Test func `a commit later than any may come is found or reported`() throws {
        let bench = try Workbench()
        var twins = 0
        for tenths in stride(from: 1_200, through: 1_300, by: 10) {
            let (report, messages) = try Simulation.late(bySeconds: Double(tenths) / 10, on: bench)
            let isDouble = report.violations.contains { $0.contains("is there 2 times") }
            let isTold = messages.contains { $0.contains("is a twin of customers") }
            #expect(!isTold || isDouble)
            if isDouble, isTold { twins += 1 }
        }
        #expect(twins > 0)
    }
}
