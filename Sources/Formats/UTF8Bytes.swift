/// The end of the run of ASCII bytes that starts at `start`, at most `end`.
func asciiRunEnd(_ bytes: Span<UInt8>, from start: Int, end: Int) -> Int {
    var index = start
    let raw = unsafe bytes.bytes
    while index &+ 8 <= end {
        // Safe because the load is bounds-checked and any bytes make a number.
        let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
        if word & 0x8080_8080_8080_8080 != 0 { break }
        index &+= 8
    }
    while index < end, bytes[index] < 0x80 { index &+= 1 }
    return index
}

/// The first byte in the range that is not part of well-formed UTF-8 (no overlong forms, no surrogates); `nil` when
/// all is.
func firstInvalidUTF8(in bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var index = range.lowerBound
    while index < range.upperBound {
        if bytes[index] < 0x80 {
            index = asciiRunEnd(bytes, from: index, end: range.upperBound)
            continue
        }
        let length = sequenceLength(in: bytes, at: index, end: range.upperBound)
        if length == 0 { return index }
        index &+= length
    }
    return nil
}

/// Whether the range is well-formed UTF-8 without a NUL.
func isCleanText(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    isClean(bytes, range) ?? isCleanTextByByte(bytes, range)
}

/// The same, on any processor.
func isCleanTextByByte(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var index = range.lowerBound
    while true {
        index = textEnd(bytes, from: index, end: range.upperBound)
        if index == range.upperBound { return true }
        let length = bytes[index] == 0 ? 0 : sequenceLength(in: bytes, at: index, end: range.upperBound)
        if length == 0 { return false }
        index &+= length
    }
}

/// Length of the well-formed multi-byte sequence at `index`; 0 when there is none before `end`.
private func sequenceLength(in bytes: Span<UInt8>, at index: Int, end: Int) -> Int {
    let lead = bytes[index]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
        length = 3
        if lead == 0xE0 { second = 0xA0...0xBF }
        if lead == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
        length = 4
        if lead == 0xF0 { second = 0x90...0xBF }
        if lead == 0xF4 { second = 0x80...0x8F }
    default: return 0
    }
    guard index + length <= end, second ~= bytes[index + 1] else { return 0 }
    for offset in 2..<max(2, length) where bytes[index + offset] & 0xC0 != 0x80 { return 0 }
    return length
}

/// Appends one Unicode scalar as UTF-8.
func appendUTF8(_ scalar: UInt32, to output: inout [UInt8]) {
    func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: scalar >> shift) & 0x3F }
    switch scalar {
    case ..<0x80: output.append(UInt8(truncatingIfNeeded: scalar))
    case ..<0x800:
        output.append(0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
        output.append(tail(0))
    case ..<0x10000:
        output.append(0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
        output.append(tail(6))
        output.append(tail(0))
    default:
        output.append(0xF0 | UInt8(truncatingIfNeeded: scalar >> 18))
        output.append(tail(12))
        output.append(tail(6))
        output.append(tail(0))
    }
}

/// Appends a range of a span to an array, in one copy.
func appendBytes(of bytes: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
    guard !range.isEmpty else { return }
    let piece = bytes.extracting(range)
    // Safe because the pointer is used only within the call.
    unsafe piece.withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
}
