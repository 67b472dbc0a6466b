import Pipelines
import Records
import TestSupport
import Testing

@Suite struct MapNumberTests {
    private func convert(_ form: NumberConversion, _ texts: [String]) throws -> RecordBatch {
        let entry = MapEntry.from("a", to: "b") { $0.number = form }
        return try transform([.map([entry])], ["a"], texts.map { [.text($0)] })
    }

    private let dutch = NumberConversion(decimal: ",", thousands: ".")

    @Test(
        "Dutch amounts",
        arguments: [
            ("1.234,50", "1234.50"), ("1234,5", "1234.5"), ("12", "12"), ("-1.234.567,890", "-1234567.890"),
            ("+5", "5"), (",50", "0.50"), ("-,5", "-0.5"), ("007", "7"), ("0,00", "0.00"), ("-0", "0"), ("-0,0", "0.0"),
            (" 12,5\u{A0}", "12.5"), ("000.123", "123"),
            ("98.765.432.109.876.543.210,0123456789", "98765432109876543210.0123456789"),
        ])
    func converts(_ text: String, _ expected: String) throws {
        let batch = try convert(dutch, [text])
        #expect(batch.values("b") == [.number(expected)])
    }

    @Test(
        "what is no Dutch amount",
        arguments: [
            "1.23", "12.34,5", "1234.567", "1,234.50", "1,", ",", "-", "", "1.234.5", ".123", "1..234", "1e5", "€ 5",
            "5-",
            "1,2,3", "1 234", "٣", "--1",
        ])
    func rejects(_ text: String) throws {
        let batch = try convert(dutch, [text])
        if text.isEmpty {
            #expect(batch.issues.isEmpty && batch.values("b") == [nil])
        } else {
            #expect(batch.codes == ["0:b:number.invalid"])
            #expect(batch.issues.first?.issue.message.contains("such as 1.234,50") == true)
            #expect(batch.issues.first?.issue.value == text)
        }
    }

    @Test func `separators of several bytes, and none`() throws {
        let swiss = NumberConversion(decimal: ".", thousands: "\u{2019}")
        #expect(try convert(swiss, ["1\u{2019}234.5"]).values("b") == [.number("1234.5")])
        #expect(try convert(NumberConversion(), ["1234.5", "1,5"]).codes == ["1:b:number.invalid"])
    }

    @Test(
        "separators that make no form",
        arguments: [(".", "."), (",", ""), ("", nil), ("1", nil), (",", "-"), (",.", nil)] as [(String, String?)])
    func refused(_ decimal: String, _ thousands: String?) {
        #expect(throws: PatternProblem.self) {
            try NumberForm(NumberConversion(decimal: decimal, thousands: thousands))
        }
    }

    @Test func `random texts agree with an oracle that splits Strings`() throws {
        let seed: UInt64 = 5
        var random = SeededRNG(seed: seed)
        let alphabet: [Character] = ["0", "1", "2", "3", ".", ".", ",", "-", "+"]
        let texts = (0..<4000).map { _ in
            String(
                (0..<Int.random(in: 1...9, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "0" })
        }
        let batch = try convert(dutch, texts)
        let values = batch.values("b")
        for (index, text) in texts.enumerated() {
            #expect(values[index] == (oracle(text).map { .number($0) } ?? .null), "seed \(seed): \(text)")
        }
        #expect(values.contains { $0 != .null })
    }

    private func oracle(_ text: String) -> String? {
        var rest = text[...]
        let sign = rest.first == "-" ? "-" : ""
        if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
        let halves = rest.split(separator: ",", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        let groups = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        if groups.count > 1 {
            guard (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else {
                return nil
            }
        }
        let digits = groups.joined()
        guard digits.allSatisfy(\.isNumber), !(digits.isEmpty && halves.count == 1) else { return nil }
        var whole = String(digits.drop { $0 == "0" })
        if whole.isEmpty { whole = "0" }
        guard halves.count == 2 else { return whole == "0" ? whole : sign + whole }
        guard !halves[1].isEmpty, halves[1].allSatisfy(\.isNumber) else { return nil }
        let isZero = whole == "0" && halves[1].allSatisfy { $0 == "0" }
        return (isZero ? "" : sign) + whole + "." + halves[1]
    }
}
