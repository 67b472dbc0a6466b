import ExactJSON
import GRDB

extension SQLiteLedger {
    private static let open = "('intent', 'unknown', 'in_doubt')"

    public func intend(_ intent: Intent) throws(LedgerError) -> AttemptID {
        try write { db in
            let recordID = try Self.recordID(intent.target, key: intent.key, db)
            if intent.isCreate {
                let known = try Int.fetchOne(
                    cached: db, sql: "SELECT remote_id FROM record WHERE id = ?", arguments: [recordID])
                if known != nil {
                    throw LedgerError(.conflict, "a record that has a Salesdock id was about to be created again")
                }
                try Self.refuseOpenClass(intent, db)
            }
            try db.executeCached(
                sql: """
                    INSERT INTO attempt (record_id, step, call, is_create, fingerprint, payload, match_class, highest_id,
                        resends, run_id, boot_id, sent_boot, sent_unix, state)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'intent')
                    """,
                arguments: [
                    recordID, intent.step, intent.call, intent.isCreate, intent.fingerprint, intent.payload.text,
                    intent.matchClass, intent.highestIDSeen, intent.resends?.rawValue, intent.run.rawValue,
                    intent.sentAt.bootID, intent.sentAt.bootNanoseconds, intent.sentAt.unixSeconds,
                ])
            return AttemptID(rawValue: db.lastInsertedRowID)
        }
    }

    /// Two creates of one match class without outcome could not be told apart by any look-up.
    private static func refuseOpenClass(_ intent: Intent, _ db: Database) throws {
        guard let matchClass = intent.matchClass else { return }
        let other = try Int64.fetchOne(
            cached: db,
            sql: """
                SELECT attempt.id FROM attempt
                JOIN record ON record.id = attempt.record_id
                JOIN target ON target.id = record.target_id
                JOIN target AS mine ON mine.id = ?
                WHERE attempt.state IN \(open) AND attempt.is_create AND attempt.match_class = ?
                    AND target.host = mine.host AND target.domain = mine.domain AND target.resource = mine.resource
                LIMIT 1
                """,
            arguments: [intent.target.rawValue, matchClass])
        if other != nil {
            throw LedgerError(.conflict, "another create of the same match class has no outcome yet")
        }
    }

    public func resent(_ attempt: AttemptID, at sentAt: SentAt) throws(LedgerError) {
        try write { db in
            try db.executeCached(
                sql: "UPDATE attempt SET boot_id = ?, sent_boot = ?, sent_unix = ? WHERE id = ? AND state = 'intent'",
                arguments: [sentAt.bootID, sentAt.bootNanoseconds, sentAt.unixSeconds, attempt.rawValue])
        }
    }

    public func conclude(_ attempt: AttemptID, _ outcome: AttemptOutcome) throws(LedgerError) {
        try write { db in try Self.conclude(attempt, outcome, note: nil, db) }
    }

    /// - Parameter note: in place of the one that goes with the outcome.
    static func conclude(_ attempt: AttemptID, _ outcome: AttemptOutcome, note: String?, _ db: Database) throws {
        guard
            let row = try Row.fetchOne(
                cached: db, sql: "SELECT * FROM attempt WHERE id = ? AND state IN \(open)",
                arguments: [attempt.rawValue])
        else { throw LedgerError(.conflict, "an attempt was concluded twice") }
        let earlier: String? = row["note"]
        func set(_ state: AttemptState, remoteID: Int? = nil, _ own: String?) throws {
            try Self.set(
                attempt, state, remoteID: remoteID, note: AttemptNote.joined(earlier, note ?? own), db)
        }
        switch outcome {
        case .applied(let remoteID, let isAdopted):
            try applied(row, remoteID: remoteID, db)
            try set(.applied, remoteID: remoteID, isAdopted ? AttemptNote.found : nil)
        case .failed(let own): try set(.failed, own)
        case .absent(let own):
            try set(.failed, own)
            try db.executeCached(
                sql: "UPDATE attempt SET is_absent = 1 WHERE id = ?", arguments: [attempt.rawValue])
        case .unknown(let own): try set(.unknown, own)
        case .inDoubt(let own): try set(.inDoubt, own)
        case .superseded(let own): try set(.superseded, own)
        }
    }

    private static func applied(_ row: Row, remoteID: Int?, _ db: Database) throws {
        let recordID: Int64 = row["record_id"]
        if let remoteID {
            try claim(recordID: recordID, remoteID: remoteID, isOwned: true, db)
            let target = try Row.fetchOne(
                cached: db, sql: "SELECT target.* FROM target JOIN record ON target_id = target.id WHERE record.id = ?",
                arguments: [recordID])
            if let target {
                let identity = targetIdentity(target)
                try saw(remoteID, host: identity.host, domain: identity.domain, resource: identity.resource, db)
            }
        }
        let step = AppliedStep(fingerprint: row["fingerprint"], payload: try json(row["payload"]))
        try apply(step, recordID: recordID, step: row["step"], db)
    }

    private static func set(
        _ attempt: AttemptID, _ state: AttemptState, remoteID: Int? = nil, note: String?, _ db: Database
    )
        throws
    {
        try db.executeCached(
            sql: "UPDATE attempt SET state = ?, remote_id = ?, note = ? WHERE id = ?",
            arguments: [state.rawValue, remoteID, note, attempt.rawValue])
    }

