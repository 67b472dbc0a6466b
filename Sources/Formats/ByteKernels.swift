internal import CKernels

/// The first place at or after `start` that a JSON string can't just hold, or that isn't ASCII; the text's end if there
/// is none.
@inline(__always)
func plainEnd(_ text: Span<UInt8>, from start: Int) -> Int {
    precondition(start >= 0)
    // Safe because the kernel reads between the start and the count of the span, which lives through the closure.
    return unsafe text.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return start }
        return unsafe dockhand_plain_end(base, start, bytes.count)
    }
}

/// The first byte at or after `start` that is NUL or not ASCII; `end` when there is none.
@inline(__always)
func textEnd(_ text: Span<UInt8>, from start: Int, end: Int) -> Int {
    precondition(start >= 0 && end <= text.count)
    // Safe because the kernel reads between the start and the end, which lie in the span, and that lives through the
    // closure.
    return unsafe text.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return start }
        return unsafe dockhand_text_end(base, start, end)
    }
}

/// Whether the bytes at a place of a text are those of a range of another.
@inline(__always)
func isSame(_ text: Span<UInt8>, at start: Int, as other: Span<UInt8>, _ range: Range<Int>) -> Bool {
    precondition(start >= 0 && range.upperBound <= other.count)
    if range.count > text.count &- start { return false }
    // Safe because both ranges lie within their spans, as was just checked; the spans live through the closures.
    return unsafe text.withUnsafeBufferPointer { left in
        unsafe other.withUnsafeBufferPointer { right in
            guard let one = left.baseAddress, let two = right.baseAddress else { return range.isEmpty }
            return unsafe dockhand_is_same(one + start, two + range.lowerBound, range.count) != 0
        }
    }
}

/// Whether a range is well-formed UTF-8 without a NUL; `nil` when the processor can't tell.
func isClean(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool? {
    precondition(range.lowerBound >= 0 && range.upperBound <= text.count)
    // Safe because the kernel reads the range, which lies in the span, and that lives through the closure.
    return unsafe text.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return true }
        let answer = unsafe dockhand_is_clean(base + range.lowerBound, range.count)
        return answer < 0 ? nil : answer > 0
    }
}
