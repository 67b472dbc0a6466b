import Foundation

/// Keeps what can be read only once (standard input, a pipe) as a file, which can be read as often as a run needs.
struct Spool {
    /// Where the copies are put; asked for the first copy, and exists then.
    let folder: @Sendable () throws -> String
    let stop: StopSignal

    /// How long a stop may go unnoticed while nothing comes, in milliseconds.
    private static let patienceMs: Int32 = 50

    /// Whether a path can't be read a second time. What is not there, or is a folder, is for the reader to say.
    static func isNeeded(_ path: String) -> Bool {
        if path == "-" { return true }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
    }

    /// Copies everything that comes, and returns the copy's path. Nothing stays behind when that fails.
    ///
    /// - Parameter name: for messages.
    /// - Throws: `StoppedWhileReading` when a stop is asked for meanwhile; otherwise `RunError`.
    func keep(_ path: String, called name: String) throws -> String {
        let folder = try folder()
        let input = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard input >= 0 else { throw Self.unreadable(name) }
        defer { if input != STDIN_FILENO { close(input) } }
        let copy = "\(folder)/input-\(UUID().uuidString)"
        let output = unsafe open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw Self.unwritable(copy) }
        do {
            defer { close(output) }
            try pour(input, into: output, name, copy)
        } catch {
            unsafe unlink(copy)
            throw error
        }
        return copy
    }

    private func pour(_ input: Int32, into output: Int32, _ name: String, _ copy: String) throws {
        var block = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            if let cause = stop.cause { throw StoppedWhileReading(exit: cause.exit) }
            // A pipe that nobody has opened for writing yet says nothing at all.
            var waiting = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&waiting, 1, Self.patienceMs)
            if ready < 0, errno != EINTR { throw Self.unreadable(name) }
            if ready <= 0 { continue }
            let count = unsafe block.withUnsafeMutableBytes { unsafe read(input, $0.baseAddress, $0.count) }
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                throw Self.unreadable(name)
            }
            try write(block[..<count], to: output, copy)
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, to output: Int32, _ copy: String) throws {
        var bytes = bytes
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe Foundation.write(output, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.unwritable(copy)
            }
            bytes = bytes.dropFirst(count)
        }
    }

    private static func unreadable(_ name: String) -> RunError {
        RunError(.inputUnreadable, "\(name) can't be read: \(reason)")
    }

    private static func unwritable(_ copy: String) -> RunError {
        RunError(.disk, "the input can't be kept at \(copy): \(reason)")
    }

    private static var reason: String { unsafe String(cString: strerror(errno)) }
}
