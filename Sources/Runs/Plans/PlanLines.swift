import Formats

/// The lines of a plan's file.
struct PlanLines: ~Copyable {
    /// Longest line; a record is at most 16 MiB, and its request and its changes hold it twice.
    static let lineBytesMax = 128 << 20

    private var file: FileBytes
    private var buffer: [UInt8] = []
    private var used = 0

    init(path: String) throws { file = try FileBytes(path: path) }

    /// The next line without its end; `nil` after the last, and for a rest without a line end.
    mutating func next() throws -> ArraySlice<UInt8>? {
        var searched = used
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { used = end + 1 }
                return buffer[used..<end]
            }
            if used > 0 {
                buffer.removeFirst(used)
                used = 0
            }
            searched = buffer.count
            if buffer.count > Self.lineBytesMax { return nil }
            if try file.read(into: &buffer, max: 256 << 10) == 0 { return nil }
        }
    }
}
