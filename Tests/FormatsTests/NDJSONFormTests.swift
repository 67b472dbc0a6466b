import Properties
import Records
import TestSupport
import Testing

@testable import Formats

/// Lines that share a form are read by comparing; what that gives must be what each line gives alone.
@Suite struct NDJSONFormTests {
    private static let fields = ["a", "b.c", "b.d", "é", "n"]

    /// Values in the places of one form, now and then one that breaks it.
    private static func line(_ form: Int, _ rng: inout SeededRNG) -> String {
        func value() -> String {
            let plain = [
                "\"\"", "\"kort\"", "\"zestien tekens en nog wat meer\"", "\"Café Ünal €\"", "null", "true", "false",
                "0", "-1.50",
            ]
            let odd = [
                "\"a\\nb\"", "1e3", "[1]", "{\"c\":1}", "01", "tru", "\"\u{1}\"", "\"open", "-", "1.", "nul", "1.5e",
                "",
            ]
            let isOdd = Int.random(in: 0..<40, using: &rng) == 0
            return (isOdd ? odd : plain).randomElement(using: &rng) ?? ""
        }
        switch form {
        case 0: return "{\"a\":\(value()),\"b\":{\"c\":\(value()),\"d\":\(value())},\"é\":\(value()),\"n\":\(value())}"
        case 1: return "{\"n\" : \(value()), \"x\":\(value()), \"a\": \(value()) }"
        case 2: return "{\"b.c\":\(value()),\"b\":{\"c\":\(value())},\"a\":\(value()),\"a\":\(value())}"
        default: return "{\"n\":\(value()),\"a\":\(value())}\(["", " ", "x"].randomElement(using: &rng) ?? "")"
        }
    }

    @Test(arguments: [
        [#"{"a":1,"b.c":"flat","b":{"c":"nested"}}"#, #"{"a":2,"b.c":"flat","b":{"c":"nested"}}"#],
        [#"{"a":1,"b.c":null,"b":{"c":"nested"}}"#, #"{"a":2,"b.c":"flat","b":{"c":"nested"}}"#],
        [#"{"b":{"c":"nested"},"b.c":null}"#, #"{"b":{"c":"nested"},"b.c":"flat"}"#],
    ]) func `of two members for one field the better one counts on every line`(forms: [String]) throws {
        let lines = [forms[0]] + Array(repeating: forms[1], count: 3)
        let together = try readNDJSON(lines.joined(separator: "\n"), fields: Self.fields).rows
        for (line, row) in zip(lines, together) {
            let alone = try #require(try readNDJSON(line, fields: Self.fields).rows.first)
            #expect(row.values["b.c"] == alone.values["b.c"], "\(line)")
        }
    }

    @Test func `lines that share a form give what each gives alone`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var rng = SeededRNG(seed: seed)
        for _ in 0..<60 {
            let forms = (0..<2).map { _ in Int.random(in: 0..<4, using: &rng) }
            let lines = (0..<40).map { _ in Self.line(forms.randomElement(using: &rng) ?? 0, &rng) }
            let together = try readNDJSON(lines.joined(separator: "\n"), fields: Self.fields).rows
            #expect(together.count == lines.count, "seed \(seed)")
            for (line, row) in zip(lines, together) {
                let alone = try #require(try readNDJSON(line, fields: Self.fields).rows.first, "seed \(seed)")
                for field in Self.fields {
                    #expect(row.values[field] == alone.values[field], "seed \(seed): \(field) of \(line)")
                    #expect(row.kinds[field] == alone.kinds[field], "seed \(seed): \(field) of \(line)")
                }
                #expect(row.issues.map(\.code) == alone.issues.map(\.code), "seed \(seed): \(line)")
            }
        }
    }
}
