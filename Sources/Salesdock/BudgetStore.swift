internal import Crypto
internal import ExactJSON
internal import Synchronization

/// Names one budget without telling the token: a hash of host, account and token.
public struct BudgetKey: Sendable, Hashable {
    /// 64 hexadecimal digits.
    public let hex: String

    public init(host: String, domain: String, token: Token) {
        var hash = SHA256()
        for part in [host, domain, token.secret] {
            // Lengths keep ("a", "bc") apart from ("ab", "c").
            hash.update(data: Array("\(part.utf8.count):\(part),".utf8))
        }
        let digits = Array("0123456789abcdef".utf8)
        hex = String(
            decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// Where budgets live. All users of one store share them; what happens in `update` happens to one of them at a time.
public protocol BudgetStore: Sendable {
    /// Hands the log of `key` to `body` and keeps what `body` made of it.
    /// - Parameter fresh: makes the log when there is none (`lost == false`), or when what is there can not be read
    ///   (`lost == true`).
    func update<Result: Sendable>(
        _ key: BudgetKey, fresh: (_ lost: Bool) -> BudgetLog, _ body: (inout BudgetLog) -> Result
    ) throws(SalesdockError) -> Result
}

/// Budgets of this process alone.
public final class MemoryBudgetStore: BudgetStore {
    private let logs = Mutex<[BudgetKey: BudgetLog]>([:])

    public init() {}

    public func update<Result: Sendable>(
        _ key: BudgetKey, fresh: (_ lost: Bool) -> BudgetLog, _ body: (inout BudgetLog) -> Result
    ) throws(SalesdockError) -> Result {
        logs.withLock { logs in
            var log = logs[key] ?? fresh(false)
            defer { logs[key] = log }
            return body(&log)
        }
    }
}

/// Budgets shared by all processes that use one directory, kept over restarts. One file a budget, named by its key.
public final class FileBudgetStore: BudgetStore {
    /// Longest file that is read; a budget of ten thousand requests is far below.
    static let fileBytesMax = 16 << 20

    /// The directory that holds the files.
    public let directory: String
    /// What each file held when it was last read or written here, with its meaning: most of the time nobody else has
    /// written meanwhile, and reading thousands of entries anew for each request would take longer than the request.
    private let known = Mutex<[BudgetKey: (bytes: [UInt8], log: BudgetLog)]>([:])

    /// - Parameter directory: made, readable by its owner only, when it does not exist.
    /// - Throws: `budgetState` when it can not be made.
    public init(directory: String) throws(SalesdockError) {
        self.directory = directory
        do {
            try POSIXFile.makeDirectory(directory)
        } catch {
            throw Self.error(directory, error)
        }
    }

    /// The state directory by convention: `DOCKHAND_STATE_DIR`, else `$XDG_STATE_HOME/dockhand`, else
    /// `~/.local/state/dockhand`.
    /// - Throws: `budgetState` when the environment has none of the three variables.
    public static func defaultDirectory(_ environment: [String: String]) throws(SalesdockError) -> String {
        if let directory = environment["DOCKHAND_STATE_DIR"], !directory.isEmpty { return directory }
        // A relative XDG path is to be ignored, by that convention.
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/dockhand" }
        if let home = environment["HOME"], !home.isEmpty { return home + "/.local/state/dockhand" }
        throw SalesdockError(
            .budgetState, "There is no place for the request budget: HOME is not set.",
            remedy: "Set DOCKHAND_STATE_DIR to a directory that all dockhand processes of this machine share.")
    }

    public func update<Result: Sendable>(
        _ key: BudgetKey, fresh: (_ lost: Bool) -> BudgetLog, _ body: (inout BudgetLog) -> Result
    ) throws(SalesdockError) -> Result {
        let path = "\(directory)/budget-\(key.hex).json"
        do {
            // The lock is a file of its own, since replacing a file replaces what is locked.
            let lock = try FileLock("\(directory)/budget-\(key.hex).lock")
            let bytes = try POSIXFile.read(path, bytesMax: Self.fileBytesMax)
            let old = bytes.flatMap { parsed($0, key) }
            var log = old ?? fresh(bytes != nil)
            let result = body(&log)
            if old == nil || log.revision != old?.revision {
                let written = log.fileBytes
                try POSIXFile.replace(path, with: written)
                known.withLock { $0[key] = (written, log) }
            }
            _ = consume lock
            return result
        } catch {
            throw Self.error(directory, error)
        }
    }

    private func parsed(_ bytes: [UInt8], _ key: BudgetKey) -> BudgetLog? {
        if let last = known.withLock({ $0[key] }), last.bytes == bytes { return last.log }
        return BudgetLog(bytes: bytes)
    }

    private static func error(_ directory: String, _ cause: POSIXError) -> SalesdockError {
        SalesdockError(
            .budgetState, "The request budget can not be kept in \(directory): \(cause).",
            remedy: "Make the directory writable, or set DOCKHAND_STATE_DIR to another one.", cause: cause)
    }
}
