internal import Glibc

/// Whole records of one XML file, cut but not parsed, with nothing but white space between them.
struct XMLBlock: Sendable {
    var bytes: [UInt8]
    /// Records in the block.
    var rowCount: Int
    /// Number of the first record.
    var firstRow: Int
    /// Where the block starts in the file.
    var place: XMLPlace
}

/// A place in an XML file that is read as it is.
struct XMLPlace: Sendable, Equatable {
    /// 1-based.
    var line = 1
    /// 1-based, in bytes.
    var column = 1
    var byteOffset = 0

    /// Goes on behind some text.
    mutating func pass(_ text: Span<UInt8>) {
        byteOffset += text.count
        var lineStart = 0
        var index = 0
        while true {
            index = firstByte(0x0A, in: text, from: index)
            if index == text.count { break }
            index += 1
            line += 1
            lineStart = index
            column = 1
        }
        column += text.count - lineStart
    }
}

/// The first place of a byte at or after `start`; the text's end when there is none.
@inline(__always)
func firstByte(_ byte: UInt8, in text: Span<UInt8>, from start: Int) -> Int {
    guard start < text.count else { return text.count }
    // Safe because memchr stays within the span's bytes, which live through the closure.
    return unsafe text.withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress,
            let found = unsafe memchr(base + start, Int32(byte), buffer.count - start)
        else { return buffer.count }
        return unsafe UnsafeRawPointer(found) - base
    }
}
