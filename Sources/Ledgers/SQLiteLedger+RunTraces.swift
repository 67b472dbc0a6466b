import GRDB
public import Records

/// What a run has left in the ledger besides its own report: all there is of a run that was killed.
public struct RunTraces: Sendable, Hashable {
    /// Rows by fate. Rows that cost nothing and were well before are in none, nor are those that a later run has read.
    public let fates: [Fate: Int]
    /// Seconds since 1970; `nil` when nothing was sent.
    public let lastSentUnixSeconds: Int64?
}

extension SQLiteLedger {
    /// The traces of a run: what its writes came to, and what it noted of other rows.
    public func traces(of run: RunID) throws(LedgerError) -> RunTraces {
        try read { db in
            let rows = try Row.fetchAll(db, sql: Self.selectTraces, arguments: [run.rawValue, run.rawValue])
            var fates: [Fate: Int] = [:]
            for row in rows {
                guard let fate = Fate(rawValue: row["fate"]) else { continue }
                fates[fate, default: 0] += row["count"]
            }
            let last = try Int64.fetchOne(
                db, sql: "SELECT MAX(sent_unix) FROM attempt WHERE run_id = ?", arguments: [run.rawValue])
            return RunTraces(fates: fates, lastSentUnixSeconds: last)
        }
    }

    /// A later note on a row says more than its write: a refused one is rejected, not failed.
    private static let selectTraces = """
        WITH tried AS (
            SELECT record_id, MAX(state IN ('intent', 'unknown', 'in_doubt')) AS is_open,
                MAX(state = 'applied') AS is_applied, MAX(state = 'applied' AND is_create) AS is_created
            FROM attempt WHERE run_id = ?1 GROUP BY record_id
        )
        SELECT CASE
                WHEN tried.record_id IS NULL THEN record.fate
                WHEN is_open THEN 'in_doubt'
                WHEN is_created THEN 'created'
                WHEN is_applied THEN 'updated'
                WHEN record.run_id = ?2 AND record.fate IN ('rejected', 'failed') THEN record.fate
                ELSE 'failed'
            END AS fate, COUNT(*) AS count
        FROM record LEFT JOIN tried ON tried.record_id = record.id
        WHERE (tried.record_id IS NOT NULL OR record.run_id = ?2) AND (tried.record_id IS NOT NULL OR record.fate IS NOT NULL)
        GROUP BY 1
        """
}
