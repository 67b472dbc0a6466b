public import Ledgers
public import Salesdock

/// Turns what was observed into findings: functions of values, so that every failure can be tried without having it.
public enum Diagnosis {
    /// A sync that takes longer holds a run back: a write waits for two of them.
    static let slowSync = Duration.milliseconds(200)
    /// Less room than this is worth a word.
    static let roomMin: Int64 = 200 << 20
    /// Longest wait for the request budget before `doctor` gives up.
    public static let patience = Duration.seconds(15)

    /// Whether a folder can hold what must not be lost.
    ///
    /// - Parameter what: what is kept there: `the ledger`.
    public static func disk(_ check: Finding.Check, _ trial: DiskTrial, what: String) -> Finding {
        if let failure = trial.failure {
            return .failed(
                check, .disk, failure, remedy: "Make \(trial.folder) writable for this user, or keep \(what) elsewhere."
            )
        }
        let room = trial.freeBytes.map { ", \(size($0)) free" } ?? ""
        let sync = trial.syncDuration.map { "synced in \(milliseconds($0)) ms" } ?? "synced"
        let message = "\(trial.folder): written, \(sync), renamed and removed\(room)"
        if trial.isRemote {
            return .warning(
                check, message + "; it is on another machine's disk",
                remedy: "Keep \(what) on a disk of this machine: over a network, locks and syncs can't be relied on.")
        }
        if let sync = trial.syncDuration, sync > slowSync {
            return .warning(
                check, message, remedy: "This disk syncs slowly, and each write waits for it twice; use a faster one.")
        }
        if let free = trial.freeBytes, free < roomMin {
            return .warning(
                check, message, remedy: "Make room: a full disk stops every run, and what is in flight is looked up.")
        }
        return .ok(check, message)
    }

    /// How the ledger stands. A missing one is all right until one was used here.
    ///
    /// - Parameters:
    ///   - identity: `nil` when there is no ledger yet.
    ///   - mode: permissions of its file, where it is there.
    ///   - holder: who holds its lock.
    ///   - known: what the state directory remembers of this place.
    ///   - behind: why the ledger is not the latest.
    public static func ledger(
        path: String, identity: LedgerIdentity?, mode: Int?, holder: String?, known: LedgerIdentity?,
        behind: LedgerError?
    ) -> [Finding] {
        [
            file(path, identity, mode),
            holder.map {
                .warning(
                    .ledgerLock, "\($0) holds the ledger",
                    remedy: "Nothing is wrong: a run that starts now ends with 75, or waits with --lock-timeout.")
            } ?? .ok(.ledgerLock, "nobody holds the ledger"),
            behind.map { .failed(.ledgerMirror, $0) } ?? mirror(identity, known),
        ]
    }

    private static func file(_ path: String, _ identity: LedgerIdentity?, _ mode: Int?) -> Finding {
        guard let identity else { return .ok(.ledger, "\(path) is not there yet; the first run makes it") }
        let message = "\(path) has seen \(identity.runs) run\(identity.runs == 1 ? "" : "s")"
        guard let mode, mode & 0o077 != 0 else { return .ok(.ledger, message) }
        return .warning(
            .ledger, "\(message), and others than its owner may read it: it holds personal data",
            remedy: "chmod 600 '\(path)'*")
    }

    private static func mirror(_ identity: LedgerIdentity?, _ known: LedgerIdentity?) -> Finding {
        if known != nil {
            return .ok(.ledgerMirror, "the state directory has seen nothing newer than this ledger")
        }
        guard let identity, identity.runs > 0 else {
            return .ok(.ledgerMirror, "the state directory knows of no earlier ledger at this place")
        }
        return .warning(
            .ledgerMirror, "the state directory does not know this ledger, so it can't tell whether it is the latest",
            remedy: "Right after a move to this machine or folder, all is well once a run has ended. Otherwise set "
                + "DOCKHAND_STATE_DIR to the directory that the earlier runs used.")
    }

    /// Where the token comes from, and whether it could be read.
    ///
    /// - Parameters:
    ///   - failure: why it can't be read.
    ///   - isOpen: a file that others than its owner may read.
    public static func token(_ source: TokenSource, failure: SalesdockError?, isOpen: Bool) -> Finding {
        let origin =
            switch source {
            case .environment(let name): "the environment variable \(name)"
            case .file(let path): "the file \(path)"
            case .command(let words): "the command '\(words.first ?? "")'"
            }
        if let failure {
            return .failed(
                .token, RunError(failure).exit, failure.message,
                remedy: [
                    failure.remedy,
                    "A new token: open the integration user in Salesdock, generate an API token, press Save, and put it "
                        + "where dockhand reads it.",
                ].compactMap(\.self).joined(separator: " "))
        }
        if isOpen, case .file(let path) = source {
            return .warning(
                .token, "read from \(origin), which others than its owner may read", remedy: "chmod 600 '\(path)'")
        }
        return .ok(.token, "read from \(origin)")
    }

    /// Whether a request may go at all.
    public static func budget(_ reading: BudgetReading) -> Finding {
        let use = "\(reading.active) of \(reading.limit) requests a minute are in use by this machine"
        guard let wait = reading.wait else { return .ok(.budget, use) }
        let seconds = max(1, wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0))
        let message =
            reading.isBlocked
            ? "nothing may be sent for \(seconds) s, since Salesdock asked for a pause or the log of requests was lost"
            : "\(use), so nothing may be sent for \(seconds) s"
        let remedy = "Wait. If it happens often, others use the same token: give each a part with 'share'."
        return wait > patience ? .failed(.budget, .tryLater, message, remedy: remedy) : .ok(.budget, message)
    }

    static func milliseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    }

    private static func size(_ bytes: Int64) -> String {
        let mebibytes = bytes >> 20
        return mebibytes >= 10_240 ? "\(mebibytes >> 10) GiB" : "\(mebibytes) MiB"
    }
}
