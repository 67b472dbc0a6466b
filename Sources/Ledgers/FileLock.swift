#if canImport(Glibc)
    import Glibc
#endif

/// An exclusive lock on a file, held until it is released or the process ends, however it ends.
public final class FileLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock without waiting; throws `locked`, naming the holder, when another process has it.
    ///
    /// - Parameters:
    ///   - path: of the lock file, made if need be.
    ///   - holder: what the holder is doing, for the message that the next one gets.
    public init(path: String, holder: String) throws(LedgerError) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LedgerError(.disk, "can't open the lock \(path): \(systemError())") }
        guard Self.take(descriptor) else {
            let other = Self.text(descriptor)
            throw LedgerError(
                .locked, "\(other.isEmpty ? "another run" : other) holds \(path); wait for it, or run again later")
        }
        ftruncate(descriptor, 0)
        let text = Array("process \(getpid()) (\(holder))".utf8)
        _ = unsafe text.withUnsafeBytes { bytes in unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, 0) }
    }

    /// Takes the lock unless somebody holds it. Whoever only asks for the holder is in the way for an instant.
    private static func take(_ descriptor: Int32) -> Bool {
        for _ in 0..<askingMax {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return false }
            flock(descriptor, LOCK_UN)
            usleep(1_000)
        }
        return false
    }

    /// Milliseconds that others may be asking.
    private static let askingMax = 1_000

    /// Who holds a lock; `nil` when nobody does, or there is no lock file yet.
    ///
    /// - Throws: `disk` when the file can't be opened.
    public static func holder(of path: String) throws(LedgerError) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw LedgerError(.disk, "can't open the lock \(path): \(systemError())")
        }
        defer { close(descriptor) }
        // Shared, and dropped at once: it asks without keeping anybody out.
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        let holder = text(descriptor)
        return holder.isEmpty ? "another run" : holder
    }

    private static func text(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe pread(descriptor, bytes.baseAddress, bytes.count, 0)
        }
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    /// After an `init` that throws as well. Unlocked before it is closed: a process that is just being started may have a
    /// copy of the descriptor until it is what it will be.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
