/// A 128-bit value.
@frozen
public struct Hash128: Sendable, Hashable {
    /// The upper 64 bits.
    public let high: UInt64
    /// The lower 64 bits.
    public let low: UInt64

    /// The hash, or seed, of these 128 bits.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// From 32 hexadecimal digits; `nil` for anything else.
    public init?(hex: String) {
        guard hex.utf8.count == 32, let high = UInt64(hex.prefix(16), radix: 16),
            let low = UInt64(hex.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    /// 32 hexadecimal digits.
    public var hex: String {
        func pad(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return pad(high) + pad(low)
    }
}

/// SipHash-2-4 with a 128-bit result: a keyed hash, so that nobody can craft records that collide without the seed.
///
/// Two different inputs collide with a probability of 2⁻¹²⁸; among 100 million keys, under 10⁻²².
public struct KeyedHash: Sendable {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var tail: UInt64 = 0
    private var tailBytes = 0
    private var length: UInt64 = 0

    /// - Parameter seed: the key; random for each run.
    public init(seed: Hash128) {
        v0 = seed.low ^ 0x736F_6D65_7073_6575
        v1 = seed.high ^ 0x646F_7261_6E64_6F6D ^ 0xEE
        v2 = seed.low ^ 0x6C79_6765_6E65_7261
        v3 = seed.high ^ 0x7465_6462_7974_6573
    }

    /// The hash of one run of bytes.
    public static func hash(_ bytes: Span<UInt8>, seed: Hash128) -> Hash128 {
        var hash = KeyedHash(seed: seed)
        hash.update(bytes)
        return hash.finish()
    }

    /// Adds bytes; any way of cutting the same bytes gives the same hash.
    public mutating func update(_ bytes: Span<UInt8>) {
        let raw = unsafe bytes.bytes
        let count = bytes.count
        var index = 0
        if tailBytes == 0 {
            // Whole words, with nothing to shift them by.
            while index &+ 8 <= count {
                // Safe because the load is bounds-checked and any bytes make a number.
                absorb(UInt64(littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)))
                index &+= 8
            }
            length &+= UInt64(index)
        }
        while index &+ 8 <= count {
            // Safe because the load is bounds-checked and any bytes make a number.
            add(UInt64(littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)), bytes: 8)
            index &+= 8
        }
        if index == count { return }
        var rest: UInt64 = 0
        if count >= 8 {
            // The last eight bytes, without those that were added before.
            // Safe because the load is bounds-checked and any bytes make a number.
            let last = UInt64(littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
            rest = last &>> UInt64(8 &* (8 &- (count &- index)))
        } else {
            for position in index..<count { rest |= UInt64(bytes[position]) &<< UInt64(8 &* (position &- index)) }
        }
        add(rest, bytes: count &- index)
    }

    /// Adds one field of a composite key, delimited by its length so that ("ab", "c") and ("a", "bc") differ.
    public mutating func update(field bytes: Span<UInt8>) {
        add(UInt64(bytes.count), bytes: 8)
        update(bytes)
    }

    /// Adds a number, as eight bytes.
    public mutating func update(tag number: UInt64) { add(number, bytes: 8) }

    /// The hash of everything added.
    public consuming func finish() -> Hash128 {
        absorb(tail | length << 56)
        v2 ^= 0xEE
        for _ in 0..<4 { round() }
        let low = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xDD
        for _ in 0..<4 { round() }
        return Hash128(high: v0 ^ v1 ^ v2 ^ v3, low: low)
    }

    /// Adds the lowest bytes of a word, whose others are zero.
    @inline(__always)
    private mutating func add(_ word: UInt64, bytes: Int) {
        length &+= UInt64(bytes)
        tail |= word &<< UInt64(8 &* tailBytes)
        let all = tailBytes &+ bytes
        if all < 8 {
            tailBytes = all
            return
        }
        absorb(tail)
        tail = tailBytes == 0 ? 0 : word &>> UInt64(64 &- 8 &* tailBytes)
        tailBytes = all &- 8
    }

    private mutating func absorb(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    private mutating func round() {
        v0 = v0 &+ v1
        v1 = v1 << 13 | v1 >> 51
        v1 ^= v0
        v0 = v0 << 32 | v0 >> 32
        v2 = v2 &+ v3
        v3 = v3 << 16 | v3 >> 48
        v3 ^= v2
        v0 = v0 &+ v3
        v3 = v3 << 21 | v3 >> 43
        v3 ^= v0
        v2 = v2 &+ v1
        v1 = v1 << 17 | v1 >> 47
        v1 ^= v2
        v2 = v2 << 32 | v2 >> 32
    }
}
