private import Foundation

#if canImport(Glibc)
    private import Glibc
#endif

/// The file that keeps the emulator's state: one line of JSON for each change, appended before the answer goes out.
///
/// The file holds personal data, so only its owner may read it.
struct DataFile {
    private let path: String
    private let handle: FileHandle

    /// Lines of the file; none when there is no such file.
    static func lines(at path: String) throws -> [[UInt8]] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return data.split(separator: 0x0A, omittingEmptySubsequences: true).map { [UInt8]($0) }
    }

    /// Rewrites the file with these lines, by a rename, and opens it for appending.
    init(path: String, rewritingWith lines: [[UInt8]]) throws {
        self.path = path
        let temporary = path + ".new"
        try? FileManager.default.removeItem(atPath: temporary)
        let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: temporary, contents: nil, attributes: mode) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: temporary])
        }
        handle = try FileHandle(forWritingTo: URL(fileURLWithPath: temporary))
        try append(lines)
        try handle.synchronize()
        guard unsafe rename(temporary, path) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
    }

    /// Appends lines in one write, so that a killed process leaves at most one of them torn.
    func append(_ lines: [[UInt8]]) throws {
        guard !lines.isEmpty else { return }
        var bytes = Data(capacity: lines.reduce(0) { $0 + $1.count + 1 })
        for line in lines {
            bytes.append(contentsOf: line)
            bytes.append(0x0A)
        }
        try handle.write(contentsOf: bytes)
    }
}
