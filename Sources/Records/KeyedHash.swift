/// A 128-bit value.
@frozen
public struct Hash128: Sendable, Hashable {
    public let high: UInt64
    public let low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
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
        length &+= UInt64(bytes.count)
        var index = 0
        while tailBytes != 0, index < bytes.count {
            push(bytes[index])
            index += 1
        }
        while index &+ 8 <= bytes.count {
            var word: UInt64 = 0
            for shift in 0..<8 { word |= UInt64(bytes[index &+ shift]) << UInt64(8 &* shift) }
            absorb(word)
            index &+= 8
        }
        while index < bytes.count {
            push(bytes[index])
            index += 1
        }
    }

    /// Adds one field of a composite key, delimited by its length so that ("ab", "c") and ("a", "bc") differ.
    public mutating func update(field bytes: Span<UInt8>) {
        var length = UInt64(bytes.count)
        for _ in 0..<8 {
            self.length &+= 1
            push(UInt8(truncatingIfNeeded: length))
            length >>= 8
        }
        update(bytes)
    }

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

    private mutating func push(_ byte: UInt8) {
        tail |= UInt64(byte) << UInt64(8 &* tailBytes)
        tailBytes += 1
        if tailBytes == 8 {
            absorb(tail)
            tail = 0
            tailBytes = 0
        }
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
