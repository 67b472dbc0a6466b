import ExactJSON
import Records
import Reports
import Testing

@Suite struct SummaryTests {
    private func balance(_ read: Int, _ fates: [Fate: Int]) -> Balance {
        var balance = Balance()
        balance.read(read)
        for (fate, rows) in fates { balance.settle(fate, rows) }
        return balance
    }

    @Test(arguments: [
        (0.0, "0 s"), (0.002, "2 ms"), (0.4, "0.4 s"), (3.0, "3 s"), (9.94, "9.9 s"), (12.2, "12 s"), (60, "1 min"),
        (200, "3 min 20 s"), (7500, "2 h 5 min"), (273_600, "3 d 4 h"), (-1, "0 s"), (.infinity, "0 s"),
    ])
    func `durations in at most two units`(seconds: Double, text: String) {
        #expect(Quantity.duration(seconds: seconds) == text)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
        ] as [(Int64, String)])
    func `moments in UTC`(seconds: Int64, text: String) { #expect(Quantity.moment(unixSeconds: seconds) == text) }

    @Test func `only everything is a hundred percent`() {
        #expect(Quantity.percent(999, of: 1000) == 99)
        #expect(Quantity.percent(1000, of: 1000) == 100)
        #expect(Quantity.percent(1, of: 0) == nil)
    }

    @Test func `the balance is an equation, or says that it is none`() {
        #expect(
            balance(300, [.created: 269, .duplicate: 10, .rejected: 21]).equation
                == "created 269 + duplicate 10 + rejected 21 = read 300")
        #expect(balance(3, [.created: 2]).equation == "created 2 ≠ read 3")
        #expect(balance(0, [:]).equation == "0 = read 0")
        #expect((balance(2, [.valid: 2]) + balance(1, [.filtered: 1])).equation == "filtered 1 + valid 2 = read 3")
    }

    @Test func `a summary ends with the balance and shows only what there is`() {
        let full = Summary(
            pipeline: "prices", mode: "run", balance: balance(3, [.updated: 2, .rejected: 1]),
            missing: .init(found: 2, kept: 0, deactivated: 2, failed: 0),
            requests: .init(sent: 5, retried: 1, throttled: 0), durationSeconds: 61, rejects: "out/prices.rejects.csv",
            problems: ["email": 1, "date": 3], warnings: 4, messages: ["stopped\nand why"])
        #expect(
            full.text() == """
                prices (run)
                  read      3
                  updated   2
                  rejected  1
                  problems  date 3, email 1
                  warnings  4
                  missing   2 found, 2 deactivated, 0 kept, 0 failed
                  requests  5 sent, 1 retried, 0 throttled
                  duration  1 min 1 s
                  rejects   out/prices.rejects.csv
                  - stopped
                    and why
                  updated 2 + rejected 1 = read 3
                """)
        let bare = Summary(pipeline: "prices", mode: "validate", balance: balance(0, [:]), durationSeconds: 0)
        #expect(bare.text() == "prices (validate)\n  read      0\n  duration  0 s\n  0 = read 0")
        #expect(bare.text(Paint(isOn: true)).contains("\u{1B}[1mprices\u{1B}[0m"))
    }

    @Test func `progress knows its rate and what is left`() {
        let reading = ProgressReading(
            pipeline: "customers", phase: "writing", balance: balance(90, [.created: 60, .rejected: 15]),
            rowsTotal: 300,
            requests: 60, elapsedSeconds: 30)
        #expect(reading.requestsPerMinute == 120)
        #expect(reading.secondsLeft == 90)
        #expect(
            reading.lines(width: 200) == [
                "customers writing  █████░░░░░░░░░░░░░░░ 25%  75 of 300 rows", "  created 60 · rejected 15",
                "  120 requests/min · 2 min left", "  no problems",
            ])
        #expect(reading.lines(width: 50)[0] == "customers writing  ██░░░░░░░░░ 25%  75 of 300 rows")
        #expect(reading.lines(width: 40)[0] == "customers writing  25%  75 of 300 rows", "no room for a bar")
        #expect(
            reading.line(unixSeconds: 0)
                == "1970-01-01T00:00:00Z customers writing: 75 of 300 rows (25%), created 60, rejected 15, 120 requests/min, 2 min left"
        )
        #expect(reading.json(unixSeconds: 0)["fates"]?.object?.members.count == Fate.allCases.count)
        #expect(reading.json(unixSeconds: 0)["seconds_left"] == 90)
        for width in [0, 1, 10, 40] {
            let lines = reading.lines(width: width, Paint(isOn: true))
            #expect(lines.allSatisfy { $0.replacing(/\x1B\[\d+m/, with: "").count <= width })
        }
    }

    @Test func `progress against the limit says what is taken, and until when`() {
        var reading = ProgressReading(
            pipeline: "customers", phase: "writing", balance: balance(90, [.created: 60]), rowsTotal: 1_300,
            requests: 60, elapsedSeconds: 30)
        reading.limit = 150
        reading.taken = 148
        reading.forecastSeconds = 400
        reading.lastProblem = "row 12: email (email)"
        #expect(reading.secondsLeft == 400)
        let lines = reading.lines(width: 200, unixSeconds: 0)
        #expect(lines[0].hasSuffix("4%  60 of 1,300 rows"))
        #expect(
            lines[2] == "  148 of 150 requests in the last minute · 7 min left, until 1970-01-01T00:06:40Z")
        #expect(lines[3] == "  last problem: row 12: email (email)")
        #expect(reading.json(unixSeconds: 0)["limit"] == 150)
    }

    @Test func `progress guesses nothing from nothing`() {
        let reading = ProgressReading(
            pipeline: "customers", phase: "reading", balance: balance(5, [.pending: 5]), rowsTotal: nil, requests: 0,
            elapsedSeconds: 0)
        #expect(reading.requestsPerMinute == nil)
        #expect(reading.secondsLeft == nil)
        #expect(reading.lines(width: 80) == ["customers reading  5 rows"])
    }

    @Test func `a plan says what it comes to, what it sets off, and shows records by what happens to them`() {
        let changes = [
            PlanText.Change(field: "lastname", was: "Jansen", becomes: "Janssen"),
            PlanText.Change(field: "phone", was: "06", becomes: nil),
        ]
        let entries = (1...25).map { PlanText.Entry(action: "create", key: "K\($0)", place: "row \($0)") }
        let text = PlanText(
            pipeline: "customers", facts: [("rows", "1,231")],
            groups: [
                .init(action: "create", count: 1_230, entries: entries),
                .init(
                    action: "update", count: 1,
                    entries: [.init(action: "update", key: "L\u{1B}1", place: "row 3, id 7", changes: changes)]),
                .init(action: "filtered", count: 0, entries: []),
            ], sideEffects: ["312 offers will e-mail a customer"], guards: ["too many"], assumptions: [], messages: []
        ).text()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.prefix(4) == ["customers (plan)", "  create  1,230", "  update  1", "  rows    1,231"])
        #expect(
            text.contains("  side effects\n    312 offers will e-mail a customer\n\n  a run would stop\n    too many\n")
        )
        #expect(text.contains("    + K20  row 20\n    … and 1,210 more (see --out or --format json)\n"))
        #expect(!text.contains("K21"))
        #expect(
            text.hasSuffix(
                "    ~ L␦1  row 3, id 7\n        lastname  Jansen → Janssen\n        phone     06 → (empty)"))
    }

    @Test func `a table is aligned, clipped, and steers no terminal`() {
        let table = TextTable(
            header: ["nr", "name"], rows: [["1", "Café\nVos"], ["22", "\u{1B}[31mlong long long"], ["3", ""]],
            cellWidthMax: 10)
        #expect(
            table.text(indent: 1) == """
                 nr  name
                 ──  ──────────
                 1   Café⏎Vos
                 22  ␦[31mlong…
                 3
                """)
    }
}
