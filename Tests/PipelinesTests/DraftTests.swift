import ExactJSON
import Records
import SalesdockFacts
import Testing

@testable import Pipelines

@Suite struct DraftTests {
    private func drafts(
        _ transforms: [TransformSpec], key: [String], _ names: [String], _ rows: [[Value]],
        sink: SinkSpec = .ndjson(path: "-")
    ) throws -> (builder: DraftBuilder, outcomes: [DraftBuilder.Outcome]) {
        let definition = makePipeline(transforms, key: key, sink: sink)
        let program = try TransformProgram(definition, rules: nil, today: testToday)
        var state = program.makeState(seed: testSeed)
        var batch = makeBatch(names, rows)
        try program.apply(&batch, state: &state)
        let builder = DraftBuilder(program, definition)
        return (builder, (0..<rows.count).map { builder.draft(row: $0, in: batch) })
    }

    private func object(_ members: [(String, JSONValue)]) -> JSONObject { JSONObject(members) }

    private func field(_ target: String, _ value: JSONValue) -> Draft.Field {
        Draft.Field(target: target, value: .json(value))
    }

    @Test func `a draft has the filled fields in mapping order, in the kinds of their cells`() throws {
        let lookup = LookupSpec(kind: .suppliers, by: "identifier")
        let file = FileSpec(from: "pdf")
        let entries: [MapEntry] = [
            .from("text", to: "z"), .from("number", to: "y"), .from("flag", to: "x"), .from("list", to: "l[]"),
            .from("text", to: "m[]"), .from("empty", to: "e"), .from("blank", to: "b"),
            .from("text", to: "relation_id") { $0.ref = "customers" },
            .from("text", to: "supplier_id") { $0.lookup = lookup },
            MapEntry(target: "contract_pdf.content", origin: .file(file)),
        ]
        let result = try drafts(
            [.map(entries)], key: ["nr", "text"], ["nr", "text", "number", "flag", "list", "empty", "blank", "pdf"],
            [["7", " t ", .number("1.50"), .flag("true"), .json("[1, 2.0]"), "", " ", "a.pdf"]])
        let fields: [Draft.Field] = [
            field("z", " t "), field("y", .number(try #require(JSONNumber("1.50")))), field("x", true),
            field("l[]", try JSONParser.parse("[1,2.0]")), field("m[]", [" t "]),
            Draft.Field(target: "relation_id", value: .reference(pipeline: "customers", key: "t")),
            Draft.Field(target: "supplier_id", value: .lookup(lookup, value: "t")),
            Draft.Field(target: "contract_pdf.content", value: .file(file, path: "a.pdf")),
        ]
        #expect(result.outcomes == [.draft(Draft(key: "7\u{1F}t", fields: fields))])
    }

    @Test func `a key may be a target, and an empty part rejects the row`() throws {
        let result = try drafts(
            [.map([.from("nr", to: "id") { $0.apply = [.uppercase] }])], key: ["id"], ["nr"], [["a1"], [nil], [" "]])
        #expect(result.outcomes[0] == .draft(Draft(key: "A1", fields: [field("id", "A1")])))
        for outcome in result.outcomes[1...] {
            guard case .rejected(let issue) = outcome else {
                Testing.Issue.record("\(outcome)")
                continue
            }
            #expect(issue.code == "key.empty" && issue.field == "id" && issue.severity == .error)
        }
    }

    @Test func `without a map every column is a field`() throws {
        let result = try drafts([], key: [], ["a", "b"], [["1", .number("2")]])
        #expect(result.outcomes == [.draft(Draft(key: "", fields: [field("a", "1"), field("b", 2)]))])
    }

    @Test func `dotted targets nest, and lists are lists`() {
        let body = Payload.assemble([
            ("name", "x"), ("contract_pdf.content", "AA"), ("questionData.a", "1"), ("contract_pdf.extension", "pdf"),
            ("questionData.b", "2"), ("related_products[]", [["product_id": 1]]), ("tags[]", "one"),
            ("a.b.c[]", "deep"),
        ])
        let text = JSONValue.object(body).text
        #expect(
            text == #"{"name":"x","contract_pdf":{"content":"AA","extension":"pdf"},"questionData":{"a":"1","b":"2"},"#
                + #""related_products":[{"product_id":1}],"tags":["one"],"a":{"b":{"c":["deep"]}}}"#)
    }

    @Test(
        "targets that exclude each other",
        arguments: [
            (["a", "a.b"], 1), (["a.b.c", "x", "a.b"], 1), (["a", "a[]"], 1), (["a[].b"], 1), (["a..b"], 1), ([""], 1),
            (["a", "ab", "a_b.c", "b.c", "b.d", "c[]"], 0),
        ])
    func conflicts(_ targets: [String], _ count: Int) {
        #expect(problems([.map(targets.map { .from("s", to: $0) })]).count == count)
    }

    @Test func `an offer without a contract date e-mails the customer`() throws {
        let sink = SinkSpec.salesdock(SalesdockSink(kind: .offers, flow: "default/x"))
        let map = TransformSpec.map([.from("type", to: "transaction_type"), .from("date", to: "contract_date")])
        let rows: [[Value]] = [["offer", nil], ["offer", "01-02-2024"], [nil, nil], ["lead", nil]]
        let offers = try drafts([map], key: ["type"], ["type", "date"], rows, sink: sink)
        let files = try drafts([map], key: ["type"], ["type", "date"], rows)
        func emails(_ result: (builder: DraftBuilder, outcomes: [DraftBuilder.Outcome])) -> [Bool?] {
            result.outcomes.map { if case .draft(let draft) = $0 { result.builder.emailsCustomer(draft) } else { nil } }
        }
        #expect(emails(offers) == [true, false, nil, false])
        #expect(emails(files) == [false, false, nil, false])
    }

    @Test(
        "phone numbers of one form",
        arguments: [
            "+31 6 12345678", "0031612345678", "06-12345678", "+31 (0)6 12 34 56 78", " 0612345678 ",
            "0031 (0)612345678",
        ])
    func phone(_ text: String) { #expect(Normalise.phone(text) == "31612345678") }

    @Test func `normal forms`() {
        #expect(Normalise.phone("+32 2 123") == "322123")
        #expect(Normalise.phone("112") == "112")
        #expect(Normalise.email(" Jan@X.Example ") == "jan@x.example")
        #expect(Normalise.postcode("1234 AB") == "1234ab")
        #expect(Normalise.name("J. de  Vries") == "jdevries")
    }

    @Test func `match classes`() {
        func customer(_ members: JSONObject) -> String? { MatchClass.of(.customers, members) }
        #expect(customer(object([("email", "A@b.example "), ("lastname", "x")])) == "email=a@b.example")
        let byName = customer(object([("email", ""), ("lastname", "De Vries"), ("postcode", "1234 AB")]))
        #expect(byName == customer(object([("lastname", "de vries"), ("postcode", "1234ab"), ("phone", "1")])))
        #expect(byName != nil)
        #expect(customer(object([("company_name", "X"), ("postcode", "1234AB")])) == "name=x|1234ab")
        #expect(customer(object([("lastname", "x")])) == nil)
        #expect(MatchClass.of(.products, object([("identifier", "Abc")])) == "identifier=abc")
        #expect(MatchClass.of(.suppliers, object([])) == nil)
        let offer = object([("relation_id", 5), ("product_id", "7")])
        #expect(MatchClass.of(.offers, offer, flow: "a/b") == "offer=5|7|a/b")
        #expect(MatchClass.of(.offers, object([("product_id", 7)]), flow: "a/b") == nil)
    }

    @Test func `conflicts are fields that both sides fill and that differ after normalisation`() {
        let ours = object([
            ("email", "Jan@X.example"), ("phone", "06-12345678"), ("postcode", "1234 ab"), ("lastname", "De Vries"),
            ("birthdate", "31-01-2024"), ("business", true), ("price", "12.50"), ("housenumber", "7"), ("city", ""),
            ("address", ["street": "A"]), ("identifier", "007"),
        ])
        let same: [String: String?] = [
            "email": "jan@x.example", "phone": "+31612345678", "postcode": "1234AB", "lastname": "de vries",
            "birthdate": "2024-01-31 00:00:00", "business": "1", "price": "12.5", "housenumber": nil, "city": "Zwolle",
            "firstname": "Jan", "address.street": "a",
        ]
        #expect(FieldComparison.conflicts(ours: ours, remote: same).isEmpty)
        let different: [String: String?] = [
            "phone": "+31612345679", "housenumber": "8", "birthdate": "2024-02-01", "business": "0", "identifier": "7",
            "address.street": "b", "city": "",
        ]
        #expect(
            FieldComparison.conflicts(ours: ours, remote: different)
                == ["address.street", "birthdate", "business", "housenumber", "identifier", "phone"])
    }
}
