import Pipelines
import Records
import SalesdockFacts
import Testing

@Suite struct RulesTests {
    /// Maps every named column to a target of the same name and applies a sink's rules.
    private func run(
        _ sink: SalesdockSink, _ names: [String], _ rows: [[Value]], then stages: [TransformSpec] = [],
        _ change: (inout MapEntry) -> Void = { _ in }
    ) throws -> RecordBatch {
        let entries = names.map { MapEntry.from($0, to: $0, change) }
        return try transform([.map(entries)] + stages, names, rows, rules: SalesdockRules(sink))
    }

    private let customers = SalesdockSink(kind: .customers)

    @Test func `what a customer must have, and what depends on its kind`() throws {
        let batch = try run(
            customers, ["visibility", "business", "lastname", "company_name"],
            [
                ["account", "0", "Jansen", nil], ["account", "1", nil, "Voorbeeld BV"], [nil, "0", " ", nil],
                ["account", "1", "Jansen", nil], ["account", .flag("false"), nil, nil], ["account", nil, nil, nil],
                ["account", .number("0"), "x", ""],
            ])
        #expect(
            batch.codes.sorted() == [
                "2:lastname:salesdock.required", "2:visibility:salesdock.required",
                "3:company_name:salesdock.required", "4:lastname:salesdock.required",
                "5:business:salesdock.required",
            ])
        let issue = try #require(batch.issues.first { $0.row == 3 }?.issue)
        #expect(issue.message.contains("when business is 1 or true"))
        #expect(batch.states.map { $0 == .live } == [true, true, false, false, false, false, true])
    }

    @Test func `a record that is named by its id needs only what an update demands`() throws {
        let sink = SalesdockSink(kind: .customers, match: ["id"])
        let batch = try run(
            sink, ["id", "visibility", "business", "lastname"],
            [["7", "account", "0", nil], ["7", nil, "0", "Jansen"], [nil, "account", "0", nil]])
        #expect(batch.codes.sorted() == ["1:visibility:salesdock.required", "2:lastname:salesdock.required"])
    }

    @Test(arguments: [["id"], []]) func `an offer without its customer is rejected, although Salesdock would take it`(
        match: [String]
    ) throws {
        let sink = SalesdockSink(kind: .offers, match: match, flow: "default/default")
        let batch = try run(sink, ["id", "relation_id"], [[nil, nil], [nil, "4"]])
        let codes = batch.codes.filter { $0.hasSuffix(":relation_id:salesdock.required") }
        #expect(codes == ["0:relation_id:salesdock.required"])
        let issue = batch.issues.first { $0.issue.field == "relation_id" }?.issue
        #expect(issue?.message.contains("a customer that nobody tracks") == true)
    }

    @Test func `a mandatory field that no target fills says so on every row`() throws {
        let batch = try run(customers, ["business"], [["0"], ["1"]])
        #expect(
            batch.codes.sorted() == [
                "0:lastname:salesdock.required", "0:visibility:salesdock.required", "1:company_name:salesdock.required",
                "1:visibility:salesdock.required",
            ])
        #expect(batch.issues.allSatisfy { $0.issue.message.contains("no target fills it") })
    }

    @Test func `values, dates, flags, whole and decimal numbers have Salesdock's forms`() throws {
        let batch = try run(
            customers, ["visibility", "business", "lastname", "company_name", "birthdate", "user_id"],
            [
                ["everyone", "2", "a", "b", "2024-01-31", "x"], ["private", "yes", "a", "b", "31-02-2024", "1.0"],
                ["account", .flag("true"), "a", "b", "31-01-2024", .number("-12")],
                ["account", "1", "a", "b", "", nil],
            ])
        #expect(
            batch.codes.sorted() == [
                "0:birthdate:salesdock.date", "0:business:salesdock.flag", "0:user_id:salesdock.integer",
                "0:visibility:salesdock.values", "1:birthdate:salesdock.date", "1:business:salesdock.flag",
                "1:user_id:salesdock.integer",
            ])
        let issues = Dictionary(batch.issues.map { ($0.issue.code, $0.issue) }) { first, _ in first }
        #expect(issues["salesdock.values"]?.message.contains("private, organisation, account") == true)
        #expect(issues["salesdock.date"]?.message.contains("dd-MM-yyyy, such as 31-12-2024") == true)
        #expect(issues["salesdock.values"]?.value == "everyone")

        let products = try run(
            SalesdockSink(kind: .products), ["name", "identifier", "type", "active", "price"],
            [["a", "a", "simple", "1", "1,50"], ["b", "b", "simple", "0", "1.50"]])
        #expect(products.codes == ["0:price:salesdock.decimal"])
    }

    @Test func `an id that is looked up counts as filled and has no form yet`() throws {
        let names =
            FlowType.default.facts.fields.filter { $0.presence == .mandatory && !$0.name.contains(".") }.map(
                \.name) + ["relation_id"]
        let sample: [String: Value] = [
            "transaction_type": "offer", "relation_id": "4", "business": "0", "product_id": "basis-product",
            "questionData": .json("{}"),
            "agreements": .json("{}"),
        ]
        let row = names.map { sample[$0] ?? "x" }
        let sink = SalesdockSink(kind: .offers, flow: "default/flow")
        let plain = try run(sink, names, [row])
        #expect(plain.codes == ["0:product_id:salesdock.integer"])
        let mapped = try run(sink, names, [row]) { if $0.target == "product_id" { $0.ref = "products" } }
        #expect(mapped.codes.isEmpty)
        let empty = row.enumerated().map { names[$0.offset] == "product_id" ? nil : $0.element }
        let missing = try run(sink, names, [empty]) { if $0.target == "product_id" { $0.ref = "products" } }
        #expect(missing.codes == ["0:product_id:salesdock.required"])
    }

    @Test func `an object is filled by any of its members, and its members are only needed with it`() throws {
        let names = ["name", "identifier", "type", "active", "image.content", "image.extension"]
        let batch = try run(
            SalesdockSink(kind: .products), names,
            [
                ["a", "a", "simple", "1", nil, nil], ["a", "a", "simple", "1", "AAAA", nil],
                ["a", "a", "simple", "1", nil, "png"], ["a", "a", "simple", "1", "AAAA", "bmp"],
            ])
        #expect(
            batch.codes.sorted() == [
                "1:image.extension:salesdock.required", "2:image.content:salesdock.required",
                "3:image.extension:salesdock.values",
            ])
        let whole = try run(
            SalesdockSink(kind: .products), ["name", "identifier", "type", "active", "image"],
            [["a", "a", "simple", "1", .json(#"{"content":"AAAA","extension":"png"}"#)]])
        #expect(whole.codes.isEmpty)
    }

    @Test func `a flow has the fields of its type`() throws {
        let sink = SalesdockSink(kind: .offers, flow: "energie-small-business/energie")
        let batch = try run(
            sink, ["transaction_type", "type", "tarifftype"], [["offer", "e", "0"], ["offer", "g", "0"]])
        let first = batch.issues.filter { $0.row == 0 }.compactMap(\.issue.field)
        let second = batch.issues.filter { $0.row == 1 }.compactMap(\.issue.field)
        #expect(first.contains("usage_e_single") && !first.contains("usage_e_high") && !first.contains("usage_g"))
        #expect(!second.contains("usage_e_single") && second.contains("usage_g"))
        let other = try run(SalesdockSink(kind: .offers, flow: "default/x"), ["transaction_type"], [["offer"]])
        #expect(!other.issues.contains { $0.issue.field == "tarifftype" })
        // It must be there and may be empty, which the request sees to.
        #expect(!other.issues.contains { $0.issue.field == "questionData" })
        #expect(other.issues.contains { $0.issue.field == "product_id" })
    }

    @Test func `tariffs have rules of their own where a row fills one`() throws {
        let names = [
            "name", "identifier", "type", "active", "energy.tariff_single", "energy.tariff_g", "energy.product_type",
        ]
        let rows: [[Value]] = [
            ["a", "a", "simple", "1", nil, nil, "odd"], ["a", "a", "energy_e", "1", "0.1", "x", "odd"],
            ["a", "a", "simple", "1", "0.1", nil, nil],
        ]
        let sink = SalesdockSink(kind: .products, energy: true)
        let batch = try run(sink, names, rows)
        #expect(
            batch.codes.sorted() == ["1:energy.product_type:salesdock.values", "1:energy.tariff_g:salesdock.decimal"])
        let own = try run(sink, names + ["energy.type"], rows.map { $0 + ["solar"] })
        #expect(
            own.codes.filter { $0.contains("energy.type") } == [
                "1:energy.type:salesdock.values", "2:energy.type:salesdock.values",
            ])
        let off = try run(SalesdockSink(kind: .products), names, rows)
        #expect(off.codes.isEmpty)
    }

    @Test func `a problem that a declared check has reported is not reported again, and others are`() throws {
        let checks = TransformSpec.validate([
            FieldChecks(field: "visibility", checks: [Check(.required)]),
            FieldChecks(field: "birthdate", checks: [Check(.date(after: nil, before: nil), isWarning: true)]),
        ])
        let batch = try run(
            customers, ["visibility", "business", "lastname", "birthdate"], [[nil, "0", nil, "1-1-2024"]],
            then: [checks])
        #expect(
            batch.codes == [
                "0:visibility:required", "0:birthdate:date", "0:lastname:salesdock.required",
                "0:birthdate:salesdock.date",
            ])
    }

    @Test func `filtered rows and rows with unfinished maps are not judged`() throws {
        let date = TransformSpec.map([
            .from("birthdate", to: "birthdate") { $0.date = DateConversion(from: "yyyy-MM-dd", to: "dd-MM-yyyy") }
        ])
        let batch = try run(
            customers, ["visibility", "business", "lastname", "birthdate"],
            [["account", "0", nil, nil], ["account", "0", nil, "x"], [nil, "0", "a", "2024-01-31"]],
            then: [.filter("lastname != '' || birthdate != ''"), date])
        #expect(batch.states == [.filtered, .rejected, .rejected])
        #expect(batch.codes == ["1:birthdate:date.invalid", "2:visibility:salesdock.required"])
        #expect(batch.values("birthdate")[2] == "31-01-2024")
        let last = try run(
            customers, ["visibility", "business", "lastname"], [["account", "0", nil]],
            then: [.filter("lastname != ''")])
        #expect(last.states == [.filtered] && last.issues.isEmpty)
    }

    @Test func `a row that Salesdock would refuse does not displace its duplicate`() throws {
        let batch = try run(
            customers, ["visibility", "business", "lastname", "email"],
            [
                ["account", "0", nil, "a@b.example"], ["account", "0", "x", "a@b.example"],
                ["account", "0", "x", "a@b.example"],
            ],
            then: [.dedupe(DedupeSpec(by: ["email"]))])
        #expect(batch.states == [.rejected, .live, .duplicate])
    }

    @Test func `without a map the source's own columns are judged`() throws {
        let batch = try transform(
            [], ["visibility", "business", "lastname"], [["account", "0", "x"], ["account", "9", nil]],
            rules: SalesdockRules(customers))
        #expect(batch.codes == ["1:business:salesdock.flag"])
    }
}
