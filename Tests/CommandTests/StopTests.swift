import Foundation
import Ledgers
import Testing

/// Whatever a verb waits for, a signal or a deadline ends the waiting, and nothing of it stays behind.
@Suite struct StopTests {
    /// What a run can wait for before it has sent anything.
    enum Wait: CaseIterable, Sendable { case lock, input, pipe, token }

    private static let connection = [
        "SALESDOCK_DOMAIN": "demo", "SALESDOCK_TOKEN": Emulator.token, "SALESDOCK_BASE_URL": "http://127.0.0.1:1",
    ]

    /// A run that waits, and what keeps it waiting as long as it is held.
    private func start(_ wait: Wait, _ options: [String], in folder: Folder) throws -> (Process, [Any]) {
        try folder.customers("1;Jansen;a@post.example\n")
        var arguments = ["run", "customers.yaml", "--lock-timeout", "10m", "--quiet"] + options
        var held: [Any] = []
        let input = Pipe()
        switch wait {
        case .lock:
            try FileManager.default.createDirectory(
                atPath: folder.path + "/.dockhand", withIntermediateDirectories: true)
            held.append(try FileLock(path: folder.path + "/.dockhand/ledger.sqlite.lock", holder: "a test"))
        case .input: arguments += ["--set", "source.csv.path=-"]
        case .pipe:
            let made = unsafe mkfifo(folder.path + "/pipe", 0o600)
            try #require(made == 0)
            arguments += ["--set", "source.csv.path=pipe"]
        case .token:
            try folder.write(
                "dockhand.yaml",
                "salesdock: { domain: demo, base: 'http://127.0.0.1:1', token: { command: [sleep, '600'] } }\n")
        }
        let process = Binary.process(arguments, environment: wait == .token ? [:] : Self.connection, in: folder)
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        held.append(input)
        try process.run()
        return (process, held)
    }

    /// Waits until the process takes SIGTERM itself.
    private func awaitHandling(_ process: Process) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            let mask = status.firstMatch(of: /SigCgt:\s*([0-9a-f]+)/).flatMap { UInt64($0.1, radix: 16) } ?? 0
            if mask & 1 << (SIGTERM - 1) != 0 { return }
            try #require(ContinuousClock.now < deadline && process.isRunning, "no signal is handled")
            usleep(2_000)
        }
    }

    private func spooled(_ folder: Folder) -> [String] {
        let path = folder.path + "/state/spool"
        return (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
    }

    @Test(arguments: Wait.allCases) func `a signal ends every wait`(wait: Wait) throws {
        let folder = try Folder()
        let (process, held) = try start(wait, [], in: folder)
        defer { withExtendedLifetime(held) {} }
        try awaitHandling(process)
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 143)
        #expect(spooled(folder) == [])
    }

    @Test(arguments: Wait.allCases) func `a deadline ends every wait`(wait: Wait) throws {
        let folder = try Folder()
        let (process, held) = try start(wait, ["--deadline", "1s"], in: folder)
        defer { withExtendedLifetime(held) {} }
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 75)
        #expect(spooled(folder) == [])
    }

    @Test func `a named pipe is read once and serves every pass`() throws {
        let folder = try Folder()
        try folder.customers("")
        let made = unsafe mkfifo(folder.path + "/pipe", 0o600)
        try #require(made == 0)
        let text = try String(contentsOfFile: folder.path + "/customers.yaml", encoding: .utf8)
        // The last of several is only known at the end, so the source is read twice.
        try folder.write(
            "customers.yaml",
            text.replacing("- validate:", with: "- dedupe: { by: [email], keep: last }\n  - validate:"))
        let process = Binary.process(
            ["validate", "--format", "json", "--set", "source.csv.path=pipe"], environment: [:], in: folder)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let pipe = try #require(FileHandle(forWritingAtPath: folder.path + "/pipe"))
        try pipe.write(contentsOf: Data("nr;naam;mail\n1;Jansen;a@post.example\n2;Bos;a@post.example\n".utf8))
        try pipe.close()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(said.contains(#""duplicate":1"#) && said.contains(#""valid":1"#), "\(said)")
        #expect(spooled(folder) == [])
    }

    @Test func `what a killed process has kept is removed, and what a living one keeps is not`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n")
        for name in ["killed", "living"] {
            try folder.write("state/spool/\(name)/input", "personal data")
            try folder.write("state/spool/\(name)/lock", "")
        }
        try folder.write("state/spool/stray", "personal data")
        let lock = try FileLock(path: folder.path + "/state/spool/living/lock", holder: "a test")
        #expect(try Binary.run(["validate"], in: folder).status == 0)
        withExtendedLifetime(lock) {}
        #expect(spooled(folder).sorted() == ["living", "living/input", "living/lock"])
    }
}
