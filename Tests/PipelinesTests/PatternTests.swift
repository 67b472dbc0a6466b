import TestSupport
import Testing

@testable import Pipelines

@Suite struct PatternTests {
    @Test(
        "patterns of the subset",
        arguments: [
            ("^[1-9][0-9]{3}[A-Z]{2}$", ["1234AB"], ["0123AB", "1234ABC", "x1234AB", ""]),
            ("abc", ["abc", "xxabcxx"], ["ab", "acb"]),
            ("^$", [""], ["a"]),
            ("", ["", "a"], []),
            ("^a|b$", ["ax", "xb"], ["xa", "bx"]),
            ("^(a|b)+?c{2,3}$", ["abcc", "bccc"], ["acccc", "ac", "cc"]),
            (#"^\d{4}-\d\d$"#, ["2024-01"], ["2024-1", "٢٠٢٤-٠١"]),
            (#"^\w+\s\S\W$"#, ["ab_1 x-"], ["é x-", "ab x_"]),
            (#"^[^\d,]+$"#, ["ab é€😀"], ["a1", "a,b", ""]),
            ("^.$", ["é", "€", "😀", "a"], ["", "\n", "ab", "e\u{301}"]),
            ("^[à-ÿ€]+$", ["éü€"], ["a", "Ā"]),
            ("^[\u{800}-\u{10FFFF}]$", ["\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"], ["\u{7FF}", "a"]),
            (#"^\+?[0-9 ()\-]{10,}$"#, ["+31 612345678", "0612345678"], ["061234567", "06+12345678"]),
            (#"^NL[0-9]{2}[A-Z]{4}[0-9]{10}$"#, ["NL91ABNA0417164300"], ["NL91ABNA041716430", "XNL91ABNA0417164300"]),
            (#"\Aab\z"#, ["ab"], ["abc", "ab\n"]),
            ("^(?:ab){0,2}$", ["", "ab", "abab"], ["ababab", "aba"]),
            ("^[-a]$", ["-", "a"], ["b"]),
            ("^[a-]$", ["-", "a"], ["b"]),
            ("(^a)?b", ["b", "ab", "xb"], ["a"]),
            ("a{0}b", ["b"], ["a"]),
        ] as [(String, [String], [String])])
    func matches(_ text: String, _ good: [String], _ bad: [String]) throws {
        let pattern = try TextPattern(text)
        #expect(pattern.isAutomaton)
        for text in good { #expect(pattern.matches(text), "\(pattern.text) should match \(text)") }
        for text in bad { #expect(!pattern.matches(text), "\(pattern.text) should not match \(text)") }
    }

    @Test(
        "repeats that multiply",
        arguments: ["((a{1000}){1000}){1000}", "(((){1000}){1000}){1000}", #"((?=[(\]])b){1000}){1000}"#])
    func refusesLargeRepeats(_ text: String) {
        let problem = #expect(throws: PatternProblem.self) { try TextPattern(text) }
        #expect(problem?.message.contains("multiply to more than 20000 parts") == true)
    }

    @Test func `repeats side by side, and signs that are no repeats, are counted as such`() {
        #expect(PatternSize.parts(of: "a{1000}b{1000}") == 2000)
        #expect(PatternSize.parts(of: #"(a|bc){2,3}\({3}[({9}]{2}"#) == 9 + 3 + 2)
        #expect(PatternSize.parts(of: "a{x}") == 4 && PatternSize.parts(of: "(((a") == 1)
    }

    @Test(
        "patterns for the engine",
        arguments: [
            ("^(?!0)[0-9]+$", "12", "012"), (#"^(a|b)\1$"#, "aa", "ab"), ("(?i)^abc$", "aBc", "abd"),
            (#"\bcat\b"#, "a cat", "concat"), (#"^\p{L}+$"#, "é", "1"), ("^a++b$", "aab", "aa"),
            ("(a|b)*a(a|b){14}c", "aaaaaaaaaaaaaaac", "bbbbbbbbbbbbbbbc"),
        ])
    func engine(_ text: String, _ good: String, _ bad: String) throws {
        let pattern = try TextPattern(text)
        #expect(!pattern.isAutomaton)
        #expect(pattern.matches(good))
        #expect(!pattern.matches(bad))
    }

    @Test("patterns that are not valid", arguments: ["(", "[a", "a)", "*a", #"\"#, "a{2,1}", "(?<n", "[b-a]"])
    func invalid(_ text: String) {
        let error = #expect(throws: PatternProblem.self) { try TextPattern(text) }
        #expect(error?.message.contains("'\(text)' is not valid") == true)
    }

    @Test func `huge repeats stay bounded`() throws {
        #expect(try !TextPattern("(a{100}){200}").isAutomaton)
        #expect(try TextPattern("^a{900}$").matches(String(repeating: "a", count: 900)))
    }

    @Test func `the byte sequences of a range encode exactly its scalars`() {
        let seed: UInt64 = 31
        var random = SeededRNG(seed: seed)
        let edges: [UInt32] = [0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF]
        for _ in 0..<200 {
            let ends = (0..<2).map { _ in
                Bool.random(using: &random)
                    ? edges.randomElement(using: &random) ?? 0 : UInt32.random(in: 0...0x10FFFF, using: &random)
            }.sorted()
            let sequences = UTF8Ranges.sequences(ends[0]...ends[1])
            let probes =
                (0..<60).map { _ in UInt32.random(in: 0...0x10FFFF, using: &random) }
                + edges + ends + ends.map { $0 &+ 1 } + ends.map { $0 &- 1 }
            for probe in probes {
                guard let scalar = Unicode.Scalar(probe), let bytes = UTF8.encode(scalar) else { continue }
                let hits = sequences.count { sequence in
                    sequence.count == bytes.count && zip(sequence, bytes).allSatisfy { $0.contains($1) }
                }
                #expect(hits == ((ends[0]...ends[1]).contains(probe) ? 1 : 0), "seed \(seed): \(ends) \(probe)")
            }
        }
    }

    @Test func `random patterns agree with Swift's engine on random texts`() throws {
        let seed: UInt64 = 1234
        var random = SeededRNG(seed: seed)
        var automata = 0
        for _ in 0..<250 {
            let text =
                (Bool.random(using: &random) ? "^" : "") + expression(3, &random)
                + (Bool.random(using: &random) ? "$" : "")
            let pattern = try TextPattern(text)
            if pattern.isAutomaton { automata += 1 }
            let regex = try Regex(text)
                .matchingSemantics(.unicodeScalar).asciiOnlyDigits().asciiOnlyWordCharacters().asciiOnlyWhitespace()
            for _ in 0..<30 {
                let subject = String(
                    (0..<Int.random(in: 0...6, using: &random)).map { _ in
                        (["a", "b", "1", "_", " ", "é", "-", "\n"] as [Character]).randomElement(using: &random) ?? "a"
                    })
                #expect(
                    pattern.matches(subject) == (subject.firstMatch(of: regex) != nil),
                    "seed \(seed): \(text) on \(subject.debugDescription)")
            }
        }
        #expect(automata > 240)
    }

    private func expression(_ depth: Int, _ random: inout SeededRNG) -> String {
        let atoms = [
            "a", "b", "1", ".", "[ab]", "[^a]", #"\d"#, #"\w"#, #"\s"#, #"\W"#, "é", "[a-é]", #"\-"#, "[^\\d_]",
        ]
        switch depth == 0 ? 0 : Int.random(in: 0...6, using: &random) {
        case 1: return expression(depth - 1, &random) + expression(depth - 1, &random)
        case 2: return "(" + expression(depth - 1, &random) + "|" + expression(depth - 1, &random) + ")"
        case 3: return "(?:" + expression(depth - 1, &random) + ")*"
        case 4: return "(" + expression(depth - 1, &random) + ")?"
        case 5: return "(" + expression(depth - 1, &random) + "){1,2}"
        case 6: return "(" + expression(depth - 1, &random) + ")+?"
        default: return atoms.randomElement(using: &random) ?? "a"
        }
    }
}
