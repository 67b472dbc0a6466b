internal import CKernels

/// Where quotes, delimiters and line ends stand in up to 64 bytes of a CSV text, one bit a byte.
struct CSVMarks {
    var quotes: UInt64
    var delimiters: UInt64
    var feeds: UInt64
    var returns: UInt64

    var lineEnds: UInt64 { feeds | returns }
}

/// The bytes that a CSV dialect gives a meaning.
struct CSVMarkBytes: Sendable {
    let delimiter: UInt8
    let quote: UInt8?

    /// Whether no byte has two meanings, so that the marks alone tell where records end.
    var isRegular: Bool {
        let isLineEnd: (UInt8) -> Bool = { $0 == 0x0A || $0 == 0x0D }
        return quote != delimiter && !isLineEnd(delimiter) && !(quote.map(isLineEnd) ?? false)
    }

    /// The marks of the bytes at an offset.
    ///
    /// - Parameter count: bytes to look at, at most 64.
    @inline(__always)
    func marks(_ bytes: Span<UInt8>, at offset: Int, count: Int) -> CSVMarks {
        if count < 64 { return tail(bytes, at: offset, count: count) }
        precondition(offset >= 0 && offset &+ 64 <= bytes.count)
        // Safe because the 64 bytes lie within the span, which was checked.
        let marks = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe bytes.baseAddress.map { unsafe dockhand_mark_csv($0 + offset, quote ?? delimiter, delimiter) }
        }
        guard let marks else { return CSVMarks(quotes: 0, delimiters: 0, feeds: 0, returns: 0) }
        return CSVMarks(
            quotes: quote == nil ? 0 : marks.quotes, delimiters: marks.delimiters, feeds: marks.feeds,
            returns: marks.returns)
    }

    /// The first byte at or behind a place that has a meaning.
    func first(in bytes: Span<UInt8>, from start: Int) -> Int? {
        var place = start
        while place < bytes.count {
            // The last piece starts earlier where it can, since less than 64 bytes are looked at one by one.
            let base = max(0, min(place, bytes.count - 64))
            let found = marks(bytes, at: base, count: min(64, bytes.count - base))
            let any = (found.quotes | found.delimiters | found.lineEnds) & (.max << UInt64(place - base))
            if any != 0 { return base + any.trailingZeroBitCount }
            place = base + 64
        }
        return nil
    }

    /// Goes on with a search as far as whole pieces of 64 bytes can be searched without looking closer; false when it
    /// has not moved.
    ///
    /// - Parameters:
    ///   - start: where a record starts.
    ///   - endMax: once a record ends here or behind, no piece is begun.
    func goOn(
        _ search: inout dockhand_csv_search, _ bytes: Span<UInt8>, start: Int, rowsMax: Int, endMax: Int,
        ends: inout MutableSpan<UInt32>
    ) -> Bool {
        let from = search.base
        precondition(start >= 0 && from >= start && from <= bytes.count && search.found >= 0)
        // Safe because the kernel reads from `start` to the count of the span, and writes behind what was found as long as
        // there is room for all that a piece can hold.
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe ends.withUnsafeMutableBufferPointer { ends in
                var text = unsafe dockhand_csv_text(
                    bytes: bytes.baseAddress, count: bytes.count, start: start, rows_max: rowsMax, end_max: endMax,
                    ends: ends.baseAddress, room: ends.count, delimiter: delimiter, quote: quote ?? delimiter,
                    has_quote: quote == nil ? 0 : 1)
                unsafe dockhand_csv_go_on(&text, &search)
            }
        }
        return search.base > from
    }

    private func tail(_ bytes: Span<UInt8>, at offset: Int, count: Int) -> CSVMarks {
        var marks = CSVMarks(quotes: 0, delimiters: 0, feeds: 0, returns: 0)
        for index in 0..<count {
            let byte = bytes[offset + index]
            let bit: UInt64 = 1 &<< UInt64(index)
            if byte == quote { marks.quotes |= bit }
            if byte == delimiter { marks.delimiters |= bit }
            if byte == 0x0A { marks.feeds |= bit }
            if byte == 0x0D { marks.returns |= bit }
        }
        return marks
    }
}

/// Each bit is the parity of the bits up to and including it.
@inline(__always)
func prefixParity(_ bits: UInt64) -> UInt64 {
    var bits = bits
    bits ^= bits &<< 1
    bits ^= bits &<< 2
    bits ^= bits &<< 4
    bits ^= bits &<< 8
    bits ^= bits &<< 16
    bits ^= bits &<< 32
    return bits
}

/// The lowest `count` bits, at most 64.
@inline(__always)
func lowBits(_ count: Int) -> UInt64 { count >= 64 ? .max : (1 &<< UInt64(count)) &- 1 }
