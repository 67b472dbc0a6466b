import ExactJSON
import Ledgers
import Records
import Synchronization

/// A ledger whose process dies at a durable step: from then on nothing of it works, as after a power cut.
final class CrashingLedger: Ledger {
    private let base: any Ledger
    private let left: Mutex<Int?>

    private let diesBefore: Bool
    private let diesAtEnd: Bool

    /// - Parameters:
    ///   - steps: durable steps until it dies; `nil` lives on.
    ///   - diesBefore: whether the last step itself is lost.
    ///   - diesAtEnd: whether the end of a run can't be noted.
    init(
        _ base: any Ledger, dyingAfter steps: Int?, diesBefore: Bool = false, diesAtEnd: Bool = false
    ) {
        self.base = base
        self.diesBefore = diesBefore
        self.diesAtEnd = diesAtEnd
        left = Mutex(steps)
    }

    var isDead: Bool { left.withLock { $0 == 0 } }

    private static let death = LedgerError(.disk, "the process died")

    private func alive() throws(LedgerError) { if isDead { throw Self.death } }

    private func durable<Value>(_ body: () throws(LedgerError) -> Value) throws(LedgerError) -> Value {
        try alive()
        let isLast = left.withLock { left -> Bool in
            guard let steps = left else { return false }
            left = steps - 1
            return steps == 1
        }
        if isLast, diesBefore { throw Self.death }
        let value = try body()
        if isLast { throw Self.death }
        return value
    }

    func identity() throws(LedgerError) -> LedgerIdentity { try base.identity() }
    func target(_ identity: TargetIdentity) throws(LedgerError) -> TargetID { try base.target(identity) }
    func targets(host: String, domain: String) throws(LedgerError) -> [(TargetID, TargetIdentity)] {
        try base.targets(host: host, domain: domain)
    }
    func targets() throws(LedgerError) -> [(TargetID, TargetIdentity)] { try base.targets() }
    func isUnused(_ target: TargetID) throws(LedgerError) -> Bool { try base.isUnused(target) }
    func rename(_ target: TargetID, to identity: TargetIdentity) throws(LedgerError) {
        try base.rename(target, to: identity)
    }
    func countKnown(_ target: TargetID, keys: [String]) throws(LedgerError) -> Int {
        try base.countKnown(target, keys: keys)
    }
    func countRecords(_ target: TargetID) throws(LedgerError) -> Int { try base.countRecords(target) }
    func beginRun(_ target: TargetID, atUnixSeconds now: Int64, plan: String?) throws(LedgerError) -> RunID {
        try base.beginRun(target, atUnixSeconds: now, plan: plan)
    }
    func endRun(_ run: RunID, exitCode: Int, report: JSONValue, atUnixSeconds now: Int64) throws(LedgerError) {
        try alive()
        if diesAtEnd { throw Self.death }
        try base.endRun(run, exitCode: exitCode, report: report, atUnixSeconds: now)
    }
    func runs(limit: Int) throws(LedgerError) -> [RunSummary] { try base.runs(limit: limit) }
    func record(_ target: TargetID, key: String) throws(LedgerError) -> LedgerRecord? {
        try alive()
        return try base.record(target, key: key)
    }
    func records(_ target: TargetID, after key: String?, limit: Int) throws(LedgerError) -> [LedgerRecord] {
        try base.records(target, after: key, limit: limit)
    }
    func records(_ target: TargetID, fates: Set<Fate>, limit: Int) throws(LedgerError) -> [LedgerRecord] {
        try base.records(target, fates: fates, limit: limit)
    }
    func note(_ entries: [FateEntry], target: TargetID, run: RunID) throws(LedgerError) {
        try alive()
        try base.note(entries, target: target, run: run)
    }
    func adopt(_ target: TargetID, key: String, remoteID: Int, applied: [Int: AppliedStep], isOwned: Bool)
        throws(LedgerError)
    {
        try durable { () throws(LedgerError) in
            try base.adopt(target, key: key, remoteID: remoteID, applied: applied, isOwned: isOwned)
        }
    }
    func claim(_ identity: TargetIdentity, remoteID: Int) throws(LedgerError) -> Claim? {
        try base.claim(identity, remoteID: remoteID)
    }
    func beginRebuild() throws(LedgerError) { try base.beginRebuild() }
    func needsRebuild(_ target: TargetID) throws(LedgerError) -> Bool { try base.needsRebuild(target) }
    func endRebuild(_ target: TargetID) throws(LedgerError) { try base.endRebuild(target) }
    func openAttempt(_ target: TargetID, key: String) throws(LedgerError) -> OpenAttempt? {
        try base.openAttempt(target, key: key)
    }
    func openCreate(_ matchClass: String, besides key: String, target: TargetID) throws(LedgerError) -> Claim? {
        try base.openCreate(matchClass, besides: key, target: target)
    }
    func highestID(host: String, domain: String, resource: String) throws(LedgerError) -> Int {
        try base.highestID(host: host, domain: domain, resource: resource)
    }
    func sawID(_ id: Int, host: String, domain: String, resource: String) throws(LedgerError) {
        try base.sawID(id, host: host, domain: domain, resource: resource)
    }
    func intend(_ intent: Intent) throws(LedgerError) -> AttemptID {
        try durable { () throws(LedgerError) in try base.intend(intent) }
    }
    func resent(_ attempt: AttemptID, at sentAt: SentAt) throws(LedgerError) {
        try durable { () throws(LedgerError) in try base.resent(attempt, at: sentAt) }
    }
    func conclude(_ attempt: AttemptID, _ outcome: AttemptOutcome) throws(LedgerError) {
        try durable { () throws(LedgerError) in try base.conclude(attempt, outcome) }
    }
    func openAttempts(host: String, domain: String) throws(LedgerError) -> [OpenAttempt] {
        try base.openAttempts(host: host, domain: domain)
    }
    func lostCreate(_ target: TargetID, key: String) throws(LedgerError) -> LostCreate? {
        try base.lostCreate(target, key: key)
    }
    func owedTwinChecks(_ target: TargetID) throws(LedgerError) -> [OpenAttempt] { try base.owedTwinChecks(target) }
    func twinChecked(_ attempt: AttemptID, note: String?) throws(LedgerError) {
        try durable { () throws(LedgerError) in try base.twinChecked(attempt, note: note) }
    }
    func control(_ target: TargetID, notKey key: String, madeAfter attempt: AttemptID?) throws(LedgerError) -> Control?
    {
        try base.control(target, notKey: key, madeAfter: attempt)
    }
    func history(_ target: TargetID, key: String) throws(LedgerError) -> [HistoryEntry] {
        try base.history(target, key: key)
    }
}
