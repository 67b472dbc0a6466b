import Foundation
import Simulation

/// `dockhand-sim SEEDS [FIRST]`: plays seeds, says how it goes, and ends with 1 at a seed that breaks a promise.
///
/// `--trace SEED` plays one seed and prints everything that happened in it; `--bug NAME` plants a mistake that must be
/// noticed; `--every-step` crashes one world at each of its durable steps; `--first-failure` ends at the first seed that fails.
@main enum SimulationRunner {
    static func main() throws {
        var words = Array(CommandLine.arguments.dropFirst())
        let bug = option("--bug", &words).flatMap(PlantedBug.init(rawValue:))
        if let seed = option("--trace", &words).flatMap(UInt64.init) { return try trace(seed, bug) }
        if words.contains("--every-step") { return try crashEverywhere() }
        let stopsAtFirst = words.contains("--first-failure") || bug != nil
        words.removeAll { $0 == "--first-failure" }
        let count = words.first.flatMap(Int.init) ?? 1_000
        let first = words.dropFirst().first.flatMap(UInt64.init) ?? 1
        say("\(count) seeds from \(first)")
        let bench = try Workbench()
        let began = Date()
        var (failed, doubtful, crashes, writes) = (0, 0, 0, 0)
        for number in 0..<count {
            let report = try Simulation.run(seed: first + UInt64(number), bug: bug, on: bench)
            doubtful += report.doubts > 0 ? 1 : 0
            crashes += report.crashes
            writes += report.writes
            if !report.violations.isEmpty {
                failed += 1
                say("seed \(report.seed): \(report.violations.joined(separator: "\n    "))")
                if stopsAtFirst || failed >= 20 { break }
            }
            if (number + 1) % 500 == 0 {
                let rate = Double(number + 1) / Date().timeIntervalSince(began)
                say(
                    "\(number + 1) seeds, \(failed) failed, \(crashes) crashes, \(writes) writes, in doubt in \(doubtful) seeds, \(Int(rate)) seeds/s"
                )
            }
        }
        say("\(failed) of \(count) seeds failed; in doubt in \(doubtful); replay one with --trace SEED")
        exit(failed == 0 ? 0 : 1)
    }

    /// At once, also into a pipe: a seed that hangs must be known.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private static func option(_ name: String, _ words: inout [String]) -> String? {
        guard let place = words.firstIndex(of: name), place + 1 < words.count else { return nil }
        defer { words.removeSubrange(place...(place + 1)) }
        return words[place + 1]
    }

    /// A crash before and after every durable step of one world's first process.
    private static func crashEverywhere() throws {
        let bench = try Workbench()
        var (step, failed) = (1, 0)
        while let lost = try Simulation.crash(atStep: step, isKept: false, on: bench),
            let kept = try Simulation.crash(atStep: step, isKept: true, on: bench)
        {
            for report in [lost, kept] where !report.violations.isEmpty {
                failed += 1
                say("step \(step): \(report.violations)")
            }
            step += 1
        }
        say("\(failed) failures in \(step - 1) steps")
        exit(failed == 0 ? 0 : 1)
    }

    private static func trace(_ seed: UInt64, _ bug: PlantedBug?) throws {
        let report = try Simulation.run(seed: seed, bug: bug, keepsTrace: true, on: Workbench())
        for line in report.trace { say(line) }
        say("\(report.virtualSeconds) s, digest \(report.digest)")
        for violation in report.violations { say("violation: \(violation)") }
        exit(report.violations.isEmpty ? 0 : 1)
    }
}
