import ExactJSON
import Foundation
import Testing

/// A token that is replaced while a run is under way.
@Suite(.serialized) struct EndToEndRotationTests {
    /// So many that the run is still under way when its tenth write has been noticed, however busy the machine.
    private static let rows = 200
    private static let new = "tok-of-next-year-77c1"

    /// A project whose token is read from somewhere, and whose run takes a while.
    private func project(_ source: String) async throws -> Project {
        let project = try Project(emulatorOptions: ["--limit", "100000", "--search-lag", "0.1"])
        try project.folder.customers((1...Self.rows).map { "K\($0);Jansen;a\($0)@post.example\n" }.joined())
        try project.folder.write("dockhand.yaml", "salesdock: { concurrency: 4, token: \(source) }\n")
        try project.folder.write("token", Emulator.token + "\n")
        try await project.emulator.faults([["method": "POST", "action": "delay", "seconds": 0.05]])
        return project
    }

    /// No variable wins over what the project says.
    private static let unset = ["SALESDOCK_TOKEN": ""]

    /// Starts a run, and replaces the token in Salesdock in the middle of it. The user is the same.
    private func rotate(_ project: Project, file: String?, _ environment: [String: String] = [:]) async throws
        -> Binary.Result
    {
        let running = try project.startQuickly(["customers.yaml"], environment)
        try project.emulator.awaitWrites(10, while: running.process)
        running.send(SIGSTOP)
        try await project.emulator.faults([])
        if let file { try project.folder.write("token", file) }
        try await project.emulator.post("tokens", ["tokens": [.string("\(Self.new)=admin,user=\(Emulator.token)")]])
        running.send(SIGCONT)
        return try running.end()
    }

    private func expectAll(_ project: Project) async throws {
        let emails = try await project.emulator.records("relations").compactMap { $0["email"]?.string }
        #expect(emails.count == Self.rows && Set(emails).count == Self.rows)
    }

    @Test(arguments: ["{ file: token }", "{ command: [cat, token] }"])
    func `a new token in the file or from the command is taken up at once`(source: String) async throws {
        let project = try await project(source)
        let result = try await rotate(project, file: Self.new, Self.unset)
        #expect(result.status == 0, "\(result.errors)")
        let outcome = try result.outcome()
        #expect(outcome.fate("created") == Self.rows && outcome.isBalanced)
        #expect(try await project.emulator.get("requests")["unauthenticated"] != 0)
        try await expectAll(project)
        #expect(!result.errors.contains(Self.new) && !result.errors.contains(Emulator.token))
    }

    @Test func `a new token that is wrong stops the run, which goes on once it is right`() async throws {
        let project = try await project("{ file: token }")
        let stopped = try await rotate(project, file: "tok-mistyped-0000", Self.unset)
        try expectStopped(stopped)
        let again = try project.quickly(["customers.yaml"], Self.unset)
        #expect(again.status == 77, "\(again.errors)")
        #expect(try again.outcome().isBalanced)
        try project.folder.write("token", Self.new + "\n")
        let last = try project.quickly(["customers.yaml"], Self.unset)
        #expect(last.status == 0, "\(last.errors)")
        try await expectAll(project)
    }

    @Test func `a token of the environment can not be read again, and the run goes on with the next one`() async throws
    {
        let project = try await project("{ env: SALESDOCK_TOKEN }")
        let stopped = try await rotate(project, file: nil)
        try expectStopped(stopped)
        let last = try project.quickly(["customers.yaml"], ["SALESDOCK_TOKEN": Self.new])
        #expect(last.status == 0, "\(last.errors)")
        try await expectAll(project)
    }

    /// Stopped in the middle, with every row accounted for and nothing that must be looked up.
    private func expectStopped(_ result: Binary.Result) throws {
        #expect(result.status == 77, "\(result.errors)")
        #expect(result.errors.contains("does not accept the token"), "\(result.errors)")
        let outcome = try result.outcome()
        #expect(outcome.isBalanced && outcome.fate("created") > 0 && outcome.fate("pending") > 0)
        #expect(outcome.fate("failed") == 0 && outcome.fate("in_doubt") == 0)
    }
}
