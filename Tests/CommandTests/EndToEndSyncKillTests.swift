import Foundation
import Testing

/// Kills at the moments at which a run makes something durable. `make kills` tries every one of them.
@Suite struct EndToEndSyncKillTests {
    @Test func `killed before or after a sync, a migration ends as if it never was`() throws {
        let seed =
            ProcessInfo.processInfo.environment["DOCKHAND_TEST_SEED"].flatMap(Int.init) ?? Int.random(in: 0...9_999_999)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", Binary.root + "/scripts/kills/sync_kills.py", "--binary", Binary.url.path, "--sample", "3",
            "--workers", "2", "--seed", String(seed),
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        print(said)
        #expect(process.terminationStatus == 0, "\(said)")
    }
}
