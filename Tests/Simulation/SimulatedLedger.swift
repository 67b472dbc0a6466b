import ExactJSON
import Ledgers
import Records

/// The real ledger as one process sees it: durable steps can fail, stall or be its last, and planted bugs sit here.
final class SimulatedLedger: Ledger {
    private let base: SQLiteLedger
    private let process: SimulatedProcess
    private var world: World { process.world }
    private var bug: PlantedBug? { world.bug }

    init(_ base: SQLiteLedger, _ process: SimulatedProcess) {
        self.base = base
        self.process = process
    }

    private static let death = LedgerError(.disk, "the process is gone")
    private static let full = LedgerError(.disk, "can't write the ledger: database or disk is full")
    private static let unsynced = LedgerError(.disk, "can't write the ledger: disk I/O error")

    private func reading() throws(LedgerError) { if !process.isAlive { throw Self.death } }

    private func durable<Value>(_ what: @autoclosure () -> String, _ body: () throws(LedgerError) -> Value)
        throws(LedgerError) -> Value
    {
        try reading()
        switch world.nextDurableStep() {
        case .works: break
        case .crashBefore:
            process.crash("before \(what())")
            throw Self.death
        case .crashAfter:
            _ = try body()
            process.crash("after \(what())")
            throw Self.death
        case .full:
            world.note("disk full at \(what())")
            throw Self.full
        case .syncFails(let isKept):
            world.note("sync fails at \(what()), kept \(isKept)")
            if isKept { _ = try body() }
            throw Self.unsynced
        case .stalls(let nanoseconds): world.clock.stall(nanoseconds)
        }
        world.note(what())
        return try body()
    }

    func identity() throws(LedgerError) -> LedgerIdentity {
        try reading()
        if bug == .lossOfLedgerIgnored, let known = world.knownLedger { return known }
        return try base.identity()
    }

    func target(_ identity: TargetIdentity) throws(LedgerError) -> TargetID {
        var identity = identity
        if bug == .instanceIgnored { identity.host = String(identity.host.prefix { $0 != "#" }) }
        return try durable("ledger.target \(identity.pipeline)") { () throws(LedgerError) in
            try base.target(identity)
        }
    }

    func targets(host: String, domain: String) throws(LedgerError) -> [(TargetID, TargetIdentity)] {
        try reading()
        return try base.targets(host: host, domain: domain)
    }

    func targets() throws(LedgerError) -> [(TargetID, TargetIdentity)] {
        try reading()
        return try base.targets()
    }

    func isUnused(_ target: TargetID) throws(LedgerError) -> Bool {
        try reading()
        return try base.isUnused(target)
    }

    func rename(_ target: TargetID, to identity: TargetIdentity) throws(LedgerError) {
        try durable("ledger.rename") { () throws(LedgerError) in try base.rename(target, to: identity) }
    }

    func countKnown(_ target: TargetID, keys: [String]) throws(LedgerError) -> Int {
        try reading()
        return try base.countKnown(target, keys: keys)
    }

    func countRecords(_ target: TargetID) throws(LedgerError) -> Int {
        try reading()
        return try base.countRecords(target)
    }

    func beginRebuild() throws(LedgerError) {
        try durable("ledger.beginRebuild") { () throws(LedgerError) in try base.beginRebuild() }
    }

    func needsRebuild(_ target: TargetID) throws(LedgerError) -> Bool {
        try reading()
        return try base.needsRebuild(target)
    }

    func endRebuild(_ target: TargetID) throws(LedgerError) {
        try durable("ledger.endRebuild") { () throws(LedgerError) in try base.endRebuild(target) }
    }

    func beginRun(_ target: TargetID, atUnixSeconds now: Int64, plan: String?) throws(LedgerError) -> RunID {
        try durable("ledger.beginRun \(target.rawValue)") { () throws(LedgerError) in
            try base.beginRun(target, atUnixSeconds: now, plan: plan)
        }
    }

    func endRun(_ run: RunID, exitCode: Int, report: JSONValue, atUnixSeconds now: Int64) throws(LedgerError) {
        try durable("ledger.endRun \(run.rawValue) exit \(exitCode)") { () throws(LedgerError) in
            try base.endRun(run, exitCode: exitCode, report: report, atUnixSeconds: now)
        }
    }

    func runs(limit: Int) throws(LedgerError) -> [RunSummary] {
        try reading()
        return try base.runs(limit: limit)
    }

    func record(_ target: TargetID, key: String) throws(LedgerError) -> LedgerRecord? {
        try reading()
        var record = try base.record(target, key: key)
        if bug == .idForgotten, record?.fate == .failed { record?.remoteID = nil }
        return record
    }

    func records(_ target: TargetID, after key: String?, limit: Int) throws(LedgerError) -> [LedgerRecord] {
        try reading()
        return try base.records(target, after: key, limit: limit)
    }

    func records(_ target: TargetID, fates: Set<Fate>, limit: Int) throws(LedgerError) -> [LedgerRecord] {
        try reading()
        return try base.records(target, fates: fates, limit: limit)
    }

    func note(_ entries: [FateEntry], target: TargetID, run: RunID) throws(LedgerError) {
        let names = entries.map { "\($0.key)=\($0.fate.rawValue)" }.joined(separator: ",")
        try durable("ledger.note \(target.rawValue) \(names)") { () throws(LedgerError) in
            try base.note(entries, target: target, run: run)
        }
    }

