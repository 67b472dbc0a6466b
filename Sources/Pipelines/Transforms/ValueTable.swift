/// A `values` table as bytes: which written value stands for a source value.
struct ValueTable: Sendable {
    /// The source values, for messages.
    let names: [String]
    /// The written values, in table order.
    let results: [[UInt8]]
    /// The source values one after another, and where each stands.
    private let keyBytes: [UInt8]
    private let keys: [Range<Int>]
    /// Open addressing from a key's hash to its index plus one; a power of two in size.
    private var slots: [Int32]
    /// Of a table of few and short keys, each key in one word, which are looked through; empty for any other.
    private let words: [UInt64]

    private static let wordBytesMax = 7
    private static let wordsMax = 8

    init(_ pairs: [ValuePair]) {
        names = pairs.map(\.from)
        results = pairs.map { Array($0.to.utf8) }
        var bytes: [UInt8] = []
        keys = pairs.map { pair in
            let start = bytes.count
            bytes.append(contentsOf: pair.from.utf8)
            return start..<bytes.count
        }
        keyBytes = bytes
        words =
            pairs.count <= Self.wordsMax && keys.allSatisfy { $0.count <= Self.wordBytesMax }
            ? keys.map { Self.word(bytes.span, $0) } : []
        var size = 8
        while size < keys.count * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        for index in keys.indices {
            var slot = Self.hash(bytes.span, keys[index]) & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(truncatingIfNeeded: index + 1)
        }
    }

    /// The table's line for a value.
    @inline(__always)
    func index(of bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        if words.isEmpty { return slotIndex(of: bytes, range) }
        if range.count > Self.wordBytesMax { return nil }
        let word = Self.word(bytes, range)
        for index in words.indices where words[index] == word { return index }
        return nil
    }

    private func slotIndex(of bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var slot = Self.hash(bytes, range) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if TextBytes.equal(bytes, range, keyBytes.span, keys[index]) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// A short key and its length.
    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        let word = ByteWord(unsafe bytes.bytes, at: range.lowerBound, end: range.upperBound)
        return word.bits | UInt64(range.count) &<< 56
    }

    /// FNV-1a; the table comes from the pipeline's author, so nobody crafts collisions.
    private static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
