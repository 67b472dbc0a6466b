import Pipelines
import Records
import TestSupport
import Testing

@Suite struct FilterTests {
    private let names = ["business", "lastname", "city", "price", "adres.postcode", "vreemde kolom", "tel[]"]
    private let row: [Value] = ["1", nil, "Zwolle", .number("10.50"), "8011AB", "x'y", .json("[\"1\"]")]

    @Test(
        "expressions over one row",
        arguments: [
            ("business == '1' || lastname != ''", true),
            ("business == \"0\"", false),
            ("lastname == ''", true),
            ("empty(lastname) && !empty(city)", true),
            ("!(business == '1')", false),
            ("!!empty(lastname)", true),
            ("price >= 10.5 && price <= 10.50", true),
            ("price == 10.5", true),
            ("price == '10.5'", false),
            ("price > 9", true),
            ("price < '9'", false),
            ("price < 100", true),
            ("price != 10.500", false),
            ("lastname < 5 || lastname > 5", false),
            ("city < 5 || city >= 5", false),
            ("lastname != 5", true),
            ("-1 < price", true),
            ("city < 'a'", true),
            ("city > 'Zwol'", true),
            ("city in ['Utrecht', \"Zwolle\"]", true),
            ("city in ['Utrecht']", false),
            ("business in [1, 2]", true),
            ("adres.postcode matches '^[1-9][0-9]{3}[A-Z]{2}$'", true),
            ("adres.postcode matches '^9'", false),
            ("city contains 'wol' && city starts_with 'Zw' && city ends_with 'le'", true),
            ("city contains 'Zwolle!' || city starts_with 'wol' || city ends_with 'Zwoll'", false),
            ("city contains ''", true),
            ("`vreemde kolom` == 'x\\'y'", true),
            ("`vreemde kolom` == \"x'y\"", true),
            ("tel[] == '[\"1\"]'", true),
            ("'a' == 'a'", true),
            ("business == business", true),
            ("city == lastname", false),
            // && binds tighter than ||.
            ("business == '1' || business == '2' && business == '3'", true),
            ("(business == '1' || business == '2') && business == '3'", false),
        ])
    func evaluates(_ text: String, _ expected: Bool) throws {
        let batch = try transform([.filter(text)], names, [row])
        #expect(batch.states == [expected ? .live : .filtered], "\(text)")
    }

    @Test(
        "mistakes",
        arguments: [
            ("", 0, "empty"),
            ("city", 4, "compare it"),
            ("city = 'x'", 5, "did you mean '=='"),
            ("city == 'x' & price > 1", 12, "did you mean '&&'"),
            ("city == 'x' and price > 1", 12, "did you mean '&&'"),
            ("not city == 'x'", 0, "did you mean '!'"),
            ("city <> 'x'", 5, "did you mean '!='"),
            ("city start_with 'x'", 5, "did you mean 'starts_with'"),
            ("city == 'x", 8, "not closed"),
            ("(city == 'x'", 12, "expected ')'"),
            ("city == 'x')", 11, "found ')'"),
            ("city in 'x'", 8, "a list"),
            ("city in [x]", 9, "text in quotes"),
            ("city matches x", 13, "regular expression"),
            ("city matches '('", 13, "not valid"),
            ("price > 1.2.3", 8, "not a number"),
            ("city == #", 8, "backticks"),
            ("empty('x')", 9, "field name"),
            ("é == 'é' && ÿ", 13, "compare it"),
        ])
    func refuses(_ text: String, _ offset: Int, _ fragment: String) {
        let error = #expect(throws: FilterError.self) { try FilterExpression(text) }
        #expect(error?.offset == offset, "\(error?.description ?? "")")
        #expect(error?.message.contains(fragment) == true, "\(error?.message ?? "")")
    }

    @Test func `nesting is bounded`() {
        #expect(throws: FilterError.self) { try FilterExpression(String(repeating: "!", count: 5000) + "a == 'b'") }
    }

    @Test func `a wrong filter is a diagnostic that says where`() {
        #expect(
            problems([.filter("a = 'b'")]) == [
                "the filter is wrong at character 3: there is no '='; did you mean '=='?"
            ])
    }

    @Test func `random conditions equal their evaluation row by row`() throws {
        let seed: UInt64 = 3
        var random = SeededRNG(seed: seed)
        let rows = (0..<40).map { _ in (0..<3).map { _ in Int.random(in: 0...3, using: &random) } }
        for _ in 0..<150 {
            let (text, test) = condition(depth: 3, &random)
            let batch = try transform([.filter(text)], ["a", "b", "c"], rows.map { $0.map { .text(String($0)) } })
            #expect(batch.states.map { $0 == .live } == rows.map(test), "seed \(seed): \(text)")
        }
    }

    private func condition(depth: Int, _ random: inout SeededRNG) -> (String, ([Int]) -> Bool) {
        switch depth == 0 ? 0 : Int.random(in: 0...3, using: &random) {
        case 1:
            let (a, b) = (condition(depth: depth - 1, &random), condition(depth: depth - 1, &random))
            return ("(\(a.0) && \(b.0))", { a.1($0) && b.1($0) })
        case 2:
            let (a, b) = (condition(depth: depth - 1, &random), condition(depth: depth - 1, &random))
            return ("(\(a.0) || \(b.0))", { a.1($0) || b.1($0) })
        case 3:
            let a = condition(depth: depth - 1, &random)
            return ("!(\(a.0))", { !a.1($0) })
        default:
            let (field, value) = (Int.random(in: 0...2, using: &random), Int.random(in: 0...3, using: &random))
            let name = ["a", "b", "c"][field]
            return Bool.random(using: &random)
                ? ("\(name) == \(value)", { $0[field] == value }) : ("\(name) < \(value)", { $0[field] < value })
        }
    }
}
