import ExactJSON
import Properties
import Records
import TestSupport
import Testing

@testable import Formats

@Suite struct NDJSONPropertyTests {
    /// Random JSON text with random white space and escapes.
    struct Writer {
        var rng: SeededRNG
        static let names = ["a", "b", "adres", "postcode", "x.y", "a.b", "é", "", "lang genoeg voor twee woorden"]

        mutating func space() -> String { ["", "", "", " ", "\t "][Int.random(in: 0..<5, using: &rng)] }

        mutating func string(_ text: String? = nil) -> String {
            let text = text ?? String((0..<Int.random(in: 0..<12, using: &rng)).map { _ in character() })
            var out = "\""
            for scalar in text.unicodeScalars {
                let escapes =
                    scalar.value < 0x20 || scalar == "\"" || scalar == "\\" || Int.random(in: 0..<12, using: &rng) == 0
                out += escapes ? escape(scalar) : String(scalar)
            }
            return out + "\""
        }

        mutating func character() -> Character {
            ["a", "Z", " ", "\"", "\\", "\n", "é", "€", "😀", "/", "}", "\u{7F}", "\u{1F}"].randomElement(using: &rng)
                ?? "a"
        }

        func escape(_ scalar: Unicode.Scalar) -> String {
            String(Character(scalar)).utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }

        mutating func value(_ depth: Int) -> String {
            switch Int.random(in: 0..<(depth > 3 ? 6 : 9), using: &rng) {
            case 0: return "null"
            case 1: return Bool.random(using: &rng) ? "true" : "false"
            case 2: return ["0", "-0.0", "1e3", "12345678901234567890.10", "-7E-2"].randomElement(using: &rng) ?? "0"
            case 3, 4, 5: return string()
            case 6:
                let elements = (0..<Int.random(in: 0..<4, using: &rng)).map { _ in space() + value(depth + 1) + space()
                }
                return "[" + elements.joined(separator: ",") + (elements.isEmpty ? space() : "") + "]"
            default: return object(depth + 1)
            }
        }

        mutating func object(_ depth: Int) -> String {
            let members = (0..<Int.random(in: 0..<5, using: &rng)).map { _ in
                space() + string(Self.names.randomElement(using: &rng) ?? "") + space() + ":" + space() + value(depth)
                    + space()
            }
            return "{" + members.joined(separator: ",") + (members.isEmpty ? space() : "") + "}"
        }
    }

    /// What a path means, by the parsed value alone.
    static func find(_ path: [Substring], in value: JSONValue) -> JSONValue? {
        if let literal = value[path.joined(separator: ".")] { return literal }
        guard path.count > 1, let inner = value[String(path[0])] else { return nil }
        return find(Array(path.dropFirst()), in: inner)
    }

    @Test func `every path gives what a full parser finds there`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var writer = Writer(rng: SeededRNG(seed: seed))
        let fields = ["a", "b", "adres", "adres.postcode", "adres.a.b", "x.y", "a.b", "é", "adres.adres.x.y", "a.a.b"]
        for _ in 0..<2000 {
            let text = writer.object(0)
            let oracle = try JSONParser.parse(text)
            let row = try #require(try readNDJSON(text, fields: fields).rows.first, "seed \(seed)")
            #expect(row.issues.isEmpty, "seed \(seed): \(text)")
            for field in fields {
                let expected = Self.find(field.split(separator: ".", omittingEmptySubsequences: false), in: oracle)
                switch expected {
                case nil, .null: #expect(row.values[field] == nil, "seed \(seed): \(field) of \(text)")
                case .string(let value): #expect(row.values[field] == value, "seed \(seed): \(field) of \(text)")
                case .number, .bool: #expect(row.values[field] == expected?.text, "seed \(seed): \(field) of \(text)")
                case .array, .object:
                    let got = try JSONParser.parse(row.values[field] ?? "")
                    #expect(got == expected && row.kinds[field] == .json, "seed \(seed): \(field) of \(text)")
                }
            }
        }
    }

    @Test func `a damaged line is malformed exactly when a full parser says so`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var writer = Writer(rng: SeededRNG(seed: seed))
        for _ in 0..<4000 {
            var bytes = Array(writer.object(0).utf8)
            let place = Int.random(in: 0..<bytes.count, using: &writer.rng)
            switch Int.random(in: 0..<3, using: &writer.rng) {
            case 0: bytes.remove(at: place)
            case 1:
                bytes[place] = [0x22, 0x7B, 0x5D, 0x2C, 0x30, 0x5C, 0xFF, 0x2D].randomElement(using: &writer.rng) ?? 0
            default: bytes.insert(UInt8.random(in: 1...255, using: &writer.rng), at: place)
            }
            if bytes.contains(0x0A) || bytes.isEmpty { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            if text.contains("\\u0000") { continue }
            let isObject = (try? JSONParser.parse(bytes))?.object != nil
            let rows = try readNDJSON(bytes, fields: ["a", "adres.postcode"]).rows
            #expect((rows.first?.issues.isEmpty ?? false) == isObject, "seed \(seed): \(text)")
        }
    }

    @Test func `any chunking gives identical records`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var writer = Writer(rng: SeededRNG(seed: seed))
        var bytes: [UInt8] = []
        for index in 0..<60 {
            bytes += Array(writer.object(0).utf8)
            if index % 9 == 3 { bytes += [0xFF, 0x7B] }
            bytes += Array([UInt8(0x0A)])
            if index % 7 == 0 { bytes += [0x0D, 0x0A] }
        }
        func read(_ piece: Int) throws -> ReadResult {
            try readNDJSON(bytes, piece: piece) { definition in
                definition.recordBytesMax = 300
                definition.batchRows = 7
            }
        }
        let whole = try read(.max)
        #expect(whole.rows.count == 60)
        for piece in Array(1...40) + [97, 256, 1000] {
            #expect(try read(piece) == whole, "seed \(seed), pieces of \(piece)")
        }
    }
}
