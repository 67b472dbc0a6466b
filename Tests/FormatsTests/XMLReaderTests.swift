import Properties
import Records
import TestSupport
import Testing

@testable import Formats

@Suite struct XMLReaderTests {
    static let fields = [("nr", "@nr"), ("naam", "naam"), ("postcode", "adres/postcode"), ("tel", "telefoon[]")]

    @Test func `fields are found by path`() throws {
        let text = """
            <?xml version="1.0"?>
            <klanten>
              <klant nr="1"><naam>Bakkerij &amp; Zn</naam><adres><postcode>1234AB</postcode></adres>
                <telefoon>010</telefoon><telefoon>0"6</telefoon></klant>
              <ander nr="9"><klant nr="8"/></ander>
              <klant nr="a &amp; b &lt; c"><naam/><!-- niets --><x><postcode>nee</postcode></x></klant>
            </klanten>
            """
        let result = try readXML(text, fields: Self.fields)
        #expect(result.failure == nil)
        #expect(
            result.rows.map(\.values) == [
                ["nr": "1", "naam": "Bakkerij & Zn", "postcode": "1234AB", "tel": #"["010","0\"6"]"#],
                ["nr": "a & b < c", "naam": ""],
            ])
        #expect(result.rows[0].kinds["tel"] == .json && result.rows[1].kinds["tel"] == .null)
        #expect(result.rows.map(\.line) == [3, 6])
        #expect(result.columns == ["nr", "naam", "postcode", "tel"])
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let second = lines[..<5].reduce(0) { $0 + $1.utf8.count + 1 } + 2
        #expect(result.rows[1].byteOffset == second)
        #expect(result.rows[1].raw == #"<klant nr="a &amp; b &lt; c"><naam/><x><postcode>nee</postcode></x></klant>"#)
    }

    @Test func `text stands as it is, with CDATA and references resolved`() throws {
        let text =
            "<klanten><klant> een <naam> a<![CDATA[<b> & ]]]]>&#233;&lt;<i>in</i>\r\n&#13;z </naam> twee</klant></klanten>"
        let result = try readXML(text, fields: [("eigen", "."), ("naam", "naam"), ("i", "naam/i")])
        #expect(result.rows[0].values == ["eigen": " een  twee", "naam": " a<b> & ]]é<\n\rz ", "i": "in"])
        let again = try readXML(
            "<klanten>\(result.rows[0].raw)</klanten>", fields: [("eigen", "."), ("naam", "naam"), ("i", "naam/i")])
        #expect(again.rows[0].values == result.rows[0].values)
    }

