import Records
import TestSupport
import Testing

@Suite struct FlipCaseTests {
    @Test func `values of any length change their case where they are asked, all ASCII and no list`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRNG(seed: seed)
        for _ in 0..<300 {
            var bytes: [UInt8] = []
            let cells = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                let length = [0, 1, 15, 16, 17, 32, 40].randomElement(using: &random) ?? 0
                let cell = Cell(
                    kind: [.text, .text, .text, .number, .json, .null].randomElement(using: &random) ?? .text,
                    offset: bytes.count, length: length)
                var value = (0..<length).map { _ in UInt8.random(in: 0x30...0x7F, using: &random) }
                if Int.random(in: 0..<4, using: &random) == 0, let place = value.indices.randomElement(using: &random) {
                    value[place] = 0xC3
                }
                if Int.random(in: 0..<4, using: &random) == 0 { value = value.map { 0x40...0x5A ~= $0 ? 0x2E : $0 } }
                bytes += value
                return cell
            }
            let rows = cells.map { _ in Int.random(in: 0..<5, using: &random) > 0 }
            var batch = RecordBatch(bytes: bytes, columns: [], origins: [])
            var changed = cells
            let others = batch.flipCase(of: &changed, rows: rows, from: UInt8(ascii: "A"))
            for (row, cell) in cells.enumerated() {
                let old = Array(bytes[cell.range])
                let isASCII = old.allSatisfy { $0 < 0x80 }
                let takesPart = rows[row] && !cell.isNull && !cell.isJSON
                #expect(others[row] == (takesPart && !isASCII), "seed \(seed)")
                let expected = takesPart && isASCII ? old.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 } : old
                #expect(Array(batch.slice(changed[row])) == expected, "seed \(seed)")
                #expect(changed[row].kind == (takesPart && isASCII ? .text : cell.kind), "seed \(seed)")
            }
            #expect(Array(batch.bytes.prefix(bytes.count)) == bytes, "seed \(seed)")
        }
    }
}
