import ExactJSON
import Foundation
import Testing

/// `validate --report`, as a person runs it.
@Suite struct ReportCommandTests {
    private func file(_ folder: Folder, _ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.url.appendingPathComponent(name)), as: UTF8.self)
    }

    @Test func `a folder gets a report for people, programs and spreadsheets, for its owner only`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n2;De Vries;nobody\n3;;c@post.example\n")
        let result = try Binary.run(["validate", "--report", "out", "--format", "json", "--quiet"], in: folder)
        #expect(result.status == 1)
        let outcome = try result.outcome()
        #expect(outcome["report"] == "out/report.html" && outcome["rejects"] == "out/rejects.csv")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out").sorted()
        #expect(names == ["problems.csv", "rejects.csv", "report.html", "report.json", "report.junit.xml"])
        for name in names {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/out/\(name)")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        let html = try file(folder, "out/report.html")
        #expect(html.contains("1 of 3 rows can be loaded") && html.contains("<mark><bdi>nobody</bdi></mark>"))
        let json = try JSONParser.parse(try file(folder, "out/report.json").trimmingCharacters(in: .newlines))
        #expect(json["fates"] == outcome["fates"])
        #expect(json["source"]?["files"]?.array?.first?["name"] == "customers.csv")
        #expect(json["load"]?["writes"] == 1)
        let problems = try #require(json["problems"]?.array)
        #expect(problems.map { $0["code"] } == ["email", "salesdock.required"])
        #expect(problems.map { $0["column"] } == ["mail", "naam"])
        #expect(problems.map { $0["samples"]?.array?.first?["line"] } == [3, 4])
    }

    @Test func `the language is that of the locale, or the one that is asked for`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;nobody\n")
        for (arguments, locale, isDutch) in [
            ([], "nl_NL.UTF-8", true), (["--lang", "en"], "nl_NL.UTF-8", false), (["--lang", "nl"], "C", true),
            ([], "C", false),
        ] {
            _ = try Binary.run(
                ["validate", "--report", "out", "--quiet"] + arguments, environment: ["LANG": locale], in: folder)
            #expect(try file(folder, "out/report.html").contains("De enige rij kan niet worden geladen") == isDutch)
            #expect(try file(folder, "out/problems.csv").contains("Dit is geen e-mailadres") == isDutch)
        }
        #expect(try Binary.run(["validate", "--report", "out", "--lang", "de"], in: folder).status == 64)
        #expect(try Binary.run(["validate", "--mask"], in: folder).status == 64)
    }

    @Test func `a masked folder holds no value of the source`() throws {
        let folder = try Folder()
        try folder.customers(
            "K4711;Geheimpje;nobody@\nK4712;Geheimpje;Wachtwoord\nK4713;Persoon;ok@post.example\nK4713;Persoon;ok@post.example\n"
        )
        // Nor what an earlier report has left there.
        _ = try Binary.run(["validate", "--report", "out", "--accepted", "--quiet"], in: folder)
        let result = try Binary.run(["validate", "--report", "out", "--mask", "--format", "json"], in: folder)
        #expect(try result.outcome()["rejects"] == ".dockhand/rejects/customers.validate.rejects.csv")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out").sorted()
        #expect(names == ["problems.csv", "report.html", "report.json", "report.junit.xml"])
        for name in names {
            let text = try file(folder, "out/" + name)
            for value in ["Geheimpje", "nobody", "Wachtwoord", "K471", "Persoon", "ok@post"] {
                #expect(!text.contains(value), "\(name) holds \(value)")
            }
        }
    }

    @Test func `each of several pipelines has a folder of its own`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n", name: "one")
        try folder.customers("1;De Vries;nobody\n", name: "two")
        #expect(try Binary.run(["validate", "--report", "out", "--quiet"], in: folder).status == 1)
        #expect(try file(folder, "out/one/report.html").contains("The only row can be loaded"))
        #expect(try file(folder, "out/two/rejects.csv").contains("1;De Vries;nobody"))
    }

    @Test func `a report tells that the source broke off, and what a guard says`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;nobody\n2;Bakker;a@post.example\n")
        #expect(try Binary.run(["validate", "--report", "out", "--max-errors", "0"], in: folder).status == 4)
        #expect(try file(folder, "out/report.html").contains("max_errors"))
        #expect(try file(folder, "out/report.junit.xml").contains("name=\"run\""))
    }

    @Test func `more keys than a dedupe may hold is trouble with the input, not a bug`() throws {
        let folder = try Folder()
        try folder.customers("1;Jansen;a@post.example\n2;Bakker;b@post.example\n")
        try folder.write(
            "dedupe.yaml",
            "pipeline: dedupe\nsource:\n  csv: { path: customers.csv, delimiter: ';' }\ntransforms:\n"
                + "  - dedupe: { by: [mail], max_keys: 1 }\nsink:\n  ndjson: { path: out.ndjson }\n")
        let result = try Binary.run(["validate", "dedupe.yaml"], in: folder)
        #expect(result.status == 65, "\(result.errors)")
        #expect((result.output + result.errors).contains("max_keys"))
    }

    @Test func `standard input is named so`() throws {
        let folder = try Folder()
        try folder.customers("")
        _ = try Binary.run(
            ["validate", "--report", "out", "--set", "source.csv.path=-"], input: "nr;naam;mail\r\n1;Jansen;nobody\r\n",
            in: folder)
        let json = try JSONParser.parse(try file(folder, "out/report.json").trimmingCharacters(in: .newlines))
        let source = try #require(json["source"]?["files"]?.array?.first)
        #expect(source["name"] == "standard input" && source["line_ends"]?["crlf"] == 2)
        #expect(try file(folder, "out/rejects.csv").contains("1;Jansen;nobody\r\n"))
    }

    /// The expected places come from a script that shares no code with dockhand.
    @Test func `a thousand planted errors are all found where they stand`() throws {
        let folder = try Folder()
        let script = Binary.root + "/scripts/expected/dirty_customers.py"
        let seed = Int.random(in: 1...1_000_000)
        try python([script, "make", folder.path, "--rows", "25000", "--errors", "1000", "--seed", "\(seed)"])
        let result = try Binary.run(["validate", "--report", "out", "--quiet", "--lang", "en"], in: folder)
        #expect(result.status == 1, "seed \(seed): \(result.errors)")
        try python([script, "check", folder.path, folder.path + "/out"], "seed \(seed)")
    }

    private func python(_ arguments: [String], _ note: String = "") throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(note) \(said)")
    }
}
