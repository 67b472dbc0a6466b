import Pipelines
import Records
import SalesdockFacts
import TestSupport
import Testing

@Suite struct ValidateTests {
    private func failures(_ check: Check.Rule, _ values: [Value]) throws -> [Int] {
        let batch = try transform(
            [.validate([FieldChecks(field: "a", checks: [Check(check)])])], ["a"], values.map { [$0] })
        #expect(batch.issues.allSatisfy { $0.issue.field == "a" })
        return batch.issues.map(\.row)
    }

    private func codes(_ check: Check.Rule, _ value: Value) throws -> [String] {
        try transform([.validate([FieldChecks(field: "a", checks: [Check(check)])])], ["a"], [[value]]).issues.map(
            \.issue.code)
    }

    @Test func `each check has its code and passes on an empty value, but for required`() throws {
        let checks: [(Check.Rule, String, Value)] = [
            (.email, "email", "x"), (.pattern("^a$"), "pattern", "b"), (.oneOf(["a"]), "one_of", "b"),
            (.length(min: 2, max: nil), "length", "b"), (.number(min: "5", max: nil), "number", "4"),
            (.date(after: nil, before: nil), "date", "x"),
        ]
        for (check, code, bad) in checks {
            #expect(try codes(check, bad) == [code])
            #expect(try codes(check, nil).isEmpty)
            #expect(try codes(check, "").isEmpty)
            #expect(try codes(check, " \u{A0}\t").isEmpty, "white space alone is empty: \(code)")
        }
        #expect(
            try failures(.required, [nil, "", " \u{A0}", "x", .number("0"), .json("[]"), .flag("false")]) == [0, 1, 2])
        #expect(try codes(.required, nil) == ["required"])
    }

    @Test func `a field that is left blank is told once`() throws {
        let checks = [Check(.required), Check(.email), Check(.length(min: 5, max: nil))]
        let batch = try transform([.validate([FieldChecks(field: "a", checks: checks)])], ["a"], [["  "], [""]])
        #expect(batch.codes == ["0:a:required", "1:a:required"])
    }

    @Test func `all checks of all fields report, warnings let the row go on, later stages see no rejected row`() throws
    {
        let batch = try transform(
            [
                .validate([
                    FieldChecks(field: "a", checks: [Check(.email), Check(.length(min: nil, max: 2))]),
                    FieldChecks(field: "b", checks: [Check(.required, isWarning: true)]),
                ]),
                .validate([FieldChecks(field: "b", checks: [Check(.required)])]),
            ], ["a", "b"], [["wrong", nil], ["a@b.c", "x"], ["", nil]])
        #expect(
            batch.codes.sorted() == [
                "0:a:email", "0:a:length", "0:b:required", "1:a:length", "2:b:required", "2:b:required",
            ])
        #expect(batch.states == [.rejected, .rejected, .rejected])
        #expect(batch.issues.filter { $0.issue.severity == .warning }.map(\.row) == [0, 2])
    }

    @Test(
        "e-mail addresses",
        arguments: [
            ("a@b.c", true), ("jan.jansen+x@mail.bedrijf.example", true), ("é@ü.example", true), ("a@b..c", true),
            ("a", false), ("@b.c", false), ("a@", false), ("a@b", false), ("a@.c", false), ("a@b.", false),
            ("a@@b.c", false), ("a@b@c.d", false), ("a b@c.d", false), ("a@b.c\u{A0}", false), ("a@b.\u{2003}c", false),
            ("a@b.c\n", false), ("a\u{7F}@b.c", false), ("a.b@c", false), ("a@b.c.", true),
        ])
    func email(_ text: String, _ isGood: Bool) throws {
        #expect(try codes(.email, .text(text)) == (isGood ? [] : ["email"]))
    }

    @Test func `e-mail addresses have the length that mail servers carry`() throws {
        let local = String(repeating: "a", count: 64)
        #expect(try failures(.email, [.text(local + "@b.example"), .text("a" + local + "@b.example")]) == [1])
        let domain = String(repeating: "b", count: 241) + ".example"
        #expect(try failures(.email, [.text("aaaa@" + domain), .text("aaaaa@" + domain)]) == [1])
    }

    @Test func `random addresses agree with the regular expression`() throws {
        let seed: UInt64 = 77
        var random = SeededRNG(seed: seed)
        let alphabet: [Character] = ["a", "@", ".", " ", "é", "\u{A0}", "b"]
        let texts = (0..<3000).map { _ in
            String(
                (0..<Int.random(in: 1...7, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
        }
        // White space alone is empty, of which nothing is said.
        let regex = try Regex(#"^([^@\s]+@[^@\s]+\.[^@\s]+|\s+)$"#)
        let rejected = Set(try failures(.email, texts.map { .text($0) }))
        for (index, text) in texts.enumerated() {
            #expect(rejected.contains(index) == (text.firstMatch(of: regex) == nil), "seed \(seed): \(text)")
        }
    }

    @Test func `patterns match somewhere unless anchored, and run on both engines`() throws {
        #expect(try failures(.pattern("[0-9]{2}"), ["a12b", "a1b2"]) == [1])
        #expect(
            try failures(.pattern("^[1-9][0-9]{3}[A-Z]{2}$"), ["1234AB", "0234AB", "1234ab", " 1234AB"]) == [1, 2, 3])
        #expect(try failures(.pattern("^(?=.*[0-9])[a-z0-9]+$"), ["ab1", "abc"]) == [1])
        #expect(
            problems([.validate([FieldChecks(field: "a", checks: [Check(.pattern("(a"))])])])[0].contains("not valid"))
    }

    @Test func `one_of takes texts and the literals of numbers and flags`() throws {
        let rule = Check.Rule.oneOf(["a", "1", "true", ""])
        #expect(try failures(rule, ["a", .number("1"), .flag("true"), "b", "A"]) == [3, 4])
        #expect(!problems([.validate([FieldChecks(field: "a", checks: [Check(.oneOf([]))])])]).isEmpty)
    }

    @Test func `length counts Unicode scalars`() throws {
        let values: [Value] = ["", "a", "éé", "€€€", "😀😀😀😀", "abcde"]
        #expect(try failures(.length(min: 2, max: 3), values) == [1, 4, 5])
        #expect(try failures(.length(min: 3, max: nil), values) == [1, 2])
        #expect(try failures(.length(min: nil, max: 2), values) == [3, 4, 5])
        #expect(!problems([.validate([FieldChecks(field: "a", checks: [Check(.length(min: 3, max: 2))])])]).isEmpty)
    }

    @Test func `number bounds are exact and belong to the range`() throws {
        let values: [Value] = [
            "0.1", "0.10", "0.0999999999999999999999", "0.3", .number("3e-1"), "0.30000000000000000001", "-1", "x",
            "1,5", "+0.2",
            "5e-2", ".2", "1.", "1e", "0x1",
        ]
        #expect(try failures(.number(min: "0.1", max: "0.3"), values) == [2, 5, 6, 7, 8, 10, 12, 13, 14])
        #expect(try failures(.number(min: nil, max: nil), ["9", "-"]) == [1])
        #expect(!problems([.validate([FieldChecks(field: "a", checks: [Check(.number(min: "2", max: "1"))])])]).isEmpty)
        #expect(!problems([.validate([FieldChecks(field: "a", checks: [Check(.number(min: "x", max: nil))])])]).isEmpty)
    }

    @Test func `random decimals compare as scaled integers do`() throws {
        let seed: UInt64 = 9
        var random = SeededRNG(seed: seed)
        for _ in 0..<400 {
            let (a, b) = (Int.random(in: -2000...2000, using: &random), Int.random(in: -2000...2000, using: &random))
            let (left, right) = (write(a, &random), write(b, &random))
            let below = try failures(.number(min: right, max: nil), [.text(left)])
            #expect(below.isEmpty == (a >= b), "seed \(seed): \(left) \(right)")
        }
    }

    /// A number of hundredths, written in one of many ways.
    private func write(_ hundredths: Int, _ random: inout SeededRNG) -> String {
        let (whole, part) = (abs(hundredths) / 100, abs(hundredths) % 100)
        let sign = hundredths < 0 ? "-" : Bool.random(using: &random) ? "+" : ""
        let zeros = String(repeating: "0", count: Int.random(in: 0...2, using: &random))
        switch Int.random(in: 0...2, using: &random) {
        case 0: return "\(sign)\(zeros)\(abs(hundredths))e-2"
        case 1: return "\(sign)0.\(zeros)\(abs(hundredths) + 0)E+\(String(abs(hundredths)).count + zeros.count - 2)"
        default: return "\(sign)\(zeros)\(whole).\(part < 10 ? "0" : "")\(part)\(zeros)"
        }
    }

    @Test func `date bounds are allowed values and today is the given day`() throws {
        let values: [Value] = [
            "2024-02-29", "2024-03-01", "2024-02-28", "29-02-2024", "2024-02-30", "2024-02-29 12:00:00",
        ]
        #expect(try failures(.date(after: nil, before: "today"), values) == [1, 4])
        #expect(try failures(.date(after: "2024-02-29", before: nil), values) == [2, 4])
        #expect(
            !problems([.validate([FieldChecks(field: "a", checks: [Check(.date(after: "2024-02-30", before: nil))])])])
                .isEmpty)
    }

    @Test func `a date is read in the form its field has`() throws {
        let check = Check(.date(after: nil, before: nil))
        let converted = MapEntry.from("d", to: "t") { $0.date = DateConversion(from: "d/M/yyyy", to: "yyyyMMdd") }
        let batch = try transform(
            [
                .validate([FieldChecks(field: "d", checks: [check])]), .map([converted, .from("e", to: "birthdate")]),
                .validate([FieldChecks(field: "t", checks: [check]), FieldChecks(field: "birthdate", checks: [check])]),
            ], ["d", "e"], [["1/2/2024", "01-02-2024"], ["2024-02-01", nil], ["1/2/2024", "2024-02-01"]],
            rules: SalesdockRules(
                facts: ResourceFacts(
                    resource: .customers, fields: ResourceFacts.customers.fields.filter { $0.name == "birthdate" },
                    idName: "id")))
        #expect(batch.codes == ["1:d:date", "2:birthdate:date"])
        #expect(batch.issues.first?.issue.message.contains("d/M/yyyy, such as 31/12/2024") == true)
    }
}
