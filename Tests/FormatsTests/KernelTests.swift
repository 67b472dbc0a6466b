import CKernels
import ExactJSON
import Foundation
import Records
import TestSupport
import Testing

@testable import Formats

/// Kernels that come in several sets of instructions, of which this machine uses one.
@Suite struct KernelTests {
    @Test func `field ends are found by all processors alike`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRNG(seed: seed)
        for round in 0..<2_000 {
            let count = Int.random(in: 0...400, using: &random)
            let alphabet = Array(#"aa;;""\#n\#r,é"#.utf8) + Array(repeating: UInt8(ascii: "x"), count: round % 40)
            let text = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            let quote: UInt8? = round.isMultiple(of: 7) ? nil : UInt8(ascii: "\"")
            let start = Int.random(in: 0...min(count, 5), using: &random)
            let expected = unsafe searched(text, from: start, quote: quote, with: dockhand_csv_search_base)
            let results = unsafe Self.searches.map { unsafe searched(text, from: start, quote: quote, with: $0) }
            for result in results {
                #expect(result.ends == expected.ends && result.state == expected.state, "seed \(seed)")
            }
        }
    }

    private typealias Kernel = (UnsafePointer<dockhand_csv_text>?, UnsafeMutablePointer<dockhand_csv_search>?) -> Void

    /// What this machine can run.
    private static var searches: [Kernel] {
        #if arch(x86_64)
            if hasAVX2 { return unsafe [dockhand_csv_go_on, dockhand_csv_search_avx2] }
        #endif
        return unsafe [dockhand_csv_go_on]
    }

    private static var hasAVX2: Bool {
        let features = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        return features?.contains(" avx2 ") ?? false
    }

    private func searched(
        _ text: [UInt8], from start: Int, quote: UInt8?, with kernel: Kernel
    ) -> (ends: [UInt32], state: [UInt64]) {
        var ends = [UInt32](repeating: 0, count: text.count + 80)
        var search = dockhand_csv_search(
            base: start, found: 0, rows: 0, end: start, lines: 0, inside: 0, after_closing: 0, after_line_end: 1)
        unsafe text.withUnsafeBufferPointer { bytes in
            unsafe ends.withUnsafeMutableBufferPointer { room in
                var work = unsafe dockhand_csv_text(
                    bytes: bytes.baseAddress, count: bytes.count, start: start, rows_max: 10_000, end_max: 100_000,
                    ends: room.baseAddress, room: room.count, delimiter: UInt8(ascii: ";"),
                    quote: quote ?? UInt8(ascii: ";"), has_quote: quote == nil ? 0 : 1)
                unsafe kernel(&work, &search)
            }
        }
        let numbers = [search.base, search.found, search.rows, search.end, search.lines].map { UInt64($0) }
        return (
            Array(ends.prefix(search.found)), numbers + [search.inside, search.after_closing, search.after_line_end]
        )
    }

    @Test func `clean text is told from other by all processors alike`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRNG(seed: seed)
        let characters = ["a", "é", "€", "\u{FFFF}", "𝄞", "\u{10FFFF}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}"]
        let bytes: [UInt8] = [0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xE0, 0xED, 0xF0, 0xF4, 0xF5, 0xFF]
        var clean = 0
        for round in 0..<20_000 {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 0...90, using: &random) {
                text += Array((characters.randomElement(using: &random) ?? "").utf8)
            }
            // One byte more, less or other breaks most of them, wherever it stands.
            if !round.isMultiple(of: 4), let place = text.indices.randomElement(using: &random) {
                let byte = bytes.randomElement(using: &random) ?? 0
                switch round % 4 {
                case 1: text[place] = byte
                case 2: text.insert(byte, at: place)
                default: text.remove(at: place)
                }
            }
            let start = Int.random(in: 0...text.count, using: &random)
            let expected = isCleanTextByByte(text.span, start..<text.count)
            if expected { clean += 1 }
            #expect(isCleanText(text.span, start..<text.count) == expected, "seed \(seed), round \(round): \(text)")
            #expect(isClean(text.span, start..<text.count) ?? expected == expected, "seed \(seed), round \(round)")
        }
        #expect(clean > 4_000 && clean < 18_000)
    }

    @Test func `lines are written by all processors alike, and are JSON`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRNG(seed: seed)
        let pieces = ["a", "value ", "é", "\"", "\\", "\t", "\u{1}", "0123456789abcdefghij"].map { Array($0.utf8) }
        for round in 0..<400 {
            let names = (0..<Int.random(in: 1...4, using: &random)).map { column in
                String(repeating: "n", count: Int.random(in: 1...45, using: &random)) + "\(column)"
            }
            var bytes: [UInt8] = []
            var values: [[JSONValue]] = []
            let rows = Int.random(in: 1...30, using: &random)
            let columns = try names.map { name in
                var cells: [Cell] = []
                var column: [JSONValue] = []
                for _ in 0..<rows {
                    let start = bytes.count
                    switch Int.random(in: 0...9, using: &random) {
                    case 0:
                        cells.append(.null)
                        column.append(.null)
                    case 1:
                        bytes += Array("-12.50".utf8)
                        cells.append(Cell(kind: .number, offset: start, length: 6))
                        column.append(try JSONParser.parse(Array("-12.50".utf8)))
                    default:
                        for _ in 0..<Int.random(in: 0...(round % 9), using: &random) {
                            bytes += pieces.randomElement(using: &random) ?? []
                        }
                        cells.append(Cell(kind: .text, offset: start, length: bytes.count - start))
                        column.append(.string(String(decoding: bytes[start...], as: UTF8.self)))
                    }
                }
                values.append(column)
                return RecordBatch.Column(name: name, cells: cells)
            }
            let origins = (0..<rows).map { RecordOrigin(file: 0, row: $0 + 1, line: 1, byteOffset: 0, raw: 0..<0) }
            var batch = RecordBatch(bytes: bytes, columns: columns, origins: origins)
            batch.drop(row: 0, as: .filtered)
            let encoder = NDJSONRowEncoder(columns: names)
            let results = unsafe [dockhand_json_rows_base, dockhand_json_rows].map { kernel in
                unsafe encoder.encode(batch, with: kernel)
            }
            let texts = results.map { Array($0.bytes.prefix($0.count)) }
            #expect(texts[0] == texts[1] && results[0].ends == results[1].ends, "seed \(seed), round \(round)")
            let lines = try texts[0].split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
            let expected = (1..<rows).map { row in
                JSONValue.object(JSONObject(names.indices.map { (names[$0], values[$0][row]) }))
            }
            #expect(lines == expected, "seed \(seed), round \(round)")
        }
    }
}
