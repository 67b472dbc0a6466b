import Pipelines
import TestSupport
import Testing

@Suite struct DecodingProblemTests {
    @Test(arguments: structure + values + combinations)
    func `A bad file is refused at its place, and only there`(_ bad: BadFile) {
        let (text, mark) = Marked.split(bad.yaml)
        let (definition, diagnostics) = PipelineDecoder.decode(
            text: text, file: "p.yaml", environment: ["HOME": "/home/user"], overrides: [])
        #expect(definition == nil)
        #expect(diagnostics.map(\.mark) == [mark], "\(diagnostics)")
        for fragment in bad.fragments {
            #expect(diagnostics.first?.message.contains(fragment) == true, "\(diagnostics)")
        }
    }

    static let structure: [BadFile] = [
        BadFile("empty", "‸# nothing\n", "empty"),
        BadFile("a list at the top", "‸- a\n- b\n", "must be a mapping, not a list"),
        BadFile("a tab for indentation", "pipeline: p\n‸\tkey: a\n", "not valid YAML", "indent with spaces"),
        BadFile("a colon in a plain text", "pipeline: a‸: b\n", "not valid YAML", "quotes"),
        BadFile("an open bracket", "pipeline: p\nkey: [a\nsource‸: x\n", "not valid YAML", "line 2"),
        BadFile("an unknown alias", "pipeline: ‸*nobody\n", "undefined alias"),
        BadFile("two documents", Marked.file() + "‸---\npipeline: q\n", "second document"),
        BadFile("an unknown key", Marked.file(tail: "‸guard: { max_errors: 5% }"), "'guard'", "did you mean 'guards'?"),
        BadFile(
            "an unknown key far from any", Marked.file(tail: "‸schedule: daily"), "'schedule'", "allowed: pipeline, key"
        ),
        BadFile(
            "an unknown key in a source", Marked.file(source: "csv: { path: a, ‸delimeter: ';' }"), "csv source",
            "did you mean 'delimiter'?"),
        BadFile("an unknown source", Marked.file(source: "‸cvs: { path: in.csv }"), "'cvs' in source", "'csv'?"),
        BadFile("an unknown sink", Marked.file(sink: "‸salesdock.customer: { match: [a] }"), "'salesdock.customers'?"),
        BadFile(
            "a sink that is not there yet", Marked.file(sink: "‸xml: { path: a.xml }"), "unknown key 'xml' in sink"),
        BadFile("an unknown transform", Marked.file(transforms: "- ‸mapp: { a: b }"), "did you mean 'map'?"),
        BadFile("an option of another sink", Marked.file(sink: "salesdock.customers: { ‸energy: true }"), "'energy'"),
        BadFile("a setting of an export", Marked.file(source: "salesdock.offers: { ‸since: today }"), "takes none"),
        BadFile("no name", Marked.file(head: "‸key: nr"), "a pipeline needs 'pipeline'"),
        BadFile(
            "a wide delimiter", Marked.file(source: "csv: { path: a, delimiter: ‸é }"), "one ASCII character", "'é'"),
        BadFile("a wide quote", Marked.file(source: "csv: { path: a, quote: ‸“ }"), "one ASCII character"),
        BadFile(
            "a wide delimiter of a sink", Marked.file(sink: "csv: { path: a, delimiter: ‸· }"), "one ASCII character"),
        BadFile("no path", Marked.file(source: "‸csv: { delimiter: ';' }"), "csv source needs 'path'"),
        BadFile("a source without anything", Marked.file(source: "‸csv:"), "csv source needs 'path'"),
        BadFile("no source at all", "‸pipeline: p\nsink: { ndjson: { path: '-' } }\n", "needs 'source'"),
        BadFile("no value", Marked.file(head: "‸pipeline:\nkey: nr"), "'pipeline' has no value"),
        BadFile("an empty name", Marked.file(head: "pipeline: ‸\"\"\nkey: nr"), "'pipeline' must not be empty"),
        BadFile("an empty list", Marked.file(head: "pipeline: p\nkey: ‸[]"), "'key' is an empty list"),
        BadFile("a key twice", Marked.file(head: "pipeline: p\nkey: nr\n‸key: code"), "'key' is given twice", "line 2"),
        BadFile("a quoted key twice", Marked.file(transforms: "- map: { \"a\": x, ‸\"a\": y }"), "'a' is given twice"),
        BadFile("a list as a key", Marked.file(tail: "? ‸[a, b]\n: c"), "a key must be a plain name"),
        BadFile(
            "a mapping for a text", Marked.file(source: "csv: { path: ‸{ a: b } }"), "'path' must be",
            "a text or a list", "not a mapping"),
        BadFile("a text for a mapping", Marked.file(source: "csv: ‸in.csv"), "'csv' must be a mapping, not 'in.csv'"),
        BadFile(
            "a mapping for a list",
            "pipeline: p\nkey: nr\nsource: { csv: { path: a } }\ntransforms:\n‸  map: { a: b }\n"
                .replacing("‸  map", with: "  ‸map") + "sink: { csv: { path: b } }\n", "'transforms' must be a list"),
    ]

