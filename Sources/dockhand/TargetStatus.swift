import ExactJSON
import Ledgers
import Records
import Reports

/// What the ledger knows of one pipeline in one account.
struct TargetStatus {
    let identity: TargetIdentity
    let lastRun: RunSummary?
    /// Records that have a Salesdock id.
    let recordsWithID: Int
    /// Records by fates that need somebody or wait, at most `recordsMax` of each.
    let waiting: [Fate: [LedgerRecord]]
    /// Fates of which there are more than `recordsMax`.
    let truncated: [Fate]
    /// Tries that a look-up could not decide.
    let inDoubt: [OpenAttempt]
    /// Tries that the next run will look up.
    let unresolved: Int

    /// Most records of a fate that are read.
    static let recordsMax = 10_000
    /// Most records of a fate that the text lists.
    static let listedMax = 20

    init(_ ledger: SQLiteLedger, _ target: TargetID, _ identity: TargetIdentity) throws {
        self.identity = identity
        // A decision of a person is kept as a run too, and is not one.
        lastRun = try ledger.lastRun(target, notOfMode: ResolveCommand.mode)
        recordsWithID = try ledger.countRecords(target)
        var waiting: [Fate: [LedgerRecord]] = [:]
        var truncated: [Fate] = []
        for fate in [Fate.parked, .rejected, .failed] {
            // One more than is listed tells that there are more.
            let records = try ledger.records(target, fates: [fate], limit: Self.recordsMax + 1)
            if records.count > Self.recordsMax { truncated.append(fate) }
            waiting[fate] = Array(records.prefix(Self.recordsMax))
        }
        self.waiting = waiting
        self.truncated = truncated
        let open = try ledger.openAttempts(host: identity.host, domain: identity.domain)
            .filter { $0.intent.target == target }
        inDoubt = open.filter { $0.state == .inDoubt }
        unresolved = open.count - inDoubt.count
    }

    // MARK: Text

    func text(_ paint: Paint) -> String {
        var lines = [paint(identity.title, .bold), "  last run    \(lastRunText)"]
        lines.append("  records     \(recordsWithID) with a Salesdock id")
        if unresolved > 0 {
            lines.append(
                "  unresolved  \(Quantity.count(unresolved, "request")) of unknown outcome; the next run looks them up"
            )
        }
        lines += list("in doubt", inDoubt.map { ($0.intent.key, $0.note) }, paint, .red)
        for (fate, colour) in [(Fate.parked, Paint.Colour.yellow), (.rejected, .red), (.failed, .red)] {
            let entries = waiting[fate, default: []].map { ($0.key, $0.note) }
            lines += list(fate.rawValue, entries, paint, colour, isTruncated: truncated.contains(fate))
        }
        if !inDoubt.isEmpty {
            lines.append("  Look these up in Salesdock, then: dockhand resolve KEY --as ID, or --as absent")
        }
        return lines.joined(separator: "\n")
    }

    private var lastRunText: String {
        guard let lastRun else { return "none" }
        let began = Quantity.moment(unixSeconds: lastRun.startedUnixSeconds)
        guard lastRun.endedUnixSeconds != nil, let exit = lastRun.exitCode else {
            return "\(began), not ended: it is under way, or was killed"
        }
        let fates = Fate.allCases.compactMap { fate in
            lastRun.report?["fates"]?[fate.rawValue]?.int.flatMap { $0 > 0 ? "\(fate.rawValue) \($0)" : nil }
        }
        let read = lastRun.report?["read"]?.int ?? 0
        return "\(began), exit \(exit): \(fates.isEmpty ? "0" : fates.joined(separator: " + ")) = read \(read)"
    }

    private func list(
        _ title: String, _ entries: [(key: String, note: String?)], _ paint: Paint, _ colour: Paint.Colour,
        isTruncated: Bool = false
    ) -> [String] {
        if entries.isEmpty { return [] }
        let count = isTruncated ? "more than \(entries.count)" : "\(entries.count)"
        let padding = String(repeating: " ", count: max(0, 12 - title.count))
        var lines = ["  \(title)\(padding)" + paint(count, colour)]
        lines += entries.prefix(Self.listedMax).map { "    \(shown($0.key))  \(shown($0.note ?? ""))" }
        if entries.count > Self.listedMax {
            lines.append(
                "    and \(entries.count - Self.listedMax) more; --format json lists \(Self.recordsMax) at most")
        }
        return lines
    }

    // MARK: JSON

    var json: JSONValue {
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        func moment(_ seconds: Int64?) -> JSONValue {
            seconds.map { .string(Quantity.moment(unixSeconds: $0)) } ?? .null
        }
        func entries(_ entries: [(String, String?)]) -> JSONValue {
            .array(entries.map { ["key": .string($0.0), "note": $0.1.map(JSONValue.string) ?? .null] })
        }
        let last: JSONValue =
            lastRun.map { run in
                [
                    "id": number(Int(run.id.rawValue)), "started": moment(run.startedUnixSeconds),
                    "ended": moment(run.endedUnixSeconds), "exit": run.exitCode.map(number) ?? .null,
                    "report": run.report ?? .null,
                ]
            } ?? .null
        return [
            "pipeline": .string(identity.pipeline), "host": .string(identity.host), "domain": .string(identity.domain),
            "resource": .string(identity.resource), "last_run": last, "records": number(recordsWithID),
            "unresolved": number(unresolved), "in_doubt": entries(inDoubt.map { ($0.intent.key, $0.note) }),
            "parked": entries(waiting[.parked, default: []].map { ($0.key, $0.note) }),
            "rejected": entries(waiting[.rejected, default: []].map { ($0.key, $0.note) }),
            "failed": entries(waiting[.failed, default: []].map { ($0.key, $0.note) }),
            "listed_max": number(Self.recordsMax), "truncated": .array(truncated.map { .string($0.rawValue) }),
        ]
    }
}
