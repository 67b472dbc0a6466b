import ExactJSON

#if canImport(Glibc)
    import Glibc
#endif

/// What is remembered of a ledger outside of it, so that losing it, or restoring an old copy, is noticed: otherwise a
/// run would take every record for new and create all of them a second time.
///
/// Remembered twice: by the ledger's place, which notices one that is missing or was replaced, and by its own id, which
/// notices an old copy that is used from another place.
public struct LedgerMirror: Sendable {
    private let directory: String
    private let place: String

    /// - Parameters:
    ///   - directory: the state directory's folder for mirrors; it exists.
    ///   - name: a file name made of the ledger's own absolute path.
    public init(directory: String, name: String) {
        self.directory = directory
        place = "\(directory)/\(name).json"
    }

    /// Names of places begin with another character.
    private func path(ofID id: String) -> String { "\(directory)/id-\(id).json" }

    /// What is remembered of this place; `nil` before the first run. Throws `behind` when it can't be read.
    public func read() throws(LedgerError) -> LedgerIdentity? { try read(place) }

    private func read(_ path: String) throws(LedgerError) -> LedgerIdentity? {
        guard let file = unsafe fopen(path, "r") else {
            if errno == ENOENT { return nil }
            throw LedgerError(.disk, "can't read \(path): \(systemError())")
        }
        defer { unsafe fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe fread(bytes.baseAddress, 1, bytes.count, file)
        }
        guard let value = try? JSONParser.parse(Array(buffer.prefix(count))), let id = value["id"]?.string,
            let runs = value["runs"]?.int, let attempts = value["attempts"]?.int
        else {
            throw LedgerError(.behind, "\(path) is damaged, so the ledger's age can't be checked; run with --rebuild")
        }
        return LedgerIdentity(id: id, runs: Int64(runs), attempts: Int64(attempts))
    }

    /// Remembers a ledger, durably.
    public func write(_ identity: LedgerIdentity) throws(LedgerError) {
        try write(identity, path(ofID: identity.id))
        try write(identity, place)
    }

    private func write(_ identity: LedgerIdentity, _ path: String) throws(LedgerError) {
        let text: JSONValue = [
            "id": .string(identity.id), "runs": .number(JSONNumber(Int(identity.runs))),
            "attempts": .number(JSONNumber(Int(identity.attempts))),
        ]
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LedgerError(.disk, "can't write \(temporary): \(systemError())") }
        let bytes = text.bytes
        let written = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        }
        let isSynced = written == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isSynced, unsafe rename(temporary, path) == 0 else {
            throw LedgerError(.disk, "can't write \(path): \(systemError())")
        }
    }

    /// Compares a ledger with what is remembered of it.
    ///
    /// - Throws: `behind` when the ledger is another one, or older than what was seen of it.
    public func check(_ identity: LedgerIdentity, ledger: String) throws(LedgerError) {
        let here = try read(place)
        if let here, here.id != identity.id {
            throw LedgerError(
                .behind,
                """
                \(ledger) is not the ledger that was used here last: it is missing or was replaced, so what has been \
                written is not known. Restore it from a backup, or \(Self.rebuild)
                """)
        }
        // A copy for trials goes its own way, and leaves the ledger alone that is used where it always was.
        let known = if let here { here } else { try read(path(ofID: identity.id)) }
        guard let known, identity.isOlder(than: known) else { return }
        let (seen, made, what) =
            identity.runs < known.runs
            ? (identity.runs, known.runs, "runs") : (identity.attempts, known.attempts, "writes")
        let latest = here == nil ? "Use the one that saw them all" : "Restore the latest one"
        throw LedgerError(
            .behind,
            """
            \(ledger) has seen \(seen) \(what), and \(made) were made: it is an older copy. \(latest), or \(Self.rebuild)
            """)
    }

    private static let rebuild = """
        run with --rebuild, which looks for every record in Salesdock first and creates only what --allow create=N covers
        """
}
