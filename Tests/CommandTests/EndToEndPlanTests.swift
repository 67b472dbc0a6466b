import ExactJSON
import Foundation
import Testing

/// Plans as a user makes and follows them.
@Suite(.serialized) struct EndToEndPlanTests {
    private static let rows = "K1;Jansen;a@post.example\nK2;Bakker;b@post.example\nK3;;c@post.example\n"

    private func plan(_ project: Project, _ arguments: [String] = []) throws -> Binary.Result {
        try project.dockhand(
            ["plan", "customers.yaml", "--out", "plan.dockhand", "--format", "json", "--quiet"] + arguments)
    }

    @Test func `what is planned is what is sent, byte for byte`() async throws {
        let project = try Project()
        try project.folder.customers(Self.rows)
        let planned = try plan(project, ["--detailed-exitcode"])
        // Row 3 is rejected, which weighs more than that there are changes.
        #expect(planned.status == 1, "\(planned.errors)")
        let outcome = try planned.outcome()
        #expect(outcome.isBalanced)
        #expect(outcome.fate("valid") == 2 && outcome.fate("rejected") == 1)
        #expect(outcome["plan"]?["actions"]?["create"] == 2)
        #expect(outcome["plan"]?["requests"]?["relations.create"] == 2)
        let records = try #require(outcome["plan"]?["records"]?.array)
        #expect(records.map { $0["action"] } == ["create", "create", "rejected"])
        #expect(try await project.emulator.get("requests")["total"] == 0)
        let file = project.folder.path + "/plan.dockhand"
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try !String(contentsOfFile: file, encoding: .utf8).contains(Emulator.token))

        try await project.emulator.post("recording", [:])
        let stopped = try project.run(["--plan", "plan.dockhand", "--max-requests", "5", "customers.yaml"])
        #expect(stopped.status == 75, "\(stopped.errors)\(stopped.output)")
        let run = try project.run(["--plan", "plan.dockhand", "customers.yaml"])
        #expect(run.status == 1, "\(run.errors)\(run.output)")
        let bodies = records.flatMap { $0["requests"]?.array ?? [] }.compactMap { $0["body"]?.text }
        let sent = try await project.emulator.get("recording").array ?? []
        #expect(sent.compactMap { $0["body"]?.string }.sorted() == bodies.sorted())

        let runs = try project.dockhand(["runs", "--format", "json"])
        let list = try #require(try JSONParser.parse(runs.output.trimmingCharacters(in: .newlines)).array)
        #expect(list.map { $0["exit"] } == [1, 75])
        #expect(Set(list.map { $0["plan"] }).count == 1)
        let one = try project.dockhand(["runs", "1"])
        #expect(one.output.contains("run 1\n") && one.output.contains("exit"), "\(one.output)")
        #expect(try project.dockhand(["runs", "99"]).status == 64)
    }

    @Test func `a plan that does not hold any more is refused, and says why`() async throws {
        let project = try Project()
        try project.folder.customers("K1;Jansen;a@post.example\n")
        func refusal(_ arguments: [String] = []) async throws -> String {
            let writes = try await project.emulator.writes()
            let result = try project.run(["--plan", "plan.dockhand", "customers.yaml"] + arguments)
            #expect(result.status == 4, "\(result.errors)")
            #expect(try await project.emulator.writes() == writes)
            return result.errors
        }
        #expect(try plan(project, ["--detailed-exitcode"]).status == 2)
        try project.folder.customers("K1;Jansen;a@post.example\nK2;Bos;b@post.example\n")
        #expect(try await refusal().contains("the source of customers has changed"))
        #expect(try plan(project).status == 0)
        #expect(
            try await refusal(["--set", "sink.salesdock.customers.existing=skip"]).contains(
                "the pipeline customers has changed"))
        let file = project.folder.path + "/plan.dockhand"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try project.folder.write("plan.dockhand", text.replacing("a@post.example", with: "z@post.example"))
        #expect(try await refusal().contains("damaged"))
        try project.folder.write("plan.dockhand", text)
        #expect(try project.run(["customers.yaml"]).status == 0)
        #expect(try await refusal().contains("the ledger has changed"))
        #expect(try plan(project, ["--detailed-exitcode"]).status == 0)
    }

    @Test func `an edit in Salesdock before the write is not overwritten`() async throws {
        let project = try Project()
        try project.folder.customers("K1;Jansen;a@post.example\n")
        #expect(try project.run(["customers.yaml"]).status == 0)
        try project.folder.customers("K1;Janssen;a@post.example\n")
        let planned = try plan(project, ["--refresh", "full"])
        #expect(planned.status == 0)
        #expect(planned.errors.contains("refresh full reads Salesdock with 1 requests"), "\(planned.errors)")
        var record = try #require(try await project.emulator.records("relations").first?.object)
        record["lastname"] = "Smit"
        for name in ["owner", "created_unix", "updated_unix", "updated_at"] { record[name] = nil }
        try await project.emulator.post("seed", ["relations": [.object(record)]])
        let result = try project.run(["--plan", "plan.dockhand", "customers.yaml"])
        #expect(result.status == 4, "\(result.errors)\(result.output)")
        #expect(result.errors.contains("customers K1 has changed in Salesdock (lastname)"), "\(result.errors)")
        #expect(try await project.emulator.records("relations").map { $0["lastname"] } == ["Smit"])

        let text = try project.dockhand(["plan", "customers.yaml", "--refresh", "full", "--quiet", "--mask"])
        #expect(text.output.contains("1 edited in Salesdock") && text.output.contains("lastname  ••• → •••"))
        #expect(!text.output.contains("Smit"))
    }
}
