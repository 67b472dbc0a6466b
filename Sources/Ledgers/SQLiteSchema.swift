import GRDB

/// The tables of the ledger. A migration, once released, never changes.
enum SQLiteSchema {
    static func migrator() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: version1)
        }
        migrator.registerMigration("run plan") { db in
            try db.execute(sql: "ALTER TABLE run ADD COLUMN plan TEXT")
        }
        migrator.registerMigration("superseded updates, owed twin checks, unrecognised records") { db in
            try db.execute(sql: "ALTER TABLE attempt ADD COLUMN is_twin_checked INTEGER NOT NULL DEFAULT 0")
            // Runs that came to their end have looked for the twins of their own.
            try db.execute(
                sql: """
                    UPDATE attempt SET is_twin_checked = 1
                    WHERE run_id IN (SELECT id FROM run WHERE exit_code <= 3)
                    """)
            try db.execute(sql: "ALTER TABLE target ADD COLUMN rebuilt_through INTEGER")
            try db.execute(sql: "CREATE INDEX attempt_superseded ON attempt (record_id) WHERE state = 'superseded'")
            try db.execute(
                sql: """
                    CREATE INDEX attempt_resent ON attempt (record_id)
                    WHERE resends IS NOT NULL AND is_create AND state = 'applied' AND NOT is_twin_checked
                    """)
        }
        return migrator
    }

    private static let version1 = """
        CREATE TABLE ledger (
            id TEXT NOT NULL,
            runs INTEGER NOT NULL DEFAULT 0,
            is_rebuilding INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE target (
            id INTEGER PRIMARY KEY,
            host TEXT NOT NULL,
            domain TEXT NOT NULL,
            pipeline TEXT NOT NULL,
            resource TEXT NOT NULL,
            key_definition TEXT NOT NULL,
            is_rebuilt INTEGER NOT NULL DEFAULT 0,
            UNIQUE (host, domain, pipeline)
        );
        CREATE TABLE run (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            target_id INTEGER NOT NULL REFERENCES target(id),
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            exit_code INTEGER,
            report TEXT
        );
        CREATE TABLE record (
            id INTEGER PRIMARY KEY,
            target_id INTEGER NOT NULL REFERENCES target(id),
            key TEXT NOT NULL,
            remote_id INTEGER,
            is_owned INTEGER NOT NULL DEFAULT 0,
            fate TEXT,
            note TEXT,
            survivor TEXT,
            run_id INTEGER,
            UNIQUE (target_id, key),
            UNIQUE (target_id, remote_id)
        );
        CREATE INDEX record_remote ON record (remote_id) WHERE remote_id IS NOT NULL;
        CREATE INDEX record_fate ON record (target_id, fate);
        CREATE TABLE step (
            record_id INTEGER NOT NULL REFERENCES record(id),
            step INTEGER NOT NULL,
            applied_fingerprint TEXT NOT NULL,
            applied_payload TEXT,
            PRIMARY KEY (record_id, step)
        ) WITHOUT ROWID;
        CREATE TABLE attempt (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            record_id INTEGER NOT NULL REFERENCES record(id),
            step INTEGER NOT NULL,
            call TEXT NOT NULL,
            is_create INTEGER NOT NULL,
            fingerprint TEXT NOT NULL,
            payload TEXT NOT NULL,
            match_class TEXT,
            highest_id INTEGER NOT NULL,
            resends INTEGER REFERENCES attempt(id),
            run_id INTEGER NOT NULL REFERENCES run(id),
            boot_id TEXT NOT NULL,
            sent_boot INTEGER NOT NULL,
            sent_unix INTEGER NOT NULL,
            state TEXT NOT NULL,
            is_absent INTEGER NOT NULL DEFAULT 0,
            remote_id INTEGER,
            note TEXT
        );
        CREATE INDEX attempt_record ON attempt (record_id);
        CREATE INDEX attempt_open ON attempt (state) WHERE state IN ('intent', 'unknown', 'in_doubt');
        CREATE UNIQUE INDEX attempt_open_record ON attempt (record_id, step) WHERE state IN ('intent', 'unknown', 'in_doubt');
        CREATE TABLE highest (
            host TEXT NOT NULL,
            domain TEXT NOT NULL,
            resource TEXT NOT NULL,
            id INTEGER NOT NULL,
            PRIMARY KEY (host, domain, resource)
        ) WITHOUT ROWID;
        """
}
