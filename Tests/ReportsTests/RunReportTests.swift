import ExactJSON
import Foundation
import FoundationXML
import Records
import Testing

@testable import Reports

@Suite struct RunReportTests {
    private typealias Issue = Records.Issue

    /// A run's outcome as the ledger keeps it.
    private static let outcome: JSONValue = [
        "pipeline": "klanten", "mode": "run", "read": 10,
        "fates": ["created": 5, "rejected": 2, "in_doubt": 1, "parked": 1, "pending": 1], "exit": 3,
        "requests": ["sent": 310, "retried": 2, "throttled": 1], "duration_s": JSONValue.number(JSONNumber(130)),
        "problems": ["email": 1, "salesdock.422": 1], "messages": ["stopped at the deadline; run again to go on"],
        "traffic": [
            "calls": ["relations.list": 4, "relations.create": 306],
            "waits_s": ["limit": 58, "trouble": 0, "retry": 3, "settling": 0],
            "retry_after": ["count": 1, "longest_s": 12],
            "slowest": [["call": "relations.create", "start_s": 3, "seconds": 9, "outcome": "unknown"]],
            "timeline": [
                "bucket_s": 12, "sent": [150, 0, 0, 0, 0, 149, 11], "limit": [150, .null, .null, 120, .null],
            ],
        ],
    ]

    private func facts() -> RunFacts {
        RunFacts(id: 7, target: "klanten → customers", startedUnixSeconds: 1_790_000_000, outcome: Self.outcome)
    }

    /// A report with everything that a run adds, every text of it hostile.
    private func report(_ language: Language, masks: Bool = false) -> ValidationReport {
        var report = ReportFixture.collect(
            [("a", [ReportFixture.issue("email")]), ("b", [])], language: language, masks: masks
        ).report
        report.balance = Balance()
        report.balance.read(10)
        for (fate, count) in [(Fate.created, 5), (.rejected, 2), (.inDoubt, 1), (.parked, 1), (.pending, 1)] {
            report.balance.settle(fate, count)
        }
        var run = facts()
        run.writes = RendererTests.hostile.map {
            .init(key: masks ? nil : $0, call: $0, id: 2_325_006, state: "applied")
        }
        run.writesCount = 5_000
        run.writesFile = "written.ndjson"
        run.doubts = masks ? [] : RendererTests.hostile.map { .init(key: $0, note: $0) }
        run.doubtsCount = 77
        run.target = RendererTests.hostile[0]
        report.run = run
        return report
    }

