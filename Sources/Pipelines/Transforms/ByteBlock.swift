internal import CKernels

/// Sixteen bytes of a text, and questions asked of all of them at once. An answer has one bit a byte, the first lowest.
struct ByteBlock {
    static let width = 16

    private var bytes: dockhand_bytes16

    /// The bytes at a place, all of which the text must have.
    @inline(__always)
    init(_ text: RawSpan, at start: Int) {
        // Safe because the loads are bounds-checked and any bytes make numbers.
        bytes = unsafe dockhand_bytes16(
            first: text.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self),
            second: text.unsafeLoadUnaligned(fromByteOffset: start &+ 8, as: UInt64.self))
    }

    /// Which bytes are `@`, a dot, or visible ASCII.
    @inline(__always)
    var emailMarks: (signs: UInt32, dots: UInt32, visible: UInt32) {
        let marks = dockhand_mark_email(bytes)
        return (marks.signs, marks.dots, marks.visible)
    }

    /// Which bytes are ASCII's white space, and which are not ASCII.
    @inline(__always)
    var spaceMarks: (spaces: UInt32, foreign: UInt32) {
        let marks = dockhand_mark_space(bytes)
        return (marks.spaces, marks.foreign)
    }

    /// Writes the bytes whose bit is set, moved together, and then anything up to sixteen.
    @inline(__always)
    func store(keeping kept: UInt32, to text: inout MutableRawSpan, at place: Int) {
        let together = dockhand_keep(bytes, kept)
        text.storeBytes(of: together.first, toByteOffset: place, as: UInt64.self)
        text.storeBytes(of: together.second, toByteOffset: place &+ 8, as: UInt64.self)
    }

    /// The bits of the first `count` bytes, at least one.
    @inline(__always)
    static func lowBits(_ count: Int) -> UInt32 { 0xFFFF &>> UInt32(truncatingIfNeeded: width &- min(width, count)) }
}