    static let values: [BadFile] = [
        BadFile("a value of no enum", Marked.file(tail: "missing: ‸deactivated"), "keep, deactivate", "'deactivate'?"),
        BadFile(
            "an unknown operation", entry("{ from: a, apply: [trim, ‸lowercas] }"), "an item of apply", "'lowercase'?"),
        BadFile(
            "a check of no name", Marked.file(transforms: "- validate: { a: [‸e-mail] }"), "required, email", "'email'?"
        ),
        BadFile("a flag that is a word", Marked.file(sink: "salesdock.products: { energy: ‸yes }"), "true or false"),
        BadFile("a threshold", Marked.file(tail: "guards: { max_errors: ‸five }"), "a percentage such as 5%", "'five'"),
        BadFile("a share over the whole", Marked.file(tail: "guards: { max_errors: ‸101% }"), "'101%'"),
        BadFile("a size without end", entry("{ file: { from: pdf, max: ‸9223372036854775807 } }"), "at most 2 GiB"),
        BadFile("a size", entry("{ file: { from: pdf, max: ‸10 apples } }"), "a size such as 10MB"),
        BadFile("a name that is a path", Marked.file(head: "pipeline: ‸../p\nkey: nr"), "letters, digits"),
        BadFile("a name of two lines", Marked.file(head: "pipeline: ‸\"a\\nb\"\nkey: nr"), "letters, digits"),
        BadFile("a quote between fields", Marked.file(sink: "csv: { path: a, delimiter: ‸'\"' }"), "no quote"),
        BadFile(
            "a line end between fields", Marked.file(source: "csv: { path: a, delimiter: ‸\"\\n\" }"), "line break"),
        BadFile(
            "a delimiter of two", Marked.file(source: "csv: { path: a, delimiter: ‸';;' }"),
            "one ASCII character, or tab"),
        BadFile("a header that is off", Marked.file(source: "csv: { path: a, header: ‸no }"), "'header' must be"),
        BadFile(
            "a date form of another dialect", entry("{ from: a, date: { from: ‸YYYY-MM-dd, to: dd-MM-yyyy } }"),
            "'YYYY'"),
        BadFile("minutes for months", entry("{ from: a, date: { from: yyyy-MM-dd, to: ‸dd-mm-yyyy } }"), "month (MM)"),
        BadFile(
            "half a date",
            entry("{ from: a, date: { ‸from: yyyy-MM-dd } }").replacing("date: { ‸from", with: "‸date: { from"),
            "date needs 'to'"),
        BadFile(
            "a day that does not exist", Marked.file(transforms: "- validate: { a: { after: ‸2023-02-29 } }"),
            "yyyy-MM-dd"),
        BadFile("a negative length", Marked.file(transforms: "- validate: { a: { min_length: ‸-1 } }"), "whole number"),
        BadFile("a limit of words", Marked.file(transforms: "- validate: { a: { max: ‸\"1,5\" } }"), "a number"),
        BadFile("no key for duplicates", Marked.file(transforms: "- ‸dedupe: { keep: first }"), "dedupe needs 'by'"),
        BadFile(
            "a variable that is not set", Marked.file(source: "csv: { path: ‸\"${PRICES}/a.csv\" }"),
            "PRICES is not set"),
        BadFile("a variable that is not closed", Marked.file(source: "csv: { path: ‸\"${PRICES\" }"), "not closed"),
        BadFile("a variable without a name", Marked.file(source: "csv: { path: ‸\"${1}\" }"), "$${"),
    ]

    static let combinations: [BadFile] = [
        BadFile("from and const", entry("{ from: a, ‸const: b }"), "not both 'from' and 'const'"),
        BadFile(
            "neither from nor const", Marked.file(transforms: "- map: { ‸b: { apply: trim } }"),
            "needs one of from, const"),
        BadFile(
            "two sources", Marked.file(source: "csv: { path: a }\n‸ndjson: { path: b }"),
            "not both 'csv' and 'ndjson'"),
        BadFile(
            "two stages in one", Marked.file(transforms: "- map: { a: b }\n  ‸filter: a == '1'"),
            "not both 'map' and 'filter'"),
        BadFile("lookup without by", entry("{ from: a, ‸lookup: suppliers }"), "'lookup' needs 'by'"),
        BadFile("by without lookup", entry("{ from: a, ‸by: identifier }"), "'by' needs 'lookup'"),
        BadFile("otherwise without values", entry("{ from: a, ‸otherwise: b }"), "'otherwise' needs 'values'"),
        BadFile(
            "ref and lookup", entry("{ from: a, ref: b, ‸lookup: products, by: identifier }"),
            "'ref' or 'lookup', not both"),
        BadFile(
            "a check of nothing", Marked.file(transforms: "- validate: { ‸a: { severity: warning } }"),
            "at least one of"),
        BadFile("a token by its key", Marked.file(tail: "‸token: abc"), "a token does not belong in this file"),
        BadFile("a token by its looks", entry("{ const: ‸'17|abcdefgh12345678ABCDEFGH' }"), "looks like an API token"),
    ]

