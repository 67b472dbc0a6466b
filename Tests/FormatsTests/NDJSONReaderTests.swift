import ExactJSON
import Properties
import Records
import TestSupport
import Testing

@testable import Formats

@Suite struct NDJSONReaderTests {
    @Test func `values keep their kind and their text`() throws {
        let result = try readNDJSON(
            #"{"n":0.10,"t":"a\u0041\n\"é😀","b":false,"z":null,"l":[ 1, "x y" ],"o":{"a" : [ ] },"leeg":""}"# + "\n",
            fields: ["n", "t", "b", "z", "l", "o", "leeg", "weg"])
        let row = try #require(result.rows.first)
        #expect(
            row.values == [
                "n": "0.10", "t": "aA\n\"é😀", "b": "false", "l": #"[1,"x y"]"#, "o": #"{"a":[]}"#, "leeg": "",
            ])
        #expect(row.kinds["n"] == .number && row.kinds["t"] == .text && row.kinds["b"] == .boolean)
        #expect(row.kinds["z"] == .null && row.kinds["l"] == .json && row.kinds["weg"] == .null)
        #expect(result.columns == ["n", "t", "b", "z", "l", "o", "leeg", "weg"])
    }

    @Test func `dotted paths reach into objects and a literal name with a dot goes first`() throws {
        let text = """
            {"adres":{"postcode":"1234AB","geo":{"lat":1}}}
            {"adres.postcode":"L","adres":{"postcode":"N","geo.lat":2}}
            {"adres":{"postcode":"N"},"adres.postcode":null}
            {"adres":"plat"}
            """
        let result = try readNDJSON(text, fields: ["adres.postcode", "adres.geo.lat", "adres"])
        #expect(result.rows.map { $0.values["adres.postcode"] } == ["1234AB", "L", nil, nil])
        #expect(result.rows.map { $0.values["adres.geo.lat"] } == ["1", "2", nil, nil])
        #expect(result.rows[3].values["adres"] == "plat")
        #expect(result.rows[0].kinds["adres"] == .json)
    }

    @Test func `of repeated names the last wins with all below it`() throws {
        let text = #"{"a":1,"a":2,"o":{"x":1,"y":1},"o":{"y":2}}"#
        let result = try readNDJSON(text, fields: ["a", "o.x", "o.y"])
        #expect(result.rows[0].values == ["a": "2", "o.y": "2"])
    }

    @Test func `blank lines, CRLF, BOM and a last line without an end are no problem`() throws {
        let bytes = [0xEF, 0xBB, 0xBF] + Array("{\"a\":1}\r\n\r\n  \t\n{\"a\":2}\n\n{\"a\":3}".utf8)
        let result = try readNDJSON(bytes, fields: ["a"])
        #expect(result.rows.map { $0.values["a"] } == ["1", "2", "3"])
        #expect(result.rows.map(\.line) == [1, 4, 6])
        #expect(result.rows.map(\.row) == [1, 2, 3])
        #expect(result.rows.map(\.byteOffset) == [3, 18, 27])
        #expect(result.rows[0].raw == "{\"a\":1}")
        #expect(result.failure == nil)
    }

    @Test func `UTF-16 with a BOM is read`() throws {
        let units = Array("{\"a\":\"é\"}\n{\"a\":\"😀\"}\n".utf16)
        let bytes: [UInt8] =
            [0xFF, 0xFE] + units.flatMap { (unit) -> [UInt8] in [UInt8(unit & 255), UInt8(unit >> 8)] }
        let result = try readNDJSON(bytes, fields: ["a"], piece: 3)
        #expect(result.rows.map { $0.values["a"] } == ["é", "😀"])
        #expect(result.rows.map(\.byteOffset) == [2, 22])
        #expect(
            try readNDJSON(bytes + [0x00, 0xD8, 0x0A, 0x00], fields: ["a"]).rows[2].issues[0].code == "ndjson.malformed"
        )
    }

    @Test func `without a list of fields the first record decides the columns`() throws {
        let text = """
            {}
            {"a":1,"o":{"p":{"q":{"r":1}},"e":{}},"l":[{"x":1}]}
            {"a":2,"nieuw":1,"o":{"ook":1}}
            {"a":3,"nieuw":2,"o":"plat"}
            """
        let result = try readNDJSON(text)
        #expect(result.columns == ["a", "o.p.q", "o.e", "l"])
        #expect(result.rows[1].values == ["a": "1", "o.p.q": #"{"r":1}"#, "o.e": "{}", "l": #"[{"x":1}]"#])
        #expect(result.issues.map(\.code) == Array(repeating: "ndjson.unknown_member", count: 3))
        #expect(result.issues.map(\.field) == ["nieuw", "o.ook", "o"])
        #expect(result.good.count == 4)
    }

    @Test func `the columns of a rejects file are dropped`() throws {
        let text = #"{"_row":1,"_line":2,"_field":"x","_code":"c","_message":"m","a":1,"_eigen":2}"# + "\n"
        let result = try readNDJSON(text + text)
        #expect(result.columns == ["a", "_eigen"])
        #expect(result.issues.isEmpty)
    }

    @Test func `unknown names are reported once each and never without bound`() throws {
        let more = (0..<150).map { "{\"a\":1,\"x\($0)\":1}\n" }.joined()
        let result = try readNDJSON("{\"a\":1}\n" + more + more)
        #expect(result.issues.count == NDJSONReader.unknownNamesMax)
    }

    @Test func `a line over the limit costs that line and is not held`() throws {
        let long = "{\"a\":\"" + String(repeating: "x", count: 5000) + "\"}"
        let text = "{\"a\":1}\n\(long)\r\n{\"a\":2}\n\(long)"
        for piece in [1, 7, 100, 1 << 20] {
            let result = try readNDJSON(Array(text.utf8), fields: ["a"], piece: piece) { $0.recordBytesMax = 1000 }
            #expect(result.rows.map { $0.values["a"] } == ["1", nil, "2", nil])
            #expect(result.issues.map(\.code) == ["record.too_large", "record.too_large"])
            #expect(result.rows[1].raw == "" && result.rows[2].line == 3)
            #expect(result.rows[2].byteOffset == 8 + long.utf8.count + 2)
        }
        let exact = try readNDJSON(Array(text.utf8), fields: ["a"], piece: 11) { $0.recordBytesMax = long.utf8.count }
        #expect(exact.good.count == 4)
    }

    @Test func `batches end by rows and by bytes`() throws {
        let text = String(repeating: "{\"a\":1}\n", count: 10)
        let byRows = try readNDJSON(Array(text.utf8), fields: ["a"]) { $0.batchRows = 4 }
        #expect(byRows.batchRows == [4, 4, 2])
        #expect(byRows.rows.map(\.row) == Array(1...10))
        let byBytes = try readNDJSON(Array(text.utf8), fields: ["a"]) { $0.batchBytes = 20 }
        #expect(byBytes.batchRows == [3, 3, 3, 1])
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let name: String
        let line: [UInt8]
        let message: String
        var testDescription: String { name }

        init(_ name: String, _ line: String, _ message: String) { self.init(name, Array(line.utf8), message) }
        init(_ name: String, _ line: [UInt8], _ message: String) {
            (self.name, self.line, self.message) = (name, line, message)
        }
    }

    static let bad: [Bad] = [
        Bad(
            "list", "[1]",
            "the line is a list; each line must hold one JSON object (`jq -c '.[]'` makes lines of a list)"),
        Bad("scalar", " 12", "at column 2: the line is not an object; each line must hold one JSON object"),
        Bad("cut in a string", #"{"a":"x"#, "at column 8: a string is not closed; the line ends too early"),
        Bad("cut after a colon", #"{"a":"#, "at column 6: a value is missing; the line ends too early"),
        Bad("cut after a value", #"{"a":1"#, "at column 7: an object is not closed; the line ends too early"),
        Bad("cut in a list", #"{"a":[1"#, "at column 8: a list is not closed; the line ends too early"),
        Bad(
            "two objects", #"{"a":1}{"a":2}"#,
            "at column 8: something follows the object; each line must hold one JSON object"),
        Bad("trailing comma", #"{"a":1,}"#, "at column 8: expected a member name in double quotes"),
        Bad("no comma", #"{"a":1 "b":2}"#, "at column 8: expected ',' or '}' after a member"),
        Bad("no comma in a list", #"{"a":[1 2]}"#, "at column 9: expected ',' or ']' after a list element"),
        Bad("single quotes", "{'a':1}", "at column 2: expected a member name in double quotes"),
        Bad("no colon", #"{"a" 1}"#, "at column 6: expected ':' after a member name"),
        Bad("leading zero", #"{"é":01}"#, "at column 7: a number has a leading zero"),
        Bad("half a number", #"{"a":-}"#, "at column 7: a number is not written as JSON demands"),
        Bad("no digits after the point", #"{"a":1.}"#, "at column 8: a number is not written as JSON demands"),
        Bad("NaN", #"{"a":NaN}"#, "at column 6: expected a value"),
        Bad("wrong literal", #"{"a":trve}"#, "at column 6: expected a value"),
        Bad(
            "raw NUL", Array(#"{"a":"x"#.utf8) + [0] + Array(#"y"}"#.utf8),
            "at column 8: a NUL character; the file may be UTF-16 or binary"),
        Bad("escaped NUL", #"{"a":"\u0000"}"#, "at column 7: a NUL character; the file may be UTF-16 or binary"),
        Bad("control character", "{\"a\":\"x\ty\"}", "at column 8: a control character in a string must be escaped"),
        Bad("bad escape", #"{"a":"\x41"}"#, "at column 7: unknown escape in a string"),
        Bad("short escape", #"{"a":"\u12"}"#, "at column 7: \\u must be followed by four hexadecimal digits"),
        Bad("lone high surrogate", #"{"b":"\ud83d"}"#, "at column 7: a surrogate stands alone in a \\u escape"),
        Bad("lone low surrogate", #"{"b":"\ude00x"}"#, "at column 7: a surrogate stands alone in a \\u escape"),
        Bad("two high surrogates", #"{"b":"\ud83d\ud83d"}"#, "at column 7: a surrogate stands alone in a \\u escape"),
        Bad("latin-1 bytes", Array(#"{"a":"caf"#.utf8) + [0xE9] + Array(#""}"#.utf8), "at column 10: not valid UTF-8"),
        Bad(
            "overlong UTF-8", Array(#"{"a":""#.utf8) + [0xC0, 0xAF] + Array(#""}"#.utf8), "at column 7: not valid UTF-8"
        ),
        Bad(
            "surrogate in UTF-8", Array(#"{"a":""#.utf8) + [0xED, 0xA0, 0x80] + Array(#""}"#.utf8),
            "at column 7: not valid UTF-8"),
        Bad("cut UTF-8", Array(#"{"a":"x"#.utf8) + [0xE2, 0x82], "at column 8: not valid UTF-8"),
        Bad(
            "deep lists", #"{"a":"# + String(repeating: "[", count: 128) + String(repeating: "]", count: 128) + "}",
            "at column 133: lists and objects are nested more than 128 deep"),
        Bad(
            "deep objects", String(repeating: #"{"a":"#, count: 1000),
            "at column 641: lists and objects are nested more than 128 deep"),
    ]

    @Test(arguments: bad) func `a malformed line costs that line`(_ bad: Bad) throws {
        let bytes = Array("{\"a\":\"voor\"}\n".utf8) + bad.line + Array("\n{\"a\":\"na\"}\n".utf8)
        for piece in [1, 5, 1 << 20] {
            let result = try readNDJSON(bytes, fields: ["a"], piece: piece)
            #expect(result.good.map { $0.values["a"] } == ["voor", "na"])
            let row = result.rows[1]
            let issue = try #require(row.issues.first)
            #expect(issue.code == "ndjson.malformed" && issue.severity == .error)
            #expect(issue.message.hasSuffix(bad.message), "\(issue.message)")
            #expect(row.line == 2 && row.state == .rejected && row.values.isEmpty)
            #expect(row.raw == String(decoding: bad.line, as: UTF8.self))
        }
    }

    @Test func `an empty file has no rows`() throws {
        #expect(try readNDJSON("", fields: ["a"]) == ReadResult())
        #expect(try readNDJSON("\n\n \n") == ReadResult())
    }

    @Test func `a stream that breaks off delivers what came before it`() throws {
        var gzip: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        let text = Array("{\"a\":1}\n{\"a\":2}\n{\"a\":".utf8)
        gzip += [0, UInt8(text.count), 0, ~UInt8(text.count), 0xFF] + text
        let result = try readNDJSON(gzip, fields: ["a"])
        #expect(result.rows.map { $0.values["a"] } == ["1", "2"])
        #expect(result.failure?.code == .malformed)
        #expect(result.failure?.line == 3)
    }

    @Test func `ten thousand columns are found by name, and later unknown ones too`() throws {
        let names = (0..<10_000).map { "veld_\($0)" + ($0 % 100 == 0 ? ".onder" : "") }
        let members = names.indices.reversed().map { "\"\(names[$0])\":\($0)" }
        let line = "{" + members.joined(separator: ",") + "}\n"
        let declared = try readNDJSON(line, fields: names)
        let found = try readNDJSON(line + "{\"anders\":1,\"veld_7\":2}\n{\"anders\":1}\n")
        for index in [0, 1, 100, 7_321, 9_999] {
            #expect(declared.rows.first?.values[names[index]] == "\(index)")
            #expect(found.rows.first?.values[names[index]] == "\(index)")
        }
        #expect(found.rows.count == 3 && found.rows[1].values["veld_7"] == "2")
    }

    @Test func `100 MB in one line are skipped in bounded memory`() throws {
        struct Endless: ByteSource {
            var left = 100 << 20
            var isStarted = false
            let block = [UInt8](repeating: 0x78, count: 64 << 10)
            mutating func read(into buffer: inout [UInt8], max: Int) throws(FormatError) -> Int {
                if !isStarted {
                    isStarted = true
                    buffer.append(contentsOf: "{\"a\":1}\n{\"a\":\"".utf8)
                    return 14
                }
                let count = min(max, left, block.count)
                buffer.append(contentsOf: block[..<count])
                left -= count
                return count
            }
        }
        var definition = SourceDefinition(format: .ndjson, paths: ["-"], fields: ["a"])
        definition.recordBytesMax = 1 << 20
        let stream = ByteStream(Endless(), file: "-", encoding: .utf8)
        var reader = try NDJSONReader(source: stream, file: "-", fileIndex: 0, firstRow: 1, definition: definition)
        let first = try #require(try reader.next())
        #expect(first.rowCount == 1 && first.issues.isEmpty)
        let second = try #require(try reader.next())
        #expect(second.rowCount == 1 && second.bytes.count < 1 << 20)
        #expect(second.issues.map(\.issue.code) == ["record.too_large"])
        #expect(reader.heldBytes < 2 << 20)
    }
}
