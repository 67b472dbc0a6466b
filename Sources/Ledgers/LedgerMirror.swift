import ExactJSON

#if canImport(Glibc)
    import Glibc
#endif

/// What is remembered of a ledger outside of it, so that losing it, or restoring an old copy, is noticed: otherwise a
/// run would take every record for new and create all of them a second time.
public struct LedgerMirror: Sendable {
    private let path: String

    /// - Parameters:
    ///   - directory: the state directory's folder for mirrors; it exists.
    ///   - name: a file name made of the ledger's own absolute path.
    public init(directory: String, name: String) { path = "\(directory)/\(name).json" }

    /// What the mirror remembers; `nil` before the first run. Throws `corrupt` when it can't be read.
    public func read() throws(LedgerError) -> LedgerIdentity? {
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
            let runs = value["runs"]?.int
        else {
            throw LedgerError(.behind, "\(path) is damaged, so the ledger's age can't be checked; run with --rebuild")
        }
        return LedgerIdentity(id: id, runs: Int64(runs))
    }

    /// Remembers a ledger, durably.
    public func write(_ identity: LedgerIdentity) throws(LedgerError) {
        let text: JSONValue = ["id": .string(identity.id), "runs": .number(JSONNumber(Int(identity.runs)))]
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
    /// - Throws: `behind` when the ledger is another one, or older than the last run that was seen.
    public func check(_ identity: LedgerIdentity, ledger: String) throws(LedgerError) {
        guard let known = try read() else { return }
        if known.id != identity.id {
            throw LedgerError(
                .behind,
                """
                \(ledger) is not the ledger that was used here last: it is missing or was replaced, so what has been \
                written is not known. Restore it from a backup, or run with --rebuild, which looks for every record in \
                Salesdock first and creates only what --allow create=N covers
                """)
        }
        if identity.runs < known.runs {
            throw LedgerError(
                .behind,
                """
                \(ledger) has seen \(identity.runs) runs, and \(known.runs) were made: it is an older copy. Restore the \
                latest one, or run with --rebuild, which looks for every record in Salesdock first and creates only what \
                --allow create=N covers
                """)
        }
    }
}
