internal import CZlib

/// Inflates gzip, any number of members, from input that arrives in pieces.
///
/// `unsafe` is confined to this file: zlib keeps pointers into its stream struct, which therefore lives on the heap at
/// a fixed address that only this value knows; input and output pointers are valid for the duration of each call.
@safe
struct GzipInflater: ~Copyable, @unchecked Sendable {
    // Safe because the value is the stream's only owner and can't be copied.
    private let stream: UnsafeMutablePointer<z_stream>
    private var state = State.member
    /// What the member's trailer must say of its content.
    private var check = GzipCheck()
    private var members = 0
    private var bytesIn = 0
    private var bytesOut = 0
    private let file: String

    private enum State { case member, between, padding }

    /// Most bytes out for one byte in, once `ratioFreeBytes` are out. Deflate can't pass 1032; text stays under 200.
    static let ratioMax = 1000
    /// Output that is not yet judged by its ratio.
    static let ratioFreeBytes = 16 << 20

    /// Whether so much comes out of so little that it is no real export.
    static func expandsTooMuch(_ bytesOut: Int, from bytesIn: Int) -> Bool {
        bytesOut > ratioFreeBytes && bytesOut / ratioMax > bytesIn
    }

    init(file: String) throws(FormatError) {
        self.file = file
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 bits of window, + 16 for a gzip wrapper.
        guard unsafe dockhand_inflate_init(stream, 15 + 16) == Z_OK else {
            throw FormatError(.limit, "no memory to decompress gzip", file: file)
        }
        // The content's checksum is ours, which costs a third of zlib's.
        unsafe inflateValidate(stream, 0)
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Appends what the input gives, at most `max` bytes, and moves `position` past the input that was used.
    ///
    /// Returns how many bytes were appended. Bytes that stand before a fault are appended as well, and then `failure`
    /// is set.
    mutating func inflate(
        _ input: borrowing [UInt8], from position: inout Int, into output: inout [UInt8], max: Int,
        failure: inout FormatError?
    ) -> Int {
        let before = output.count
        while failure == nil, position < input.count, output.count - before < max {
            switch state {
            case .member:
                step(input, from: &position, into: &output, max: max - (output.count - before), failure: &failure)
            case .between where input[position] == 0x1F:
                unsafe inflateReset(stream)
                check = GzipCheck()
                state = .member
            case .between, .padding:
                state = .padding
                if input[position] != 0 { failure = trailingGarbage }
                position += 1
                bytesIn += 1
            }
        }
        return output.count - before
    }

    /// Appends what input that was used up has still to give, at most `max` bytes, and returns how many.
    ///
    /// A full output buffer leaves some behind, and only the checksum after it makes sure that it is asked for: a file
    /// that is cut off has none.
    mutating func flush(into output: inout [UInt8], max: Int, failure: inout FormatError?) -> Int {
        guard state == .member else { return 0 }
        let before = output.count
        var position = 0
        step([], from: &position, into: &output, max: max, failure: &failure)
        return output.count - before
    }

    /// The fault of input that ends here; `nil` when it ends where gzip may end.
    func failureAtEnd() -> FormatError? {
        guard state == .member else { return nil }
        return FormatError(
            .malformed, "the gzip data is cut off: the file was not copied or written completely", file: file,
            byteOffset: bytesIn)
    }

    private mutating func step(
        _ input: borrowing [UInt8], from position: inout Int, into output: inout [UInt8], max: Int,
        failure: inout FormatError?
    ) {
        var status = Z_OK
        let stream = unsafe stream
        var used = 0
        var made = 0
        let start = position
        unsafe input.withUnsafeBufferPointer { source in
            output.append(addingCapacity: max) { free in
                unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                    // Safe because zlib reads and writes only within the lengths set here; it takes the input as
                    // mutable by an old signature and doesn't change it.
                    let available = Swift.min(source.count - start, Int(UInt32.max >> 1))
                    unsafe stream.pointee.next_in = UnsafeMutablePointer(
                        mutating: source.baseAddress.map { unsafe $0 + start })
                    unsafe stream.pointee.avail_in = UInt32(available)
                    let room = Swift.min(target.count, Int(UInt32.max >> 1))
                    unsafe stream.pointee.next_out = target.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(room)
                    status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                    used = available - Int(unsafe stream.pointee.avail_in)
                    made = room - Int(unsafe stream.pointee.avail_out)
                    initialized += made
                    unsafe check.add(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(target)[..<made]))
                }
            }
            unsafe check.pass(source, start..<start + used)
        }
        position += used
        bytesIn += used
        bytesOut += made
        failure = verdict(status)
    }

    private mutating func verdict(_ status: Int32) -> FormatError? {
        switch status {
        case Z_STREAM_END:
            state = .between
            members += 1
            if let fault = check.fault { return damage(fault.reason, at: bytesIn - fault.bytesBehind) }
        case Z_OK, Z_BUF_ERROR:
            break
        default:
            let inHeader = unsafe stream.pointee.total_out == 0 && stream.pointee.total_in <= 10
            if members > 0, inHeader { return trailingGarbage }
            let reason = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "zlib error \(status)"
            return damage(reason, at: bytesIn)
        }
        guard Self.expandsTooMuch(bytesOut, from: bytesIn) else { return nil }
        return FormatError(
            .limit, "the gzip data expands more than \(Self.ratioMax) times, which no real export does", file: file,
            byteOffset: bytesIn)
    }

    private func damage(_ reason: String, at byteOffset: Int) -> FormatError {
        FormatError(
            .malformed, "the gzip data is damaged (\(reason)): fetch or write the file again", file: file,
            byteOffset: byteOffset)
    }

    private var trailingGarbage: FormatError {
        FormatError(
            .malformed, "there is something after the end of the gzip data that is not gzip", file: file,
            byteOffset: bytesIn)
    }
}
