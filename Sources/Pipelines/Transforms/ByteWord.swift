/// Eight bytes of a text in one number, the first lowest, and questions asked of all of them at once. An answer has the
/// highest bit of each byte for which it is yes.
struct ByteWord {
    static let width = 8

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    var bits: UInt64

    /// The bytes from a place on; those behind `end` are zero.
    @inline(__always)
    init(_ bytes: RawSpan, at start: Int, end: Int) {
        if start &+ Self.width <= bytes.byteCount {
            // Safe because the load is bounds-checked and any bytes make a number.
            let all = UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
            bits = all & Self.mask(end &- start)
        } else {
            bits = Self.lastBytes(bytes, at: start, end: end)
        }
    }

    /// The bytes at the end of everything, where no whole word is left; apart, so that the rest stays small.
    @inline(never)
    private static func lastBytes(_ bytes: RawSpan, at start: Int, end: Int) -> UInt64 {
        var bits: UInt64 = 0
        for index in start..<min(end, bytes.byteCount) {
            // Safe because the load is bounds-checked and any byte is a number.
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            bits |= UInt64(byte) &<< UInt64(8 &* (index &- start))
        }
        return bits
    }

    @inline(__always)
    var isASCII: Bool { bits & Self.highs == 0 }

    /// Which bytes are greater than this one, where all are ASCII.
    @inline(__always)
    func greater(than byte: UInt8) -> UInt64 { (bits &+ Self.ones &* UInt64(0x7F &- byte)) & Self.highs }

    /// The highest bits of `count` bytes.
    @inline(__always)
    static func highs(_ count: Int) -> UInt64 { highs & mask(count) }

    @inline(__always)
    private static func mask(_ count: Int) -> UInt64 {
        count >= width ? .max : (1 &<< UInt64(truncatingIfNeeded: 8 &* count)) &- 1
    }
}