    func adopt(_ target: TargetID, key: String, remoteID: Int, applied: [Int: AppliedStep], isOwned: Bool)
        throws(LedgerError)
    {
        try durable("ledger.adopt \(target.rawValue) \(key) \(remoteID)") { () throws(LedgerError) in
            try base.adopt(target, key: key, remoteID: remoteID, applied: applied, isOwned: isOwned)
        }
    }

    func claim(_ identity: TargetIdentity, remoteID: Int) throws(LedgerError) -> Claim? {
        try reading()
        if bug == .claimsNotChecked { return nil }
        return try base.claim(identity, remoteID: remoteID)
    }

    func highestID(host: String, domain: String, resource: String) throws(LedgerError) -> Int {
        try reading()
        if bug == .highestIDNotKept { return 0 }
        return try base.highestID(host: host, domain: domain, resource: resource)
    }

    func sawID(_ id: Int, host: String, domain: String, resource: String) throws(LedgerError) {
        try durable("ledger.sawID \(resource) \(id)") { () throws(LedgerError) in
            try base.sawID(id, host: host, domain: domain, resource: resource)
        }
    }

    func intend(_ intent: Intent) throws(LedgerError) -> AttemptID {
        var intent = intent
        if bug == .resendsForgotten { intent.resends = nil }
        let what = "ledger.intend \(intent.target.rawValue) \(intent.key) step \(intent.step)"
        let attempt = try durable(what) { () throws(LedgerError) in try base.intend(intent) }
        if bug == .outcomeBeforeAnswer {
            try base.conclude(attempt, .applied(remoteID: nil, isAdopted: false))
        }
        if bug == .intentNotDurable { world.volatileIntents.append(attempt) }
        return attempt
    }

    func resent(_ attempt: AttemptID, at sentAt: SentAt) throws(LedgerError) {
        try durable("ledger.resent \(attempt.rawValue)") { () throws(LedgerError) in
            try base.resent(attempt, at: sentAt)
        }
    }

    func conclude(_ attempt: AttemptID, _ outcome: AttemptOutcome) throws(LedgerError) {
        world.volatileIntents.removeAll { $0 == attempt }
        try durable("ledger.conclude \(attempt.rawValue) \(outcome.word)") { () throws(LedgerError) in
            if bug == .outcomeBeforeAnswer { return }
            try base.conclude(attempt, outcome)
        }
        if case .inDoubt(let note) = outcome { try doubted(attempt, note) }
    }

    /// Nothing can be in doubt because of a record that the ledger knows to be another key's.
    private func doubted(_ attempt: AttemptID, _ note: String) throws(LedgerError) {
        world.doubts += 1
        for (_, identity) in try base.targets() where note.hasPrefix(identity.resource + " ") {
            for word in note.split(separator: " ") {
                guard let id = Int(word), let claim = try base.claim(identity, remoteID: id) else { continue }
                world.monitor.violate(
                    "attempt \(attempt.rawValue) is in doubt because of \(claim.pipeline) \(claim.key)")
                return
            }
        }
    }

    func openAttempt(_ target: TargetID, key: String) throws(LedgerError) -> OpenAttempt? {
        try reading()
        return try base.openAttempt(target, key: key)
    }

    func openCreate(_ matchClass: String, besides key: String, target: TargetID) throws(LedgerError) -> Claim? {
        try reading()
        return try base.openCreate(matchClass, besides: key, target: target)
    }

    func openAttempts(host: String, domain: String) throws(LedgerError) -> [OpenAttempt] {
        try reading()
        if bug == .openAttemptsIgnored { return [] }
        return try base.openAttempts(host: host, domain: domain)
    }

    func lostCreate(_ target: TargetID, key: String) throws(LedgerError) -> LostCreate? {
        try reading()
        return try base.lostCreate(target, key: key)
    }

    func owedTwinChecks(_ target: TargetID) throws(LedgerError) -> [OpenAttempt] {
        try reading()
        return try base.owedTwinChecks(target)
    }

    func twinChecked(_ attempt: AttemptID, note: String?) throws(LedgerError) {
        try durable("ledger.twinChecked \(attempt.rawValue) \(note ?? "-")") { () throws(LedgerError) in
            try base.twinChecked(attempt, note: note)
        }
    }

    func control(_ target: TargetID, notKey key: String, madeAfter attempt: AttemptID?) throws(LedgerError) -> Control?
    {
        try reading()
        return try base.control(target, notKey: key, madeAfter: bug == .anyControlServes ? nil : attempt)
    }

    func history(_ target: TargetID, key: String) throws(LedgerError) -> [HistoryEntry] {
        try reading()
        return try base.history(target, key: key)
    }
}

extension AttemptOutcome {
    /// For the trace.
    var word: String {
        switch self {
        case .applied(let id, let isAdopted): "applied \(id.map(String.init) ?? "-")\(isAdopted ? " adopted" : "")"
        case .failed(let note): "failed \(note)"
        case .absent: "absent"
        case .unknown(let note): "unknown \(note)"
        case .inDoubt(let note): "in doubt \(note)"
        case .superseded(let note): "superseded \(note)"
        }
    }
}
