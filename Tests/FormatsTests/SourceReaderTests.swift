import Glibc
import Records
import Testing

@testable import Formats

/// Writes bytes to a file of the folder.
private func put(_ bytes: [UInt8], _ name: String, in folder: WriterFolder) throws -> String {
    let path = "\(folder.path)/\(name)"
    let file = unsafe fopen(path, "w")
    try #require(unsafe file != nil)
    // Safe because fwrite reads within the array.
    _ = unsafe fwrite(bytes, 1, bytes.count, file)
    _ = unsafe fclose(file)
    return path
}

private func read(_ definition: SourceDefinition, seed: Hash128? = nil) -> (seen: Seen, digest: Hash128?, bytes: Int) {
    var seen = Seen()
    do throws(FormatError) {
        var reader = try SourceReader(definition, digestSeed: seed)
        do throws(FormatError) {
            while let batch = try reader.next() { seen.take(batch) }
        } catch {
            seen.error = error
        }
        return (seen, reader.inputDigest, reader.bytesRead)
    } catch {
        seen.error = error
    }
    return (seen, nil, 0)
}

@Suite struct SourceReaderTests {
    private let folder = WriterFolder()
    private let seed = Hash128(high: 1, low: 2)

    @Test func `chained files are one run of rows, each unpacked by its own bytes`() throws {
        let one = try put(Array("nr,naam\n1,a\n2,b\n".utf8), "1.csv", in: folder)
        let two = try put(gzip(Array("nr,naam\n3,c\n".utf8)), "2.csv.gz", in: folder)
        let three = try put([0xEF, 0xBB, 0xBF] + Array("nr,naam\r\n4,d".utf8), "3.csv", in: folder)
        let (seen, digest, bytes) = read(CSVOptions().definition([one, two, three]), seed: seed)
        #expect(seen.error == nil && seen.values.map { $0[0] } == ["1", "2", "3", "4"])
        #expect(seen.records.map(\.row) == [1, 2, 3, 4])
        #expect(seen.records.map(\.line) == [2, 3, 2, 2])
        #expect(digest != nil && bytes > 40)
        #expect(read(CSVOptions().definition([one, two, three]), seed: seed).digest == digest)
        #expect(read(CSVOptions().definition([one, three, two]), seed: seed).digest != digest)
    }

    @Test func `the digest sees where one file ends and the next begins`() throws {
        let paths = try [("a", "x\ny"), ("b", "\nz"), ("c", "x\n"), ("d", "y\nz")].map {
            try put(Array($0.1.utf8), $0.0, in: folder)
        }
        var options = CSVOptions()
        options.dialect.columns = ["v"]
        let left = read(options.definition([paths[0], paths[1]]), seed: seed)
        let right = read(options.definition([paths[2], paths[3]]), seed: seed)
        #expect(left.digest != nil && right.digest != nil && left.digest != right.digest)
    }

    @Test func `there is no digest before the clean end`() throws {
        let whole = gzip(Array("nr\n1\n2\n".utf8))
        let path = try put(Array(whole.dropLast(3)), "cut.gz", in: folder)
        let (seen, digest, _) = read(CSVOptions().definition([path]), seed: seed)
        #expect(seen.values == [["1"], ["2"]] && seen.error?.file == path && digest == nil)
    }

    @Test func `a missing file is found before anything is read`() throws {
        let one = try put(Array("nr\n1\n".utf8), "1.csv", in: folder)
        let (seen, _, _) = read(CSVOptions().definition([one, folder.path + "/none.csv"]))
        #expect(seen.records.isEmpty && seen.error?.code == .unreadable)
        #expect(seen.error?.description == "\(folder.path)/none.csv: can't be opened: No such file or directory")
    }

    @Test func `a folder is no file`() {
        let error = read(CSVOptions().definition([folder.path])).seen.error
        #expect(error?.code == .unreadable && error?.message == "can't be read: Is a directory")
    }

    @Test func `chained files with other columns are refused after the rows before`() throws {
        let one = try put(Array("nr,naam\n1,a\n".utf8), "1.csv", in: folder)
        let two = try put(Array("nr,name\n2,b\n".utf8), "2.csv", in: folder)
        let seen = read(CSVOptions().definition([one, two])).seen
        #expect(seen.values == [["1", "a"]] && seen.error?.file == two && seen.error?.line == 1)
        #expect(seen.error?.message.contains("lacks 'naam', adds 'name'") == true)
    }

    @Test func `an empty file in a chain is no header`() throws {
        let one = try put(Array("nr\n1\n".utf8), "1.csv", in: folder)
        let two = try put([], "2.csv", in: folder)
        let seen = read(CSVOptions().definition([one, two])).seen
        #expect(seen.records.count == 1 && seen.error?.message == "is empty, expected a header")
    }

