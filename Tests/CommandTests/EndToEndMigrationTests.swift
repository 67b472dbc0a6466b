import ExactJSON
import Foundation
import Testing

/// The migration of the sample CRM by the built binary, judged by the emulator's state and a script that shares no code
/// with dockhand.
@Suite(.serialized) struct EndToEndMigrationTests {
    private let pipelines = "pipelines/legacy-crm"

    @Test func `a migration ends as expected, and a second run writes nothing`() async throws {
        let project = try Project()
        let first = try project.run([pipelines])
        #expect(first.status == 1, "\(first.errors)")
        try project.check(fates: first.output)
        let (writes, contents) = (try await project.emulator.writes(), try await project.emulator.contents())
        let second = try project.run([pipelines])
        #expect(second.status == 1)
        try project.check(fates: second.output, isRerun: true)
        #expect(try await project.emulator.writes() == writes)
        #expect(try await project.emulator.contents() == contents)
    }

    @Test func `an interrupted run keeps its balance, and the next one completes it`() async throws {
        let project = try Project()
        try await project.emulator.faults([["method": "POST", "action": "delay", "seconds": 1, "every": 5]])
        let running = try project.start([pipelines], [:])
        try project.emulator.awaitWrites(60, while: running.process)
        running.send(SIGINT)
        let interrupted = try running.end()
        #expect(interrupted.status == 130)
        let outcomes = try interrupted.outcomes()
        for outcome in outcomes { #expect(outcome.isBalanced, "\(outcome.text)") }
        #expect(outcomes.contains { $0.fate("pending") > 0 })
        #expect(outcomes.allSatisfy { $0.fate("in_doubt") == 0 })
        try await project.emulator.faults([])
        #expect(try project.run([pipelines]).status == 1)
        try project.check()
    }

    @Test func `a second run while one is under way exits with 75 and names it`() async throws {
        let project = try Project()
        try await project.emulator.faults([["method": "POST", "action": "delay", "seconds": 1, "every": 5]])
        let running = try project.start([pipelines])
        try project.emulator.awaitWrites(1, while: running.process)
        let second = try project.run([pipelines])
        #expect(second.status == 75)
        #expect(second.errors.contains("\(running.process.processIdentifier)"), "\(second.errors)")
        running.send(SIGTERM)
        #expect(try running.end().status == 143)
    }

    @Test func `a token that is replaced in the middle costs no row, and is written nowhere`() async throws {
        let (old, new) = ("tok-Rotation-old-91c6e5", "tok-Rotation-new-7d20ab")
        let project = try Project(tokens: ["\(old)=admin"])
        let file = try project.folder.write("token", old + "\n")
        let connection = project.folder.path + "/\(pipelines)/dockhand.yaml"
        let text = try String(contentsOfFile: connection, encoding: .utf8)
        try Data(text.replacing("{ env: SALESDOCK_TOKEN }", with: "{ file: \(file) }").utf8)
            .write(to: URL(fileURLWithPath: connection))
        try await project.emulator.faults([["method": "POST", "action": "delay", "seconds": 0.2, "every": 10]])
        let running = try project.start([pipelines, "--log-level", "trace"], ["SALESDOCK_TOKEN": ""])
        try project.emulator.awaitWrites(100, while: running.process)
        try project.folder.write("token", new + "\n")
        try await project.emulator.post("tokens", ["tokens": [.string("\(new)=admin,user=\(old)")]])
        let result = try running.end()
        #expect(result.status == 1, "\(result.errors)")
        try project.check(fates: result.output)
        #expect(try #require(try await project.emulator.get("requests")["unauthenticated"]?.int) > 0)
        for secret in [old, new] {
            #expect(!result.output.contains(secret))
            #expect(!result.errors.contains(secret))
            for path in try Self.files(below: project.folder) where path != file {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(path)")
            }
        }
    }

    /// Every regular file: outputs, ledger, budget, mirrors, rejects; links are not followed.
    private static func files(below folder: Folder) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).map { folder.path + "/" + $0 }.filter { path in
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return attributes[.type] as? FileAttributeType == .typeRegular
        }
    }
}
