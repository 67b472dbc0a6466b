public import ExactJSON
public import Records

/// The durable store: which key has which Salesdock id, what was applied, and every try.
///
/// It is the truth; there is no other checkpoint. Every method is synchronous and every write is durable when it returns.
/// All throw `LedgerError`.
public protocol Ledger: Sendable {
    /// The ledger's own id and how much it has seen, for its mirror.
    func identity() throws(LedgerError) -> LedgerIdentity

    /// The target's row, made when it is new.
    func target(_ identity: TargetIdentity) throws(LedgerError) -> TargetID
    /// Every target of a service account.
    func targets(host: String, domain: String) throws(LedgerError) -> [(TargetID, TargetIdentity)]
    /// Every target of the ledger.
    func targets() throws(LedgerError) -> [(TargetID, TargetIdentity)]
    /// Whether a target has neither records nor runs.
    func isUnused(_ target: TargetID) throws(LedgerError) -> Bool
    /// Moves a target's records to a new pipeline name or key definition; throws `conflict` when that name is in use.
    func rename(_ target: TargetID, to identity: TargetIdentity) throws(LedgerError)
    /// How many of the keys a target has records for.
    func countKnown(_ target: TargetID, keys: [String]) throws(LedgerError) -> Int
    /// How many records of a target have a remote id.
    func countRecords(_ target: TargetID) throws(LedgerError) -> Int

    /// Remembers that this ledger replaces a lost one: every target must be rebuilt, whole, before it is used.
    func beginRebuild() throws(LedgerError)
    /// Whether a target is still to be rebuilt.
    func needsRebuild(_ target: TargetID) throws(LedgerError) -> Bool
    /// A target has been rebuilt, whole.
    func endRebuild(_ target: TargetID) throws(LedgerError)

    /// Begins a run; `plan` is the digest of the plan that it follows.
    func beginRun(_ target: TargetID, atUnixSeconds now: Int64, plan: String?) throws(LedgerError) -> RunID
    /// Ends a run; `report` is its JSON object, as printed with `--format json`.
    func endRun(_ run: RunID, exitCode: Int, report: JSONValue, atUnixSeconds now: Int64) throws(LedgerError)
    /// The latest runs, newest first.
    func runs(limit: Int) throws(LedgerError) -> [RunSummary]

    /// What the ledger knows of a key; `nil` when it has not met it.
    func record(_ target: TargetID, key: String) throws(LedgerError) -> LedgerRecord?
    /// The records of a target in key order, after a key, at most `limit`.
    func records(_ target: TargetID, after key: String?, limit: Int) throws(LedgerError) -> [LedgerRecord]
    /// The records of a target whose latest fate is one of these.
    func records(_ target: TargetID, fates: Set<Fate>, limit: Int) throws(LedgerError) -> [LedgerRecord]
    /// Keeps what a run found of rows that cost no request.
    func note(_ entries: [FateEntry], target: TargetID, run: RunID) throws(LedgerError)
    /// Claims an existing remote record for a key; what is applied, by step, stays unknown unless given.
    func adopt(_ target: TargetID, key: String, remoteID: Int, applied: [Int: AppliedStep], isOwned: Bool)
        throws(LedgerError)

    /// Who holds a remote id in any pipeline of the same account and resource; a key of this pipeline, if there is one.
    func claim(_ identity: TargetIdentity, remoteID: Int) throws(LedgerError) -> Claim?
    /// The highest id seen of a resource in an account; 0 before the first.
    func highestID(host: String, domain: String, resource: String) throws(LedgerError) -> Int
    /// Raises the highest id seen.
    func sawID(_ id: Int, host: String, domain: String, resource: String) throws(LedgerError)

    /// Makes an intent durable. Throws `conflict` when its match class has an open create, or the record has an open try.
    func intend(_ intent: Intent) throws(LedgerError) -> AttemptID
    /// Makes a new sending time of the same intent durable, after its grant was given back.
    func resent(_ attempt: AttemptID, at sentAt: SentAt) throws(LedgerError)
    /// Makes the outcome durable, and with it the record's id and applied payload.
    func conclude(_ attempt: AttemptID, _ outcome: AttemptOutcome) throws(LedgerError)
    /// The try of a record without a known outcome.
    func openAttempt(_ target: TargetID, key: String) throws(LedgerError) -> OpenAttempt?
    /// Who has a create without a known outcome in a match class, other than a key of a target.
    func openCreate(_ matchClass: String, besides key: String, target: TargetID) throws(LedgerError) -> Claim?
    /// Every try without a known outcome in an account, oldest first.
    func openAttempts(host: String, domain: String) throws(LedgerError) -> [OpenAttempt]
    /// The creates of a record that were looked up and not found: the latest of them, and what the first had seen.
    func lostCreate(_ target: TargetID, key: String) throws(LedgerError) -> LostCreate?
    /// The applied creates of a target that repeated an earlier one, of any run, whose twin is still to be looked for.
    func owedTwinChecks(_ target: TargetID) throws(LedgerError) -> [OpenAttempt]
    /// A create's twin has been looked for; `note` says what was found, if anything.
    func twinChecked(_ attempt: AttemptID, note: String?) throws(LedgerError)
    /// An applied create of another key, the control that shows that a look-up finds what is there: the first that was
    /// made after an attempt or, without one, the latest.
    func control(_ target: TargetID, notKey key: String, madeAfter attempt: AttemptID?) throws(LedgerError) -> Control?
    /// Every try of a record, oldest first.
    func history(_ target: TargetID, key: String) throws(LedgerError) -> [HistoryEntry]
}

extension Ledger {
    /// Begins a run that follows no plan.
    public func beginRun(_ target: TargetID, atUnixSeconds now: Int64) throws(LedgerError) -> RunID {
        try beginRun(target, atUnixSeconds: now, plan: nil)
    }
}

/// What tells one ledger, and one age of it, from another.
public struct LedgerIdentity: Sendable, Hashable {
    /// Random, made with the ledger.
    public var id: String
    /// How many runs have begun.
    public var runs: Int64
    /// How many writes have been tried, which tells two ages within one run apart.
    public var attempts: Int64

    /// An identity as it stands in a ledger or its mirror; the numbers only grow.
    public init(id: String, runs: Int64, attempts: Int64 = 0) {
        self.id = id
        self.runs = runs
        self.attempts = attempts
    }

    /// Whether this ledger lacks something that another of the same id has seen.
    func isOlder(than other: LedgerIdentity) -> Bool { runs < other.runs || attempts < other.attempts }
}