    public func openAttempts(host: String, domain: String) throws(LedgerError) -> [OpenAttempt] {
        try read { db in
            try Row.fetchAll(
                cached: db,
                sql: """
                    \(Self.attemptQuery)
                    WHERE attempt.state IN \(Self.open) AND target.host = ? AND target.domain = ? ORDER BY attempt.id
                    """,
                arguments: [host, domain]
            ).map(Self.openAttempt)
        }
    }

    public func openAttempt(_ target: TargetID, key: String) throws(LedgerError) -> OpenAttempt? {
        try read { db in
            try Row.fetchOne(
                cached: db,
                sql: """
                    \(Self.attemptQuery)
                    WHERE attempt.state IN \(Self.open) AND record.target_id = ? AND record.key = ? ORDER BY attempt.id
                    """,
                arguments: [target.rawValue, key]
            ).map(Self.openAttempt)
        }
    }

    public func openCreate(_ matchClass: String, besides key: String, target: TargetID) throws(LedgerError) -> Claim? {
        try read { db in
            try Row.fetchOne(
                cached: db,
                sql: """
                    SELECT target.pipeline, record.key FROM attempt
                    JOIN record ON record.id = attempt.record_id
                    JOIN target ON target.id = record.target_id
                    JOIN target AS mine ON mine.id = ?
                    WHERE attempt.state IN \(Self.open) AND attempt.is_create AND attempt.match_class = ?
                        AND target.host = mine.host AND target.domain = mine.domain AND target.resource = mine.resource
                        AND NOT (record.target_id = mine.id AND record.key = ?)
                    LIMIT 1
                    """,
                arguments: [target.rawValue, matchClass, key]
            ).map { Claim(pipeline: $0["pipeline"], key: $0["key"]) }
        }
    }

    public func lostCreate(_ target: TargetID, key: String) throws(LedgerError) -> LostCreate? {
        try read { db in
            let row = try Row.fetchOne(
                cached: db,
                sql: """
                    SELECT MAX(attempt.id) AS id, MIN(highest_id) AS highest FROM attempt
                    JOIN record ON record.id = attempt.record_id
                    WHERE target_id = ? AND key = ? AND is_create AND is_absent
                    """,
                arguments: [target.rawValue, key])
            guard let row, let id = row["id"] as Int64? else { return nil }
            return LostCreate(attempt: AttemptID(rawValue: id), highestIDSeen: row["highest"])
        }
    }

    public func owedTwinChecks(_ target: TargetID) throws(LedgerError) -> [OpenAttempt] {
        try read { db in
            try Row.fetchAll(
                cached: db,
                sql: """
                    \(Self.attemptQuery)
                    WHERE record.target_id = ? AND attempt.is_create AND attempt.resends IS NOT NULL
                        AND attempt.state = 'applied' AND NOT attempt.is_twin_checked ORDER BY attempt.id
                    """,
                arguments: [target.rawValue]
            ).map(Self.openAttempt)
        }
    }

    public func twinChecked(_ attempt: AttemptID, note: String?) throws(LedgerError) {
        try write { db in
            let earlier = try String.fetchOne(
                cached: db, sql: "SELECT note FROM attempt WHERE id = ?", arguments: [attempt.rawValue])
            try db.executeCached(
                sql: "UPDATE attempt SET is_twin_checked = 1, note = ? WHERE id = ?",
                arguments: [AttemptNote.joined(earlier, note), attempt.rawValue])
        }
    }

    private static let attemptQuery = """
        SELECT attempt.*, record.key AS key, record.target_id AS target_id, target.pipeline AS pipeline,
            target.resource AS resource
        FROM attempt JOIN record ON record.id = attempt.record_id JOIN target ON target.id = record.target_id
        """

    private static func openAttempt(_ row: Row) throws -> OpenAttempt {
        let sentAt = SentAt(bootID: row["boot_id"], bootNanoseconds: row["sent_boot"], unixSeconds: row["sent_unix"])
        let intent = Intent(
            target: TargetID(rawValue: row["target_id"]), key: row["key"], step: row["step"], call: row["call"],
            isCreate: row["is_create"], fingerprint: row["fingerprint"], payload: try json(row["payload"]) ?? .null,
            matchClass: row["match_class"], highestIDSeen: row["highest_id"],
            resends: (row["resends"] as Int64?).map(AttemptID.init(rawValue:)), run: RunID(rawValue: row["run_id"]),
            sentAt: sentAt)
        return OpenAttempt(
            id: AttemptID(rawValue: row["id"]), pipeline: row["pipeline"], resource: row["resource"],
            state: AttemptState(rawValue: row["state"]) ?? .unknown, note: row["note"], intent: intent)
    }

    public func history(_ target: TargetID, key: String) throws(LedgerError) -> [HistoryEntry] {
        try read { db in
            try Row.fetchAll(
                cached: db,
                sql: "\(Self.attemptQuery) WHERE record.target_id = ? AND record.key = ? ORDER BY attempt.id",
                arguments: [target.rawValue, key]
            ).map { row in
                HistoryEntry(
                    attempt: AttemptID(rawValue: row["id"]), run: RunID(rawValue: row["run_id"]), call: row["call"],
                    state: AttemptState(rawValue: row["state"]) ?? .unknown, sentUnixSeconds: row["sent_unix"],
                    remoteID: row["remote_id"], note: row["note"],
                    resends: (row["resends"] as Int64?).map(AttemptID.init(rawValue:)))
            }
        }
    }
}
