/// Something that bytes can be pulled from, block by block.
public protocol ByteSource: ~Copyable, Sendable {
    /// Appends at least one and at most `max` bytes; returns how many, 0 at the clean end.
    ///
    /// A source that fails has delivered every good byte that stands before the failure; the next call throws.
    mutating func read(into buffer: inout [UInt8], max: Int) throws(FormatError) -> Int
}

/// Bytes in memory, delivered in pieces of a chosen size.
public struct MemoryBytes: ByteSource {
    private let bytes: [UInt8]
    private let pieceBytesMax: Int
    private var position = 0

    /// - Parameter pieceBytesMax: most bytes that one `read` delivers.
    public init(_ bytes: [UInt8], pieceBytesMax: Int = .max) {
        precondition(pieceBytesMax > 0)
        self.bytes = bytes
        self.pieceBytesMax = pieceBytesMax
    }

    /// Appends at most `max` bytes, and at most a piece; 0 at the end. Never throws.
    public mutating func read(into buffer: inout [UInt8], max: Int) throws(FormatError) -> Int {
        let count = min(max, pieceBytesMax, bytes.count - position)
        buffer.append(contentsOf: bytes[position..<position + count])
        position += count
        return count
    }
}
