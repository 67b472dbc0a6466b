#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What a system call said went wrong.
struct POSIXError: Error, CustomStringConvertible {
    let operation: String
    let path: String
    let code: Int32

    var description: String {
        let text = unsafe String(cString: strerror(code))
        return "\(operation) \(path): \(text)"
    }
}

/// The few file operations that the budget and the token sources need.
enum POSIXFile {
    /// The file's bytes, or `nil` if there is no such file. A file longer than `bytesMax` is an error.
    static func read(_ path: String, bytesMax: Int) throws(POSIXError) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw POSIXError(operation: "open", path: path, code: errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = Self.read(descriptor, &chunk)
            if count < 0 {
                if errno == EINTR { continue }
                throw POSIXError(operation: "read", path: path, code: errno)
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            if bytes.count > bytesMax { throw POSIXError(operation: "read", path: path, code: EFBIG) }
        }
    }

    /// One `read` into the whole of `chunk`.
    static func read(_ descriptor: Int32, _ chunk: inout [UInt8]) -> Int {
        unsafe chunk.withUnsafeMutableBytes { buffer in unsafe Self.systemRead(descriptor, buffer) }
    }

    private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            unsafe Musl.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    /// Puts `bytes` at `path` in one step: a reader sees the old file or the new one, never half of it.
    static func replace(_ path: String, with bytes: [UInt8]) throws(POSIXError) {
        let temporary = "\(path).\(getpid()).new"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw POSIXError(operation: "create", path: temporary, code: errno) }
        do {
            defer { close(descriptor) }
            try writeAll(descriptor, bytes, path: temporary)
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        if unsafe rename(temporary, path) != 0 {
            let code = errno
            unsafe unlink(temporary)
            throw POSIXError(operation: "rename", path: path, code: code)
        }
    }

    private static func writeAll(_ descriptor: Int32, _ bytes: [UInt8], path: String) throws(POSIXError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes { buffer in
                unsafe write(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw POSIXError(operation: "write", path: path, code: errno)
            }
            written += count
        }
    }

    /// The names in a directory, in no order.
    static func names(_ path: String) throws(POSIXError) -> [String] {
        guard let directory = unsafe opendir(path) else {
            throw POSIXError(operation: "list", path: path, code: errno)
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            unsafe names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { name in
                    unsafe String(cString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
                })
        }
        return names
    }

    /// Makes a directory and those above it, readable by the owner only.
    static func makeDirectory(_ path: String) throws(POSIXError) {
        if unsafe access(path, F_OK) == 0 { return }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try makeDirectory(String(path[..<slash]))
        }
        if unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
            throw POSIXError(operation: "make directory", path: path, code: errno)
        }
    }
}
