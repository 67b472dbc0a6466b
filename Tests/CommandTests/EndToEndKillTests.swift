import ExactJSON
import Foundation
import TestSupport
import Testing

/// A run that is killed again and again, while answers are lost too.
@Suite(.serialized) struct EndToEndKillTests {
    private let pipelines = "pipelines/legacy-crm"

    /// A new one each time; `DOCKHAND_TEST_SEED` repeats one.
    private static let seed =
        ProcessInfo.processInfo.environment["DOCKHAND_TEST_SEED"].flatMap(UInt64.init)
        ?? UInt64.random(in: 0...9_999_999)

    @Test(arguments: [seed])
    func `killed ten times, the migration ends as if it never was`(seed: UInt64) async throws {
        print("seed of the kills: \(seed)")
        var random = SeededRNG(seed: seed)
        // What is committed stands in the lists well before a write of unknown outcome is looked up.
        let project = try Project(emulatorOptions: ["--limit", "100000", "--search-lag", "2"])
        try await project.emulator.faults(
            [["method": "POST", "action": "drop_after", "probability": 0.03, "times": 12]], seed: Int(seed))
        var kills = (idle: 0, writing: 0)
        for _ in 0..<10 {
            let running = try project.start([pipelines])
            // Some writes further on than before, which is at a random moment of some request, however fast the machine is.
            let further = Int.random(in: 1...20, using: &random)
            let begun = try await project.emulator.writes()
            _ = try project.emulator.awaitRequests(while: running.process) {
                begun + further - ($0["writes"]?.int ?? 0)
            }
            running.send(SIGKILL)
            let result = try running.end()
            if result.status == SIGKILL {
                if try unresolved(project) > 0 { kills.writing += 1 } else { kills.idle += 1 }
            }
            // Killed, unless it was done already.
            #expect(result.status == SIGKILL || result.status == 1, "seed \(seed): \(result.errors)")
        }
        print("kills with requests under way: \(kills.writing), without: \(kills.idle)")
        #expect(kills.writing >= 3, "seed \(seed)")
        var last = try project.run([pipelines])
        for _ in 0..<5 where try unresolved(project) > 0 { last = try project.run([pipelines]) }
        #expect(last.status == 1, "seed \(seed): \(last.errors)")
        let status = try project.status(pipelines)
        #expect(status.count == 4)
        for pipeline in status {
            #expect(pipeline["unresolved"] == 0, "seed \(seed)")
            #expect(pipeline["in_doubt"] == [], "seed \(seed): \(pipeline["in_doubt"]?.text ?? "")")
        }
        for outcome in try last.outcomes() { #expect(outcome.isBalanced && outcome.fate("in_doubt") == 0) }
        // Twins would be more records than the script expects.
        try project.check()
        let writes = try await project.emulator.writes()
        let again = try project.run([pipelines])
        try project.check(fates: again.output, isRerun: true)
        #expect(try await project.emulator.writes() == writes, "seed \(seed)")
    }

    private func unresolved(_ project: Project) throws -> Int {
        try project.status(pipelines).reduce(0) { $0 + ($1["unresolved"]?.int ?? 0) }
    }
}
