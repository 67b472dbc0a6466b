import GRDB

/// How many records of a pipeline there are of some kind.
public struct PipelineCount: Sendable, Hashable {
    /// Name of the pipeline that the records are of.
    public let pipeline: String
    /// Records of that kind, at least 1.
    public let count: Int

    public init(pipeline: String, count: Int) {
        self.pipeline = pipeline
        self.count = count
    }
}

/// What only people ask: a record's kin. A run needs none of it.
extension SQLiteLedger {
    /// Keys of a target that were duplicates of a key, in their order, at most `limit`.
    public func duplicates(of key: String, in target: TargetID, limit: Int) throws(LedgerError) -> [String] {
        try read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT key FROM record WHERE target_id = ? AND fate = 'duplicate' AND survivor = ?
                    ORDER BY key LIMIT ?
                    """,
                arguments: [target.rawValue, key, limit])
        }
    }

    /// Records of an account that carry an id in a field of what was applied, by pipeline.
    ///
    /// - Parameter field: a top-level field of the payload, such as `relation_id`.
    public func references(to id: Int, field: String, host: String, domain: String) throws(LedgerError)
        -> [PipelineCount]
    {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT pipeline, COUNT(*) AS count FROM step
                    JOIN record ON record.id = step.record_id JOIN target ON target.id = record.target_id
                    WHERE host = ? AND domain = ? AND step.step = 0
                        AND CAST(json_extract(applied_payload, ?) AS TEXT) = ?
                    GROUP BY pipeline ORDER BY pipeline
                    """,
                arguments: [host, domain, "$.\"\(field)\"", String(id)]
            ).map { PipelineCount(pipeline: $0["pipeline"], count: $0["count"]) }
        }
    }

    /// Parked records of an account with a note, by pipeline.
    public func parked(note: String, host: String, domain: String) throws(LedgerError) -> [PipelineCount] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT pipeline, COUNT(*) AS count FROM record JOIN target ON target.id = record.target_id
                    WHERE host = ? AND domain = ? AND fate = 'parked' AND note = ? GROUP BY pipeline ORDER BY pipeline
                    """,
                arguments: [host, domain, note]
            ).map { PipelineCount(pipeline: $0["pipeline"], count: $0["count"]) }
        }
    }

    /// Makes a person's decision durable: the write happened, under this id, or it did not.
    ///
    /// - Throws: `conflict` when the try is not open any more, or the record has another id.
    public func decide(_ attempt: AttemptID, remoteID: Int?) throws(LedgerError) {
        let outcome: AttemptOutcome =
            remoteID.map { .applied(remoteID: $0, isAdopted: true) } ?? .absent(note: AttemptNote.decidedAbsent)
        try write { db in
            try Self.conclude(
                attempt, outcome, note: remoteID == nil ? AttemptNote.decidedAbsent : AttemptNote.decidedApplied, db)
        }
    }
}

/// Notes by which a try's story is told.
public enum AttemptNote {
    /// A look-up found what the try had made.
    public static let found = "found by a look-up: the one record that is new, not claimed, and agrees in every field"
    /// A person said that it happened.
    public static let decidedApplied = "a person decided: it happened"
    /// A person said that it did not happen.
    public static let decidedAbsent = "a person decided: not there"

    /// Between what was known of a try at first and what became of it.
    static let separator = " → "
    /// Longest note kept, in characters.
    static let lengthMax = 1000

    /// A note after an earlier one, which stays: why a try was in doubt belongs to its story.
    static func joined(_ earlier: String?, _ note: String?) -> String? {
        guard let earlier, let note, !earlier.isEmpty, !earlier.hasSuffix(note) else { return note ?? earlier }
        return String((earlier + separator + note).suffix(lengthMax))
    }
}
