#if canImport(Glibc)
    import Glibc
#endif

/// Tries whether a folder can hold a ledger: a real file is written, synced, renamed and removed again, as the ledger's
/// own are, and the folder is synced.
public struct DiskTrial: Sendable, Hashable {
    /// The folder that was tried.
    public let folder: String
    /// The slowest sync of a file of one page; `nil` when the trial failed.
    public var syncDuration: Duration?
    /// What the system refused; `nil` when all went well.
    public var failure: String?
    /// Room on the disk for this user; `nil` when the system does not say.
    public var freeBytes: Int64?
    /// The disk is another machine's, where locks and syncs can't be relied on.
    public var isRemote = false

    public init(folder: String, syncDuration: Duration? = nil, failure: String? = nil, freeBytes: Int64? = nil) {
        self.folder = folder
        self.syncDuration = syncDuration
        self.failure = failure
        self.freeBytes = freeBytes
    }

    /// Syncs of which the slowest counts.
    private static let syncs = 3

    /// Makes the trial in a folder that exists. Leaves nothing behind. Whose disk it is it does not know.
    public static func run(in folder: String) -> DiskTrial {
        var trial = DiskTrial(folder: folder)
        var system = statvfs()
        if unsafe statvfs(folder, &system) == 0 {
            trial.freeBytes = Int64(clamping: UInt64(system.f_bavail) * UInt64(system.f_frsize))
        }
        do { trial.syncDuration = try exercise(folder) } catch { trial.failure = error.message }
        return trial
    }

    private static func exercise(_ folder: String) throws(LedgerError) -> Duration {
        let path = "\(folder)/.dockhand-doctor.\(getpid())"
        let renamed = path + ".renamed"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refusal("no file can be made in \(folder)") }
        defer {
            close(descriptor)
            _ = unsafe unlink(path)
            _ = unsafe unlink(renamed)
        }
        let page = [UInt8](repeating: 0x5A, count: 4096)
        var slowest = Duration.zero
        for _ in 0..<syncs {
            guard unsafe write(descriptor, page, page.count) == page.count else {
                throw refusal("a file in \(folder) can't be written")
            }
            let start = ContinuousClock.now
            guard fsync(descriptor) == 0 else { throw refusal("a file in \(folder) can't be synced") }
            slowest = max(slowest, ContinuousClock.now - start)
        }
        guard unsafe rename(path, renamed) == 0 else { throw refusal("a file in \(folder) can't be renamed") }
        try syncFolder(folder)
        guard unsafe unlink(renamed) == 0 else { throw refusal("a file in \(folder) can't be removed") }
        return slowest
    }

    /// Without this, a renamed file could be gone after a power cut.
    private static func syncFolder(_ folder: String) throws(LedgerError) {
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal("\(folder) can't be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw refusal("\(folder) can't be synced") }
    }

    private static func refusal(_ what: String) -> LedgerError { LedgerError(.disk, "\(what): \(systemError())") }
}
