import ExactJSON
import Foundation
import Testing

/// A Salesdock that answers with errors for a while.
@Suite struct EndToEndTroubleTests {
    @Test func `a storm of errors pauses the run, a probe ends the pause, and no row fails`() async throws {
        let project = try Project()
        try project.folder.customers((1...60).map { "K\($0);Jansen \($0);k\($0)@post.example\n" }.joined())
        try await project.emulator.faults([["nth": 30, "times": 100_000, "action": "error_before", "status": 500]])
        let running = try project.start(["customers.yaml"])
        func errors() async throws -> Int {
            try await project.emulator.get("requests")["by_status"]?["500"]?.int ?? 0
        }
        // A probe has failed at the latest when nothing more is under way.
        let isProbed = try project.emulator.awaitRequests(while: running.process) {
            max(4 - ($0["by_status"]?["500"]?.int ?? 0), 2 - ($0["by_call"]?["GET flows"]?.int ?? 0))
        }
        try #require(isProbed)
        let sent = try await errors()
        try await project.emulator.faults([])
        let result = try running.end()
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.outcome().fate("created") == 60)
        #expect(try await project.emulator.records("relations").count == 60)
        // Three in a row, what was under way, and the probe.
        #expect(sent <= 3 + 8 + 1)
    }
}
