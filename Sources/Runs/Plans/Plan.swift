import Crypto
import ExactJSON

/// A plan that was saved: which pipelines it is of, and what each part was made from. The records stay in the file.
public struct Plan: Sendable, Hashable {
    /// Of its file, as it was given.
    public let path: String
    /// Digest of the file, which names the plan.
    public let digest: String
    /// In the order in which they run.
    public let sections: [PlanSection]

    /// Reads a plan's file to its end.
    ///
    /// - Throws: `RunError` when it is no plan, of another version, or damaged; `FormatError` when it can't be read.
    public init(path: String) throws {
        self.path = path
        var lines = try PlanLines(path: path)
        var hash = SHA256()
        var sections: [PlanSection] = []
        var digest: String?
        var isFirst = true
        while let line = try lines.next() {
            if digest != nil { throw Self.damaged(path) }
            if isFirst {
                try Self.checkVersion(Array(line), path)
                isFirst = false
            } else if !line.starts(with: Self.recordStart) {
                guard let json = try? JSONParser.parse(Array(line)) else { throw Self.damaged(path) }
                if let stated = json["sha256"]?.string {
                    guard stated == Fingerprint.hex(hash.finalize()) else { throw Self.damaged(path) }
                    digest = stated
                    continue
                }
                try Self.take(json, &sections, path)
            }
            hash.update(data: line)
            hash.update(data: [UInt8(ascii: "\n")])
        }
        guard let digest else { throw Self.damaged(path) }
        self.digest = digest
        self.sections = sections
    }

    /// The part of a pipeline.
    public func section(_ pipeline: String) -> PlanSection? { sections.first { $0.pipeline == pipeline } }

    /// Reads every record of one pipeline's part, in order, without checking the rest of the file.
    public static func forEachRecord(
        of pipeline: String, inFile path: String, _ body: (RecordPlan) throws -> Void
    ) throws {
        var records = try PlannedRecords(path: path, pipeline: pipeline)
        while let record = try records.next() { try body(record) }
    }

    /// How the line of a record begins.
    static let recordStart = Array(#"{"action":"#.utf8)

    private static func take(_ json: JSONValue, _ sections: inout [PlanSection], _ path: String) throws {
        if let head = json["pipeline"] {
            guard let section = PlanSection(head: head) else { throw damaged(path) }
            sections.append(section)
        } else if let tail = json["end"], let last = sections.indices.last {
            sections[last].source = tail["source"]?.string
            sections[last].changes = tail["changes"]?.int ?? 0
        } else {
            throw damaged(path)
        }
    }

    private static func checkVersion(_ line: [UInt8], _ path: String) throws {
        guard let version = (try? JSONParser.parse(line))?["dockhand_plan"]?.int else {
            throw RunError(.usage, "\(path) is no plan; make one with dockhand plan --out")
        }
        if version != PlanWriter.version {
            throw RunError(
                .usage, "\(path) is a plan of version \(version), which this dockhand does not read; make it anew")
        }
    }

    private static func damaged(_ path: String) -> RunError {
        RunError(
            .guarded, "\(path) is damaged or was edited: its digest does not hold; nothing was sent. Make a new plan")
    }
}

/// The records of one part of a plan, in the order of the rows.
struct PlannedRecords: ~Copyable {
    private var lines: PlanLines
    private let path: String
    private var waiting: RecordPlan?

    init(_ plan: Plan, pipeline: String) throws { try self.init(path: plan.path, pipeline: pipeline) }

    init(path: String, pipeline: String) throws {
        var lines = try PlanLines(path: path)
        var isFound = false
        while !isFound, let line = try lines.next() {
            if line.starts(with: Plan.recordStart) { continue }
            isFound = try JSONParser.parse(Array(line))["pipeline"]?["pipeline"]?.string == pipeline
        }
        if !isFound { throw RunError(.guarded, "\(path) has no part for pipeline \(pipeline)") }
        self.path = path
        self.lines = lines
    }

    /// What is planned for a row, asked in ascending order; `nil` when the plan does not have the row.
    mutating func record(row: Int) throws -> RecordPlan? {
        while let record = try waiting ?? next() {
            guard let place = record.row, place <= row else {
                waiting = record
                return nil
            }
            waiting = nil
            if place == row { return record }
        }
        return nil
    }

    /// The products that are planned to be deactivated, by key; reads to the end of the part.
    mutating func deactivations() throws -> [String: RecordPlan] {
        var found: [String: RecordPlan] = [:]
        while let record = try waiting ?? next() {
            waiting = nil
            if record.action == .deactivate, let key = record.key { found[key] = record }
        }
        return found
    }

    /// The next record, whatever it is of; `nil` at the end of the part.
    mutating func next() throws -> RecordPlan? {
        guard let line = try lines.next(), line.starts(with: Plan.recordStart) else { return nil }
        guard let record = RecordPlan(try JSONParser.parse(Array(line))) else {
            throw RunError(.guarded, "\(path) holds a record that can't be read; make a new plan")
        }
        return record
    }
}
