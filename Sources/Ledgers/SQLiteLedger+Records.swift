import ExactJSON
import GRDB
public import Records

extension SQLiteLedger {
    public func identity() throws(LedgerError) -> LedgerIdentity {
        try read { db in
            let sql = "SELECT id, runs, (SELECT COALESCE(MAX(id), 0) FROM attempt) AS attempts FROM ledger"
            guard let row = try Row.fetchOne(cached: db, sql: sql) else {
                throw LedgerError(.corrupt, "the ledger has no identity; restore it from a backup")
            }
            return LedgerIdentity(id: row["id"], runs: row["runs"], attempts: row["attempts"])
        }
    }

    public func target(_ identity: TargetIdentity) throws(LedgerError) -> TargetID {
        try write { db in
            try db.executeCached(
                sql: """
                    INSERT INTO target (host, domain, pipeline, resource, key_definition) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    identity.host, identity.domain, identity.pipeline, identity.resource, identity.keyDefinition,
                ])
            let id = try Int64.fetchOne(
                cached: db, sql: "SELECT id FROM target WHERE host = ? AND domain = ? AND pipeline = ?",
                arguments: [identity.host, identity.domain, identity.pipeline])
            guard let id else { throw LedgerError(.corrupt, "the ledger lost a target it had just made") }
            return TargetID(rawValue: id)
        }
    }

    public func targets(host: String, domain: String) throws(LedgerError) -> [(TargetID, TargetIdentity)] {
        try read { db in
            try Row.fetchAll(
                cached: db, sql: "SELECT * FROM target WHERE host = ? AND domain = ? ORDER BY id",
                arguments: [host, domain]
            ).map(Self.target)
        }
    }

    public func targets() throws(LedgerError) -> [(TargetID, TargetIdentity)] {
        try read { db in try Row.fetchAll(cached: db, sql: "SELECT * FROM target ORDER BY id").map(Self.target) }
    }

    private static func target(_ row: Row) -> (TargetID, TargetIdentity) {
        (TargetID(rawValue: row["id"]), targetIdentity(row))
    }

    static func targetIdentity(_ row: Row) -> TargetIdentity {
        TargetIdentity(
            host: row["host"], domain: row["domain"], pipeline: row["pipeline"], resource: row["resource"],
            keyDefinition: row["key_definition"])
    }

    public func isUnused(_ target: TargetID) throws(LedgerError) -> Bool {
        try read { db in
            let used = try Bool.fetchOne(
                cached: db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM record WHERE target_id = ?) OR EXISTS (SELECT 1 FROM run WHERE target_id = ?)
                    """,
                arguments: [target.rawValue, target.rawValue])
            return used == false
        }
    }

    public func rename(_ target: TargetID, to identity: TargetIdentity) throws(LedgerError) {
        try write { db in
            // A refused run has left an empty target under the new name.
            try db.executeCached(
                sql: """
                    DELETE FROM target WHERE host = ? AND domain = ? AND pipeline = ? AND id <> ?
                        AND NOT EXISTS (SELECT 1 FROM record WHERE target_id = target.id)
                        AND NOT EXISTS (SELECT 1 FROM run WHERE target_id = target.id)
                    """,
                arguments: [identity.host, identity.domain, identity.pipeline, target.rawValue])
            try db.executeCached(
                sql: "UPDATE target SET pipeline = ?, key_definition = ? WHERE id = ?",
                arguments: [identity.pipeline, identity.keyDefinition, target.rawValue])
        }
    }

