import Crypto
import ExactJSON
import Formats

/// Writes a plan's file, mode 0600: a line of JSON for each record, as they come, so that a plan of millions needs no
/// memory. The last line is a digest over all before it, which names the plan and tells a damaged one.
public struct PlanWriter: ~Copyable {
    /// Version of the form.
    static let version = 1

    private var file: OutputFile
    private var hash: SHA256
    private var records = 0

    /// - Throws: `FormatError` when the file can't be made.
    public init(path: String, madeAtUnixSeconds now: Int64) throws {
        let first: JSONValue = [
            "dockhand_plan": .number(JSONNumber(Self.version)), "made_at": .number(JSONNumber(Int(now))),
        ]
        let line = Self.line(first)
        var hash = SHA256()
        hash.update(data: line)
        var file = try OutputFile(path: path)
        try file.write(line)
        self.file = file
        self.hash = hash
    }

    mutating func begin(_ section: PlanSection) throws { try write(["pipeline": section.head]) }

    mutating func write(_ record: RecordPlan) throws {
        records += 1
        try write(record.json)
    }

    mutating func end(_ section: PlanSection) throws { try write(["end": section.tail]) }

    /// Publishes the file and returns the plan's digest.
    public mutating func finish() throws -> String {
        let digest = Fingerprint.hex(hash.finalize())
        try file.write(Self.line(["sha256": .string(digest)]))
        _ = try file.finish(rows: records)
        return digest
    }

    private mutating func write(_ json: JSONValue) throws {
        let line = Self.line(json)
        hash.update(data: line)
        try file.write(line)
    }

    private static func line(_ json: JSONValue) -> [UInt8] { json.bytes + [UInt8(ascii: "\n")] }
}
