import ExactJSON
import Foundation
import FoundationXML
import Records
import Testing

@testable import Reports

@Suite struct RendererTests {
    private typealias Issue = Records.Issue

    /// Values that try to be more than text.
    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "'onmouseover='x",
        "a\u{202E}gnp.exe", "\u{200F}\u{2066}x", "a\u{0}b\u{1B}[31m\u{7F}", "]]>&amp;&lt;", "a\r\nb\u{2028}c",
        "\u{FFFE}\u{E000}",
        "</title></style><b>",
    ]

    @Test(arguments: Language.allCases, [false, true])
    func `a hostile value is inert in every form`(language: Language, masks: Bool) throws {
        let rows = Self.hostile.map { (name: $0, issues: [ReportFixture.issue("pattern", .error, ["<{0}>&\""])]) }
        let (report, problems) = ReportFixture.collect(rows, language: language, masks: masks)
        let html = String(decoding: HTMLReport(report).bytes, as: UTF8.self)
        try HTMLCheck.expectInert(html)
        let junit = String(decoding: JUnitReport(report).bytes, as: UTF8.self)
        try expectXML(junit)
        let json = JSONReport(report).json
        #expect(try JSONParser.parse(json.text) == json)
        for text in [junit, json.text, String(decoding: problems.dropFirst(3), as: UTF8.self)] {
            for scalar in text.unicodeScalars where scalar.value != 0x0A && scalar.value != 0x0D {
                let category = scalar.properties.generalCategory
                #expect(category != .control && category != .format && category != .lineSeparator, "\(scalar.value)")
            }
        }
        #expect(html.contains("⟨U+0000⟩"))
        if !masks { #expect(html.contains("⟨U+202E⟩") && html.contains("&lt;script&gt;")) }
    }

    @Test func `a value of a megabyte is cut, and its length is told`() throws {
        let name = String(repeating: "é", count: 1 << 20)
        let (report, problems) = ReportFixture.collect([(name, [ReportFixture.issue("length")])])
        let html = String(decoding: HTMLReport(report).bytes, as: UTF8.self)
        #expect(html.utf8.count < 40_000)
        #expect(html.contains("1,048,576 characters"))
        #expect(JSONReport(report).json["problems"]?.array?[0]["samples"]?.array?[0]["value_length"] == 1_048_576)
        #expect(problems.count < 2_000)
    }

    @Test(arguments: Language.allCases) func `the page stays under two megabytes, whatever is wrong`(language: Language)
    {
        let bad = String(repeating: "\u{202E}", count: 200)
        let rows = (0..<3_000).map { row in
            let field = "veld\(row % 300)"
            return (name: bad, issues: [Issue(code: "pattern", field: field, message: "wrong", value: bad)])
        }
        let html = HTMLReport(ReportFixture.collect(rows, language: language).report).bytes
        #expect(html.count < 2_000_000 && html.count > 500_000, "\(html.count)")
    }

    @Test func `nothing of the source is in a masked report`() throws {
        let rows = (0..<30).map { row in
            (
                name: "Geheim\(row)Persoon",
                issues: [ReportFixture.issue("email"), ReportFixture.issue("date", .warning)]
            )
        }
        let (report, problems) = ReportFixture.collect(rows, masks: true)
        let files = [HTMLReport(report).bytes, JSONReport(report).json.bytes, JUnitReport(report).bytes, problems]
        for file in files {
            let text = String(decoding: file, as: UTF8.self)
            #expect(!text.contains("Geheim") && !text.contains("Persoon") && !text.contains("K7"))
            #expect(text.contains("xxxxxx9xxxxxxx"))
        }
        let open = ReportFixture.collect(rows)
        #expect(String(decoding: HTMLReport(open.report).bytes, as: UTF8.self).contains("Geheim7Persoon"))
    }

    @Test func `an example shows its row, its line, and its value where it stands`() throws {
        let rows = [("Goed", []), ("Fout", [ReportFixture.issue("one_of", .error, ["'a'"])])]
        let report = ReportFixture.collect(rows).report
        #expect(
            report.problems == [
                ProblemGroup(
                    code: "one_of", field: "lastname", column: "naam", severity: .error, count: 1,
                    samples: [
                        ProblemSample(
                            file: 0, row: 2, line: 3, key: "K2", value: "Fout", valueLength: 4,
                            context: .init(before: "K2;", after: "", holdsValue: true), arguments: ["'a'"])
                    ], message: "wrong")
            ])
        let html = String(decoding: HTMLReport(report).bytes, as: UTF8.self)
        #expect(html.contains("K2;<mark><bdi>Fout</bdi></mark>"))
        #expect(html.contains("1 of 2 rows can be loaded") && html.contains("1 row needs a correction."))
    }

    @Test func `counts are exact and examples are capped, which is said`() {
        let rows = (0..<5_000).map { row in
            (
                name: "x",
                issues: row % 4 == 0 ? [ReportFixture.issue("email")] : row % 4 == 1 ? [ReportFixture.issue()] : []
            )
        }
        let report = ReportFixture.collect(rows, language: .dutch).report
        #expect(report.problems.map(\.count) == [1_250, 1_250])
        #expect(report.problems.map(\.samples.count) == [10, 10])
        #expect(report.problems[0].samples.map(\.row) == (0..<10).map { $0 * 4 + 1 })
        let html = String(decoding: HTMLReport(report).bytes, as: UTF8.self)
        #expect(
            html.contains("De eerste 10 van 1.250.") && html.contains("2.500 van de 5.000 rijen kunnen worden geladen"))
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+31", "'+31"), ("-5", "'-5"), ("@SUM", "'@SUM"), ("＝1", "'＝1"), ("－1", "'－1"),
        ("  =1", "'  =1"), ("\t=1", "'⇥=1"), ("\r=1", "'␍=1"), ("\u{200B}=1", "'⟨U+200B⟩=1"), ("a=1", "a=1"), ("", ""),
        ("\u{FEFF}=1", "'⟨U+FEFF⟩=1"), ("|cmd", "'|cmd"),
    ])
    func `no cell of the list is a formula`(text: String, cell: String) {
        #expect(ProblemsTable.inert(text) == cell)
    }

    @Test func `the list is of one line a problem, in quotes`() throws {
        let rows = [
            ("=HYPERLINK(\"x\")", [ReportFixture.issue("email"), ReportFixture.issue("length")]),
            ("a\nb", [ReportFixture.issue()]),
        ]
        let english = String(decoding: ReportFixture.collect(rows).problems, as: UTF8.self)
        let lines = english.split(separator: "\r\n")
        #expect(lines.count == 4)
        #expect(lines[0].unicodeScalars.first == "\u{FEFF}")
        #expect(lines[1].hasPrefix("\"klanten.csv\",\"1\",\"2\",\"K1\",\"naam\",\"lastname\",\"error\",\"email\","))
        #expect(lines[1].hasSuffix(",\"'=HYPERLINK(\"\"x\"\")\""))
        #expect(lines[3].hasSuffix("\"a⏎b\""))
        let dutch = String(decoding: ReportFixture.collect(rows, language: .dutch).problems, as: UTF8.self)
        #expect(dutch.contains("\"klanten.csv\";\"1\";\"2\";\"K1\";\"naam\";\"lastname\";"))
    }

    @Test func `the JSON keeps to its schema`() throws {
        let schema = try ReportFixture.schema()
        let check = SchemaCheck(schema)
        var full = ReportFixture.collect(
            (0..<600).map { row in
                ("\(row)", row == 1 ? [ReportFixture.issue("email"), Issue(code: "csv.ragged", message: "m")] : [])
            }
        ).report
        full.duplicates = DuplicateFacts()
        full.duplicates.rows = 3
        full.duplicates.groups = [.init(survivor: 1, key: "a", rows: [.init(row: 2, line: 3)], count: 2)]
        full.messages = ["stopped"]
        var bare = ReportFixture.collect([], language: .dutch, masks: true).report
        bare.price = nil
        bare.rejectsFile = nil
        bare.source = SourceFacts(format: .xml, files: [])
        for report in [full, bare] {
            #expect(check.problems(JSONReport(report).json, schema) == [])
        }
        #expect(JSONReport(full).json["fields"]?.array?[1]["histogram"]?["kind"] == "number")
        var broken = try #require(JSONReport(full).json.object)
        broken["version"] = 2
        broken["read"] = "many"
        broken["news"] = 1
        #expect(check.problems(.object(broken), schema).count == 3)
    }

    @Test func `a build server sees a failure for each kind of problem`() throws {
        let rows = [("a", [ReportFixture.issue("email"), ReportFixture.issue("pattern", .warning)]), ("b", [])]
        let xml = String(decoding: JUnitReport(ReportFixture.collect(rows).report).bytes, as: UTF8.self)
        try expectXML(xml)
        #expect(xml.contains("tests=\"2\" failures=\"1\""))
        #expect(xml.contains("<failure type=\"email\"") && xml.contains("klanten.csv:2 (row 1): a"))
        let clean = String(decoding: JUnitReport(ReportFixture.collect([("a", [])]).report).bytes, as: UTF8.self)
        try expectXML(clean)
        #expect(clean.contains("tests=\"1\" failures=\"0\"") && clean.contains("<testcase"))
    }

    @Test func `the price is the first window at once and a window for each further limit`() {
        let price = LoadPrice(writes: 0, lookUpsMax: 0, limit: 150, windowSeconds: 61)
        #expect([0, 1, 150, 151, 300, 301].map(price.seconds) == [0, 0, 0, 61, 61, 122])
    }

    private func expectXML(_ text: String) throws {
        let parser = XMLParser(data: Data(text.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError)) \(text.prefix(400))")
    }
}
