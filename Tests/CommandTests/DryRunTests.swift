import Foundation
import Testing

@Suite struct DryRunTests {
    static let fates = [
        "created", "updated", "unchanged", "duplicate", "filtered", "rejected", "parked", "failed", "in_doubt",
        "pending", "valid",
    ]

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func `a clean file exits with 0 and its fates add up`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n2;De Vries;b@post.example\n")
        let result = try Binary.run(["validate", "--format", "json"], in: folder)
        #expect(result.status == 0)
        let json = try object(result.output)
        let fates = try #require(json["fates"] as? [String: Int])
        #expect(Set(fates.keys) == Set(Self.fates))
        #expect(fates["valid"] == 2)
        #expect(fates.values.reduce(0, +) == json["read"] as? Int)
        #expect(json["pipeline"] as? String == "customers")
        #expect(json["mode"] as? String == "validate")
        #expect((json["requests"] as? [String: Int]) == ["sent": 0, "retried": 0, "throttled": 0])
        #expect(json["duration_s"] is Double)
        #expect(json["rejects"] is NSNull)
        #expect(json.keys.contains("report"))
    }

    @Test func `a bad row costs itself, and is kept for correction`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n2;De Vries;nobody\n;Bakker;c@post.example\n")
        let result = try Binary.run(["validate", "--report", "out", "--quiet"], in: folder)
        #expect(result.status == 1)
        #expect(result.output.contains("rejected 2 + valid 1 = read 3"))
        #expect(result.errors.isEmpty)
        let rejects = try String(contentsOfFile: folder.path + "/out/rejects.csv", encoding: .utf8)
        #expect(rejects.contains("2;De Vries;nobody"))
    }

    @Test func `rejects are beside the project, for their owner only`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;nobody\n")
        #expect(try Binary.run(["validate"], in: folder).status == 1)
        let path = folder.path + "/.dockhand/rejects/customers.validate.rejects.csv"
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        // Once all rows are right, none of the earlier ones stay.
        try folder.customers("1;Jansen;a@post.example\n")
        #expect(try Binary.run(["validate"], in: folder).status == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: ["validate", "plan", "run"]) func `what the scope of the token forbids is a mistake of the file`(
        verb: String
    ) throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n")
        try folder.write(
            "dockhand.yaml",
            "salesdock: { domain: demo, base: 'http://127.0.0.1:1', scope: user, token: { env: TOKEN } }\n")
        let result = try Binary.run([verb, "customers.yaml"], environment: ["TOKEN": Emulator.token], in: folder)
        #expect(result.status == 78 && result.errors.contains("customers.yaml:14:"), "\(result.errors)")
    }

    @Test func `too many errors stop with 4`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;nobody\n2;De Vries;b@post.example\n")
        #expect(try Binary.run(["validate", "--max-errors", "49%"], in: folder).status == 4)
        #expect(try Binary.run(["validate", "--max-errors", "50%"], in: folder).status == 1)
        #expect(try Binary.run(["validate", "--max-errors", "0"], in: folder).status == 4)
    }

    @Test func `--limit, --set and standard input`() throws {
        let folder = try Folder()
        try folder.customers("")
        let result = try Binary.run(
            ["validate", "--format", "json", "--limit", "1", "--set", "source.csv.path=-"],
            input: "nr;naam;mail\n1;Jansen;a@post.example\n2;De Vries;b@post.example\n", in: folder)
        #expect(result.status == 0)
        #expect(try object(result.output)["read"] as? Int == 1)
    }

    @Test func `a report that can't be written costs nothing but itself`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n2;De Vries;nobody\n")
        try folder.write("out/report.html/taken", "")
        let result = try Binary.run(["validate", "--report", "out", "--quiet"], in: folder)
        #expect(result.status == 74)
        #expect(result.output.contains("rejected 1 + valid 1 = read 2"))
        #expect(result.output.contains("report.html: can't be opened for writing: Is a directory"))
        let nowhere = try Binary.run(["validate", "--report", "customers.csv/out"], in: folder)
        #expect(nowhere.status == 74)
        #expect(nowhere.errors.contains("can't make the folder customers.csv/out: Not a directory"))
    }

    @Test func `a header without rows is said to be one, and accepted rows are where the summary says`() throws {
        let folder = try Folder()
        try folder.customers("")
        let empty = try Binary.run(["validate"], in: folder)
        #expect(empty.status == 0)
        #expect(empty.output.contains("- the source of customers holds no records"))
        try folder.customers("1;Jansen;a@post.example\n")
        let result = try Binary.run(["validate", "--accepted"], in: folder)
        #expect(result.output.contains("  accepted  .dockhand/rejects/customers.accepted.ndjson"))
        #expect(!result.output.contains("no records"))
    }

    @Test func `several pipelines give a list and one balance over all`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n", name: "one")
        try folder.customers("1;De Vries;b@post.example\n", name: "two")
        let json = try Binary.run(["validate", "--format", "json"], in: folder)
        let list = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
        #expect(list?.compactMap { $0["pipeline"] as? String } == ["one", "two"])
        let text = try Binary.run(["validate", "--color", "never"], in: folder)
        #expect(text.output.hasSuffix("2 pipelines: valid 2 = read 2\n"))
        let selected = try Binary.run(["validate", "--select", "two", "--format", "json"], in: folder)
        #expect(try object(selected.output)["pipeline"] as? String == "two")
        let excluded = try Binary.run(["validate", "--exclude", "two", "--format", "json"], in: folder)
        #expect(try object(excluded.output)["pipeline"] as? String == "one")
        #expect(try Binary.run(["validate", "--select", "three"], in: folder).status == 64)
    }

    @Test func `the sample migration keeps its balance`() throws {
        let folder = try Folder()
        let project = Binary.root + "/pipelines/legacy-crm"
        let result = try Binary.run(
            ["validate", project, "--report", "out", "--format", "json", "--quiet"], in: folder)
        #expect(result.status == 1)
        let list = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
        #expect(list.count == 4)
        for json in list {
            let fates = try #require(json["fates"] as? [String: Int])
            #expect(fates.values.reduce(0, +) == json["read"] as? Int)
        }
        let names = list.compactMap { $0["pipeline"] as? String }
        #expect(names.firstIndex(of: "customers") ?? 9 < names.firstIndex(of: "offers") ?? 0)
    }

    @Test func `input that is not there exits with 65`() throws {
        let folder = try Folder()
        try folder.customers("")
        try FileManager.default.removeItem(atPath: folder.path + "/customers.csv")
        let result = try Binary.run(["validate", "--format", "json"], in: folder)
        #expect(result.status == 65)
        #expect(try object(result.output)["exit"] as? Int == 65)
        #expect(result.errors.contains("customers.csv"))
    }

    @Test func `a preview shows rows before and after`() throws {
        let folder = try Folder()
        try folder.customers("1;  Jansen ;A@post.example\n2;De Vries;nobody\n3;Bakker;c@post.example\n")
        let text = try Binary.run(["preview", "--rows", "2"], in: folder)
        #expect(text.status == 0)
        #expect(text.output.contains("A@post.example"))
        #expect(text.output.contains("a@post.example"))
        #expect(text.output.contains("row 2, line 3: error: email"))
        #expect(!text.output.contains("Bakker"))
        let json = try object(try Binary.run(["preview", "--format", "json"], in: folder).output)
        let after = try #require(json["after"] as? [String: Any])
        #expect((after["rows"] as? [[Any]])?.count == 3)
        let rows = try #require(json["rows"] as? [[String: Any]])
        #expect(rows.compactMap { $0["state"] as? String } == ["valid", "rejected", "valid"])
    }

    @Test func `progress for programs is an object a line`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n")
        let result = try Binary.run(["validate", "--progress", "json"], in: folder)
        let lines = result.errors.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines { #expect(try object(String(line))["phase"] as? String == "reading") }
    }
}
