internal import CKernels
internal import CZlib

/// What the trailer of a gzip member says of its content, beside what the content is.
struct GzipCheck {
    private static let canFold = dockhand_can_fold_crc32() != 0
    /// Fewer bytes are not worth folding.
    private static let foldBytesMin = 64

    private var crc: UInt32 = 0
    private var bytes: UInt32 = 0
    /// The last eight bytes of the member so far, the latest highest.
    private var trailer: UInt64 = 0

    /// Adds content.
    mutating func add(_ content: UnsafeBufferPointer<UInt8>) {
        bytes &+= UInt32(truncatingIfNeeded: content.count)
        var done = 0
        if Self.canFold, content.count >= Self.foldBytesMin {
            done = content.count & ~15
            // Safe because it reads `done` bytes, a multiple of 16 that the content has.
            unsafe crc = dockhand_crc32_fold(crc, content.baseAddress, done)
        }
        if done < content.count {
            // Safe because it reads the rest of the content.
            let rest = unsafe UnsafeBufferPointer(rebasing: content[done...])
            crc = unsafe UInt32(truncatingIfNeeded: crc32_z(UInt(crc), rest.baseAddress, rest.count))
        }
    }

    /// Notes input that was used.
    mutating func pass(_ input: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        for index in range.suffix(8) { trailer = unsafe trailer >> 8 | UInt64(input[index]) << 56 }
    }

    /// What is wrong with a member that has ended here, in zlib's words, and how many bytes follow the fault; `nil` when
    /// nothing is.
    var fault: (reason: String, bytesBehind: Int)? {
        if UInt32(truncatingIfNeeded: trailer) != crc { return ("incorrect data check", 4) }
        return UInt32(truncatingIfNeeded: trailer >> 32) == bytes ? nil : ("incorrect length check", 0)
    }
}
