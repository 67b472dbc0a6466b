import CZlib
import Glibc
import Records
import TestSupport
import Testing

@testable import Formats

/// A folder of its own that is removed with all in it.
final class WriterFolder {
    let path: String

    init() {
        var template = Array("/tmp/dockhand-writer-XXXXXX".utf8CString)
        // Safe because mkdtemp writes within the template, which ends in a NUL.
        path = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, unsafe mkdtemp(base) != nil else { return "/nowhere" }
            return unsafe String(cString: base)
        }
    }

    deinit {
        for name in names { _ = unsafe unlink("\(path)/\(name)") }
        _ = unsafe rmdir(path)
    }

    /// The files in it, hidden ones too.
    var names: [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            // Safe because an entry's name ends in a NUL within the structure.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func read(_ name: String) throws -> String {
        var stream = try ByteStream(path: "\(path)/\(name)", encoding: .utf8)
        var bytes: [UInt8] = []
        while try stream.read(into: &bytes, max: 1 << 16) > 0 {}
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A batch of cells given as kind and text; nil is no value.
func makeBatch(_ columns: [String], _ rows: [[(Cell.Kind, String)?]]) -> RecordBatch {
    var bytes: [UInt8] = []
    var cells: [[Cell]] = columns.map { _ in [] }
    for row in rows {
        for (column, value) in row.enumerated() {
            guard let (kind, text) = value else {
                cells[column].append(.null)
                continue
            }
            cells[column].append(Cell(kind: kind, offset: bytes.count, length: text.utf8.count))
            bytes += Array(text.utf8)
        }
    }
    let origins = rows.indices.map { RecordOrigin(file: 0, row: $0 + 1, line: $0 + 1, byteOffset: 0, raw: 0..<0) }
    return RecordBatch(bytes: bytes, columns: zip(columns, cells).map { .init(name: $0, cells: $1) }, origins: origins)
}

@Suite struct WriterTests {
    @Test func `CSV quotes only what needs it`() throws {
        let folder = WriterFolder()
        var writer = try CSVWriter(path: folder.path + "/uit.csv", delimiter: UInt8(ascii: ";"))
        try writer.write(
            makeBatch(
                ["a", "b;c"],
                [[(.text, "x,y"), (.number, "1")], [(.text, "a;b"), nil], [(.text, "zeg \"ja\"\r\n"), (.text, "")]]))
        let file = try writer.finish()
        let text = "a;\"b;c\"\nx,y;1\n\"a;b\";\n\"zeg \"\"ja\"\"\r\n\";\n"
        #expect(try folder.read("uit.csv") == text)
        #expect(file.rows == 3 && file.bytes == text.utf8.count)
        #expect(folder.names == ["uit.csv"])
    }

    @Test func `NDJSON nests dotted columns and keeps kinds`() throws {
        let folder = WriterFolder()
        var writer = try NDJSONWriter(
            path: folder.path + "/uit.ndjson", columns: ["n", "adres.postcode", "t", "adres.geo.lat", "weg"])
        try writer.write(
            makeBatch(
                ["t", "n", "adres.postcode", "adres.geo.lat"],
                [
                    [(.text, "é\"\\\n\u{1}😀"), (.number, "1.50"), (.json, "[1]"), (.boolean, "true")],
                    [nil, nil, nil, nil],
                ]))
        #expect(try writer.finish().rows == 2)
        #expect(
            try folder.read("uit.ndjson")
                == #"{"n":1.50,"adres":{"postcode":[1],"geo":{"lat":true}},"t":"é\"\\\n\u0001😀","weg":null}"# + "\n"
                + #"{"n":null,"adres":{"postcode":null,"geo":{"lat":null}},"t":null,"weg":null}"# + "\n")
    }

    @Test func `a column that is also a prefix stays beside its dotted kin`() throws {
        let folder = WriterFolder()
        var writer = try NDJSONWriter(path: folder.path + "/uit.ndjson")
        try writer.write(makeBatch(["a", "a.b", "c.d"], [[(.text, "1"), (.text, "2"), (.text, "3")]]))
        _ = try writer.finish()
        #expect(try folder.read("uit.ndjson") == #"{"a":"1","a.b":"2","c":{"d":"3"}}"# + "\n")
    }

    @Test func `rows that are not live are left out`() throws {
        let folder = WriterFolder()
        var batch = makeBatch(["a"], [[(.text, "1")], [(.text, "2")], [(.text, "3")], [(.text, "4")]])
        batch.drop(row: 0, as: .filtered)
        batch.drop(row: 1, as: .duplicate)
        batch.report(Issue(code: "x", message: "m"), row: 3)
        var csv = try CSVWriter(path: folder.path + "/a.csv")
        try csv.write(batch)
        #expect(try csv.finish().rows == 1)
        var ndjson = try NDJSONWriter(path: folder.path + "/a.ndjson")
        try ndjson.write(batch)
        #expect(try ndjson.finish().rows == 1)
        #expect(try folder.read("a.csv") == "a\n3\n")
        #expect(try folder.read("a.ndjson") == "{\"a\":\"3\"}\n")
    }

    @Test func `a file appears only when it is finished, for its owner only`() throws {
        let folder = WriterFolder()
        let path = folder.path + "/uit.csv"
        do {
            var writer = try CSVWriter(path: path, columns: ["a"])
            try writer.write(makeBatch(["a"], [[(.text, "1")]]))
            #expect(folder.names == [".uit.csv.\(getpid()).tmp"])
        }
        #expect(folder.names.isEmpty)
        var first = try CSVWriter(path: path, columns: ["oud"])
        _ = try first.finish()
        var second = try CSVWriter(path: path, columns: ["nieuw"])
        #expect(try folder.read("uit.csv") == "oud\n")
        _ = try second.finish()
        #expect(try folder.read("uit.csv") == "nieuw\n")
        var status = stat()
        #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(folder.names == ["uit.csv"])
    }

    @Test func `two writers of one place do not take each other's file`() throws {
        let folder = WriterFolder()
        let path = folder.path + "/uit.csv"
        var first = try CSVWriter(path: path, columns: ["een"])
        var second = try CSVWriter(path: path, columns: ["twee"])
        _ = try first.finish()
        #expect(try folder.read("uit.csv") == "een\n")
        _ = try second.finish()
        #expect(try folder.read("uit.csv") == "twee\n")
        #expect(folder.names == ["uit.csv"])
    }

    @Test func `gz by name is gzip, the same bytes each time`() throws {
        let folder = WriterFolder()
        let batch = makeBatch(["a"], (0..<50_000).map { [(.text, "rij \($0)")] })
        for name in ["een.csv.gz", "twee.csv.gz"] {
            var writer = try CSVWriter(path: "\(folder.path)/\(name)")
            try writer.write(batch)
            #expect(try writer.finish().rows == 50_000)
        }
        let text = try folder.read("een.csv.gz")
        #expect(text.hasPrefix("a\nrij 0\nrij 1\n") && text.hasSuffix("rij 49999\n"))
        func disk(_ name: String) throws -> [UInt8] {
            var file = try FileBytes(path: "\(folder.path)/\(name)")
            var bytes: [UInt8] = []
            while try file.read(into: &bytes, max: 1 << 16) > 0 {}
            return bytes
        }
        let bytes = try disk("een.csv.gz")
        #expect(bytes.prefix(2) == [0x1F, 0x8B] && bytes.count < text.utf8.count / 2)
        #expect(try disk("twee.csv.gz") == bytes)
    }

    @Test func `a file that can't be written says why`() throws {
        let folder = WriterFolder()
        let missing = #expect(throws: FormatError.self) { _ = try CSVWriter(path: folder.path + "/geen/uit.csv") }
        #expect(missing?.code == .unwritable && missing?.message == "can't be made: No such file or directory")
        let isFolder = #expect(throws: FormatError.self) { _ = try CSVWriter(path: folder.path) }
        #expect(isFolder?.code == .unwritable && isFolder?.file == folder.path)
        let full = #expect(throws: FormatError.self) {
            var writer = try NDJSONWriter(path: "/dev/full", columns: ["a"])
            try writer.write(makeBatch(["a"], (0..<100_000).map { [(.text, "rij \($0)")] }))
            _ = try writer.finish()
        }
        #expect(full?.message == "can't be written: No space left on device; free some space and run again")
    }

    @Test func `an output without any row still has its header`() throws {
        let folder = WriterFolder()
        var csv = try CSVWriter(path: folder.path + "/a.csv", columns: ["a", "b"])
        #expect(try csv.finish() == WrittenFile(path: folder.path + "/a.csv", rows: 0, bytes: 4))
        #expect(try folder.read("a.csv") == "a,b\n")
    }
}
