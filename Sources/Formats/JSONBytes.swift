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
    private let out: UnsafeMutablePointer<UInt8>
    private let room: Int
    private let source: UnsafePointer<UInt8>
    private let sourceCount: Int
    private let texts: UnsafePointer<UInt8>
    private let textsCount: Int

    /// Bytes that are read and written at once.
    static let width = 16
    /// Room that is left free behind everything, since whole vectors are written.
    private static let slack = 2 * width + 2

    /// Lends memory to a body that writes, from a place on; returns where it has ended.
    ///
    /// - Parameters:
    ///   - source: what values are copied from.
    ///   - texts: what constant text is copied from, with `width` bytes behind it.
    static func fill(
        _ bytes: inout [UInt8], at position: Int, from source: Span<UInt8>, _ texts: Span<UInt8>,
        _ body: (inout JSONBytes) -> Void
    ) -> Int {
        var end = position
        unsafe bytes.withUnsafeMutableBufferPointer { out in
            unsafe source.withUnsafeBufferPointer { sourceBytes in
                unsafe texts.withUnsafeBufferPointer { textBytes in
                    guard let start = out.baseAddress, let text = textBytes.baseAddress else { return }
                    // Nothing is read from a source without bytes.
                    var writer = unsafe JSONBytes(
                        position: position, out: start, room: out.count, source: sourceBytes.baseAddress ?? text,
                        sourceCount: sourceBytes.count, texts: text, textsCount: textBytes.count)
                    body(&writer)
                    end = writer.position
                }
            }
        }
        return end
    }

    /// Copies constant text and writes a value behind it; false when there may be no room.
    @inline(__always)
    mutating func member(_ text: Range<Int>, _ cell: Cell) -> Bool {
        let (offset, length) = (Int(cell.offset), cell.length)
        precondition(offset &+ length <= sourceCount)
        // A byte of a string becomes six at most.
        if position &+ (text.upperBound &- text.lowerBound) &+ length &* 6 &+ Self.slack > room { return false }
        copyText(text)
        switch cell.kind {
        case .text: position = string(offset, length)
        case .null:
            // `null`, as a number.
            unsafe UnsafeMutableRawPointer(out + position).storeBytes(
                of: UInt32(littleEndian: 0x6C6C_756E), as: UInt32.self)
            position &+= 4
        case .number, .boolean, .json:
            unsafe (out + position).update(from: source + offset, count: length)
            position &+= length
        }
        return true
    }

    /// Copies constant text; false when there is no room.
    @inline(__always)
    mutating func text(_ text: Range<Int>) -> Bool {
        if position &+ text.count &+ Self.slack > room { return false }
        copyText(text)
        return true
    }

    @inline(__always)
    private mutating func copyText(_ text: Range<Int>) {
        precondition(text.lowerBound >= 0 && text.upperBound &+ Self.width <= textsCount)
        let count = text.upperBound &- text.lowerBound
        unsafe dockhand_copy16(out + position, texts + text.lowerBound, count)
        position &+= count
    }

    /// Writes text as a JSON string and returns where it ends.
    @inline(__always)
    private func string(_ offset: Int, _ length: Int) -> Int {
        var position = position
        unsafe out[position] = UInt8(ascii: "\"")
        position &+= 1
        var index = offset
        var rest = length
        while index &+ Self.width <= sourceCount {
            let plain = Int(unsafe dockhand_copy_plain(out + position, source + index))
            if plain >= rest {
                unsafe out[position &+ rest] = UInt8(ascii: "\"")
                return position &+ rest &+ 1
            }
            position &+= plain
            index &+= plain
            rest &-= plain
            if plain < Self.width {
                unsafe position = Self.escape(source[index], out, position)
                index &+= 1
                rest &-= 1
            }
        }
        while rest > 0 {
            unsafe position = Self.escape(source[index], out, position)
            index &+= 1
            rest &-= 1
        }
        unsafe out[position] = UInt8(ascii: "\"")
        return position &+ 1
    }

    /// Writes one byte of a string, escaped where JSON demands it, and returns where the next goes.
    ///
    /// No method, so that the writer can live in registers.
    @inline(never)
    private static func escape(_ byte: UInt8, _ out: UnsafeMutablePointer<UInt8>, _ position: Int) -> Int {
        func hex(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
        var position = position
        func put(_ byte: UInt8) {
            unsafe out[position] = byte
            position += 1
        }
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
        return position
    }
}
