import Testing

@testable import Reports

@Suite struct PlanPageTests {
    private func plan(_ groups: [PlanReport.Group]) -> PlanReport {
        PlanReport(
            pipeline: RendererTests.hostile[0], read: 400, changes: groups.reduce(0) { $0 + $1.count }, groups: groups,
            requests: [.init(name: "relations.update", count: 312)], limit: 150, seconds: 126,
            finishUnixSeconds: 1_790_000_126, emails: 312, deactivations: 41,
            emptied: ["<b>phone</b>": 1, "organisation_id": 3], drifted: 2, gone: 1,
            guards: ["<script>too many"], assumptions: ["\u{202E}assumed"], messages: ["</title>"])
    }

    private func html(_ plans: [PlanReport], _ language: Language = .english, masks: Bool = false) -> String {
        let page = HTMLPlan(plans, seconds: 126, language: language, masks: masks, unixSeconds: 1_790_000_000)
        return String(decoding: page.bytes, as: UTF8.self)
    }

    private func record(_ text: String) -> PlanReport.Record {
        PlanReport.Record(
            key: text, row: 1_234, id: 2_325_006,
            changes: [
                .init(field: text, was: .plain(text), becomes: nil),
                .init(
                    field: "f", was: .reference(pipeline: text, key: text),
                    becomes: .lookup(kind: text, by: text, value: text)),
            ],
            drift: [.init(field: text, was: .plain(""), becomes: .plain(text))],
            problems: [.init(code: "nowhere", field: text, message: text, value: text)], isGone: true)
    }

    @Test(arguments: Language.allCases, [false, true]) func `a hostile value is inert`(language: Language, masks: Bool)
        throws
    {
        let records = RendererTests.hostile.map(record)
        let groups = ["update", "create", "unchanged"].map { PlanReport.Group(action: $0, count: 90, records: records) }
        let page = html([plan(groups), plan([])], language, masks: masks)
        try HTMLCheck.expectInert(page)
        #expect(page.contains("⟨U+202E⟩") && page.contains("&lt;script&gt;"))
        #expect(page.contains(PlanTexts.of(language).masked) == masks)
    }

    @Test func `it says what is changed, set off, found edited, and what it costs`() {
        let update = PlanReport.Record(
            key: "K1", row: 1_234, id: 2_325_006, changes: [.init(field: "city", was: .plain("Delft"), becomes: nil)])
        let english = html([plan([.init(action: "update", count: 1, records: [update])])])
        for text in [
            "<h1>A run would change 1 record</h1>", "It takes 312 requests and 2 min 6 s.",
            "312 offers will e-mail a customer.", "41 products are deactivated.",
            "organisation_id is emptied of 3 records.",
            "2 records were edited in Salesdock since they were written.", "1 record is not in Salesdock any more.",
            "<code>city</code>\n <del><bdi>Delft</bdi>\n</del>\n → <ins>(empty)</ins>", ">1,234</td>", ">2325006</td>",
        ] {
            #expect(english.contains(text), "\(text)")
        }
        #expect(html([plan([])]).contains("A run would change nothing"))
        #expect(html([plan([])], .dutch).contains("312 offertes zullen een klant e-mailen."))
    }

    @Test func `every list that is cut says so, and the page stays small`() {
        let wide = (0..<300).map {
            PlanReport.Change(field: "f\($0)", was: .plain(String(repeating: "\u{202E}", count: 500)), becomes: nil)
        }
        let records = (0..<PlanReport.recordsMax + 20).map {
            PlanReport.Record(key: "K\($0)", row: $0, id: nil, changes: wide)
        }
        let groups = ["create", "adopt", "update", "deactivate"].map {
            PlanReport.Group(action: $0, count: 1_000_000, records: records)
        }
        let page = html([plan(groups)])
        #expect(page.ranges(of: "The first 50 of 1,000,000.").count == 4)
        #expect(page.contains("288 more fields are not shown."))
        #expect(page.ranges(of: "--format json, or --out").count == 4)
        #expect(page.utf8.count < 4_000_000, "\(page.utf8.count)")
    }
}
