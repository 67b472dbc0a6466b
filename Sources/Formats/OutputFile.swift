internal import Glibc

/// One output file: written beside its place under a temporary name, readable by its owner only, and put into place by
/// `finish`. Dropped before that, it leaves nothing behind.
public struct OutputFile: ~Copyable {
    /// Bytes after which a writer should hand over what it has.
    static let pieceBytes = 128 << 10
    /// Most temporary files of one process number beside one place.
    private static let temporariesMax = 1000

    /// Bytes that are written from where they stand, in any number of parts.
    private static let gatherBytesMin = 64 << 10
    /// Most parts that the system takes at once.
    private static let gatherRangesMax = 1024

    private let path: String
    /// Where it is published; `nil` when it is written in place (standard output, pipes, devices).
    private let target: String?
    private let temporary: String
    private var descriptor: Int32
    private var deflater: GzipDeflater?
    private var buffer: [UInt8] = []
    private var bytes = 0
    private var isFinished = false

    /// - Parameter path: gzipped when it ends in `.gz`; `-` is standard output.
    /// - Throws: `unwritable` when the file can't be made.
    public init(path: String) throws(FormatError) {
        // Made first, so that nothing can fail once the file is there.
        let deflater = path.hasSuffix(".gz") ? try GzipDeflater(file: path) : nil
        let place = Self.place(of: path)
        (descriptor, temporary) =
            place.isRegular ? try Self.create(beside: place.path, for: path) : (try Self.open(path), "")
        self.path = path
        self.deflater = deflater
        target = place.isRegular ? place.path : nil
    }

    deinit {
        if descriptor >= 0, descriptor != STDOUT_FILENO { _ = close(descriptor) }
        if target != nil, !isFinished { _ = unsafe unlink(temporary) }
    }

    /// Appends bytes to the content.
    ///
    /// - Throws: `unwritable` when the disk is full or the like.
    public mutating func write(_ content: [UInt8]) throws(FormatError) { try write(content, 0..<content.count) }

    /// Appends a part of some bytes to the content.
    ///
    /// - Throws: `unwritable` when the disk is full or the like.
    public mutating func write(_ content: [UInt8], _ range: Range<Int>) throws(FormatError) {
        bytes += range.count
        if deflater != nil {
            deflater?.deflate(content.span.extracting(range), isLast: false, into: &buffer)
        } else if buffer.isEmpty, range.count >= Self.pieceBytes {
            return try put(content, range)
        } else {
            buffer.append(contentsOf: content[range])
        }
        if buffer.count >= Self.pieceBytes { try flush() }
    }

    /// Appends parts of some bytes to the content, in the order given.
    ///
    /// - Throws: `unwritable` when the disk is full or the like.
    public mutating func write(_ content: [UInt8], _ ranges: [Range<Int>]) throws(FormatError) {
        let count = ranges.reduce(0) { $0 + $1.count }
        guard deflater == nil, count >= Self.gatherBytesMin else {
            for range in ranges { try write(content, range) }
            return
        }
        if !buffer.isEmpty { try flush() }
        bytes += count
        for start in stride(from: 0, to: ranges.count, by: Self.gatherRangesMax) {
            try gather(content, ranges[start..<min(start + Self.gatherRangesMax, ranges.count)])
        }
    }

    /// Writes what is left and publishes the file: on return it is durable under its name.
    public mutating func finish(rows: Int) throws(FormatError) -> WrittenFile {
        precondition(!isFinished)
        deflater?.deflate([UInt8]().span, isLast: true, into: &buffer)
        try flush()
        if let target {
            guard fsync(descriptor) == 0 else { throw Self.failure("can't be written to disk", errno, path) }
            let closed = close(descriptor)
            descriptor = -1
            guard closed == 0 else { throw Self.failure("can't be written to disk", errno, path) }
            guard unsafe rename(temporary, target) == 0 else {
                throw Self.failure("can't be put into place", errno, path)
            }
            syncFolder(of: target)
        }
        isFinished = true
        return WrittenFile(path: path, rows: rows, bytes: bytes)
    }

