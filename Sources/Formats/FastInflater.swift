#if canImport(CISAL)
    internal import CISAL
#endif

/// Inflates sound gzip with ISA-L, which takes a third of zlib's time and tells less of what is wrong.
///
/// It gives up on anything out of the ordinary: damage, bytes that expand too much, something behind a member that is
/// not the next. Its owner then starts again with `GzipInflater`, the way that knows everything.
///
/// `unsafe` is confined to this file: the library keeps its state where only this value knows, at a fixed address; input
/// and output pointers are valid for the duration of each call.
@safe
struct FastInflater: ~Copyable, @unchecked Sendable {
    // Safe because the value is the state's only owner and can't be copied.
    private let state: UnsafeMutableRawPointer
    private var bytesIn = 0
    private var bytesOut = 0
    /// Whether the input may end here.
    private(set) var isBetweenMembers = false

    /// `nil` where ISA-L is not there.
    init?() {
        #if canImport(CISAL)
            unsafe state = .allocate(byteCount: dockhand_isal_state_bytes(), alignment: 64)
            unsafe dockhand_isal_begin(state)
        #else
            return nil
        #endif
    }

    deinit { unsafe state.deallocate() }

    /// Appends what the input gives, at most `max` bytes, and moves `position` past the input that was used; with no
    /// input, what earlier input has still to give.
    ///
    /// Returns false when it gives up; what was appended then is of no use.
    mutating func inflate(
        _ input: borrowing [UInt8], from position: inout Int, into output: inout [UInt8], max: Int
    ) -> Bool {
        #if canImport(CISAL)
            let before = output.count
            repeat {
                if isBetweenMembers {
                    if position == input.count { return true }
                    if input[position] != 0x1F { return false }
                    unsafe dockhand_isal_begin(state)
                    isBetweenMembers = false
                }
                let step = step(input, from: position, into: &output, max: max - (output.count - before))
                position += Int(step.used)
                bytesIn += Int(step.used)
                bytesOut += Int(step.made)
                isBetweenMembers = step.is_at_end != 0
                if step.fault != 0 || GzipInflater.expandsTooMuch(bytesOut, from: bytesIn) { return false }
                if step.used == 0, step.made == 0 { return isBetweenMembers || position == input.count }
            } while position < input.count && output.count - before < max
            return true
        #else
            return false
        #endif
    }

    #if canImport(CISAL)
        private func step(
            _ input: borrowing [UInt8], from start: Int, into output: inout [UInt8], max: Int
        ) -> dockhand_isal_step {
            var step = dockhand_isal_step()
            let state = unsafe state
            unsafe input.withUnsafeBufferPointer { source in
                output.append(addingCapacity: max) { free in
                    unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                        // Safe because the library reads and writes only within the lengths given here.
                        step = unsafe dockhand_isal_inflate(
                            state, source.baseAddress.map { unsafe $0 + start },
                            UInt32(Swift.min(source.count - start, Int(UInt32.max >> 1))), target.baseAddress,
                            UInt32(Swift.min(target.count, Int(UInt32.max >> 1))))
                        initialized += Int(step.made)
                    }
                }
            }
            return step
        }
    #endif
}
