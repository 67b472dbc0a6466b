internal import CZlib

/// Compresses bytes to one gzip member, the same bytes for the same input.
@safe package struct GzipDeflater: ~Copyable {
    private static let pieceBytes = 64 << 10

    private let stream: UnsafeMutablePointer<z_stream>

    /// - Throws: `unwritable` when there is no memory for the compressor.
    package init(file: String) throws(FormatError) {
        // zlib keeps the address of its stream, so it must not move.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe dockhand_deflate_init(stream, 6, 15 + 16) == Z_OK else {
            unsafe stream.deallocate()
            throw FormatError(.unwritable, "there is no memory to compress it", file: file)
        }
    }

    deinit {
        // Safe because the stream was initialised, and is used by nobody after.
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Appends the compressed form of what zlib gives out so far.
    package mutating func deflate(_ input: Span<UInt8>, isLast: Bool, into output: inout [UInt8]) {
        let stream = unsafe stream
        // Safe because zlib only reads the input, which lives through the closure.
        unsafe input.withUnsafeBufferPointer { bytes in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(bytes.count)
            var isFull = true
            while isFull {
                output.append(addingCapacity: Self.pieceBytes) { out in
                    unsafe out.withUnsafeMutableBufferPointer { free, initialized in
                        // Safe because zlib initialises exactly the bytes that it takes off the free space.
                        unsafe stream.pointee.next_out = free.baseAddress
                        unsafe stream.pointee.avail_out = UInt32(free.count)
                        _ = unsafe CZlib.deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                        initialized += unsafe free.count - Int(stream.pointee.avail_out)
                        isFull = unsafe stream.pointee.avail_out == 0
                    }
                }
            }
        }
    }
}
