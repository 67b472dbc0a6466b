import Formats
import Ledgers
import Records

/// Counts what became of every row, keeps the rejects, and tells the ledger about rows that cost no request.
struct RowAccount: ~Copyable {
    private(set) var balance = Balance()
    /// Problems by code, for the summary.
    private(set) var problems: [String: Int] = [:]
    private(set) var warnings = 0
    /// The latest row that is not well: its number and what is wrong, without its values.
    private(set) var lastProblem: String?
    /// The first trouble with the rejects file or the ledger; counting goes on, so that the balance still holds.
    private(set) var failure: (any Error)?
    private var rejects: RejectWriter?
    private let rejectsPlace: (path: String, definition: SourceDefinition)?
    private var entries: [FateEntry] = []
    private let notes: ((_ entries: [FateEntry]) throws -> Void)?

    /// Most fates that wait before they are noted.
    private static let entriesMax = 512

    /// - Parameters:
    ///   - rejects: where rejected rows go, and what they came from; `nil` to keep none.
    ///   - notes: keeps fates; `nil` in verbs that have no ledger.
    init(rejects: (path: String, definition: SourceDefinition)?, notes: ((_ entries: [FateEntry]) throws -> Void)?) {
        rejectsPlace = rejects
        self.notes = notes
    }

    /// Says how the source turned out to be written, which its rejects repeat; the first word counts.
    mutating func describeSource(header: [String], encoding: TextEncoding?) {
        guard rejects == nil, let place = rejectsPlace else { return }
        rejects = RejectWriter(path: place.path, definition: place.definition, header: header, encoding: encoding)
    }

    mutating func read(_ rows: Int) { balance.read(rows) }

    /// Ends a row.
    ///
    /// - Parameters:
    ///   - key: `nil` when the row has none.
    ///   - note: why, without a value of the record.
    ///   - wasBad: whether the ledger holds a fate that needs attention, which is over now.
    mutating func settle(
        _ fate: Fate, key: String?, origin: RecordOrigin, raw: [UInt8], issues: [Issue], note: String? = nil,
        survivor: String? = nil, wasBad: Bool = false
    ) {
        balance.settle(fate)
        for issue in issues {
            if issue.severity == .warning { warnings += 1 } else { problems[issue.code, default: 0] += 1 }
        }
        let errors = issues.filter { $0.severity == .error }
        if !fate.isGood, let error = errors.first {
            lastProblem = "row \(origin.row): \(error.code)\(error.field.map { " (\($0))" } ?? "")"
        }
        if !fate.isGood, fate != .pending, fate != .parked, !errors.isEmpty {
            attempt { account in try account.rejects?.write(raw: raw[...], origin: origin, issues: errors) }
        }
        guard notes != nil, let key, !key.isEmpty else { return }
        // What is as it was needs no writing down, which keeps a nightly run without changes from touching the disk.
        if fate == .pending || (fate == .unchanged && !wasBad) || survivor == key { return }
        let reason = note ?? errors.first.map { error in error.field.map { "\(error.code) \($0)" } ?? error.code }
        entries.append(FateEntry(key: key, fate: fate, note: reason, survivor: survivor))
        if entries.count >= Self.entriesMax { attempt { account in try account.flush() } }
    }

    /// Ends the first rows of a batch whose states are final, in a verb that stops before the writer.
    mutating func settle(_ batch: RecordBatch, rows: Int) throws {
        balance.read(rows)
        var counts = (live: 0, rejected: 0, filtered: 0, duplicate: 0)
        for row in 0..<rows {
            switch batch.states[row] {
            case .live: counts.live += 1
            case .rejected: counts.rejected += 1
            case .filtered: counts.filtered += 1
            case .duplicate: counts.duplicate += 1
            }
        }
        balance.settle(.valid, counts.live)
        balance.settle(.rejected, counts.rejected)
        balance.settle(.filtered, counts.filtered)
        balance.settle(.duplicate, counts.duplicate)
        var errors: [(row: Int, place: Int)] = []
        // By place, since a copy of an issue counts references that all threads share.
        for place in batch.issues.indices where batch.issues[place].row < rows {
            if batch.issues[place].issue.severity == .warning {
                warnings += 1
            } else {
                problems[batch.issues[place].issue.code, default: 0] += 1
                errors.append((batch.issues[place].row, place))
            }
        }
        errors.sort { $0 < $1 }
        var index = 0
        while index < errors.count {
            let row = errors[index].row
            var issues: [Issue] = []
            while index < errors.count, errors[index].row == row {
                issues.append(batch.issues[errors[index].place].issue)
                index += 1
            }
            try rejects?.write(raw: batch.raw(row: row), origin: batch.origins[row], issues: issues)
        }
    }

    private mutating func attempt(_ body: (inout RowAccount) throws -> Void) {
        do { try body(&self) } catch { failure = failure ?? error }
    }

    /// Rows that the first pass has counted and a stopped second pass did not read were not attempted.
    mutating func settleUnread(total: Int) {
        let rest = max(0, total - balance.read)
        balance.read(rest)
        balance.settle(.pending, rest)
    }

    /// Hands the waiting fates to the ledger.
    mutating func flush() throws {
        try notes?(entries)
        entries = []
    }

    /// Publishes the rejects, if there are any, and returns their path. Without any, none of an earlier run stay.
    mutating func finish() throws -> String? {
        if let failure { throw failure }
        try flush()
        if let file = try rejects?.finish() { return file.path }
        if let place = rejectsPlace { OldRejects.remove(place.path, unlessReadFrom: place.definition.paths) }
        return nil
    }
}
