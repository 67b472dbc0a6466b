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

    @Test func `what readers of files would refuse is found before there is a file`() throws {
        let folder = try Folder()
        try folder.customers("")
        let good = try String(contentsOfFile: folder.path + "/customers.yaml", encoding: .utf8)
        func check(_ source: String) throws -> String {
            let lines = good.split(separator: "\n", omittingEmptySubsequences: false)
            let text = lines.map { $0.contains("csv:") ? source : String($0) }.joined(separator: "\n")
            try folder.write("customers.yaml", text)
            let result = try Binary.run(["check"], in: folder)
            #expect(result.status == 78)
            return result.output
        }
        #expect(
            try check("  csv: { path: a.csv, encoding: klingon }").hasPrefix(
                "customers.yaml:4:33: error: the encoding 'klingon' is not known; use one of utf-8, "))
        let paths = try check("  xml: { path: a.xml, record: k/l, fields: { nr: \"@nr\", naam: 'a[1]', mail: b } }")
        #expect(paths.contains("customers.yaml:4:31: error: the record path 'k/l': it must begin with '/'"))
        #expect(paths.contains("customers.yaml:4:63: error: the path 'a[1]': 'a[1]' is no name"))
    }

    @Test func `a pipeline from a file into a file is one that no run carries out`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n")
        var text = try String(contentsOfFile: folder.path + "/customers.yaml", encoding: .utf8)
        text = text.replacing(
            "salesdock.customers: { match: [email], existing: update }", with: "ndjson: { path: out }")
        try folder.write("customers.yaml", text)
        let result = try Binary.run(["check"], in: folder)
        #expect(result.status == 78)
        #expect(result.output.hasPrefix("customers.yaml:13:1: error: source and sink are both files"))
        // To look at such a file dry is no mistake.
        #expect(try Binary.run(["validate"], in: folder).status == 0)
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
