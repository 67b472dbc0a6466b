import ExactJSON
import Foundation
import Testing

/// Broken files through the command line: what is wrong costs its row or ends the reading, and is named.
@Suite(.serialized) struct EndToEndBadInputTests {
    enum Format: String, Sendable {
        case csv, ndjson, xml

        var source: String {
            switch self {
            case .csv: "csv: { path: input.csv, delimiter: \";\" }"
            case .ndjson: "ndjson: { path: input.ndjson }"
            case .xml: "xml: { path: input.xml, record: /rows/row, fields: { nr: nr, naam: naam, mail: mail } }"
            }
        }

        var header: String { self == .csv ? "nr;naam;mail\n" : "" }

        func row(_ number: Int) -> String {
            let (name, mail) = ("Naam \(number)", "klant\(number)@post.example")
            return switch self {
            case .csv: "\(number);\(name);\(mail)\n"
            case .ndjson: #"{"nr":"\#(number)","naam":"\#(name)","mail":"\#(mail)"}"# + "\n"
            case .xml: "<row><nr>\(number)</nr><naam>\(name)</naam><mail>\(mail)</mail></row>\n"
            }
        }

        /// A file with a good row before and after what stands in the middle.
        func around(_ middle: [UInt8]) -> [UInt8] {
            let (start, end) = self == .xml ? ("<?xml version=\"1.0\"?>\n<rows>\n", "</rows>\n") : (header, "")
            return Array((start + row(1)).utf8) + middle + Array((row(2) + end).utf8)
        }
    }

    /// One way in which a file is broken.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let format: Format
        /// Nil: there is no file. Empty and `isFolder`: a folder has its name.
        let bytes: [UInt8]?
        var isFolder = false
        let exit: Int32
        let valid: Int
        var rejected = 0
        /// In the message for exit 65, in the rejects for exit 1.
        let says: [String]

