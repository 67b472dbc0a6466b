internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Budgets shared by all processes that use one directory, kept over restarts. One file a budget, named by its key; one
/// lock an account.
///
/// A process remembers what it has read of a file and reads only what others have added since, so that a request costs
/// the same however many others are remembered. Nothing is synced to the disk: a killed process loses nothing by that,
/// and after a power cut the machine is another boot.
public final class FileBudgetStore: BudgetStore {
    /// A budget's file as far as this process has read it; no file yet for a new budget. A class, so that its log is
    /// changed where it is.
    ///
    /// Safe because it never leaves the mutex that guards `Books`, and only its holder touches it.
    private final class Book: @unchecked Sendable {
        var file: SharedFile?
        var header = BudgetRecords.Header()
        var log: BudgetLog

        init(_ file: SharedFile?, _ log: BudgetLog) {
            self.file = file
            self.log = log
        }
    }

    private struct Books {
        var locks: [String: SharedFile] = [:]
        var books: [BudgetKey: Book] = [:]
    }

    private enum Reading {
        case none, damaged
        case book(Book)
    }

    /// Fewest records before a file is written anew without what is over.
    private static let compactAt = 1024

    /// The directory that holds the files.
    public let directory: String
    private let lockPatience: Duration
    private let books = Mutex(Books())

    /// - Parameters:
    ///   - directory: made, readable by its owner only, when it does not exist.
    ///   - lockPatience: how long another process may keep the lock, which takes it a fraction of a millisecond.
    /// - Throws: `budgetState` when it can not be made.
    public init(directory: String, lockPatience: Duration = .seconds(3)) throws(SalesdockError) {
        self.directory = directory
        self.lockPatience = lockPatience
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
        _ key: BudgetKey, fresh: (BudgetStart) -> BudgetLog, _ body: (inout BudgetLog) -> Result
    ) throws(SalesdockError) -> Result {
        do {
            return try books.withLock { books throws(POSIXError) in
                let lock = try locked(key.account, &books)
                defer { lock.unlock() }
                return try update(key, &books, fresh: fresh, body)
            }
        } catch {
            throw Self.error(directory, error)
        }
    }

    private func update<Result>(
        _ key: BudgetKey, _ books: inout Books, fresh: (BudgetStart) -> BudgetLog, _ body: (inout BudgetLog) -> Result
    ) throws(POSIXError) -> Result {
        // Until all is done there is nothing to go by: an error on the way leaves the file as the truth.
        let known = books.books.removeValue(forKey: key)
        let book: Book
        switch try read(path(key), known) {
        case .book(let current): book = current
        case .damaged: book = Book(nil, fresh(.damaged))
        case .none:
            if let known {
                // Somebody has deleted the file, but what this process knows still counts at the server.
                book = Book(nil, known.log)
            } else {
                book = Book(nil, fresh(.unknown(others: try others(key))))
            }
        }
        book.log.changes = []
        let result = body(&book.log)
        let changes = book.log.changes ?? []
        book.log.changes = nil
        try keep(book, path(key), changes)
        books.books[key] = book
        return result
    }

    /// Adds the changes to the file, or writes it anew when it is not there or holds too much that is over.
    private func keep(_ book: Book, _ path: String, _ changes: [BudgetChange]) throws(POSIXError) {
        let recordsMax = max(Self.compactAt, 4 * book.log.entries.count)
        guard let file = book.file, book.header.count + changes.count <= recordsMax else {
            let words = BudgetRecords.words(of: book.log.snapshot)
            book.header = BudgetRecords.Header()
            book.header.extend(over: words)
            try POSIXFile.replace(path, with: BudgetRecords.bytes(book.header.words + words))
            book.file = try SharedFile(path, creating: false)
            return
        }
        if changes.isEmpty { return }
        let words = BudgetRecords.words(of: changes)
        try file.write(BudgetRecords.bytes(words), at: (1 + book.header.count) * BudgetRecords.recordBytes)
        // Only now do the records count: whoever is killed before this has not been granted anything.
        book.header.extend(over: words)
        try file.write(BudgetRecords.bytes(book.header.words), at: 0)
    }

    /// Reads the file, or on from what is known of it.
    private func read(_ path: String, _ known: Book?) throws(POSIXError) -> Reading {
        if let known, let file = known.file, try file.isAt(path) { return try readOn(known, file) }
        guard let file = try SharedFile(path, creating: false) else { return .none }
        return try readOn(Book(file, BudgetLog(bootID: "")), file)
    }

    private func readOn(_ book: Book, _ file: SharedFile) throws(POSIXError) -> Reading {
        let (size, known) = (BudgetRecords.recordBytes, book.header.count)
        guard let header = BudgetRecords.Header(try file.read(size, at: 0)), header.count > 0, header.count >= known
        else { return .damaged }
        let words = BudgetRecords.words(try file.read((header.count - known) * size, at: (1 + known) * size))
        book.header.extend(over: words)
        guard book.header == header, let changes = BudgetRecords.changes(words) else { return .damaged }
        if known == 0 {
            guard let log = BudgetLog(changes) else { return .damaged }
            book.log = log
        } else {
            for change in changes { book.log.apply(change) }
        }
        return .book(book)
    }

    /// The logs of the account's other tokens.
    private func others(_ key: BudgetKey) throws(POSIXError) -> [BudgetLog?] {
        var logs: [BudgetLog?] = []
        // Of the same length, which leaves out what a killed process was about to put in a file's place.
        let length = (prefix(key) + key.hex).utf8.count
        for name in try POSIXFile.names(directory).sorted()
        where name.hasPrefix(prefix(key)) && name.utf8.count == length {
            switch try read("\(directory)/\(name)", nil) {
            case .none: break
            case .damaged: logs.append(nil)
            case .book(let book): logs.append(book.log)
            }
        }
        return logs
    }

    /// The account's lock, held. It is a file of its own, since writing a budget anew replaces its file.
    private func locked(_ account: String, _ books: inout Books) throws(POSIXError) -> SharedFile {
        let path = "\(directory)/budget-\(account).lock"
        while true {
            if let lock = books.locks[account] {
                try lock.lock(waitingAtMost: lockPatience)
                // Whoever deletes the state directory must not leave two processes with a lock each.
                if try lock.isAt(path) { return lock }
                lock.unlock()
            }
            books.locks[account] = try SharedFile(path, creating: true)
        }
    }

    private func prefix(_ key: BudgetKey) -> String { "budget-\(key.account)-" }
    private func path(_ key: BudgetKey) -> String { "\(directory)/\(prefix(key))\(key.hex)" }

    private static func error(_ directory: String, _ cause: POSIXError) -> SalesdockError {
        if cause.code == EWOULDBLOCK {
            return SalesdockError(
                .budgetLocked, "Another process has held the request budget in \(directory) for seconds.",
                remedy: "Look for a dockhand that was suspended, and let it go on or end it; then run again.",
                cause: cause)
        }
        if cause.code == ECANCELED {
            return SalesdockError(.cancelled, "A wait for the request budget was cancelled.", cause: cause)
        }
        return SalesdockError(
            .budgetState, "The request budget can not be kept in \(directory): \(cause).",
            remedy: "Make the directory writable, or set DOCKHAND_STATE_DIR to another one.", cause: cause)
    }
}