    private mutating func flush() throws(FormatError) {
        try put(buffer, 0..<buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }

    private func put(_ content: borrowing [UInt8], _ range: Range<Int>) throws(FormatError) {
        precondition(range.upperBound <= content.count)
        var written = range.lowerBound
        while written < range.upperBound {
            let start = written
            // Safe because write(2) reads within the array, which lives through the closure.
            let put = unsafe content.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress.map { unsafe $0 + start }, range.upperBound - start)
            }
            if put < 0 {
                if errno == EINTR { continue }
                throw Self.failure("can't be written", errno, path)
            }
            written += put
        }
    }

    /// Writes parts of some bytes without bringing them together first.
    private func gather(_ content: borrowing [UInt8], _ ranges: ArraySlice<Range<Int>>) throws(FormatError) {
        var count = 0
        for range in ranges {
            precondition(range.upperBound <= content.count)
            count += range.count
        }
        // Safe because writev(2) reads within the ranges, which lie within the array, and that lives through the closure;
        // it takes them as mutable by an old signature and doesn't change them.
        var put = unsafe content.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            let parts = unsafe ranges.map { range in
                unsafe iovec(iov_base: UnsafeMutableRawPointer(mutating: base + range.lowerBound), iov_len: range.count)
            }
            return unsafe writev(descriptor, parts, Int32(parts.count))
        }
        if put < 0 {
            guard errno == EINTR else { throw Self.failure("can't be written", errno, path) }
            put = 0
        }
        if put == count { return }
        // The rest, part by part.
        for range in ranges {
            let done = min(put, range.count)
            put -= done
            try self.put(content, range.lowerBound + done..<range.upperBound)
        }
    }

    /// Makes the rename itself durable. Some file systems can't; the file is there all the same.
    private func syncFolder(of target: String) {
        let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
        let descriptor = unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        _ = close(descriptor)
    }

    /// Where a path leads, and whether a file can be put there by renaming.
    private static func place(of path: String) -> (path: String, isRegular: Bool) {
        if path == "-" { return (path, false) }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return (path, true) }
        guard status.st_mode & S_IFMT == S_IFREG else { return (path, false) }
        // Safe because realpath returns a string that is ours to free.
        guard let real = unsafe realpath(path, nil) else { return (path, true) }
        defer { unsafe free(real) }
        return unsafe (String(cString: real), true)
    }

    /// - Parameter attempt: 0 for the first name that is tried.
    private static func temporaryPath(beside path: String, attempt: Int) -> String {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        return "\(path[..<slash]).\(path[slash...]).\(getpid())\(attempt == 0 ? "" : "-\(attempt)").tmp"
    }

    /// Opens what is written in place.
    private static func open(_ path: String) throws(FormatError) -> Int32 {
        if path == "-" { return STDOUT_FILENO }
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CLOEXEC)
        if descriptor < 0 { throw failure("can't be opened for writing", errno, path) }
        return descriptor
    }

    /// Makes the temporary file. One that has its name is somebody's own: another container's process may have our number.
    private static func create(beside place: String, for path: String) throws(FormatError) -> (Int32, String) {
        var attempt = 0
        while true {
            let temporary = temporaryPath(beside: place, attempt: attempt)
            let descriptor = unsafe Glibc.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if descriptor >= 0 { return (descriptor, temporary) }
            attempt += 1
            guard errno == EEXIST, attempt < temporariesMax else { throw failure("can't be made", errno, path) }
        }
    }

    private static func failure(_ what: String, _ code: Int32, _ path: String) -> FormatError {
        let advice = code == ENOSPC || code == EDQUOT ? "; free some space and run again" : ""
        let name = path == "-" ? "standard output" : path
        return FormatError(.unwritable, "\(what): \(systemMessage(code))\(advice)", file: name)
    }
}
