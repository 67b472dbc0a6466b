import Pipelines
import Records
import SalesdockFacts
import TestSupport
import Testing

@Suite struct MapTests {
    @Test(
        "operations on text",
        arguments: [
            ([.trim], " \u{A0}\t a b \u{3000}\r\n", "a b"),
            ([.trim], " \u{2007} ", ""),
            ([.trim], "", ""),
            ([.lowercase], "AbC@X.Example", "abc@x.example"),
            ([.lowercase], "ÉÅ ǅ", "éå ǆ"),
            ([.uppercase], "é1ß", "É1SS"),
            ([.uppercase], "abc-z{", "ABC-Z{"),
            ([.removeSpaces], " 1234 \u{A0}ab ", "1234ab"),
            ([.removeSpaces], "1234AB", "1234AB"),
            ([.collapseSpaces], " a \t\u{2003} b", " a b"),
            ([.collapseSpaces, .trim], "  a  b  ", "a b"),
            ([.digitsOnly], "+31 (0)6-12a", "3106" + "12"),
            ([.nfc], "e\u{301}a", "\u{E9}a"),
            ([.trim, .uppercase, .removeSpaces], " 1234 ab ", "1234AB"),
        ] as [([TextOperation], String, String)])
    func operations(_ operations: [TextOperation], _ source: String, _ expected: String) throws {
        let entry = MapEntry.from("a", to: "b") { $0.apply = operations }
        let batch = try transform([.map([entry])], ["a"], [[.text(source)], [nil], [.text(source)]])
        let values = batch.values("b")
        #expect(values[1] == .null)
        for value in [values[0], values[2]] {
            // `==` on String ignores normalization, which is the very thing under test.
            guard case .text(let text) = value else {
                Testing.Issue.record("\(value)")
                continue
            }
            #expect(Array(text.unicodeScalars) == Array(expected.unicodeScalars))
        }
        #expect(batch.values("a")[0] == .text(source))
    }

