import ExactJSON
import Foundation
import Testing

/// The report of a run, while it is made and afterwards, as a person asks for it.
@Suite(.serialized) struct EndToEndReportTests {
    private func json(_ project: Project, _ name: String) throws -> JSONValue {
        try JSONParser.parse(try text(project, name).trimmingCharacters(in: .newlines))
    }

    private func text(_ project: Project, _ name: String) throws -> String {
        try String(contentsOfFile: project.folder.path + "/" + name, encoding: .utf8)
    }

    private func files(_ project: Project, _ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: project.folder.path + "/" + folder).sorted()
    }

    @Test func `a run reports what happened, and the ledger tells it again`() async throws {
        let project = try Project()
        // The last row says what the first one says.
        try project.folder.customers(
            "K1;Jansen;a@post.example\nK2;<b>Bos;b@post.example\nK3;;c@post.example\nK1;Jansen;a@post.example\n")
        try await project.emulator.faults([["method": "POST", "action": "error_before", "status": 422, "nth": 2]])
        let run = try project.run(["customers.yaml", "--report", "out", "--lang", "nl"])
        #expect(run.status == 1, "\(run.errors)")
        let outcome = try run.outcome()
        #expect(outcome["report"] == "out/report.html" && outcome["rejects"] == "out/rejects.csv")
        #expect(
            try files(project, "out") == [
                "problems.csv", "rejects.csv", "report.html", "report.json", "report.junit.xml", "written.ndjson",
            ])
        let report = try json(project, "out/report.json")
        #expect(report["report"] == "run" && report["fates"]?["created"] == 1 && report["fates"]?["rejected"] == 2)
        let codes = (report["problems"]?.array ?? []).compactMap { $0["code"]?.string }.sorted()
        #expect(codes == ["salesdock.422", "salesdock.required"])
        #expect(report["duplicates"]?["groups"]?.array?[0]["survivor"] == 1)
        let facts = try #require(report["run"])
        #expect(facts["id"] == 1 && facts["requests"]?["calls"]?["relations.create"] == 2)
        #expect(facts["requests"]?["sent"] == outcome["requests"]?["sent"])
        let sent = (facts["timeline"]?["sent"]?.array ?? []).compactMap(\.int).reduce(0, +)
        #expect(facts["requests"]?["sent"]?.int == sent)
        let lines = try text(project, "out/written.ndjson").split(separator: "\n").map {
            try JSONParser.parse(String($0))
        }
        let ids = try await project.emulator.records("relations").compactMap { $0["id"] }
        #expect(lines.count == 2 && lines.compactMap { $0["id"] }.filter { !$0.isNull } == ids)
        let html = try text(project, "out/report.html")
        #expect(html.contains("1 van de 4 rijen staat in Salesdock") && !html.contains("<b>Bos"))

        let again = try project.dockhand(
            ["runs", "1", "--report", "again", "--lang", "en", "--format", "json"], ["SALESDOCK_TOKEN": ""])
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.output.contains(#""report_file":"again/report.html""#))
        let told = try json(project, "again/report.json")
        #expect(told["fates"] == report["fates"] && told["run"]?["timeline"] == facts["timeline"])
        #expect(told["run"]?["slowest"] == facts["slowest"] && told["run"]?["from_ledger"] == true)
        #expect(try text(project, "again/written.ndjson") == text(project, "out/written.ndjson"))
        #expect(try text(project, "again/report.html").contains("made afterwards from the ledger"))
        #expect(try project.dockhand(["runs", "--report", "again"]).status == 64)

        // Masked, nothing of a row goes into the folder; the second run has little to send.
        let masked = try project.run(["customers.yaml", "--report", "masked", "--mask"])
        #expect(masked.status == 1, "\(masked.errors)")
        #expect(try !files(project, "masked").contains("rejects.csv"))
        #expect(try project.dockhand(["runs", "1", "--report", "masked/first", "--mask"]).status == 0)
        let names = try files(project, "masked").filter { $0 != "first" }
        for name in try names + files(project, "masked/first").map({ "first/" + $0 }) {
            let text = try text(project, "masked/\(name)")
            #expect(!text.contains("Bos") && !text.contains("Jansen") && !text.contains("K2"), "\(name)")
        }
    }

    @Test func `of a killed run the ledger tells what it knows`() async throws {
        let project = try Project()
        try project.folder.customers("K1;Jansen;a@post.example\nK2;;b@post.example\n")
        try await project.emulator.faults([["method": "POST", "action": "delay", "seconds": 60, "nth": 1]])
        let running = try project.start(["customers.yaml", "--set", "salesdock.timeout=100s"])
        try project.emulator.awaitWrites(1, while: running.process)
        running.send(SIGKILL)
        #expect(try running.end().status == SIGKILL)
        let told = try project.dockhand(["runs", "1", "--report", "out", "--lang", "nl"], ["SALESDOCK_TOKEN": ""])
        #expect(told.status == 0, "\(told.errors)")
        let report = try json(project, "out/report.json")
        #expect(report["fates"]?["in_doubt"] == 1 && report["run"]?["from_ledger"] == true)
        #expect(try text(project, "out/report.html").contains("Deze uitvoering is afgebroken, of nog bezig"))
    }

    @Test func `a refused run reports why, in the language of the report`() throws {
        let project = try Project()
        try project.folder.customers("K1;;a@post.example\n")
        let run = try project.run(["customers.yaml", "--report", "out", "--lang", "nl", "--max-errors", "0"])
        #expect(run.status == 4 && run.errors.contains("more than max_errors 0 allows"))
        let html = try text(project, "out/report.html")
        #expect(html.contains("Er is niets verzonden") && html.contains("meer dan max_errors 0 toestaat"))
        #expect(try json(project, "out/report.json")["problems"]?.array?.count == 1)

        let plan = try project.dockhand(["plan", "customers.yaml", "--format", "html", "--lang", "nl", "--quiet"])
        #expect(plan.status == 1 && plan.output.hasPrefix("<!DOCTYPE html>"), "\(plan.errors)")
        #expect(plan.output.contains("Bij het laden zou niets veranderen") && plan.output.hasSuffix("</html>\n"))
        #expect(try project.dockhand(["plan", "customers.yaml", "--lang", "nl"]).status == 64)
    }
}
