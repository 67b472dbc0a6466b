import Formats
import Properties
import Records
import TestSupport
import Testing

/// A random CSV with every construct, well-formed and not.
private struct CSVMaker {
    var random: SeededRNG
    let delimiter: String
    let lineEnds: [String]

    init(seed: UInt64) {
        random = SeededRNG(seed: seed)
        delimiter = [",", ";", "\t", "|"].randomElement(using: &random) ?? ","
        lineEnds = [["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r"]].randomElement(using: &random) ?? ["\n"]
    }

    mutating func text(rows: Int, width: Int) -> String {
        var text = ""
        for index in 0..<rows {
            let count = Int.random(in: 0..<12, using: &random) == 0 ? Int.random(in: 1...8, using: &random) : width
            text += (0..<count).map { _ in field() }.joined(separator: delimiter)
            if index < rows - 1 || Bool.random(using: &random) { text += lineEnd() }
            if Int.random(in: 0..<9, using: &random) == 0 { text += lineEnd() + lineEnd() }
        }
        if Int.random(in: 0..<4, using: &random) == 0 { text += "x\(delimiter)\"open" + lineEnd() + "after" }
        return text
    }

    private mutating func lineEnd() -> String { lineEnds.randomElement(using: &random) ?? "\n" }

    private mutating func field() -> String {
        switch Int.random(in: 0..<14, using: &random) {
        case 0: return ""
        case 1: return "\"\""
        case 2: return "\"a\(delimiter)b\""
        case 3: return "\"say \"\"ja\"\" nu\""
        case 4: return "\"twee\(lineEnd())regels\""
        case 5: return "5\" pipe"
        case 6: return "\"dicht\"open"
        case 7: return "café €12"
        case 8: return "\"\"\"\""
        case 9: return String(repeating: "lang ", count: Int.random(in: 1...40, using: &random))
        case 10: return "\"😀 \"\"\(lineEnd())\(lineEnd())\""
        default: return "w\(Int.random(in: 0..<100_000, using: &random))"
        }
    }
}

@Suite struct CSVPropertyTests {
    @Test(arguments: UInt64(1)...60)
    func `the reader agrees with the plain reference parser`(seed: UInt64) {
        var maker = CSVMaker(seed: seed)
        let text = maker.text(rows: 40, width: 4)
        let rows = CSVReference.rows(text, delimiter: Character(maker.delimiter), quote: "\"")
        let seen = readCSV(text) {
            $0.dialect.delimiter = maker.delimiter.utf8.first ?? 0
            $0.dialect.columns = ["a", "b", "c", "d"]
        }
        #expect(seen.error == nil, "seed \(seed)")
        #expect(seen.records.count == rows.count, "seed \(seed)")
        for (record, row) in zip(seen.records, rows) {
            #expect(record.line == row.line, "seed \(seed)")
            #expect(String(decoding: record.raw, as: UTF8.self) == row.raw, "seed \(seed)")
            let code = row.fault ?? (row.fields.count == 4 ? nil : "csv.ragged")
            #expect(record.issues.map(\.code) == (code.map { [$0] } ?? []), "seed \(seed) \(record)")
            let expected = (0..<4).map { row.fields.indices.contains($0) ? row.fields[$0] : nil }
            #expect(record.values == expected, "seed \(seed) \(record)")
        }
    }

    @Test(arguments: UInt64(1)...12)
    func `any cutting of the bytes gives the same records`(seed: UInt64) {
        var maker = CSVMaker(seed: seed &* 7919)
        let text = maker.text(rows: 30, width: 4)
        var options = CSVOptions()
        options.dialect.delimiter = maker.delimiter.utf8.first ?? 0
        options.dialect.columns = ["a", "b", "c", "d"]
        let whole = readCSV(Array(text.utf8), options)
        for piece in [1, 2, 3, 7, 16, 63, 64, 65, 1000] {
            let cut = readCSV(Array(text.utf8), options) { ($0.pieceBytesMax, $0.blockBytes) = (piece, piece) }
            #expect(cut == whole, "seed \(seed), pieces of \(piece)")
        }
    }

    @Test(arguments: UInt64(1)...12)
    func `any size of batch gives the same records`(seed: UInt64) {
        var maker = CSVMaker(seed: seed &* 104_729)
        let text = maker.text(rows: 30, width: 4)
        var options = CSVOptions()
        options.dialect.delimiter = maker.delimiter.utf8.first ?? 0
        options.dialect.columns = ["a", "b", "c", "d"]
        let whole = readCSV(Array(text.utf8), options)
        for rows in [1, 2, 5] {
            #expect(readCSV(Array(text.utf8), options) { $0.batchRows = rows }.records == whole.records, "seed \(seed)")
        }
        #expect(readCSV(Array(text.utf8), options) { $0.batchBytes = 1 }.records == whole.records, "seed \(seed)")
    }

    /// With a tiny limit nearly every record is over it, so that both ways out are taken often.
    @Test(arguments: UInt64(1)...20)
    func `a short limit on records gives the same for any cutting`(seed: UInt64) {
        var maker = CSVMaker(seed: seed &* 31)
        let text = maker.text(rows: 30, width: 4)
        var options = CSVOptions()
        options.dialect.delimiter = maker.delimiter.utf8.first ?? 0
        options.dialect.columns = ["a", "b", "c", "d"]
        options.recordBytesMax = Int.random(in: 8...60, using: &maker.random)
        let whole = readCSV(Array(text.utf8), options)
        for piece in [1, 3, 64, 500] {
            let cut = readCSV(Array(text.utf8), options) { $0.blockBytes = piece }
            #expect(cut.records == whole.records, "seed \(seed), pieces of \(piece)")
        }
        #expect(whole.records.allSatisfy { $0.raw.count <= options.recordBytesMax })
    }
}
