import GRDB

/// One write of a run.
public struct RunWrite: Sendable, Hashable {
    /// Its try's number; the next page begins after it.
    public let attempt: AttemptID
    /// The record's key in the run's pipeline.
    public let key: String
    /// The call's name, such as `relations.create`.
    public let call: String
    /// Where it stands now, which a later run may have decided.
    public let state: AttemptState
    /// The record's id in Salesdock, once it is known.
    public let remoteID: Int?
    /// What is known beside the state; never holds a value of the record.
    public let note: String?
    /// When it was last about to go; seconds since 1970.
    public let sentUnixSeconds: Int64
}

extension SQLiteLedger {
    /// The writes that a run has tried, in the order of their first sending, after one of them, at most `limit`.
    public func writes(of run: RunID, after attempt: AttemptID?, limit: Int) throws(LedgerError) -> [RunWrite] {
        try read { db in
            try Row.fetchAll(
                cached: db,
                sql: """
                    SELECT attempt.id, record.key, call, state, attempt.note, sent_unix,
                        COALESCE(attempt.remote_id, record.remote_id) AS remote_id
                    FROM attempt JOIN record ON record.id = attempt.record_id
                    WHERE attempt.run_id = ? AND attempt.id > ? ORDER BY attempt.id LIMIT ?
                    """,
                arguments: [run.rawValue, attempt?.rawValue ?? 0, limit]
            ).map { row in
                RunWrite(
                    attempt: AttemptID(rawValue: row["id"]), key: row["key"], call: row["call"],
                    state: AttemptState(rawValue: row["state"]) ?? .unknown, remoteID: row["remote_id"],
                    note: row["note"], sentUnixSeconds: row["sent_unix"])
            }
        }
    }
}
