import Properties
import Records
import Testing

@testable import Formats

@Suite struct XMLBadInputTests {
    struct Bad: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        let good: Int
        let code: FormatError.Code
        let line: Int?
        let message: String
        var testDescription: String { name }

        init(
            _ name: String, _ text: String, good: Int, _ code: FormatError.Code = .malformed, line: Int?,
            _ message: String
        ) {
            self.init(name, Array(text.utf8), good: good, code, line: line, message)
        }

        init(
            _ name: String, _ bytes: [UInt8], good: Int, _ code: FormatError.Code = .malformed, line: Int?,
            _ message: String
        ) {
            (self.name, self.bytes, self.good, self.code, self.line, self.message) = (
                name, bytes, good, code, line, message
            )
        }
    }

    static let start = "<klanten>\n<klant nr='1'/>\n<klant nr='2'><naam>n</naam></klant>\n"

    static let bomb = """
        <?xml version="1.0"?>
        <!DOCTYPE lolz [
        <!ENTITY lol "lol">
        <!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
        <!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">
        ]>
        <klanten><klant><naam>&lol3;</naam></klant></klanten>
        """

    static let bad: [Bad] = [
        Bad("empty file", "", good: 0, line: 1, "the file is empty"),
        Bad("no XML", "nr;naam\n1;x\n", good: 0, line: 1, "the content does not begin with '<'; is it XML?"),
        Bad("truncated in a tag", start + "<klant nr='3", good: 2, line: 4, ""),
        Bad("truncated between records", start, good: 2, line: 3, "the file ends before the document does"),
        Bad(
            "unclosed element", start + "<klant><naam>x</klant>\n</klanten>", good: 2, line: 4,
            "Opening and ending tag mismatch: naam"),
        Bad("two roots", start + "</klanten><klanten/>", good: 2, line: 4, "Extra content at the end of the document"),
        Bad(
            "undefined entity", start + "<klant><naam>&eacute;</naam></klant></klanten>", good: 2, line: 4,
            "Entity 'eacute' not defined"),
        Bad(
            "undefined entity in an attribute", start + "<klant nr='&x;'/></klanten>", good: 2, line: 4,
            "Entity 'x' not defined"),
        Bad(
            "undefined entity with a DTD outside",
            "<!DOCTYPE klanten SYSTEM 'file:///nonexistent.dtd'>\n" + start
                + "<klant><naam>&eacute;</naam></klant></klanten>",
            good: 2, line: 5, "DTDs outside the file are never loaded"),
        Bad(
            "undefined entity in an attribute with a DTD outside",
            "<!DOCTYPE klanten SYSTEM 'file:///nonexistent.dtd'>\n" + start + "<klant nr='&x;'/></klanten>",
            good: 2, line: 5, "DTDs outside the file are never loaded"),
        Bad(
            "duplicate attribute", start + "<klant nr='3' nr='4'/></klanten>", good: 2, line: 4,
            "Attribute nr redefined"),
        Bad(
            "attribute without quotes", start + "<klant nr=3/></klanten>", good: 2, line: 4,
            "AttValue: \" or ' expected"),
        Bad(
            "bare ampersand", start + "<klant><naam>a & b</naam></klant></klanten>", good: 2, line: 4,
            "xmlParseEntityRef: no name"),
        Bad(
            "bare less-than", start + "<klant><naam>a < b</naam></klant></klanten>", good: 2, line: 4,
            "invalid element name"),
        Bad(
            "invalid UTF-8",
            Array((start + "<klant><naam>").utf8) + [0xE9, 0x74, 0xE9] + Array("</naam></klant></klanten>".utf8),
            good: 2, line: 4, "Input is not proper UTF-8"),
        Bad(
            "NUL", Array((start + "<klant><naam>x").utf8) + [0] + Array("</naam></klant></klanten>".utf8), good: 2,
            line: 4, ""),
        Bad(
            "control character", start + "<klant><naam>\u{1}</naam></klant></klanten>", good: 2, line: 4,
            "invalid Char value 1"),
        Bad(
            "forbidden reference", start + "<klant><naam>&#1;</naam></klant></klanten>", good: 2, line: 4,
            "invalid xmlChar value 1"),
        Bad(
            "unknown encoding", "<?xml version='1.0' encoding='klingon-8'?>" + start + "</klanten>", good: 0, line: 1,
            "klingon-8"),
        Bad("entity bomb", bomb, good: 0, .limit, line: 3, "declares the entity 'lol'"),
        Bad("entity after records can't be", start + "<!DOCTYPE x></klanten>", good: 2, line: 4, ""),
        Bad(
            "external entity",
            "<!DOCTYPE k [\n<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n<klanten><klant><naam>&x;</naam></klant></klanten>",
            good: 0, .limit, line: 2, "declares the entity 'x'"),
        Bad(
            "parameter entity",
            "<!DOCTYPE k [\n<!ENTITY % x SYSTEM 'file:///etc/passwd'>\n%x;]>\n<klanten><klant/></klanten>",
            good: 0, .limit, line: 2, "declares the entity 'x'"),
        Bad(
            "deep nesting", start + String(repeating: "<klant>", count: 300), good: 2, .limit, line: 4,
            "nested more than 256 deep"),
        Bad(
            "wrong root", "<export>\n<klant/></export>", good: 0, line: 1,
            "the root element is <export>, and the record path /klanten/klant"),
        Bad("HTML", "<!DOCTYPE html>\n<html><body></body></html>", good: 0, line: 2, "the root element is <html>"),
        Bad(
            "no element at the record path", "<klanten>\n<k:klanten xmlns:k='u'/><meta/><meta/>\n</klanten>", good: 0,
            line: nil, "below /klanten there are <k:klanten>, <meta>; correct `record`"),
        Bad("unclosed comment", start + "<!-- x", good: 2, line: 4, ""),
        Bad("unclosed CDATA", start + "<klant><naam><![CDATA[x", good: 2, line: 4, ""),
    ]

    @Test(arguments: bad) func `broken XML fails with its place after the good records`(_ bad: Bad) throws {
        for piece in [1, 3, 50, 1 << 20] {
            let result = try readXML(bad.bytes, fields: [("nr", "@nr"), ("naam", "naam")], piece: piece)
            #expect(result.rows.count == bad.good && result.good.count == bad.good, "pieces of \(piece)")
            let failure = try #require(result.failure, "pieces of \(piece)")
            #expect(failure.code == bad.code && failure.line == bad.line, "pieces of \(piece): \(failure)")
            #expect(failure.message.contains(bad.message), "pieces of \(piece): \(failure)")
            #expect(failure.file == "test.xml" && !failure.message.contains("root:"))
        }
    }

    @Test func `an attribute or comment that is too long for the parser is told as such`() throws {
        let long = String(repeating: "x", count: 10_500_000)
        for record in ["<klant nr='\(long)'/>", "<klant><!-- \(long) --></klant>"] {
            let result = try readXML("<klanten>\n<klant/>\n\(record)</klanten>", fields: [("nr", "@nr")])
            #expect(result.rows.count == 1 && result.failure?.code == .limit && result.failure?.line == 3)
            #expect(result.failure?.message.contains("longer than 10 MB") == true)
        }
    }

    @Test func `a document without records is read when nothing stands in their place`() throws {
        for text in ["<klanten/>", "<klanten><!-- geen --> </klanten>"] {
            let result = try readXML(text, fields: [("nr", "@nr")])
            #expect(result.failure == nil && result.rows.isEmpty)
        }
        let below = try readXML(
            "<export><meta/><klanten/></export>", record: "/export/klanten/klant", fields: [("nr", "@nr")])
        #expect(below.failure == nil && below.rows.isEmpty)
        var shape = XMLShape(record: "/k:klanten/k:klant", fields: [.init(name: "nr", path: "@nr")])
        shape.namespaces = ["k": "eigen"]
        let other = try readXML(
            Array("<klanten xmlns='eigen'><klant xmlns='ander'/></klanten>".utf8), record: shape.record,
            fields: [("nr", "@nr")], namespaces: shape.namespaces)
        #expect(other.failure?.message.contains("its namespace differs") == true)
    }

    @Test func `a document with a DTD outside is read without it`() throws {
        let text =
            "<!DOCTYPE klanten SYSTEM 'http://dtd.example/klanten.dtd'>\n<klanten><klant nr='&lt;1&gt;'/></klanten>"
        let result = try readXML(text, fields: [("nr", "@nr")])
        #expect(result.failure == nil && result.rows.map { $0.values["nr"] } == ["<1>"])
    }

    @Test func `text that is not in its declared encoding fails or is refused`() throws {
        let bytes = Array("<?xml version='1.0' encoding='UTF-16'?><klanten><klant/></klanten>".utf8)
        for piece in [1, 7, 1 << 20] {
            let result = try readXML(bytes, fields: [("nr", "@nr")], piece: piece)
            #expect(result.failure?.code == .malformed || result.rows.count == 1)
        }
        let undefined =
            Array("<?xml version='1.0' encoding='windows-1252'?>\n<klanten><klant nr='1'/><klant nr='".utf8) + [0x81]
            + Array("'/></klanten>".utf8)
        for piece in [1, 7, 1 << 20] {
            let result = try readXML(undefined, fields: [("nr", "@nr")], piece: piece)
            #expect(result.failure != nil || result.rows.count == 2)
        }
    }

    @Test(arguments: [
        ("klant", "naam", "must begin with '/'"), ("/", "naam", "a step has no name"),
        ("/a//b", "naam", "a step has no name"),
        ("/a/@b", "naam", "must end in a plain element name"), ("/a/b[]", "naam", "must end in a plain element name"),
        ("/a/b", "/naam", "must be relative"), ("/a/b", "", "a step has no name"),
        ("/a/b", "q:naam", "the prefix 'q' has no namespace"),
        ("/a/b", "@nr/naam", "nothing can follow an attribute"), ("/a/b", "naam[1]", "is no name"),
        ("/a/b", "../naam", "is no name"),
        ("/a/*", "naam", "is no name"),
    ])
    func `a path that can't be read is explained`(_ record: String, _ field: String, _ message: String) {
        let error = #expect(throws: FormatError.self) {
            _ = try readXML("", record: record, fields: [("f", field)])
        }
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }

    @Test func `a field that the shape lacks is explained`() {
        let error = #expect(throws: FormatError.self) {
            _ = try readXML([], fields: [("a", "a")]) { $0.fields = ["b"] }
        }
        #expect(error?.message == "the XML source has no field 'b'; add it to `fields`")
    }
}
