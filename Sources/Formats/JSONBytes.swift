internal import CKernels
internal import Records

/// Writes JSON into memory of fixed size, sixteen bytes at a time.
///
/// `unsafe` is confined to this file. Every write has checked before that its longest form and a whole vector more fit
/// (`slack`); every read of a vector lies within its text; pointers are valid within `fill` and used nowhere else.
@safe
struct JSONBytes {
    /// Where the next byte goes; may be set back.
    var position: Int
    private var out = unsafe UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)
    private var source = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var texts = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)

    /// Room that is left free behind everything, since whole vectors are written.
    private static let slack = 32

    init(at position: Int) { self.position = position }

    /// Lends the memory to a body that writes.
    mutating func fill(
        _ bytes: inout [UInt8], from source: Span<UInt8>, _ texts: Span<UInt8>, _ body: (inout JSONBytes) -> Void
    ) {
        unsafe bytes.withUnsafeMutableBufferPointer { out in
            unsafe source.withUnsafeBufferPointer { sourceBytes in
                unsafe texts.withUnsafeBufferPointer { textBytes in
                    unsafe (self.out, self.source, self.texts) = (out, sourceBytes, textBytes)
                    body(&self)
                }
            }
        }
        unsafe out = UnsafeMutableBufferPointer(start: nil, count: 0)
        unsafe self.source = UnsafeBufferPointer(start: nil, count: 0)
        unsafe self.texts = UnsafeBufferPointer(start: nil, count: 0)
    }

    /// Copies constant text; false when there is no room.
    @inline(__always)
    mutating func text(_ range: Range<Int>) -> Bool {
        unsafe copy(texts, range)
    }

    /// Writes a value; false when there may be no room.
    @inline(__always)
    mutating func value(_ cell: Cell) -> Bool {
        switch cell.kind {
        case .text: return string(cell.range)
        case .null: return null()
        case .number, .boolean, .json: return unsafe copy(source, cell.range)
        }
    }

    private mutating func null() -> Bool {
        if unsafe position &+ Self.slack > out.count { return false }
        put(UInt8(ascii: "n"))
        put(UInt8(ascii: "u"))
        put(UInt8(ascii: "l"))
        put(UInt8(ascii: "l"))
        return true
    }

    @inline(__always)
    private mutating func copy(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        if unsafe position &+ range.count &+ Self.slack > out.count { return false }
        guard let target = unsafe out.baseAddress, let start = bytes.baseAddress else {
            return range.isEmpty
        }
        var index = range.lowerBound
        while index < range.upperBound {
            if index &+ 16 <= bytes.count {
                unsafe (target + position).update(from: start + index, count: 16)
                let count = min(16, range.upperBound &- index)
                position &+= count
                index &+= count
            } else {
                put(unsafe bytes[index])
                index &+= 1
            }
        }
        return true
    }

    /// Writes text as a JSON string.
    @inline(__always)
    private mutating func string(_ range: Range<Int>) -> Bool {
        precondition(unsafe range.lowerBound >= 0 && range.upperBound <= source.count)
        // A byte becomes six at most.
        if unsafe position &+ range.count &* 6 &+ Self.slack > out.count { return false }
        put(UInt8(ascii: "\""))
        guard let target = unsafe out.baseAddress, let start = unsafe source.baseAddress else { return false }
        var index = range.lowerBound
        while index < range.upperBound {
            guard unsafe index &+ 16 <= source.count else {
                escape(unsafe source[index])
                index &+= 1
                continue
            }
            let count = min(16, range.upperBound &- index)
            let plain = min(count, Int(unsafe dockhand_copy_plain(target + position, start + index)))
            position &+= plain
            index &+= plain
            if plain < count {
                escape(unsafe source[index])
                index &+= 1
            }
        }
        put(UInt8(ascii: "\""))
        return true
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        unsafe out[position] = byte
        position &+= 1
    }

    /// One byte of a string, escaped where JSON demands it.
    @inline(never)
    private mutating func escape(_ byte: UInt8) {
        func hex(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            put(UInt8(ascii: "\\"))
            put(byte)
        case 0x09, 0x0A, 0x0D:
            put(UInt8(ascii: "\\"))
            put(byte == 0x09 ? UInt8(ascii: "t") : byte == 0x0A ? UInt8(ascii: "n") : UInt8(ascii: "r"))
        case 0..<0x20:
            for part in [UInt8(ascii: "\\"), UInt8(ascii: "u"), 0x30, 0x30, hex(byte >> 4), hex(byte & 15)] {
                put(part)
            }
        default: put(byte)
        }
    }
}
