internal import Glibc

/// Cuts pushed bytes into lines, holding at most one unfinished line of bounded length.
struct NDJSONLines {
    enum Cut: Equatable {
        /// A line in `bytes`, without its line end.
        case line(Range<Int>)
        /// A line over the limit, dropped unseen; its length in bytes with its line end.
        case tooLong(Int)
    }

    /// Pushed bytes; those before `used` are done with.
    var bytes: [UInt8] = []
    /// Where the lines not yet delivered start.
    private(set) var used = 0

    private let lineBytesMax: Int
    private var searched = 0
    private var dropped = 0

    init(lineBytesMax: Int) { self.lineBytesMax = lineBytesMax }

    /// The next complete line; `nil` when more bytes are needed, or when the input ended and all is delivered.
    mutating func next(atEnd: Bool) -> Cut? {
        if let newline = newline(from: searched) {
            let cut = cut(to: newline, endBytes: 1)
            used = newline + 1
            searched = used
            return cut
        }
        searched = bytes.count
        if atEnd, bytes.count > used || dropped > 0 {
            let cut = cut(to: bytes.count, endBytes: 0)
            used = bytes.count
            return cut
        }
        // One byte more than the limit may still be the CR of a line end.
        if dropped > 0 || bytes.count - used > lineBytesMax + 1 {
            dropped += bytes.count - used
            used = bytes.count
        }
        return nil
    }

    /// Frees the bytes of delivered lines, before about `spare` more are pushed.
    mutating func compact(spare: Int) {
        bytes.removeSubrange(..<used)
        bytes.reserveCapacity(bytes.count + spare)
        searched -= used
        used = 0
    }

    /// Hands over the bytes of delivered lines from `start` on; those of others stay.
    ///
    /// - Parameters:
    ///   - restMax: most bytes that are moved to new memory rather than those of the lines copied out of the old.
    ///   - spare: bytes that will be pushed next.
    mutating func takeBytes(from start: Int, restMax: Int, spare: Int) -> [UInt8] {
        let rest = bytes.count - used
        guard start == 0, rest <= restMax else {
            var taken: [UInt8] = []
            // Room for what transforms add.
            taken.reserveCapacity((used - start) / 4 * 5 + 64)
            taken.append(contentsOf: bytes[start..<used])
            return taken
        }
        var next: [UInt8] = []
        next.reserveCapacity(rest + spare)
        next.append(contentsOf: bytes[used...])
        bytes.removeLast(rest)
        swap(&bytes, &next)
        searched -= used
        used = 0
        return next
    }

    private mutating func cut(to end: Int, endBytes: Int) -> Cut {
        let length = dropped + end - used
        let endsInCR = end > used && bytes[end - 1] == UInt8(ascii: "\r")
        let wasDropped = dropped > 0
        dropped = 0
        if wasDropped || length - (endsInCR ? 1 : 0) > lineBytesMax { return .tooLong(length + endBytes) }
        return .line(used..<(endsInCR ? end - 1 : end))
    }

    private func newline(from start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        // Safe because memchr stays within the array's bytes, which live through the closure.
        return unsafe bytes.withUnsafeBytes { buffer -> Int? in
            guard let base = buffer.baseAddress,
                let found = unsafe memchr(base + start, 0x0A, buffer.count - start)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }
}
