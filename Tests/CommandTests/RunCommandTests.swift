import Foundation
import Ledgers
import Testing

/// What `run` says before it talks to anybody.
@Suite struct RunCommandTests {
    @Test func `a missing domain exits with 78 and says what to set`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n")
        let result = try Binary.run(["run"], environment: ["SALESDOCK_TOKEN": "tok-very-secret"], in: folder)
        #expect(result.status == 78)
        #expect(result.errors.contains("SALESDOCK_DOMAIN"))
        #expect(!result.errors.contains("tok-very-secret"))
        #expect(result.output.isEmpty)
    }

    @Test func `a missing token is named, not a bug`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n")
        let result = try Binary.run(["run"], environment: ["SALESDOCK_DOMAIN": "demo"], in: folder)
        #expect(result.status == 78)
        #expect(result.errors.contains("SALESDOCK_TOKEN"))
    }

    @Test func `an environment file serves, and the environment wins over it`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n")
        try folder.write("env", "# of the project\nexport SALESDOCK_DOMAIN='de mo'\nOTHER=\"x\"\n")
        let file = try Binary.run(["run", "--env-file", "env"], in: folder)
        #expect(file.status == 78)
        #expect(file.errors.contains("account's name"))
        let own = try Binary.run(["run", "--env-file", "env"], environment: ["SALESDOCK_DOMAIN": "demo"], in: folder)
        #expect(own.status == 78)
        try folder.write("env", "SALESDOCK_DOMAIN=demo\ntok-very-secret\n")
        let wrong = try Binary.run(["run", "--env-file", "env"], in: folder)
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("env:2"))
        #expect(!wrong.errors.contains("tok-very-secret"))
    }

    @Test func `a held ledger exits with 75 and names its holder`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n")
        try folder.write(".dockhand/empty", "")
        let lock = try FileLock(path: folder.path + "/.dockhand/ledger.sqlite.lock", holder: "a test")
        let result = try Binary.run(
            ["run"], environment: ["SALESDOCK_DOMAIN": "demo", "SALESDOCK_TOKEN": "tok-very-secret"], in: folder)
        #expect(result.status == 75)
        #expect(result.errors.contains("(a test)"))
        #expect(!result.errors.contains("tok-very-secret"))
        withExtendedLifetime(lock) {}
    }

    @Test func `all problems of all files are said before anything is asked for`() throws {
        let folder = try Folder()
        try folder.write("a.yaml", "pipeline: a\nkye: nr\n")
        try folder.write("b.yaml", "pipeline: b\nkye: nr\n")
        let result = try Binary.run(["run"], in: folder)
        #expect(result.status == 78)
        #expect(result.errors.contains("a.yaml:2:1: error: "))
        #expect(result.errors.contains("b.yaml:2:1: error: "))
    }

    @Test func `pipelines of several projects do not run together`() throws {
        let folder = try Folder()
        for name in ["one", "two"] {
            try folder.write("\(name)/dockhand.yaml", "salesdock: { domain: \(name) }\n")
            try folder.write(
                "\(name)/\(name).yaml",
                "pipeline: \(name)\nkey: nr\nsource:\n  csv: { path: a }\nsink:\n  ndjson: { path: b }\n")
        }
        let result = try Binary.run(["run", "one", "two"], in: folder)
        #expect(result.status == 64)
        #expect(result.errors.contains("several projects"))
    }

    @Test func `the emulator says where it is, and ends cleanly`() throws {
        let folder = try Folder()
        let process = Binary.process(
            ["emulator", "--port", "0", "--token", "tok-very-secret=admin"], environment: [:], in: folder)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        #expect(line.wholeMatch(of: /listening on http:\/\/127\.0\.0\.1:[1-9][0-9]*\n/) != nil, "\(line)")
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