        var testDescription: String { "\(format.rawValue): \(name)" }
    }

    /// A row in the middle that costs itself.
    static func row(_ format: Format, _ name: String, _ text: String, _ says: String...) -> Case {
        row(format, name, Array(text.utf8), says)
    }

    static func row(_ format: Format, _ name: String, _ bytes: [UInt8], _ says: [String]) -> Case {
        Case(
            name: name, format: format, bytes: format.around(bytes), exit: 1, valid: 2, rejected: 1, says: says)
    }

    /// A file that can't be read from some place on.
    static func file(_ format: Format, _ name: String, _ bytes: [UInt8]?, valid: Int = 0, _ says: String...) -> Case {
        Case(
            name: name, format: format, bytes: bytes, exit: 65, valid: valid,
            says: ["input.\(format.rawValue)"] + says)
    }

    static func file(_ format: Format, _ name: String, _ text: String, valid: Int = 0, _ says: String...) -> Case {
        Case(
            name: name, format: format, bytes: Array(text.utf8), exit: 65, valid: valid,
            says: ["input.\(format.rawValue)"] + says)
    }

    static func folder(_ format: Format) -> Case {
        Case(
            name: "a folder", format: format, bytes: [], isFolder: true, exit: 65, valid: 0,
            says: ["input.\(format.rawValue)", "Is a directory"])
    }

    static let latin1: [UInt8] = [0x52, 0x65, 0x6E, 0xE9]

    static let csv: [Case] = [
        row(
            .csv, "another encoding", Array("9;".utf8) + latin1 + Array(";c@post.example\n".utf8),
            [
                ";3;naam;encoding.invalid;", "declare the file's encoding",
            ]),
        row(.csv, "a NUL byte", "9;a\0b;c@post.example\n", ";3;naam;csv.nul;"),
        row(.csv, "an unterminated quote", "9;\"open;c@post.example\n", ";3;naam;csv.unterminated_quote;"),
        row(.csv, "text after a quote", "9;\"a\"b;c@post.example\n", ";3;naam;csv.quote;"),
        row(.csv, "too many fields", "9;a;b;c@post.example\n", ";3;;csv.ragged;", "expected 3 fields, found 4"),
        row(.csv, "too few fields", "9;a\n", ";3;;csv.ragged;", "expected 3 fields, found 2"),
        row(.csv, "one key with two values", "1;b;c@post.example\n", ";3;;key.conflict;"),
        row(.csv, "an empty key", ";b;c@post.example\n", ";3;", "key.empty"),
        row(.csv, "no e-mail address", "9;b;nobody\n", ";3;email;email;"),
        file(.csv, "a column named twice", "nr;naam;mail;naam\n1;a;b@post.example;c\n", ":1:", "'naam' twice"),
        file(.csv, "a column that is not there", "nr;naam;email\n1;a;b@post.example\n", ":1:", "did you mean 'email'"),
        file(.csv, "a column without a name", "nr;;mail\n1;a;b@post.example\n", ":1:", "column 2"),
        file(.csv, "an empty file", "", "is empty"),
        file(.csv, "no file", nil, "No such file"),
        folder(.csv),
        file(.csv, "UTF-16 without a mark", "nr;naam;mail\n".utf8.flatMap { [$0, 0] }, ":1:", "encoding"),
        file(.csv, "bytes that are no text", (0...255).map(UInt8.init), ":1:"),
    ]

    static let ndjson: [Case] = [
        row(.ndjson, "no JSON", "nonsense\n", #""_line":2"#, "not an object"),
        row(.ndjson, "a line cut off", "{\"nr\":\"9\",\"naam\"\n", #""_line":2"#, "ends too early"),
        row(.ndjson, "a list", "[1,2]\n", #""_line":2"#, "is a list"),
        row(.ndjson, "a number", "42\n", #""_line":2"#, "not an object"),
        row(
            .ndjson, "another encoding",
            Array(#"{"nr":"9","naam":""#.utf8) + latin1 + Array("\",\"mail\":\"c@post.example\"}\n".utf8),
            [#""_line":2"#, "not valid UTF-8"]),
        row(.ndjson, "a NUL byte", "{\"nr\":\"9\",\"naam\":\"a\0b\"}\n", #""_line":2"#, "a NUL character"),
        row(.ndjson, "an escaped NUL", "{\"nr\":\"9\",\"naam\":\"a\\u0000b\"}\n", #""_line":2"#, "a NUL character"),
        row(
            .ndjson, "deep nesting",
            "{\"nr\":" + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "}\n",
            #""_line":2"#, "more than 128 deep"),
        row(.ndjson, "something after the object", "{\"nr\":\"9\"} x\n", #""_line":2"#, "something follows"),
        row(.ndjson, "half a character", #"{"nr":"9","naam":"\ud800"}"# + "\n", #""_line":2"#, "surrogate"),
        row(.ndjson, "a leading zero", "{\"nr\":01}\n", #""_line":2"#, "leading zero"),
        row(
            .ndjson, "an object for a text", #"{"nr":"9","naam":{"a":1},"mail":"c@post.example"}"# + "\n",
            #""_line":2"#, "value.structure"),
        file(.ndjson, "no file", nil, "No such file"),
        folder(.ndjson),
    ]

    private static func entities(_ declarations: String) -> [UInt8] {
        let text = Format.xml.around(Array("<row><nr>9</nr><naam>&d;</naam></row>\n".utf8))
        return Array(
            String(decoding: text, as: UTF8.self)
                .replacing("<rows>", with: "<!DOCTYPE rows [\(declarations)]><rows>", maxReplacements: 1).utf8)
    }

    private static func brokenXML(_ name: String, _ middle: [UInt8], _ says: String) -> Case {
        Case(
            name: name, format: .xml, bytes: Format.xml.around(middle), exit: 65, valid: 1,
            says: ["input.xml:4: ", says])
    }

    static let xml: [Case] = [
        brokenXML("not well-formed", Array("<row><nr>9</naam></row>\n".utf8), "tag mismatch"),
        brokenXML("another encoding", Array("<row><nr>".utf8) + latin1 + Array("</nr></row>\n".utf8), "UTF-8"),
        brokenXML("a NUL byte", Array("<row><nr>9\0</nr></row>\n".utf8), "Char 0x0"),
        brokenXML("an unknown entity", Array("<row><nr>&foo;</nr></row>\n".utf8), "Entity 'foo'"),
        brokenXML("an attribute twice", Array("<row a='1' a='2'/>\n".utf8), "Attribute a redefined"),
        brokenXML(
            "deep nesting",
            Array(
                ("<row>" + String(repeating: "<a>", count: 100_000) + String(repeating: "</a>", count: 100_000)
                    + "</row>\n").utf8), "more than 256 deep"),
        file(
            .xml, "an entity bomb",
            entities("<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY d '&b;&b;&b;&b;&b;&b;'>"),
            ":2:", "entity 'a'"),
        file(.xml, "an external entity", entities("<!ENTITY d SYSTEM 'file:///etc/passwd'>"), ":2:", "entity 'd'"),
        file(.xml, "a document cut off", Array(Format.xml.around([]).dropLast(30)), valid: 1, "cut off"),
        file(.xml, "two documents", Format.xml.around([]) + Array("<rows/>".utf8), valid: 2, ":6:", "Extra content"),
        file(.xml, "an unknown encoding", "<?xml version='1.0' encoding='klingon'?>\n<rows/>", ":1:", "klingon"),
        file(.xml, "no XML", Format.csv.header, ":1:", "is it XML?"),
        file(.xml, "another root", "<other/>\n", ":1:", "<other>"),
        file(.xml, "an empty file", "", ":1:", "is empty"),
        file(.xml, "no file", nil, "No such file"),
        folder(.xml),
    ]

    @Test(arguments: csv + ndjson + xml)
    func `broken input is named, and good rows before it count`(broken: Case) throws {
        try check(broken)
    }

    private func check(_ broken: Case) throws {
        let folder = try Self.project(broken.format)
        let path = folder.path + "/input." + broken.format.rawValue
        if broken.isFolder {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } else if let bytes = broken.bytes {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
        let result = try Binary.run(["validate", "--format", "json", "--quiet", "--report", "out"], in: folder)
        #expect(result.status == broken.exit)
        let outcome = try result.outcome()
        #expect(outcome.isBalanced)
        #expect(outcome.fate("valid") == broken.valid)
        #expect(outcome.fate("rejected") == broken.rejected)
        let rejects = "\(folder.path)/out/rejects.\(broken.format.rawValue)"
        let text =
            broken.exit == 65
            ? result.errors : String(decoding: try Data(contentsOf: URL(fileURLWithPath: rejects)), as: UTF8.self)
        for part in broken.says { #expect(text.contains(part), "\(text)") }
        #expect(!text.contains("root:"), "an external entity was read")
    }

    /// A folder with a pipeline of people in that format.
    static func project(_ format: Format) throws -> Folder {
        let folder = try Folder()
        try folder.write(
            "people.yaml",
            """
            pipeline: people
            key: nr
            source:
              \(format.source)
            transforms:
              - map:
                  visibility: { const: account }
                  business:   { const: "0" }
                  lastname:   { from: naam }
                  email:      { from: mail }
              - validate:
                  email: [required, email]
            sink:
              salesdock.customers: { match: [email] }

            """)
        return folder
    }

    /// Ways in which a compressed file breaks, from a sound one: what is done to it, and how many rows come before.
    static let gzip: [(name: String, edit: @Sendable ([UInt8]) -> [UInt8], valid: ClosedRange<Int>, says: String)] = [
        ("cut in half", { Array($0.prefix($0.count / 2)) }, 1...1_999, "cut off"),
        ("only the start of its header", { Array($0.prefix(5)) }, 0...0, "cut off"),
        ("only its header", { Array($0.prefix(10)) }, 0...0, "cut off"),
        ("without its trailer", { Array($0.dropLast(4)) }, 2_000...2_000, "cut off"),
        ("a wrong checksum", { flipped($0, at: $0.count - 8) }, 2_000...2_000, "damaged"),
        ("a wrong length", { flipped($0, at: $0.count - 1) }, 2_000...2_000, "damaged"),
        ("a wrong byte in the middle", { flipped($0, at: $0.count / 2) }, 0...2_000, "damaged"),
        ("an unknown method", { flipped($0, at: 2) }, 0...0, "damaged"),
        ("something else after its end", { $0 + Array("garbage".utf8) }, 2_000...2_000, "after the end"),
        ("a second part cut off", { $0 + $0.prefix(12) }, 2_000...2_000, "cut off"),
    ]

    private static func flipped(_ bytes: [UInt8], at index: Int) -> [UInt8] {
        var bytes = bytes
        bytes[index] ^= 0xFF
        return bytes
    }

    @Test(arguments: gzip.indices) func `a broken compressed file is named`(index: Int) throws {
        let broken = Self.gzip[index]
        let folder = try Self.project(.csv)
        let rows = (1...2_000).map { Format.csv.row($0 &* 7_919) }.joined()
        let plain = try folder.write("plain", Format.csv.header + rows)
        try Self.python(
            "import gzip,sys; open(sys.argv[2],'wb').write(gzip.compress(open(sys.argv[1],'rb').read()))",
            [plain, plain + ".gz"])
        let sound = [UInt8](try Data(contentsOf: URL(fileURLWithPath: plain + ".gz")))
        try Data(broken.edit(sound)).write(to: URL(fileURLWithPath: folder.path + "/input.csv"))
        let result = try Binary.run(["validate", "--format", "json", "--quiet", "--report", "out"], in: folder)
        #expect(result.status == 65, "\(broken.name)")
        let outcome = try result.outcome()
        #expect(outcome.isBalanced)
        #expect(broken.valid.contains(outcome.fate("valid")), "\(broken.name): \(result.output)")
        #expect(result.errors.contains("input.csv") && result.errors.contains(broken.says), "\(result.errors)")
    }

    /// Peak of the resident memory, in MiB, of a dry run over a field of 100 MiB.
    @Test(arguments: [Format.csv, .ndjson, .xml])
    func `a field of 100 MiB costs its row, and no memory`(format: Format) throws {
        let folder = try Self.project(format)
        let path = try folder.write("input." + format.rawValue, "")
        let field = String(decoding: format.around([]), as: UTF8.self).replacing(
            "Naam 1", with: "@@", maxReplacements: 1)
        let parts = field.split(separator: "@@").map(String.init)
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.write(contentsOf: Data(parts[0].utf8))
        let piece = Data(repeating: UInt8(ascii: "x"), count: 1 << 20)
        for _ in 0..<100 { try file.write(contentsOf: piece) }
        try file.write(contentsOf: Data(parts[1].utf8))
        try file.close()
        let (result, peak) = try Self.measured(["validate", "--format", "json", "--quiet", "--report", "out"], folder)
        #expect(result.status == 1)
        let outcome = try result.outcome()
        #expect(outcome.fate("rejected") == 1)
        #expect(outcome.fate("valid") == 1)
        #expect(outcome["problems"]?["record.too_large"] == 1)
        #expect(peak < 300)
    }

    /// Runs it as the only child of a process that tells its peak memory.
    private static func measured(_ arguments: [String], _ folder: Folder) throws -> (Binary.Result, peak: Int) {
        let script = """
            import resource, subprocess, sys
            with open(sys.argv[1], "wb") as out:
                status = subprocess.call(sys.argv[3:], stdout=out, cwd=sys.argv[2])
            print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
            """
        let output = folder.path + "/measured.out"
        let said = try python(script, [output, folder.path, Binary.url.path] + arguments)
        let numbers = said.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(numbers.count == 2, "\(said)")
        let text = try String(contentsOfFile: output, encoding: .utf8)
        return (Binary.Result(status: Int32(numbers[0]), output: text, errors: ""), numbers[1])
    }

    @discardableResult
    private static func python(_ script: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return said
    }
}
