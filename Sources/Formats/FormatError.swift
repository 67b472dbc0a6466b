/// Why a source can't be read on, or a file not be written: the run ends, after the good records were delivered.
public struct FormatError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    public enum Code: String, Sendable, Hashable {
        /// The file is missing or may not be read.
        case unreadable
        /// The bytes are not what the format demands (truncated or corrupt gzip, XML that is not well-formed, no header).
        case malformed
        /// A stated bound was passed (output ratio of gzip, entity expansion, nesting).
        case limit
        /// Writing failed: disk full, no permission.
        case unwritable
    }

    /// What kind of trouble it is, which decides the exit code.
    public let code: Code
    /// What was wrong and what to do about it.
    public let message: String
    /// The file, as the user named it; empty when there is none.
    public let file: String
    /// 1-based line, where one is known.
    public let line: Int?
    /// Byte position in the file as it is on disk (compressed, for gzip), where one is known.
    public let byteOffset: Int?

    /// - Parameter message: what was wrong and what to do about it, without the place.
    public init(_ code: Code, _ message: String, file: String, line: Int? = nil, byteOffset: Int? = nil) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.byteOffset = byteOffset
    }

    /// The place, then the message: `klanten.csv:12: …`.
    public var description: String {
        let place = line.map { ":\($0)" } ?? ""
        let byte = byteOffset.map { " (at byte \($0))" } ?? ""
        return "\(file)\(place): \(message)\(byte)"
    }
}
