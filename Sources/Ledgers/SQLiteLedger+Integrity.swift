import GRDB

extension SQLiteLedger {
    /// What is wrong with the file and its contents, in SQLite's words; empty when nothing is.
    public func integrityProblems() throws(LedgerError) -> [String] {
        try read { db in
            let damage = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { row in
                "a row of \(row[0] as String) refers to a row of \(row[2] as String) that is gone"
            }
            return damage + orphans
        }
    }
}
