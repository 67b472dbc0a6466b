import Formats
import Foundation
import Records
import TestSupport
import Testing

@Suite struct GzipTests {
    private func text(_ lines: Int) -> [UInt8] {
        var random = SeededRNG(seed: 7)
        return Array(
            (0..<lines).map { "\($0),naam \(UInt32.random(in: 0...UInt32.max, using: &random))\n" }.joined().utf8)
    }

    private func inflate(_ bytes: [UInt8], piece: Int = .max, max: Int = 64 << 10) -> (
        bytes: [UInt8], error: FormatError?
    ) {
        drain(ByteStream(MemoryBytes(bytes, pieceBytesMax: piece), file: "in.csv.gz", encoding: .utf8), max: max)
    }

    @Test func `one member is inflated whole`() {
        let content = text(5000)
        let seen = inflate(gzip(content))
        #expect(seen.error == nil && seen.bytes == content)
    }

    @Test(arguments: [1, 2, 3, 17, 1000])
    func `any cutting of the compressed bytes gives the same`(piece: Int) {
        let content = text(300)
        let bytes = gzip(content) + gzip(content)
        #expect(inflate(bytes, piece: piece).bytes == content + content)
        #expect(inflate(bytes, max: piece).bytes == content + content)
    }

    @Test func `members follow each other, empty ones too`() {
        let seen = inflate(gzip(Array("een\n".utf8)) + gzip([]) + gzip(Array("twee\n".utf8)))
        #expect(seen.error == nil && seen.bytes == Array("een\ntwee\n".utf8))
    }

    @Test func `zero padding after the end is tolerated`() {
        let seen = inflate(gzip(Array("een\n".utf8)) + [UInt8](repeating: 0, count: 700))
        #expect(seen.error == nil && seen.bytes == Array("een\n".utf8))
    }

    @Test(arguments: [[0x41], [0x1F, 0x41, 0x42], [0, 0, 0x1F, 0x8B], Array("een,twee\n".utf8)] as [[UInt8]])
    func `something else after the end is an error behind the good bytes`(garbage: [UInt8]) {
        let good = gzip(Array("een\n".utf8))
        let seen = inflate(good + garbage)
        #expect(seen.bytes == Array("een\n".utf8))
        #expect(seen.error?.code == .malformed)
        #expect(seen.error?.message.hasPrefix("there is something after the end of the gzip data") == true)
        #expect((seen.error?.byteOffset ?? 0) >= good.count)
    }

    @Test func `a file that is cut off delivers what it holds and names the place`() {
        let content = text(20_000)
        let whole = gzip(content)
        for length in [3, 12, whole.count / 2, whole.count - 9, whole.count - 1] {
            let seen = inflate(Array(whole.prefix(length)))
            #expect(seen.error?.code == .malformed && seen.error?.byteOffset == length)
            #expect(seen.error?.message.contains("cut off") == true)
            #expect(content.starts(with: seen.bytes))
            if length == whole.count - 1 { #expect(seen.bytes == content) }
            if length == whole.count / 2 { #expect(seen.bytes.count > content.count / 4) }
        }
    }

    @Test func `a damaged member is an error behind the good bytes`() {
        let content = text(20_000)
        var bytes = gzip(content)
        let place = bytes.count / 2
        for index in 0..<8 { bytes[place + index] = 0xFF }
        let seen = inflate(bytes)
        #expect(seen.error?.code == .malformed && seen.error?.message.contains("damaged") == true)
        #expect((seen.error?.byteOffset ?? 0) >= place)
        #expect(seen.bytes.count > content.count / 4)
    }

    @Test func `a wrong checksum is an error behind all bytes`() {
        let content = text(100)
        var bytes = gzip(content)
        bytes[bytes.count - 6] ^= 0x55
        let seen = inflate(bytes)
        #expect(seen.bytes == content && seen.error?.message.contains("incorrect data check") == true)
    }

    @Test func `a wrong length is an error behind all bytes`() {
        let content = text(100)
        var bytes = gzip(content)
        bytes[bytes.count - 2] ^= 0x55
        let seen = inflate(bytes)
        #expect(seen.bytes == content && seen.error?.message.contains("incorrect length check") == true)
    }

    @Test func `a bad header is an error at its place`() {
        var bytes = gzip(text(3))
        bytes[2] = 9
        let seen = inflate(bytes)
        #expect(seen.bytes.isEmpty && seen.error?.code == .malformed)
    }

    @Test func `data that expands beyond all measure is refused`() {
        let seen = inflate(gzip([UInt8](repeating: 0x20, count: 20 << 20), level: 9))
        #expect(seen.error?.code == .limit)
        #expect(seen.bytes.count > 16 << 20 && seen.bytes.count < 18 << 20)
    }

    @Test func `plain text that only begins like gzip is not inflated`() {
        #expect(inflate([0x1F]).bytes == [0x1F])
        #expect(inflate([0x1F, 0x41]).bytes == [0x1F, 0x41])
        #expect(inflate([]).bytes.isEmpty && inflate([]).error == nil)
    }

    @Test(arguments: UInt64(1)...8)
    func `a file gives what its bytes give, sound or damaged, and is counted once`(seed: UInt64) throws {
        var random = SeededRNG(seed: seed)
        let content = text(6000)
        let path = NSTemporaryDirectory() + "gzip-\(UUID().uuidString).csv.gz"
        defer { try? FileManager.default.removeItem(atPath: path) }
        for damage in 0..<6 {
            var bytes = gzip(content) + gzip([]) + gzip(content)
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch damage {
            case 0: break
            case 1: bytes.removeLast(place)
            case 2: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 3: bytes[bytes.count - 1 - place % 8] ^= 0x55
            case 4: bytes += [UInt8](repeating: 0, count: place % 20) + [0x41]
            default: bytes += [UInt8](repeating: 0, count: 300)
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let max = [100, 4096, 64 << 10, 1 << 20].randomElement(using: &random) ?? 100
            let expected = inflate(bytes, max: max)
            let meter = InputMeter(seed: Hash128(high: seed, low: 1))
            let seen = drain(try ByteStream(path: path, encoding: .utf8, meter: meter), max: max)
            let note = Comment("seed \(seed), damage \(damage), place \(place), max \(max)")
            // Compared first, since nobody wants to see them.
            let isSame = seen.bytes == expected.bytes
            #expect(isSame, note)
            #expect(seen.error?.message == expected.error?.message, note)
            #expect(seen.error?.byteOffset == expected.error?.byteOffset, note)
            if expected.error == nil {
                #expect(meter.bytesRead == bytes.count, note)
                #expect(
                    try meter.digest == InputMeter.digest(ofPaths: [path], seed: Hash128(high: seed, low: 1)), note)
            }
        }
    }

    @Test func `good records before the damage are delivered, then the error`() {
        let content = text(20_000)
        let whole = gzip(content)
        var options = CSVOptions()
        options.dialect.columns = ["nr", "naam"]
        let seen = readCSV(Array(whole.prefix(whole.count / 2)), options)
        #expect(seen.records.count > 5000 && seen.records.allSatisfy { !$0.isRejected })
        #expect(seen.records.last?.values[0] == "\(seen.records.count - 1)")
        #expect(seen.error?.byteOffset == whole.count / 2)
    }
}
