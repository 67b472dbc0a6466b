/// Finds the bytes that can end a field (delimiter, quote, CR, LF), 64 bytes at a time.
///
/// Each such position is handed out once, in order. Whoever moves elsewhere in the bytes, or changes them, seeks first.
struct CSVScanner: Sendable {
    private let delimiter: UInt8
    private let quote: UInt8
    private var base = 0
    private var mask: UInt64 = 0
    private var scanned = 0

    init(delimiter: UInt8, quote: UInt8?) {
        self.delimiter = delimiter
        self.quote = quote ?? delimiter
    }

    /// Continues from a position.
    mutating func seek(to position: Int) {
        mask = 0
        scanned = position
    }

    /// The next structural position, or at least `limit` when there is none before it.
    mutating func next(in bytes: Span<UInt8>, limit: Int) -> Int {
        while mask == 0 {
            guard scanned < limit else { return limit }
            base = scanned
            if limit - base >= 64 {
                scanned = base &+ 64
                mask = blockMask(bytes)
            } else {
                scanned = limit
                mask = tailMask(bytes, count: limit - base)
            }
        }
        let position = base &+ mask.trailingZeroBitCount
        mask &= mask &- 1
        return position
    }

    private func blockMask(_ bytes: Span<UInt8>) -> UInt64 {
        let raw = unsafe bytes.bytes
        let (delimiters, quotes) = (repeated(delimiter), repeated(quote))
        let (feeds, returns) = (repeated(0x0A), repeated(0x0D))
        var bits: UInt64 = 0
        for lane in 0..<8 {
            // Safe because the load is bounds-checked and any bytes make a number.
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: base &+ lane &* 8, as: UInt64.self)
            let block = UInt64(littleEndian: word)
            let found =
                zeroBytes(block ^ delimiters) | zeroBytes(block ^ quotes) | zeroBytes(block ^ feeds)
                | zeroBytes(block ^ returns)
            bits |= gathered(found) &<< UInt64(lane &* 8)
        }
        return bits
    }

    private func tailMask(_ bytes: Span<UInt8>, count: Int) -> UInt64 {
        var bits: UInt64 = 0
        for index in 0..<count {
            let byte = bytes[base &+ index]
            if byte == delimiter || byte == quote || byte == 0x0A || byte == 0x0D { bits |= 1 &<< UInt64(index) }
        }
        return bits
    }
}

/// A byte in all eight places of a word.
@inline(__always)
private func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

/// The highest bit of each byte that is zero; exact, since no sum carries into the next byte.
@inline(__always)
private func zeroBytes(_ word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    return ~(((word & low) &+ low) | word | low)
}

/// The highest bits of the eight bytes side by side, the first byte's lowest.
///
/// A multiplication gathers them: with factors 2⁷, 2¹⁴ … 2⁵⁶, the lowest bit of byte i lands in bit 56 + i.
@inline(__always)
private func gathered(_ word: UInt64) -> UInt64 { ((word &>> 7) &* 0x0102_0408_1020_4080) &>> 56 }
