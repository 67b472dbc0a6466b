import Records
import TestSupport
import Testing

@Suite struct KeyedHashTests {
    private let seed = Hash128(high: 0x0F0E_0D0C_0B0A_0908, low: 0x0706_0504_0302_0100)

    /// The reference vectors of SipHash-2-4-128 for the key 00…0f and the inputs of 0, 1 and 15 bytes 00 01 02 ….
    @Test(arguments: [
        (0, "a3817f04ba25a8e66df67214c7550293"),
        (1, "da87c1d86b99af44347659119b22fc45"),
        (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
    ])
    func `matches the reference vectors`(length: Int, expected: String) {
        let input = (0..<length).map { UInt8($0) }
        let hash = KeyedHash.hash(input.span, seed: seed)
        let bytes = [hash.low, hash.high].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == expected)
    }

    @Test func `any chunking gives the same hash`() {
        var rng = SeededRNG(seed: 11)
        let input = (0..<200).map { _ in UInt8.random(in: 0...255, using: &rng) }
        let whole = KeyedHash.hash(input.span, seed: seed)
        for cut in 0...input.count {
            var hash = KeyedHash(seed: seed)
            hash.update(Array(input[..<cut]).span)
            hash.update(Array(input[cut...]).span)
            #expect(hash.finish() == whole)
        }
    }

    @Test func `field borders count`() {
        func hash(_ fields: [String]) -> Hash128 {
            var hash = KeyedHash(seed: seed)
            for field in fields { hash.update(field: Array(field.utf8).span) }
            return hash.finish()
        }
        #expect(hash(["ab", "c"]) != hash(["a", "bc"]))
        #expect(hash(["ab", ""]) != hash(["ab"]))
    }
}
