import Properties
import Records
import TestSupport
import Testing

@testable import Formats

@Suite struct WriterRoundTripTests {
    private static let pieces = [
        "a", "Z", " ", "\"", "\"\"", ",", ";", "\n", "\r\n", "\r", "é", "€", "😀", "\\", "\u{1F}", "\t", "'", "{",
        "\u{FEFF}",
    ]

    private static func text(_ rng: inout SeededRNG) -> String {
        (0..<Int.random(in: 0..<8, using: &rng)).map { _ in pieces.randomElement(using: &rng) ?? "" }.joined()
    }

    @Test(arguments: [1, 3]) func `what CSVWriter writes CSVReader reads back`(_ width: Int) throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var rng = SeededRNG(seed: seed)
        let folder = WriterFolder()
        let names = (0..<width).map { ["kolom", "b,\"c\"", "d\ne"][$0] }
        let rows: [[(Cell.Kind, String)?]] = (0..<300).map { _ in names.map { _ in (.text, Self.text(&rng)) } }
        for delimiter in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")] {
            let path = folder.path + "/a.csv"
            var writer = try CSVWriter(path: path, delimiter: delimiter)
            try writer.write(makeBatch(names, rows))
            _ = try writer.finish()
            var dialect = CSVDialect()
            dialect.delimiter = delimiter
            let definition = SourceDefinition(format: .csv(dialect), paths: [path])
            let result = ReadResult.all(
                try CSVReader(
                    source: ByteStream(path: path, encoding: .utf8), file: path, fileIndex: 0, firstRow: 1,
                    definition: definition))
            #expect(result.failure == nil && result.issues.isEmpty && result.columns == names, "seed \(seed)")
            let read = result.rows.map { row in names.map { row.values[$0] ?? "" } }
            #expect(read == rows.map { $0.map { $0?.1 ?? "" } }, "seed \(seed)")
        }
    }

    @Test func `what NDJSONWriter writes NDJSONReader reads back`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var rng = SeededRNG(seed: seed)
        let folder = WriterFolder()
        let names = ["a", "b.c", "b.d.e", "é", "b", "x\"y.z", "b.d"]
        let rows: [[(Cell.Kind, String)?]] = (0..<500).map { _ in
            names.map { _ in
                switch Int.random(in: 0..<6, using: &rng) {
                case 0: nil
                case 1: (.number, ["0.10", "-1e5", "123456789012345678901"].randomElement(using: &rng) ?? "0")
                case 2: (.boolean, Bool.random(using: &rng) ? "true" : "false")
                case 3: (.json, ["[]", #"{"a":[1,"x"]}"#, "[null]"].randomElement(using: &rng) ?? "[]")
                default: (.text, Self.text(&rng))
                }
            }
        }
        let path = folder.path + "/a.ndjson.gz"
        var writer = try NDJSONWriter(path: path)
        try writer.write(makeBatch(names, rows))
        _ = try writer.finish()
        let definition = SourceDefinition(format: .ndjson, paths: [path], fields: names)
        let result = ReadResult.all(
            try NDJSONReader(
                source: ByteStream(path: path, encoding: .utf8), file: path, fileIndex: 0, firstRow: 1,
                definition: definition))
        #expect(result.failure == nil && result.issues.isEmpty, "seed \(seed)")
        for (row, written) in zip(result.rows, rows) {
            for (name, value) in zip(names, written) {
                #expect(
                    row.values[name] == value?.1 && row.kinds[name] == value?.0 ?? .null,
                    "seed \(seed): \(name) of row \(row.row)")
            }
        }
        #expect(result.rows.count == rows.count)
    }
}
