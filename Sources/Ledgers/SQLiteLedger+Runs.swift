public import ExactJSON
import GRDB

extension SQLiteLedger {
    public func beginRun(_ target: TargetID, atUnixSeconds now: Int64, plan: String?) throws(LedgerError) -> RunID {
        try write { db in
            try db.executeCached(sql: "UPDATE ledger SET runs = runs + 1")
            try db.executeCached(
                sql: "INSERT INTO run (target_id, started_at, plan) VALUES (?, ?, ?)",
                arguments: [target.rawValue, now, plan])
            return RunID(rawValue: db.lastInsertedRowID)
        }
    }

    public func beginRebuild() throws(LedgerError) {
        try write { db in
            try db.executeCached(sql: "UPDATE ledger SET is_rebuilding = 1")
            try db.executeCached(sql: "UPDATE target SET is_rebuilt = 0")
        }
    }

    public func needsRebuild(_ target: TargetID) throws(LedgerError) -> Bool {
        try read { db in
            try Bool.fetchOne(
                cached: db, sql: "SELECT is_rebuilding AND NOT is_rebuilt FROM ledger, target WHERE target.id = ?",
                arguments: [target.rawValue]) ?? false
        }
    }

    public func endRebuild(_ target: TargetID) throws(LedgerError) {
        try write { db in
            try db.executeCached(
                sql: """
                    UPDATE target SET is_rebuilt = 1,
                        rebuilt_through = (SELECT MAX(id) FROM record WHERE target_id = target.id)
                    WHERE id = ?
                    """,
                arguments: [target.rawValue])
        }
    }

    public func endRun(_ run: RunID, exitCode: Int, report: JSONValue, atUnixSeconds now: Int64) throws(LedgerError) {
        try write { db in
            try db.executeCached(
                sql: "UPDATE run SET ended_at = ?, exit_code = ?, report = ? WHERE id = ?",
                arguments: [now, exitCode, report.text, run.rawValue])
        }
    }

    public func runs(limit: Int) throws(LedgerError) -> [RunSummary] {
        try read { db in
            try Row.fetchAll(cached: db, sql: Self.selectRuns + " ORDER BY run.id DESC LIMIT ?", arguments: [limit])
                .map(Self.runSummary)
        }
    }

    /// The latest run of a target; `nil` before the first.
    ///
    /// - Parameter mode: of runs that do not count.
    public func lastRun(_ target: TargetID, notOfMode mode: String) throws(LedgerError) -> RunSummary? {
        try read { db in
            let rows = try Row.fetchCursor(
                db, sql: Self.selectRuns + " WHERE target_id = ? ORDER BY run.id DESC", arguments: [target.rawValue])
            while let row = try rows.next() {
                let run = try Self.runSummary(row)
                if run.report?["mode"]?.string != mode { return run }
            }
            return nil
        }
    }

    /// One run; `nil` when there is none of that number.
    public func run(_ id: RunID) throws(LedgerError) -> RunSummary? {
        try read { db in
            try Row.fetchOne(db, sql: Self.selectRuns + " WHERE run.id = ?", arguments: [id.rawValue])
                .map(Self.runSummary)
        }
    }

    private static let selectRuns = """
        SELECT run.id AS run_id, started_at, ended_at, exit_code, report, plan, target.*
        FROM run JOIN target ON target.id = target_id
        """

    private static func runSummary(_ row: Row) throws -> RunSummary {
        RunSummary(
            id: RunID(rawValue: row["run_id"]), identity: targetIdentity(row), startedUnixSeconds: row["started_at"],
            endedUnixSeconds: row["ended_at"], exitCode: row["exit_code"], report: try json(row["report"]),
            plan: row["plan"])
    }
}
