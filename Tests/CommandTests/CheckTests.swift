import Foundation
import Testing

@Suite struct CheckTests {
    @Test(arguments: ["legacy-crm", "price-list", "export"])
    func `the sample pipelines have no problems`(project: String) throws {
        let result = try Binary.run(["check", Binary.root + "/pipelines/" + project], in: Folder())
        #expect(result.status == 0)
        #expect(result.output.isEmpty, "\(result.output)")
    }

    @Test func `every problem of every file is at its place`() throws {
        let folder = try Folder()
        try folder.write(
            "a.yaml", "pipeline: a\nkey: nr\nsource:\n  cvs: { path: a.csv }\nsink:\n  ndjson: { path: a }\n")
        try folder.write(
            "b.yaml", "pipeline: b\nkye: nr\nsource:\n  csv: { path: b.csv }\nsink:\n  ndjson: { path: b }\n")
        let result = try Binary.run(["check"], in: folder)
        #expect(result.status == 78)
        let lines = result.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("a.yaml:4:3: error: ") && $0.contains("did you mean 'csv'") })
        #expect(lines.contains { $0.hasPrefix("b.yaml:2:1: error: ") && $0.contains("did you mean 'key'") })
    }

    @Test func `the JSON names file, line, column, severity and message`() throws {
        let folder = try Folder()
        let path = try folder.write(
            "a.yaml", "pipeline: a\nkye: nr\nsource:\n  csv: { path: a }\nsink:\n  ndjson: { path: a }\n")
        let result = try Binary.run(["check", "--format", "json", path], in: folder)
        #expect(result.status == 78)
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        let first = (object?["diagnostics"] as? [[String: Any]])?.first
        #expect(first?["file"] as? String == path)
        #expect(first?["line"] as? Int == 2)
        #expect(first?["column"] as? Int == 1)
        #expect(first?["severity"] as? String == "error")
        #expect((first?["message"] as? String)?.contains("kye") == true)
    }

    @Test func `a connection that is not set up is a warning, and a mistyped one an error`() throws {
        let folder = try Folder()
        try folder.customers("")
        try folder.write("dockhand.yaml", "salesdock: { domain: \"${NOT_SET_ANYWHERE}\" }\n")
        let unset = try Binary.run(["check"], in: folder)
        #expect(unset.status == 0)
        #expect(unset.output.contains("dockhand.yaml:1:22: warning: the environment variable NOT_SET_ANYWHERE"))
        try folder.write("dockhand.yaml", "salesdock: { domian: demo }\n")
        let wrong = try Binary.run(["check"], in: folder)
        #expect(wrong.status == 78)
        #expect(wrong.output.contains("did you mean 'domain'"))
    }

    @Test func `a path that is not there is a usage error`() throws {
        let result = try Binary.run(["check", "nowhere.yaml"], in: Folder())
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("error: nowhere.yaml"))
    }

    @Test func `a folder without pipelines is a usage error`() throws {
        let result = try Binary.run(["check"], in: Folder())
        #expect(result.status == 64)
        #expect(result.errors.contains("no pipeline"))
    }

    @Test func `colour only when it is asked for`() throws {
        let folder = try Folder()
        let path = try folder.write("a.yaml", "pipeline: a\n")
        #expect(!(try Binary.run(["check", path], in: folder).output.contains("\u{1B}")))
        let colour = ["check", "--color", "always", path]
        #expect(try Binary.run(colour, environment: ["NO_COLOR": "1"], in: folder).output.contains("\u{1B}[31m"))
    }
}
