internal import Glibc

/// The bytes of a file or of standard input, as they are on disk.
public struct FileBytes: ~Copyable, ByteSource {
    private let descriptor: Int32
    private let file: String
    private var position = 0

    /// Opens a file for reading.
    ///
    /// - Parameter path: `-` is standard input.
    /// - Throws: `unreadable` when the file is missing, is a folder or may not be read.
    public init(path: String) throws(FormatError) {
        file = displayName(ofPath: path)
        descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FormatError(.unreadable, "can't be opened: \(systemMessage(errno))", file: file)
        }
    }

    /// Whether the file can be read from its start once more.
    var isRegular: Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && descriptor != STDIN_FILENO
    }

    deinit {
        if descriptor != STDIN_FILENO { _ = close(descriptor) }
    }

    /// Appends at most `max` bytes; 0 at the end.
    ///
    /// - Throws: `unreadable`, with the position, when the system can't read on.
    public mutating func read(into buffer: inout [UInt8], max: Int) throws(FormatError) -> Int {
        let descriptor = descriptor
        var failure: Int32 = 0
        let before = buffer.count
        buffer.append(addingCapacity: max) { output in
            unsafe output.withUnsafeMutableBufferPointer { free, initialized in
                // Safe because read(2) initialises exactly the bytes that it reports, within the free space.
                var count = unsafe Glibc.read(descriptor, free.baseAddress, free.count)
                while count < 0, errno == EINTR {
                    count = unsafe Glibc.read(descriptor, free.baseAddress, free.count)
                }
                if count < 0 { failure = errno }
                initialized += Swift.max(0, count)
            }
        }
        guard failure == 0 else {
            throw FormatError(
                .unreadable, "can't be read: \(systemMessage(failure))", file: file, byteOffset: position)
        }
        position += buffer.count - before
        return buffer.count - before
    }
}

/// How messages name an input path.
func displayName(ofPath path: String) -> String { path == "-" ? "standard input" : path }
