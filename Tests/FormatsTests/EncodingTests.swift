import Records
import TestSupport
import Testing

@testable import Formats

@Suite struct EncodingTests {
    private func decode(_ bytes: [UInt8], _ encoding: TextEncoding, piece: Int = .max) -> String {
        String(
            decoding: drain(ByteStream(MemoryBytes(bytes, pieceBytesMax: piece), file: "f", encoding: encoding)).bytes,
            as: UTF8.self)
    }

    private func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit -> [UInt8] in
            let bytes = [UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8)]
            return bigEndian ? bytes.reversed() : bytes
        }
    }

    @Test func `single-byte encodings differ where they should`() {
        let bytes: [UInt8] = [0x41, 0x80, 0xA4, 0xE9, 0xFF]
        #expect(decode(bytes, .latin1) == "A\u{80}\u{A4}éÿ")
        #expect(decode(bytes, .latin9) == "A\u{80}€éÿ")
        #expect(decode(bytes, .windows1252) == "A€\u{A4}éÿ")
    }

    @Test(arguments: [1, 2, 3, 5, 1000])
    func `UTF-16 is decoded in any pieces, by its mark or by its name`(piece: Int) {
        let text = "naam;é;€;😀;" + String(repeating: "x", count: 50)
        for bigEndian in [false, true] {
            let bytes = utf16(text, bigEndian: bigEndian)
            let mark: [UInt8] = bigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE]
            #expect(decode(mark + bytes, .utf8, piece: piece) == text)
            #expect(decode(bytes, bigEndian ? .utf16BE : .utf16LE, piece: piece) == text)
        }
        #expect(decode(utf16(text, bigEndian: false), .utf16, piece: piece) == text)
    }

    @Test func `a UTF-8 mark wins over the declared encoding`() {
        #expect(decode([0xEF, 0xBB, 0xBF] + Array("é".utf8), .windows1252) == "é")
        #expect(decode([0xEF, 0xBB], .latin1) == "ï»")
    }

    @Test func `bytes are passed through when no encoding is asked for`() {
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF, 0xFF, 0x00]
        #expect(drain(ByteStream(MemoryBytes(bytes), file: "f", encoding: nil)).bytes == bytes)
    }

    @Test func `undefined bytes of windows-1252 cost their row`() {
        var options = CSVOptions()
        options.dialect.encoding = .windows1252
        let seen = readCSV(Array("nr,naam\n1,caf\u{7F}\n2,a".utf8) + [0x81, 0x80] + Array("\n3,x".utf8), options)
        #expect(seen.codes == [[], ["encoding.undefined"], []])
        #expect(seen.records[1].issues[0].field == "naam")
        #expect(seen.records[1].issues[0].message.hasPrefix("the byte at byte 18 is undefined in windows-1252"))
        #expect(seen.records[1].values == ["2", nil])
        #expect(String(decoding: seen.records[1].raw, as: UTF8.self) == "2,a\u{81}€")
    }

    @Test(arguments: [1, 2, 7, 1000])
    func `a lone surrogate costs its row`(piece: Int) {
        var bytes: [UInt8] = [0xFF, 0xFE]
        bytes += utf16("nr,naam\n1,😀\n2,a", bigEndian: false) + [0x00, 0xD8] + utf16("b\n3,", bigEndian: false)
        bytes += [0x00, 0xDC] + utf16("\n4,€\n", bigEndian: false)
        let seen = readCSV(bytes) { ($0.pieceBytesMax, $0.blockBytes) = (piece, piece) }
        #expect(seen.codes == [[], ["encoding.invalid"], ["encoding.invalid"], []])
        #expect(seen.values == [["1", "😀"], ["2", nil], ["3", nil], ["4", "€"]])
        #expect(seen.records.map(\.byteOffset) == [18, 28, 40, 48])
        #expect(seen.records[1].issues[0].message.hasPrefix("the bytes at byte 34 are not utf-16le text"))
    }

    @Test func `half a unit at the end costs the last row`() {
        let seen = readCSV(utf16("nr\n1\n2", bigEndian: false) + [0x41]) { $0.dialect.encoding = .utf16 }
        #expect(seen.codes == [[], ["encoding.invalid"]])
    }

    @Test func `offsets count bytes of the source, not of its UTF-8`() {
        let seen = readCSV([0x6E, 0x0A, 0xE9, 0xE9, 0x0A, 0x80, 0x0A, 0x78]) { $0.dialect.encoding = .windows1252 }
        #expect(seen.values == [["éé"], ["€"], ["x"]])
        #expect(seen.records.map(\.byteOffset) == [2, 5, 7])
    }

    @Test func `every byte of a single-byte encoding comes back as it was`() {
        for encoding in [TextEncoding.latin1, .latin9, .windows1252] {
            let bytes = (UInt8.min...UInt8.max).map { $0 }
            let text = drain(ByteStream(MemoryBytes(bytes), file: "f", encoding: encoding)).bytes
            var back: [UInt8] = []
            TextEncoder(encoding).encode(text[...], into: &back)
            #expect(back == bytes, "\(encoding)")
        }
    }

    @Test(arguments: UInt64(1)...40)
    func `the UTF-8 check agrees with the standard library`(seed: UInt64) {
        var random = SeededRNG(seed: seed)
        let starts: [UInt8] = [
            0x41, 0x80, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                Int.random(in: 0..<3, using: &random) == 0
                    ? starts.randomElement(using: &random) ?? 0 : UInt8.random(in: 0x70...0xC5, using: &random)
            }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect((firstInvalidUTF8(in: bytes.span, 0..<bytes.count) == nil) == isValid, "seed \(seed): \(bytes)")
        }
    }
}
