import GRDB

#if canImport(Glibc)
    import Glibc
#endif

/// The embedded ledger: one SQLite file in WAL mode, every transaction synced before it returns.
public final class SQLiteLedger: Ledger {
    private let queue: DatabaseQueue

    /// Opens the file, or makes it (mode 0600: it holds personal data).
    ///
    /// - Parameters:
    ///   - path: of the file; its folder exists.
    ///   - newID: the id for a ledger that is made now.
    public init(path: String, newID: String) throws(LedgerError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LedgerError(.disk, "can't open the ledger \(path): \(systemError())")
        }
        close(descriptor)
        queue = try mapped("can't open the ledger \(path)") {
            try DatabaseQueue(path: path, configuration: Self.configuration(isFile: true))
        }
        try prepare(newID: newID)
    }

    /// A ledger in memory, for simulations.
    public init(inMemoryWithID id: String) throws(LedgerError) {
        queue = try mapped("can't make a ledger in memory") {
            try DatabaseQueue(configuration: Self.configuration(isFile: false))
        }
        try prepare(newID: id)
    }

    private static func configuration(isFile: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        if isFile { configuration.journalMode = .wal }
        return configuration
    }

    private func prepare(newID: String) throws(LedgerError) {
        try mapped("can't prepare the ledger") {
            // Set here, because opening in WAL mode lowers it to NORMAL, which loses the latest commits in a power cut.
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let migrator = SQLiteSchema.migrator()
            if try queue.read(migrator.hasBeenSuperseded) {
                throw LedgerError(.tooNew, "the ledger was written by a newer dockhand; update dockhand")
            }
            // Whoever only looks must not wait for the transaction of a run.
            let isReady = try queue.read { db in
                guard try migrator.hasCompletedMigrations(db) else { return false }
                return try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM ledger") ?? 0 > 0
            }
            if isReady { return }
            try migrator.migrate(queue)
            try queue.write { db in
                if try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM ledger") == 0 {
                    try db.execute(sql: "INSERT INTO ledger (id) VALUES (?)", arguments: [newID])
                }
            }
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try mapped("can't read the ledger") { try queue.read(body) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try mapped("can't write the ledger") { try queue.write(body) }
    }
}

/// Turns whatever SQLite throws into an error that says what to do.
func mapped<Value>(_ doing: String, _ body: () throws -> Value) throws(LedgerError) -> Value {
    do {
        return try body()
    } catch let error as LedgerError {
        throw error
    } catch let error as DatabaseError {
        let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            throw LedgerError(.corrupt, "\(doing): \(reason); restore it from a backup, or run with --rebuild")
        case .SQLITE_CONSTRAINT: throw LedgerError(.conflict, "\(doing): \(reason)")
        case .SQLITE_BUSY, .SQLITE_LOCKED: throw LedgerError(.locked, "\(doing): another program holds it")
        default: throw LedgerError(.disk, "\(doing): \(reason)")
        }
    } catch {
        throw LedgerError(.disk, "\(doing): \(error)")
    }
}

/// What the system says of the last failed call.
func systemError() -> String { unsafe String(cString: strerror(errno)) }