    @Test func `NDJSON and XML files are chained the same way`() throws {
        let lines = try put(gzip(Array("{\"nr\":1}\n{\"nr\":2}\n".utf8)), "1.ndjson.gz", in: folder)
        let more = try put(Array("{\"nr\":3}".utf8), "2.ndjson", in: folder)
        let json = read(SourceDefinition(format: .ndjson, paths: [lines, more], fields: ["nr"])).seen
        #expect(json.error == nil && json.values == [["1"], ["2"], ["3"]] && json.records.map(\.row) == [1, 2, 3])
        let shape = XMLShape(record: "/e/k", fields: [.init(name: "nr", path: "@nr")])
        let xml = try put(Array("<e><k nr=\"1\"/><k nr=\"2\"/></e>".utf8), "1.xml", in: folder)
        let twice = read(SourceDefinition(format: .xml(shape), paths: [xml, xml], fields: ["nr"])).seen
        #expect(twice.error == nil && twice.values == [["1"], ["2"], ["1"], ["2"]])
        #expect(twice.records.map(\.row) == [1, 2, 3, 4])
    }

    @Test func `a pattern is expanded in order and must match`() throws {
        for name in ["b.csv", "a.csv", "c.txt"] { _ = try put([], name, in: folder) }
        #expect(try expandGlob("*.csv", base: folder.path) == ["\(folder.path)/a.csv", "\(folder.path)/b.csv"])
        #expect(try expandGlob("\(folder.path)/?.txt", base: "/") == ["\(folder.path)/c.txt"])
        #expect(try expandGlob("x.csv", base: folder.path) == ["\(folder.path)/x.csv"])
        #expect(try expandGlob("-", base: folder.path) == ["-"])
        #expect(throws: FormatError.self) { try expandGlob("*.xml", base: folder.path) }
    }
}

@Suite struct RejectWriterTests {
    private let folder = WriterFolder()

    /// Reads a source, writes every rejected record, and returns what the rejects file holds.
    private func rejects(_ bytes: [UInt8], _ options: CSVOptions, note: Records.Issue? = nil) throws -> [UInt8]? {
        let source = try put(bytes, "in.csv", in: folder)
        var reader = try SourceReader(options.definition([source]))
        var batch = try #require(try reader.next())
        if let note { for row in 0..<batch.rowCount { batch.report(note, row: row) } }
        var writer = RejectWriter(
            path: folder.path + "/rejects.csv", definition: options.definition(), header: reader.columnNames,
            encoding: reader.encoding)
        for row in 0..<batch.rowCount where batch.states[row] == .rejected {
            let issues = batch.issues.filter { $0.row == row }.map(\.issue)
            try writer.write(raw: batch.raw(row: row), origin: batch.origins[row], issues: issues)
        }
        guard let written = try writer.finish() else { return nil }
        #expect(written.rows == writer.rowCount)
        return drain(try ByteStream(path: written.path, encoding: nil)).bytes
    }