    @Test func `attributes keep their white space when the record is written anew`() throws {
        let text = "<klanten><klant nr=\"a&#10;b&#9;'&quot;&amp;amp;\"/></klanten>"
        let result = try readXML(text, fields: Self.fields)
        #expect(result.rows[0].values["nr"] == "a\nb\t'\"&amp;")
        #expect(
            try readXML("<klanten>\(result.rows[0].raw)</klanten>", fields: Self.fields).rows[0].values
                == result.rows[0].values)
    }

    @Test func `a field that repeats takes the first with a warning`() throws {
        let text =
            "<klanten><klant><naam>1</naam><naam>2</naam><naam/></klant><klant><adres><postcode>a</postcode></adres><adres><postcode>b</postcode></adres></klant></klanten>"
        let result = try readXML(text, fields: Self.fields)
        #expect(result.rows.map(\.values) == [["naam": "1"], ["postcode": "a"]])
        #expect(result.issues.map(\.code) == ["xml.repeated", "xml.repeated"])
        #expect(result.issues.map(\.field) == ["naam", "postcode"])
        #expect(result.good.count == 2)
    }

    @Test func `namespaces match by URI and a step without a prefix matches any`() throws {
        let text = """
            <k:klanten xmlns:k="urn:k" xmlns="urn:d"><k:klant xmlns:o="urn:o"><o:naam o:soort="x">Jan</o:naam><naam>Piet</naam></k:klant>
            <klant><naam>nee</naam></klant></k:klanten>
            """
        let fields = [
            ("o", "o:naam"), ("d", "d:naam"), ("any", "naam[]"), ("soort", "o:naam/@o:soort"), ("s", "naam/@soort"),
        ]
        let result = try readXML(
            Array(text.utf8), record: "/klanten/x:klant", fields: fields,
            namespaces: ["x": "urn:k", "o": "urn:o", "d": "urn:d"])
        #expect(
            result.rows.map(\.values) == [["o": "Jan", "d": "Piet", "any": #"["Jan","Piet"]"#, "soort": "x", "s": "x"]])
        let raw = try #require(result.rows.first?.raw)
        #expect(
            raw
                == #"<k:klant xmlns:o="urn:o" xmlns:k="urn:k" xmlns="urn:d"><o:naam o:soort="x">Jan</o:naam><naam>Piet</naam></k:klant>"#
        )
    }

    @Test func `a field may be wanted under two names and fields choose and order columns`() throws {
        let result = try readXML(
            Array("<klanten><klant><naam>x</naam></klant></klanten>".utf8),
            fields: [("a", "naam"), ("b", "naam"), ("c", "@c")]
        ) { $0.fields = ["b", "a"] }
        #expect(result.columns == ["b", "a"])
        #expect(result.rows[0].values == ["a": "x", "b": "x"])
    }

    @Test func `the declared encoding counts and offsets are those of the file`() throws {
        let body = "<klanten>\n<klant><naam>é</naam></klant>\n<klant nr='€'><naam>ü</naam></klant></klanten>"
        func check(_ bytes: [UInt8], _ marker: [UInt8], _ name: String) throws {
            for piece in [1, 2, 3, 4, 5, 7, 64, 1000] {
                let result = try readXML(bytes, fields: Self.fields, piece: piece)
                #expect(
                    result.failure == nil && result.rows.map { $0.values["naam"] } == ["é", "ü"], "\(name) by \(piece)")
                #expect(result.rows.last?.values["nr"] == "€", "\(name) by \(piece)")
                for row in result.rows {
                    #expect(bytes[row.byteOffset...].starts(with: marker), "\(name) by \(piece): \(row.byteOffset)")
                }
                #expect(result.rows.map(\.line) == [2, 3])
            }
        }
        let utf8 = Array(
            "<?xml version='1.0' encoding='UTF-8'?>\(body.split(separator: "€").joined(separator: "&#8364;"))".utf8)
        try check(utf8, Array("<klant>".utf8).dropLast(1), "UTF-8")
        try check([0xEF, 0xBB, 0xBF] + utf8, Array("<klant".utf8), "UTF-8 with BOM")
        let utf16 = Array("<?xml version='1.0' encoding='UTF-16'?>\(body)".utf16)
        let marker = Array("<klant".utf16)
        func low(_ units: [UInt16]) -> [UInt8] {
            units.flatMap { (unit) -> [UInt8] in [UInt8(unit & 255), UInt8(unit >> 8)] }
        }
        func high(_ units: [UInt16]) -> [UInt8] {
            units.flatMap { (unit) -> [UInt8] in [UInt8(unit >> 8), UInt8(unit & 255)] }
        }
        try check([0xFF, 0xFE] + low(utf16), low(marker), "UTF-16LE")
        try check([0xFE, 0xFF] + high(utf16), high(marker), "UTF-16BE")
        for encoding in ["ISO-8859-1", "windows-1252", "iso-8859-15"] {
            let euro: UInt8 = encoding == "windows-1252" ? 0x80 : 0xA4
            let text =
                "<?xml version='1.0' encoding='\(encoding)'?>"
                + (encoding == "ISO-8859-1" ? body.split(separator: "€").joined(separator: "&#8364;") : body)
            let bytes = text.unicodeScalars.map { $0 == "€" ? euro : UInt8(truncatingIfNeeded: $0.value) }
            try check(bytes, Array("<klant".utf8), encoding)
        }
    }

    @Test func `a record over the limit costs that record and is not held`() throws {
        let long = String(repeating: "x", count: 900)
        let text =
            "<klanten><klant nr='1'/><klant nr='2'><naam>\(long)&amp;</naam><telefoon>1</telefoon></klant><klant nr='3'><naam>n</naam></klant></klanten>"
        let size = "<klant nr=\"2\"><naam>\(long)&amp;</naam><telefoon>1</telefoon></klant>".utf8.count
        for piece in [1, 2, 10, 1000] {
            let result = try readXML(Array(text.utf8), fields: Self.fields, piece: piece) {
                $0.recordBytesMax = size - 1
            }
            #expect(result.rows.map { $0.values["nr"] } == ["1", nil, "3"])
            #expect(result.rows[1].issues.map(\.code) == ["record.too_large"] && result.rows[1].raw.isEmpty)
            #expect(result.failure == nil)
            let exact = try readXML(Array(text.utf8), fields: Self.fields, piece: piece) { $0.recordBytesMax = size }
            #expect(exact.good.count == 3)
        }
    }

    @Test func `batches end by rows`() throws {
        let text = "<klanten>" + (1...10).map { "<klant nr='\($0)'/>" }.joined() + "</klanten>"
        let result = try readXML(Array(text.utf8), fields: Self.fields) { $0.batchRows = 4 }
        #expect(result.batchRows == [4, 4, 2])
        #expect(result.rows.map(\.row) == Array(1...10))
    }

    @Test func `any chunking gives identical records`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var rng = SeededRNG(seed: seed)
        let parts = [
            "tekst", "é€😀", "&amp;", "&#x1F600;", "<![CDATA[<x>&]]>", "<!-- c -->", "<?pi d?>", "\r\n", "<b>vet</b>",
            " ", "]]&gt;",
        ]
        var text =
            "<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE klanten [<!ELEMENT naam ANY>]>\n<klanten xmlns:p='urn:p'>"
        for index in 0..<40 {
            func words() -> String {
                (0..<Int.random(in: 0..<6, using: &rng)).map { _ in parts.randomElement(using: &rng) ?? "" }.joined()
            }
            text +=
                "\n<klant nr='\(index)&lt;é' p:q=\"&amp;'\"><naam>\(words())</naam>\(words())<p:adres><postcode>\(words())</postcode></p:adres>"
            text +=
                "<telefoon>\(words())</telefoon><telefoon/></klant >\(index % 3 == 0 ? "<klant/><!-- <klant> -->" : "")"
        }
        let bytes = Array((text + "</klanten>").utf8)
        func read(_ piece: Int) throws -> ReadResult {
            try readXML(
                bytes, fields: Self.fields + [("eigen", "."), ("q", "@p:q")], piece: piece, namespaces: ["p": "urn:p"]
            ) {
                $0.recordBytesMax = 300
                $0.batchRows = 7
            }
        }
        let whole = try read(.max)
        #expect(whole.failure == nil && whole.rows.count == 54)
        for piece in Array(1...24) + [97, 256, 1000] {
            #expect(try read(piece) == whole, "seed \(seed), pieces of \(piece)")
        }
    }

    @Test func `100 MB of text in one record are skipped in bounded memory`() throws {
        struct Endless: ByteSource {
            var left = 100 << 20
            var part = 0
            let block = [UInt8](repeating: 0x78, count: 64 << 10)
            mutating func read(into buffer: inout [UInt8], max: Int) throws(FormatError) -> Int {
                let before = buffer.count
                if part == 0 || left == 0, part < 2 {
                    buffer.append(
                        contentsOf: (part == 0
                            ? "<klanten><klant nr='1'/><klant nr='2'><naam>"
                            : "</naam></klant><klant nr='3'/></klanten>").utf8)
                    part += 1
                    return buffer.count - before
                }
                let count = min(max, left, block.count)
                buffer.append(contentsOf: block[..<count])
                left -= count
                return count
            }
        }
        let shape = XMLShape(record: "/klanten/klant", fields: [.init(name: "naam", path: "naam")])
        var definition = SourceDefinition(format: .xml(shape), paths: ["-"])
        definition.recordBytesMax = 1 << 20
        let stream = ByteStream(Endless(), file: "-", encoding: nil)
        var reader = try XMLReader(source: stream, file: "-", fileIndex: 0, firstRow: 1, definition: definition)
        var result = ReadResult()
        while let batch = try reader.next() {
            #expect(batch.bytes.count < 1000)
            result.add(batch)
        }
        #expect(result.rows.count == 3 && result.issues.map(\.code) == ["record.too_large"])
        #expect(reader.heldBytesMax < 3 << 20)
    }
}
