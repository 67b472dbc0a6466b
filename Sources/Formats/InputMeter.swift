public import Records
internal import Synchronization

/// Counts and hashes the bytes of a source as they are on disk, over all its files in order.
///
/// Two passes over unchanged files give the same digest. It may be asked for progress from any thread.
public final class InputMeter: Sendable {
    private struct State {
        var bytes = 0
        var fileBytes = 0
        var hash: KeyedHash?
    }

    private let state: Mutex<State>

    /// - Parameter seed: key of the digest; `nil` counts only.
    public init(seed: Hash128? = nil) {
        state = Mutex(State(hash: seed.map(KeyedHash.init(seed:))))
    }

    /// Bytes read so far, compressed ones for gzip.
    public var bytesRead: Int { state.withLock { $0.bytes } }

    /// The hash of everything read so far; `nil` without a seed.
    public var digest: Hash128? { state.withLock { $0.hash.map { $0.finish() } } }

    /// The digest that reading these files to their end gives.
    ///
    /// - Throws: `unreadable` for a file that can't be read.
    public static func digest(ofPaths paths: [String], seed: Hash128) throws(FormatError) -> Hash128? {
        let meter = InputMeter(seed: seed)
        for path in paths {
            var file = try FileBytes(path: path)
            var block: [UInt8] = []
            while try file.read(into: &block, max: 256 << 10) > 0 {
                meter.add(block.span)
                block.removeAll(keepingCapacity: true)
            }
            meter.endFile()
        }
        return meter.digest
    }

    func add(_ block: Span<UInt8>) {
        // A borrowed span can't be captured by the closure that holds the lock, so the state is taken out and put back.
        // Only the one reader adds.
        var current = state.withLock { $0 }
        current.bytes += block.count
        current.fileBytes += block.count
        current.hash?.update(block)
        state.withLock { $0 = current }
    }

    /// Marks the end of one file, so that the cut between files counts.
    func endFile() {
        state.withLock { state in
            var length = UInt64(state.fileBytes)
            var block: [UInt8] = []
            for _ in 0..<8 {
                block.append(UInt8(truncatingIfNeeded: length))
                length >>= 8
            }
            state.hash?.update(block.span)
            state.fileBytes = 0
        }
    }
}