    @Test func `every operation equals its definition over Strings on random text`() throws {
        let seed: UInt64 = 20
        var random = SeededRNG(seed: seed)
        let alphabet: [Character] = ["a", "B", "é", "É", " ", "\u{A0}", "\u{2003}", "7", "ß", "\t", "€", "\u{85}", "-"]
        let texts = (0..<300).map { _ in
            String(
                (0..<Int.random(in: 0...8, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
        }
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
        for operation in TextOperation.allCases {
            let entry = MapEntry.from("a", to: "b") { $0.apply = [operation] }
            let batch = try transform([.map([entry])], ["a"], texts.map { [.text($0)] })
            let expected = texts.map { text -> String in
                let scalars = Array(text.unicodeScalars)
                var view = String.UnicodeScalarView()
                switch operation {
                case .lowercase: return text.lowercased()
                case .uppercase: return text.uppercased()
                case .nfc: return text
                case .removeSpaces: view.append(contentsOf: scalars.filter { !isSpace($0) })
                case .digitsOnly: view.append(contentsOf: scalars.filter { ("0"..."9").contains($0) })
                case .trim:
                    let rest = scalars.drop(while: isSpace)
                    view.append(contentsOf: rest.reversed().drop(while: isSpace).reversed())
                case .collapseSpaces:
                    for (index, scalar) in scalars.enumerated() {
                        if !isSpace(scalar) { view.append(scalar) }
                        if isSpace(scalar), index == 0 || !isSpace(scalars[index - 1]) { view.append(" ") }
                    }
                }
                return String(view)
            }
            #expect(batch.values("b") == expected.map { .text($0) }, "seed \(seed), \(operation)")
        }
    }

    @Test func `white space is what Unicode calls so, at both ends`() throws {
        let scalars = (1...0xFFFF).compactMap { Unicode.Scalar($0) }
        let texts = scalars.map { "\($0)x\($0)" }
        let entry = MapEntry.from("a", to: "b") { $0.apply = [.trim] }
        let batch = try transform([.map([entry])], ["a"], texts.map { [.text($0)] })
        for ((scalar, text), value) in zip(zip(scalars, texts), batch.values("b")) {
            let expected = scalar.properties.isWhitespace ? "x" : text
            if value != .text(expected) { Testing.Issue.record("U+\(String(scalar.value, radix: 16)): \(value)") }
        }
    }

    @Test func `const, template, values, otherwise and default`() throws {
        var origin = MapEntry(target: "origin", origin: .template("legacy {nr}/{type} {{x}}"))
        origin.apply = [.uppercase]
        let entries: [MapEntry] = [
            MapEntry(target: "visibility", origin: .const("account")),
            origin,
            .from("type", to: "business") {
                $0.values = [ValuePair(from: "P", to: "0"), ValuePair(from: "Z", to: "1")]
                $0.fallback = "0"
            },
            .from("type", to: "kind") {
                $0.values = [ValuePair(from: "P", to: "person")]
                $0.otherwise = "other"
            },
        ]
        let batch = try transform(
            [.map(entries)], ["nr", "type"], [["7", "P"], ["8", "Z"], [nil, nil], ["9", "Q"]])
        #expect(batch.values("visibility") == ["account", "account", "account", "account"])
        #expect(batch.values("origin") == ["LEGACY 7/P {X}", "LEGACY 8/Z {X}", nil, "LEGACY 9/Q {X}"])
        #expect(batch.values("kind") == ["person", "other", nil, "other"])
        #expect(batch.values("business")[..<3] == ["0", "1", "0"])
        #expect(batch.codes == ["3:business:values.unknown"])
        #expect(batch.issues.first?.issue.value == "Q")
        #expect(batch.issues.first?.issue.message.contains("('P', 'Z')") == true)
        #expect(batch.states == [.live, .live, .live, .rejected])
    }

    @Test func `a values table of many lines finds each of them`() throws {
        let pairs = (0..<500).map { ValuePair(from: "from \($0)", to: "to \($0)") }
        let batch = try transform(
            [.map([.from("a", to: "b") { $0.values = pairs }])], ["a"], (0..<500).map { [.text("from \($0)")] })
        #expect(batch.values("b") == (0..<500).map { .text("to \($0)") })
    }

    @Test func `entries read the row as it was before the map`() throws {
        let swap: TransformSpec = .map([.from("b", to: "a"), .from("a", to: "b")])
        let batch = try transform([swap, .map([.from("a", to: "c")])], ["a", "b"], [["1", "2"]])
        #expect(batch.values("a") == ["2"])
        #expect(batch.values("b") == ["1"])
        #expect(batch.values("c") == ["2"])
    }

    @Test func `numbers, flags and lists keep their kind, and operations work on the text of the first two`() throws {
        let entries: [MapEntry] = [
            .from("n", to: "same"), .from("n", to: "text") { $0.apply = [.trim] }, .from("f", to: "flag"),
            .from("f", to: "word") { $0.values = [ValuePair(from: "true", to: "yes")] },
            .from("l", to: "phones[]") { $0.apply = [.uppercase] },
        ]
        let batch = try transform(
            [.map(entries)], ["n", "f", "l"], [[.number("1.50"), .flag("true"), .json(#"["a","b"]"#)]])
        #expect(batch.values("same") == [.number("1.50")])
        #expect(batch.values("text") == ["1.50"])
        #expect(batch.values("flag") == [.flag("true")])
        #expect(batch.values("word") == ["yes"])
        #expect(batch.values("phones[]") == [.json(#"["a","b"]"#)])
    }

    @Test func `a list in a field that takes one value rejects the row`() throws {
        let rules = SalesdockRules(facts: .customers)
        let entries: [MapEntry] = [
            MapEntry(target: "visibility", origin: .const("account")),
            MapEntry(target: "business", origin: .const("1")),
            .from("name", to: "company_name"), .from("name", to: "cf_raw"),
        ]
        let batch = try transform([.map(entries)], ["name"], [[.json("[1]")], ["Jansen"]], rules: rules)
        #expect(batch.codes == ["0:company_name:value.structure"])
        #expect(batch.values("cf_raw") == [.json("[1]"), "Jansen"])
    }

    @Test func `a row that the reader rejected is left alone`() throws {
        let program = try compile([
            .map([.from("a", to: "b") { $0.date = DateConversion(from: "yyyy-MM-dd", to: "dd-MM-yyyy") }])
        ])
        var state = program.makeState(seed: testSeed)
        var batch = makeBatch(["a"], [["x"], ["2024-01-02"]])
        batch.report(Records.Issue(code: "csv.ragged", message: "…"), row: 0)
        try program.apply(&batch, state: &state)
        #expect(batch.codes == ["0::csv.ragged"])
        #expect(batch.values("b")[1] == "02-01-2024")
    }

    @Test func `the program names its source fields and targets`() throws {
        let program = try compile(
            [
                .filter("!empty(x)"),
                .map([
                    .from("a", to: "t"), MapEntry(target: "u", origin: .template("{b} {a}")),
                    MapEntry(target: "p.content", origin: .file(FileSpec(from: "path"))),
                    .from("k", to: "r") { $0.ref = "customers" }, .from("l", to: "m[]"),
                ]),
                .validate([FieldChecks(field: "t", checks: [Check(.required)]), FieldChecks(field: "v", checks: [])]),
                .dedupe(DedupeSpec(by: ["t", "w"])),
            ], key: ["nr"])
        #expect(program.sourceFields == ["x", "a", "b", "path", "k", "l", "v", "w", "nr"])
        #expect(program.targets.map(\.name) == ["t", "u", "p.content", "r", "m[]"])
        #expect(
            program.targets.map(\.kind) == [
                .plain, .plain, .file(FileSpec(from: "path")), .reference("customers"), .list,
            ])
        let identity = try compile([.filter("x == '1'")])
        #expect(identity.sourceFields == nil && identity.targets.isEmpty)
    }

    @Test func `a missing source field is an error with a proposal`() throws {
        let program = try compile([.map([.from("emial", to: "email")]), .filter("name != ''")])
        var state = program.makeState(seed: testSeed)
        var batch = makeBatch(["email", "name"], [["a", "b"]])
        let error = #expect(throws: TransformError.self) { try program.apply(&batch, state: &state) }
        #expect(error?.message == "the source has no field 'emial'; did you mean 'email'?")
    }

    @Test func `a target used inside its own map is explained`() throws {
        let program = try compile([.map([.from("a", to: "b"), .from("b", to: "c")])])
        var state = program.makeState(seed: testSeed)
        var batch = makeBatch(["a"], [["1"]])
        let error = #expect(throws: TransformError.self) { try program.apply(&batch, state: &state) }
        #expect(error?.message.contains("in a stage after that map") == true)
    }

    @Test func `what cannot be compiled is reported all at once`() {
        let messages = problems([
            .map([
                .from("a", to: "x"), .from("a", to: "x"), MapEntry(target: "t", origin: .template("{a")),
                .from("a", to: "d") { $0.date = DateConversion(from: "dd-mm-yyyy", to: "YYYY") },
                .from("a", to: "n") { $0.number = NumberConversion(decimal: ",", thousands: ",") },
                .from("a", to: "v") { $0.values = [ValuePair(from: "1", to: "2"), ValuePair(from: "1", to: "3")] },
                .from("a", to: "o"), .from("a", to: "o.p"),
            ])
        ])
        #expect(messages.count == 7)
        #expect(messages[0] == "the target 'x' is mapped twice; remove one")
        #expect(messages[2].hasSuffix("mm are minutes, write months as MM"))
        #expect(messages[3].contains("unknown token 'YYYY'"))
        #expect(messages[6].contains("'o' and 'o.p' exclude each other"))
    }

    @Test func `a diagnostic stands at the nearest known place`() throws {
        let pipeline = makePipeline(
            [.map([.from("a", to: "b.c") { $0.date = DateConversion(from: "dd", to: "yyyy-MM-dd") }])],
            marks: ["transforms[0].map.b.c": Mark(line: 9, column: 3)])
        let error = #expect(throws: DiagnosticsError.self) {
            try TransformProgram(pipeline, rules: nil, today: testToday)
        }
        #expect(error?.diagnostics.first?.mark == Mark(line: 9, column: 3))
    }
}