    @Test func `rejected rows stand verbatim behind their problems`() throws {
        let text = "nr,naam\n1,Jan\n2,\"Ba\"\"k\",x\n3\n"
        let file = try #require(try rejects(Array(text.utf8), CSVOptions()))
        let seen = readCSV(String(decoding: file, as: UTF8.self)) { $0.fields = nil }
        #expect(
            String(decoding: file, as: UTF8.self).hasPrefix(
                "_row,_line,_field,_code,_message,nr,naam\n2,3,,csv.ragged,\"expected 2 fields, found 3; "))
        #expect(seen.records.map { String(decoding: $0.raw, as: UTF8.self) } == ["2,\"Ba\"\"k\",x", "3"])
    }

    @Test func `rejects that were mended are read as the source would be`() throws {
        var options = CSVOptions()
        options.dialect.delimiter = UInt8(ascii: ";")
        let file = try #require(try rejects(Array("nr;naam\n1;a\n2;b;c\n3;d\n".utf8), options))
        let mended = String(decoding: file, as: UTF8.self).replacing("2;b;c", with: "2;b")
        let seen = readCSV(Array(mended.utf8), options)
        #expect(seen.error == nil && seen.columns == ["nr", "naam"])
        #expect(seen.values == [["2", "b"]] && seen.codes == [[]])
    }

    @Test func `rejects of a source without a header have none and are read back`() throws {
        var options = CSVOptions()
        options.dialect.columns = ["nr", "naam"]
        let note = Records.Issue(code: "required", field: "naam", message: "is empty")
        let file = try #require(try rejects(Array("1,\n".utf8), options, note: note))
        #expect(String(decoding: file, as: UTF8.self) == "1,1,naam,required,is empty,1,\n")
        let seen = readCSV(file, options)
        #expect(seen.values == [["1", ""]] && seen.codes == [[]])
        #expect(String(decoding: seen.records[0].raw, as: UTF8.self) == "1,")
    }

    @Test func `several problems are joined`() throws {
        let note = Records.Issue(code: "required", field: "naam", message: "is empty")
        let file = try #require(try rejects(Array("nr,naam\n1\n".utf8), CSVOptions(), note: note))
        let line = String(decoding: file, as: UTF8.self).split(separator: "\n")[1]
        #expect(line.hasPrefix("1,2, | naam,csv.ragged | required,") && line.hasSuffix(" | is empty\",1"))
    }

    @Test func `the source's encoding and its bad bytes come back as they were`() throws {
        var options = CSVOptions()
        options.dialect.encoding = .windows1252
        let row: [UInt8] = Array("1,".utf8) + [0x80, 0x81, 0xE9]
        let file = try #require(try rejects(Array("nr,naam\n".utf8) + row + [0x0A], options))
        #expect(file.suffix(row.count + 1) == row + [0x0A])
        let bad: [UInt8] = Array("2,".utf8) + [0xFF, 0xC3]
        let utf8 = try #require(try rejects(Array("nr,naam\n".utf8) + bad + [0x0A], CSVOptions()))
        #expect(utf8.suffix(bad.count + 1) == bad + [0x0A])
    }

    @Test func `a marked encoding is written with its mark and read back`() throws {
        let text = "nr,naam\n1,é😀,x\n"
        for mark in ["\u{FEFF}"] {
            let bytes = (mark + text).utf16.flatMap {
                [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
            }
            let file = try #require(try rejects(bytes, CSVOptions()))
            #expect(file.starts(with: [0xFF, 0xFE]))
            #expect(readCSV(file).records.map { String(decoding: $0.raw, as: UTF8.self) } == ["1,é😀,x"])
        }
        var options = CSVOptions()
        options.dialect.encoding = .latin1
        let marked = try #require(try rejects(Array(("\u{FEFF}" + text).utf8), options))
        #expect(readCSV(marked, options).records.map { String(decoding: $0.raw, as: UTF8.self) } == ["1,é😀,x"])
    }

    @Test func `nothing rejected, nothing written`() throws {
        #expect(try rejects(Array("nr\n1\n".utf8), CSVOptions()) == nil)
        #expect(folder.names == ["in.csv"])
    }

    @Test func `the file is its owner's alone and a dropped writer leaves none`() throws {
        _ = try rejects(Array("a,b\n1\n".utf8), CSVOptions())
        var status = stat()
        #expect(unsafe stat(folder.path + "/rejects.csv", &status) == 0 && status.st_mode & 0o777 == 0o600)
        do {
            var writer = RejectWriter(path: folder.path + "/other.csv", definition: CSVOptions().definition())
            let origin = RecordOrigin(file: 0, row: 1, line: 1, byteOffset: 0, raw: 0..<0)
            try writer.write(raw: [], origin: origin, issues: [])
        }
        #expect(folder.names == ["in.csv", "rejects.csv"])
    }

    private func written(_ raws: [String], _ definition: SourceDefinition) throws -> String {
        let path = folder.path + "/rejects"
        var writer = RejectWriter(path: path, definition: definition)
        for (index, raw) in raws.enumerated() {
            let origin = RecordOrigin(file: 0, row: index + 1, line: 9, byteOffset: 0, raw: 0..<0)
            try writer.write(
                raw: Array(raw.utf8)[...], origin: origin,
                issues: [Records.Issue(code: "required", field: "naam", message: "is --> \"empty\"")])
        }
        _ = try writer.finish()
        return try folder.read("rejects")
    }

    @Test func `rejected JSON keeps its text and gets five members in front`() throws {
        let notes = "\"_line\":9,\"_field\":\"naam\",\"_code\":\"required\",\"_message\":\"is --> \\\"empty\\\"\""
        let text = try written(
            [
                "{ \"a\": 1.50 }", "{}", "kapot",
                "{\"_row\":1,\"_line\":2,\"_field\":\"\",\"_code\":\"\",\"_message\":\"\",\"b\":2.0}",
            ],
            SourceDefinition(format: .ndjson, paths: []))
        #expect(
            text.split(separator: "\n").map(String.init) == [
                "{\"_row\":1,\(notes), \"a\": 1.50 }", "{\"_row\":2,\(notes)}",
                "{\"_row\":3,\(notes),\"_raw\":\"kapot\"}", "{\"_row\":4,\(notes),\"b\":2.0}",
            ])
    }

    @Test func `rejected XML can be read by the same source definition`() throws {
        let shape = XMLShape(
            record: "/x:export/klanten/klant", fields: [.init(name: "nr", path: "@nr")],
            namespaces: ["x": "urn:example:x"])
        let definition = SourceDefinition(format: .xml(shape), paths: [])
        let text = try written(["<klant nr=\"1\"/>", "", "<klant nr=\"2\"><a>b</a></klant>"], definition)
        #expect(text.contains("<!-- _row=\"1\" _line=\"9\" _field=\"naam\" _code=\"required\""))
        var source = definition
        source.paths = [folder.path + "/rejects"]
        let seen = read(source).seen
        #expect(seen.error == nil && seen.values == [["1"], ["2"]])
    }
}
