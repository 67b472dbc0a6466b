import ExactJSON
import Foundation
import Ledgers
import Testing

/// Two runs on one ledger.
@Suite(.serialized) struct EndToEndLockTests {
    /// A run that stands still in the middle of its work, until it is told to go on.
    private func heldRun(_ project: Project) async throws -> Running {
        try await project.emulator.faults([["method": "POST", "action": "delay", "seconds": 3, "nth": 1]])
        let running = try project.startQuickly(["customers.yaml", "--set", "salesdock.timeout=100s"])
        try project.emulator.awaitWrites(1, while: running.process)
        running.send(SIGSTOP)
        return running
    }

    private func project() throws -> Project {
        let project = try Project(emulatorOptions: ["--limit", "100000", "--search-lag", "0.1"])
        try project.folder.customers("K1;Jansen;a@post.example\nK2;Bakker;b@post.example\n")
        return project
    }

    @Test func `a second run ends with 75 and names the first, or waits for its end`() async throws {
        let project = try project()
        let first = try await heldRun(project)
        let waiting = try project.startQuickly(["customers.yaml", "--lock-timeout", "60s"])
        let refused = try project.quickly(["customers.yaml"])
        #expect(refused.status == 75, "\(refused.errors)")
        let holder = "process \(first.process.processIdentifier) (run customers, since 20"
        #expect(refused.errors.contains(holder) && refused.errors.contains("run again later"), "\(refused.errors)")
        #expect(waiting.process.isRunning)
        first.send(SIGCONT)
        #expect(try first.end().status == 0)
        let second = try waiting.end()
        #expect(second.status == 0, "\(second.errors)")
        #expect(try second.outcome().fate("unchanged") == 2)

        let ledger = try SQLiteLedger(path: project.folder.path + "/.dockhand/ledger.sqlite", newID: "none")
        let runs = try ledger.runs(limit: 9)
        #expect(runs.count == 2)
        #expect(try #require(runs.first).startedUnixSeconds >= #require(runs.last?.endedUnixSeconds))
        #expect(try await project.emulator.writes() == 2)
    }

    @Test func `whoever waits too long ends with 75, and a killed holder leaves no lock`() async throws {
        let project = try project()
        let first = try await heldRun(project)
        let impatient = try project.quickly(["customers.yaml", "--lock-timeout", "1s"])
        #expect(impatient.status == 75, "\(impatient.errors)")
        // By another name it is the same ledger.
        try FileManager.default.createSymbolicLink(
            atPath: project.folder.path + "/link.sqlite", withDestinationPath: ".dockhand/ledger.sqlite")
        #expect(try project.quickly(["customers.yaml", "--ledger", "link.sqlite"]).status == 75)
        first.send(SIGKILL)
        #expect(try first.end().status == SIGKILL)
        let next = try project.quickly(["customers.yaml"])
        #expect(next.status == 0, "\(next.errors)")
        #expect(try await project.emulator.records("relations").count == 2)
    }
}