    private static func entry(_ yaml: String) -> String { Marked.file(transforms: "- map:\n    target: \(yaml)") }

    @Test func `Every problem of a file is found in one pass`() {
        let text = """
            pipeline: p
            keys: nr
            source: { csv: { delimiter: ";;" } }
            transforms:
              - map: { a: { from: x, const: y }, b: { form: z } }
              - dedupe: { by: a, keep: frist }
            sink: { salesdock.customer: {} }
            """
        let (definition, diagnostics) = PipelineDecoder.decode(text: text, file: "p.yaml", environment: [:])
        #expect(definition == nil)
        #expect(diagnostics.map { $0.mark?.line } == [2, 3, 3, 5, 5, 6, 7])
        #expect(diagnostics.first?.description.hasPrefix("p.yaml:2:1: error: unknown key 'keys'") == true)
    }

    @Test func `A nest of aliases is refused`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let (definition, diagnostics) = PipelineDecoder.decode(text: text, file: "p.yaml", environment: [:])
        #expect(definition == nil)
        #expect(diagnostics.count == 1)
        #expect(diagnostics.first?.message.contains("more than 50000 values") == true)
    }

    @Test(arguments: ["? *a9\n: x\n", "*a9 : x\n", "[*a9]: x\n", "b: { ? *a9 : x }\n"])
    func `A nest of aliases in a key is refused at once`(_ key: String) {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let (_, diagnostics) = PipelineDecoder.decode(text: text + key, file: "p.yaml", environment: [:])
        #expect(diagnostics.map(\.message) == ["aliases may not stand in keys"])
    }

    @Test func `Deep nesting is refused`() {
        let text = "pipeline: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        let (_, diagnostics) = PipelineDecoder.decode(text: text, file: "p.yaml", environment: [:])
        #expect(diagnostics.first?.message.contains("levels") == true)
    }

    @Test func `A message never shows what an environment variable holds`() {
        let text = Marked.file(tail: "missing: ${SECRET}")
        let (_, diagnostics) = PipelineDecoder.decode(text: text, file: "p.yaml", environment: ["SECRET": "hunter2"])
        #expect(diagnostics.count == 1)
        #expect(!"\(diagnostics)".contains("hunter2"))
        #expect(diagnostics.first?.message.contains("'${SECRET}'") == true)
    }

    @Test func `Thousands of values are read, and the last of them is known to be there twice`() {
        var map = "- map:\n    t:\n      from: nr\n      values:\n"
        for index in 0..<20_000 { map += "        k\(index): v\(index)\n" }
        let (definition, diagnostics) = PipelineDecoder.decode(
            text: Marked.file(transforms: map), file: "p.yaml", environment: [:])
        #expect(definition != nil && diagnostics.isEmpty, "\(diagnostics)")
        let (_, twice) = PipelineDecoder.decode(
            text: Marked.file(transforms: map + "        k19999: x\n"), file: "p.yaml", environment: [:])
        #expect(twice.count == 1 && twice.first?.message.contains("'k19999' is given twice") == true, "\(twice)")
    }

    @Test func `Twenty keys given twice are all reported, each at its own place`() {
        var map = "- map:\n"
        for index in 0..<20 { map += "    t\(index): a\n    \"t\(index)\": b\n" }
        let (_, diagnostics) = PipelineDecoder.decode(
            text: Marked.file(transforms: map), file: "p.yaml", environment: [:])
        #expect(diagnostics.count == 20, "\(diagnostics)")
        #expect(diagnostics.allSatisfy { $0.mark?.column == 7 })
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `No damage to a file makes the decoder fail without a word`(_ seed: UInt64) {
        var random = SeededRNG(seed: seed)
        let whole = Array(DecodingTests.example.unicodeScalars)
        let noise = Array("-:[]{}#&*!|>'\"%@`,? \t\n$<~0é\u{0}\u{E000}\u{85}".unicodeScalars)
        for round in 0..<150 {
            var scalars = whole
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<scalars.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: scalars.removeSubrange(at..<min(scalars.count, at + 9))
                case 1: scalars[at] = noise.randomElement(using: &random) ?? " "
                case 2: scalars.insert(noise.randomElement(using: &random) ?? " ", at: at)
                default: scalars.insert(contentsOf: scalars[at..<min(scalars.count, at + 40)], at: at)
                }
            }
            let text = String(String.UnicodeScalarView(scalars))
            let (definition, diagnostics) = PipelineDecoder.check(text: text, file: "p.yaml", environment: [:])
            #expect(definition != nil || diagnostics.contains { $0.severity == .error }, "seed \(seed) round \(round)")
        }
    }
}