    public func countKnown(_ target: TargetID, keys: [String]) throws(LedgerError) -> Int {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT 1 FROM record WHERE target_id = ? AND key = ?")
            return try keys.count { try Int.fetchOne(statement, arguments: [target.rawValue, $0]) != nil }
        }
    }

    public func countRecords(_ target: TargetID) throws(LedgerError) -> Int {
        try read { db in
            try Int.fetchOne(
                cached: db, sql: "SELECT COUNT(*) FROM record WHERE target_id = ? AND remote_id IS NOT NULL",
                arguments: [target.rawValue]) ?? 0
        }
    }

    public func record(_ target: TargetID, key: String) throws(LedgerError) -> LedgerRecord? {
        try read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT record.*, remote_id IS NULL AND record.id <= rebuilt_through AS is_unrecognised
                    FROM record JOIN target ON target.id = target_id WHERE target_id = ? AND key = ?
                    """)
            guard let row = try Row.fetchOne(statement, arguments: [target.rawValue, key]) else { return nil }
            var record = try Self.record(row, db)
            record.isUnrecognised = row["is_unrecognised"] ?? false
            return record
        }
    }

    public func records(_ target: TargetID, after key: String?, limit: Int) throws(LedgerError) -> [LedgerRecord] {
        try read { db in
            try Row.fetchAll(
                cached: db,
                sql: "SELECT * FROM record WHERE target_id = ? AND (? IS NULL OR key > ?) ORDER BY key LIMIT ?",
                arguments: [target.rawValue, key, key, limit]
            ).map { try Self.record($0, db) }
        }
    }

    public func records(_ target: TargetID, fates: Set<Fate>, limit: Int) throws(LedgerError) -> [LedgerRecord] {
        try read { db in
            var found: [LedgerRecord] = []
            for fate in fates.sorted(by: { $0.rawValue < $1.rawValue }) {
                found += try Row.fetchAll(
                    cached: db, sql: "SELECT * FROM record WHERE target_id = ? AND fate = ? ORDER BY key LIMIT ?",
                    arguments: [target.rawValue, fate.rawValue, limit]
                ).map { try Self.record($0, db) }
            }
            return Array(found.prefix(limit))
        }
    }

    public func control(_ target: TargetID, notKey key: String, madeAfter attempt: AttemptID?) throws(LedgerError)
        -> Control?
    {
        try read { db in
            let row = try Row.fetchOne(
                cached: db,
                sql: """
                    SELECT attempt.remote_id, attempt.payload, sent_unix FROM attempt
                    JOIN record ON record.id = attempt.record_id
                    WHERE target_id = ? AND key <> ? AND is_create AND attempt.state = 'applied'
                        AND attempt.remote_id IS NOT NULL AND attempt.id > ?
                        AND NOT EXISTS (
                            SELECT 1 FROM attempt AS lost
                            WHERE lost.id = ? AND lost.boot_id = attempt.boot_id AND lost.sent_boot >= attempt.sent_boot)
                    ORDER BY attempt.id \(attempt == nil ? "DESC" : "ASC") LIMIT 1
                    """,
                arguments: [target.rawValue, key, attempt?.rawValue ?? 0, attempt?.rawValue ?? 0])
            guard let row else { return nil }
            return Control(
                remoteID: row["remote_id"], payload: try Self.json(row["payload"]) ?? .null,
                sentUnixSeconds: row["sent_unix"])
        }
    }

    private static func record(_ row: Row, _ db: Database) throws -> LedgerRecord {
        var record = LedgerRecord(
            key: row["key"], remoteID: row["remote_id"], fate: (row["fate"] as String?).flatMap(Fate.init(rawValue:)),
            note: row["note"], survivor: row["survivor"], isOwned: row["is_owned"])
        let steps = try db.cachedStatement(
            sql: "SELECT step, applied_fingerprint, applied_payload FROM step WHERE record_id = ?")
        for step in try Row.fetchAll(steps, arguments: [row["id"] as Int64]) {
            record.steps[step["step"]] = AppliedStep(
                fingerprint: step["applied_fingerprint"], payload: try json(step["applied_payload"]))
        }
        let superseded = try db.cachedStatement(
            sql: """
                SELECT step, payload FROM attempt AS old
                WHERE record_id = ? AND state = 'superseded' AND NOT EXISTS (
                    SELECT 1 FROM attempt AS new
                    WHERE new.record_id = old.record_id AND new.step = old.step AND new.state = 'applied'
                        AND new.id > old.id)
                ORDER BY id
                """)
        for attempt in try Row.fetchAll(superseded, arguments: [row["id"] as Int64]) {
            guard let payload = try json(attempt["payload"])?.object else { continue }
            record.unconfirmed[attempt["step"], default: []].append(payload)
        }
        return record
    }

    static func json(_ text: String?) throws -> JSONValue? {
        guard let text else { return nil }
        do { return try JSONParser.parse(text) } catch {
            throw LedgerError(.corrupt, "the ledger holds JSON that can't be read: \(error)")
        }
    }

    public func note(_ entries: [FateEntry], target: TargetID, run: RunID) throws(LedgerError) {
        if entries.isEmpty { return }
        try write { db in
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO record (target_id, key, fate, note, survivor, run_id) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (target_id, key) DO UPDATE SET fate = excluded.fate, note = excluded.note,
                        survivor = excluded.survivor, run_id = excluded.run_id
                    """)
            for entry in entries {
                try statement.execute(arguments: [
                    target.rawValue, entry.key, entry.fate.rawValue, entry.note, entry.survivor, run.rawValue,
                ])
            }
        }
    }

    public func adopt(
        _ target: TargetID, key: String, remoteID: Int, applied: [Int: AppliedStep], isOwned: Bool
    )
        throws(LedgerError)
    {
        try write { db in
            let id = try Self.recordID(target, key: key, db)
            try Self.claim(recordID: id, remoteID: remoteID, isOwned: isOwned, db)
            for (step, applied) in applied { try Self.apply(applied, recordID: id, step: step, db) }
        }
    }

    static func recordID(_ target: TargetID, key: String, _ db: Database) throws -> Int64 {
        try db.executeCached(
            sql: "INSERT INTO record (target_id, key) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [target.rawValue, key])
        let id = try Int64.fetchOne(
            cached: db, sql: "SELECT id FROM record WHERE target_id = ? AND key = ?", arguments: [target.rawValue, key])
        guard let id else { throw LedgerError(.corrupt, "the ledger lost a record it had just made") }
        return id
    }

    /// A remote id, once known, is never replaced by another.
    static func claim(recordID: Int64, remoteID: Int, isOwned: Bool, _ db: Database) throws {
        try db.executeCached(
            sql:
                "UPDATE record SET remote_id = ?, is_owned = MAX(is_owned, ?) WHERE id = ? AND (remote_id IS NULL OR remote_id = ?)",
            arguments: [remoteID, isOwned, recordID, remoteID])
        if db.changesCount == 0 {
            throw LedgerError(.conflict, "a record that has a Salesdock id was about to be given another, \(remoteID)")
        }
    }

    static func apply(_ applied: AppliedStep, recordID: Int64, step: Int, _ db: Database) throws {
        try db.executeCached(
            sql: """
                INSERT INTO step (record_id, step, applied_fingerprint, applied_payload) VALUES (?, ?, ?, ?)
                ON CONFLICT (record_id, step) DO UPDATE SET applied_fingerprint = excluded.applied_fingerprint,
                    applied_payload = excluded.applied_payload
                """,
            arguments: [recordID, step, applied.fingerprint, applied.payload?.text])
    }

    public func claim(_ identity: TargetIdentity, remoteID: Int) throws(LedgerError) -> Claim? {
        try read { db in
            try Row.fetchOne(
                cached: db,
                sql: """
                    SELECT target.pipeline, record.key FROM record JOIN target ON target.id = record.target_id
                    WHERE record.remote_id = ? AND host = ? AND domain = ? AND resource = ?
                    ORDER BY target.pipeline = ? DESC, target.id LIMIT 1
                    """,
                arguments: [remoteID, identity.host, identity.domain, identity.resource, identity.pipeline]
            ).map { Claim(pipeline: $0["pipeline"], key: $0["key"]) }
        }
    }

    public func highestID(host: String, domain: String, resource: String) throws(LedgerError) -> Int {
        try read { db in
            try Int.fetchOne(
                cached: db, sql: "SELECT id FROM highest WHERE host = ? AND domain = ? AND resource = ?",
                arguments: [host, domain, resource]) ?? 0
        }
    }

    public func sawID(_ id: Int, host: String, domain: String, resource: String) throws(LedgerError) {
        try write { db in try Self.saw(id, host: host, domain: domain, resource: resource, db) }
    }

    static func saw(_ id: Int, host: String, domain: String, resource: String, _ db: Database) throws {
        try db.executeCached(
            sql: """
                INSERT INTO highest (host, domain, resource, id) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET id = MAX(id, excluded.id)
                """,
            arguments: [host, domain, resource, id])
    }
}