    @Test(arguments: Language.allCases, [false, true])
    func `what a run adds is inert in every form, and keeps to the schema`(language: Language, masks: Bool) throws {
        let report = report(language, masks: masks)
        let html = String(decoding: HTMLReport(report).bytes, as: UTF8.self)
        try HTMLCheck.expectInert(html)
        let junit = String(decoding: JUnitReport(report).bytes, as: UTF8.self)
        #expect(XMLParser(data: Data(junit.utf8)).parse())
        #expect(junit.contains("<testsuites name=\"dockhand run\""))
        // E-mail, parked, in doubt, pending.
        #expect(junit.contains("failures=\"4\""), "\(junit)")
        let json = JSONReport(report).json
        #expect(try JSONParser.parse(json.text) == json)
        let schema = try ReportFixture.schema()
        #expect(SchemaCheck(schema).problems(json, schema) == [])
        #expect(json["report"] == "run" && json["run"]?["writes"]?["count"] == 5_000)
        if masks { #expect(json["run"]?["writes"]?["samples"]?.array?[0]["key"] == .null) }
    }

    @Test func `every list that is cut says so`() {
        let english = String(decoding: HTMLReport(report(.english)).bytes, as: UTF8.self)
        let shown = RendererTests.hostile.count
        #expect(english.contains("The first \(shown) of 5,000.") && english.contains("The first \(shown) of 77."))
        #expect(english.contains("All of them are in <a href=\"written.ndjson\">"))
        let dutch = String(decoding: HTMLReport(report(.dutch)).bytes, as: UTF8.self)
        #expect(dutch.contains("De eerste \(shown) van 5.000.") && dutch.contains("De eerste \(shown) van 77."))
    }

    @Test func `the verdict says what is in Salesdock, and what is still to be done`() {
        let html = String(decoding: HTMLReport(report(.dutch)).bytes, as: UTF8.self)
        #expect(html.contains("<h1>5 van de 10 rijen staan in Salesdock</h1>"))
        for text in [
            "5 records zijn aangemaakt.", "1 rij wacht op een ander record.", "1 rij is nog niet gedaan",
            "1 rij is onzeker", "310 verzoeken in 2 min 10 s; 2 waren herhalingen",
            "de limiet van verzoeken per minuut",
            "1 antwoord noemde een wachttijd: 12 s.",
        ] {
            #expect(html.contains(text), "\(text)")
        }
        #expect(!html.contains("niet bekeken"), "a row of a run is not done yet")
    }

    @Test func `the timeline shows the requests of the minute before, and the limit as it changed`() throws {
        let line = try #require(facts().timeline)
        // Limits that do not fit the buckets are no limits.
        #expect(line.limits == Array(repeating: nil, count: 7))
        #expect(line.minutes == [150, 150, 150, 150, 150, 149, 160])
        var wide = line
        wide.bucketSeconds = 120
        #expect(wide.minutes.first == 75)
        wide.limits = [nil, 150, nil, nil, 120, nil, nil]
        #expect(wide.knownLimits == [150, 150, 150, 150, 120, 120, 120])
        var report = report(.english)
        report.run?.timeline = wide
        let html = String(decoding: HTMLReport(report).bytes, as: UTF8.self)
        #expect(html.ranges(of: "class=\"limit\"").count == 2)
        #expect(html.contains("Each bar is the mean of 2 minutes."))
        #expect(html.contains("At most 75 requests in a minute; the limit is 150."))
    }

    @Test(arguments: Language.allCases) func `a report from the ledger says what it leaves out`(language: Language)
        throws
    {
        let settings = ReportSettings(pipeline: "klanten", language: language, seed: 0)
        let report = ValidationReport(settings, outcome: Self.outcome, run: facts(), unixSeconds: 1_790_000_000)
        #expect(report.balance.holds && report.balance[.created] == 5)
        #expect(report.problems.map(\.code) == ["email", "salesdock.422"])
        let html = String(decoding: HTMLReport(report).bytes, as: UTF8.self)
        try HTMLCheck.expectInert(html)
        #expect(html.contains(RunTexts.of(language).fromLedger))
        #expect(!html.contains("id=\"source\"") && !html.contains("id=\"fields\"") && !html.contains("<table></table>"))
        let schema = try ReportFixture.schema()
        #expect(SchemaCheck(schema).problems(JSONReport(report).json, schema) == [])
    }

    @Test func `a refused run says that nothing was sent`() {
        var report = report(.english)
        report.run = RunFacts(id: nil, target: "x", startedUnixSeconds: nil, outcome: nil)
        let html = String(decoding: HTMLReport(report).bytes, as: UTF8.self)
        #expect(html.contains("<h1>Nothing was sent</h1>") && !html.contains("id=\"requests\""))
    }

    @Test func `what Salesdock says of a row stands beside it, and not in a masked report`() {
        let origin = RecordOrigin(file: 0, row: 4, line: 6, byteOffset: 0, raw: 0..<0)
        let refusal = Issue(code: "salesdock.422", field: "lastname", message: "Geheim is te lang")
        for masks in [false, true] {
            let settings = ReportSettings(
                pipeline: "klanten", masks: masks, key: ["nr"], columns: ["lastname": "naam"], seed: 1)
            var collector = ReportCollector(settings)
            collector.note([refusal], of: WrittenRow(origin, key: "K1\u{1F}x"))
            let report = collector.report(
                balance: Balance(), source: SourceFacts(format: .csv, files: []), unixSeconds: 0)
            #expect(report.problems[0].column == "naam" && report.problems[0].samples[0].line == 6)
            #expect(report.problems[0].samples[0].key == (masks ? nil : "K1 + x"))
            let html = String(decoding: HTMLReport(report).bytes, as: UTF8.self)
            #expect(html.contains("Salesdock refused the record"))
            #expect(html.contains("Salesdock says: Geheim is te lang") == !masks)
        }
    }
}
