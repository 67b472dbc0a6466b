import Foundation
import Testing

@Suite struct HelpTests {
    @Test(arguments: [
        "check", "preview", "validate", "plan", "run", "status", "runs", "explain", "resolve", "doctor", "emulator",
        "schema",
    ])
    func `every verb explains itself`(verb: String) throws {
        let result = try Binary.run([verb, "--help"], in: Folder())
        #expect(result.status == 0)
        #expect(result.output.contains("USAGE: dockhand \(verb)"))
        #expect(result.errors.isEmpty)
    }

    @Test func `the verbs and exit codes are listed`() throws {
        let result = try Binary.run(["--help"], in: Folder())
        #expect(result.status == 0)
        #expect(result.output.contains("Exit codes: 0 every row"))
        #expect(result.output.contains("resolve"))
    }

    @Test(arguments: [
        ["frobnicate"], ["check", "--frobnicate"], ["run", "--allow", "mail=3"], ["run", "--allow", "email=-1"],
        ["run", "--max-errors", "many"], ["run", "--deadline", "25:00"], ["preview", "--rows", "0"], ["resolve", "K1"],
        ["resolve", "K1", "--as", "perhaps"], ["check", "--set", "source"], ["emulator", "--token", "secret"],
        ["validate", "--limit", "0"], ["plan", "--refresh", "some"], ["plan", "--out", "-"], ["runs", "--limit", "0"],
        ["run", "--plan", "a", "--limit", "3"], ["run", "--plan", "a", "--rebuild"],
    ])
    func `wrong arguments exit with 64 and write no data`(arguments: [String]) throws {
        let result = try Binary.run(arguments, in: Folder())
        #expect(result.status == 64)
        #expect(result.output.isEmpty)
        #expect(!result.errors.contains("secret"))
    }

    @Test func `the schema is JSON`() throws {
        let result = try Binary.run(["schema"], in: Folder())
        #expect(result.status == 0)
        let schema = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        #expect(schema?["properties"] != nil)
    }

    @Test func `the version is printed`() throws {
        let result = try Binary.run(["--version"], in: Folder())
        #expect(result.status == 0)
        #expect(result.output.trimmingCharacters(in: .whitespacesAndNewlines) == "0.1.0")
    }

    @Test func `a mistake names the whole command`() throws {
        let result = try Binary.run(["validate", "--bogus"], in: Folder())
        #expect(result.status == 64)
        #expect(
            result.errors.contains("--bogus") && result.errors.contains("Usage: dockhand validate"), "\(result.errors)")
    }
}
