import ExactJSON
import TestSupport
import Testing

@Suite struct JSONTests {
    @Test(arguments: ["0.10", "1e3", "-0", "12345678901234567890", "1.0"])
    func `numbers stay as written`(text: String) throws {
        #expect(try JSONParser.parse(text).text == text)
    }

    @Test(arguments: [
        "01", "+1", ".5", "1.", "NaN", "[1,]", "{\"a\":1,}", "\"\u{1}\"", "\"\\ud800\"", "nul", "", "1 2", "\"a",
    ])
    func `what the grammar forbids is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(text) }
    }

    @Test func `deep nesting is an error, not a crash`() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSONParser.parse(text) }
    }

    @Test func `canonical form ignores member order only`() throws {
        let one = try JSONParser.parse(#"{"b":[2,1],"a":{"y":1,"x":"é"}}"#)
        let two = try JSONParser.parse(#"{ "a": {"x":"\u00e9","y":1}, "b":[2,1] }"#)
        #expect(one.canonical.text == two.canonical.text)
        #expect(one.canonical.text == #"{"a":{"x":"é","y":1},"b":[2,1]}"#)
    }

    @Test func `a repeated member keeps its last value`() throws {
        #expect(try JSONParser.parse(#"{"a":1,"b":2,"a":3}"#).text == #"{"a":3,"b":2}"#)
    }

    @Test func `writing and parsing are inverse`() throws {
        var rng = SeededRNG(seed: 7)
        for round in 0..<500 {
            let value = randomValue(&rng, depth: 0)
            #expect(try JSONParser.parse(value.bytes) == value, "seed 7, round \(round): \(value.text)")
        }
    }

    private func randomValue(_ rng: inout SeededRNG, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 3 ? 4 : 6), using: &rng) {
        case 0: .null
        case 1: .bool(Bool.random(using: &rng))
        case 2: .number(JSONNumber(Int.random(in: -1_000_000...1_000_000, using: &rng)))
        case 3: .string(randomText(&rng))
        case 4: .array((0..<Int.random(in: 0..<4, using: &rng)).map { _ in randomValue(&rng, depth: depth + 1) })
        default:
            .object(
                JSONObject(
                    (0..<Int.random(in: 0..<4, using: &rng)).map { _ in
                        (randomText(&rng), randomValue(&rng, depth: depth + 1))
                    }))
        }
    }

    private func randomText(_ rng: inout SeededRNG) -> String {
        let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\u{0}", "\u{1F}", "\n", "é", "€", "😀", "/", "\u{FFFD}"]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<8, using: &rng) { text.append(scalars.randomElement(using: &rng) ?? "a") }
        return String(text)
    }
}
