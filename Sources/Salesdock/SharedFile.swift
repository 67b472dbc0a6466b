#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// An open file that several processes read, write and lock. The kernel drops the lock when the process dies.
final class SharedFile: Sendable {
    private struct Identity: Equatable {
        let device: UInt64
        let node: UInt64
    }

    private let descriptor: Int32
    private let path: String
    private let identity: Identity

    /// Opens the file; `nil` when it is not there and is not to be made. A new one is readable by its owner only.
    init?(_ path: String, creating: Bool) throws(POSIXError) {
        self.path = path
        descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0), 0o600)
        if descriptor < 0 {
            if errno == ENOENT, !creating { return nil }
            throw POSIXError(operation: "open", path: path, code: errno)
        }
        var status = stat()
        if unsafe fstat(descriptor, &status) != 0 {
            let code = errno
            close(descriptor)
            throw POSIXError(operation: "open", path: path, code: code)
        }
        identity = Identity(device: UInt64(status.st_dev), node: UInt64(status.st_ino))
    }

    deinit { close(descriptor) }

    /// Whether this is still the file of that name.
    func isAt(_ path: String) throws(POSIXError) -> Bool {
        var status = stat()
        if unsafe stat(path, &status) == 0 {
            return identity == Identity(device: UInt64(status.st_dev), node: UInt64(status.st_ino))
        }
        if errno == ENOENT { return false }
        throw POSIXError(operation: "find", path: path, code: errno)
    }

    /// Waits until nobody else holds the lock, but not for ever: whoever holds it needs it for less than a millisecond,
    /// unless somebody has suspended it.
    ///
    /// - Throws: with the code `EWOULDBLOCK` once the waiting is over, and `ECANCELED` when the task is cancelled meanwhile.
    func lock(waitingAtMost patience: Duration) throws(POSIXError) {
        var pause: UInt32 = 50
        let deadline = SystemTime.bootTime + patience
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            let isOver = code != EWOULDBLOCK || SystemTime.bootTime >= deadline
            if isOver || Task.isCancelled {
                throw POSIXError(operation: "lock", path: path, code: isOver ? code : ECANCELED)
            }
            usleep(pause)
            pause = min(2 * pause, 5_000)
        }
    }

    func unlock() { flock(descriptor, LOCK_UN) }

    /// The bytes from `offset` on; fewer than asked for only at the file's end.
    func read(_ count: Int, at offset: Int) throws(POSIXError) -> [UInt8] {
        if count == 0 { return [] }
        var code: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let read = unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled, off_t(offset + filled))
                if read < 0, errno == EINTR { continue }
                if read < 0 { code = errno }
                if read <= 0 { break }
                filled += read
            }
        }
        if code != 0 { throw POSIXError(operation: "read", path: path, code: code) }
        return bytes
    }

    /// Puts all of the bytes at `offset`.
    func write(_ bytes: [UInt8], at offset: Int) throws(POSIXError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes { buffer in
                unsafe pwrite(descriptor, buffer.baseAddress, buffer.count, off_t(offset + written))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw POSIXError(operation: "write", path: path, code: errno)
            }
            written += count
        }
    }
}
