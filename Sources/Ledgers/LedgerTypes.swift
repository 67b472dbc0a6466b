public import ExactJSON
public import Records

/// What a ledger row belongs to. Ids never cross targets: trying on the emulator says nothing about production.
public struct TargetIdentity: Sendable, Hashable {
    /// Host and port of the service; the emulator's carries its instance id as well.
    public var host: String
    /// The account's domain, the segment after `/api/` in Salesdock's addresses.
    public var domain: String
    /// The pipeline's name, the namespace of its keys.
    public var pipeline: String
    /// `customers`, `suppliers`, `products` or `offers`.
    public var resource: String
    /// The key fields, for noticing a changed definition.
    public var keyDefinition: String

    public init(host: String, domain: String, pipeline: String, resource: String, keyDefinition: String) {
        self.host = host
        self.domain = domain
        self.pipeline = pipeline
        self.resource = resource
        self.keyDefinition = keyDefinition
    }

    /// Which emulator it is; `nil` for Salesdock itself.
    var instance: Substring? { host.firstIndex(of: "#").map { host[host.index(after: $0)...] } }

    /// Whether another address or domain may lead to the same account. Only emulators say who they are.
    public func mayBeSameAccount(as other: TargetIdentity) -> Bool {
        (host != other.host || domain != other.domain) && instance == other.instance
    }
}

/// A target's row in the ledger.
public struct TargetID: Sendable, Hashable, RawRepresentable {
    /// The row's number.
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A run's number, ascending over the ledger's life.
public struct RunID: Sendable, Hashable, RawRepresentable {
    /// From 1; what `runs` shows and takes.
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// One try of one write.
public struct AttemptID: Sendable, Hashable, RawRepresentable {
    /// A later try has a greater one.
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// What was last known to be applied by one step of a record.
public struct AppliedStep: Sendable, Hashable {
    /// SHA-256 of the canonical payload, hexadecimal.
    public var fingerprint: String
    /// The canonical payload, file contents replaced by their digests; `nil` after an adoption, when it is not known.
    public var payload: JSONValue?

    public init(fingerprint: String, payload: JSONValue?) {
        self.fingerprint = fingerprint
        self.payload = payload
    }
}

/// What the ledger knows of one key of one target.
public struct LedgerRecord: Sendable, Hashable {
    /// The row's key in its pipeline; the parts of a composite key are joined by U+001F.
    public var key: String
    /// Never forgotten once known.
    public var remoteID: Int?
    /// Applied payloads by step; step 0 is the record itself.
    public var steps: [Int: AppliedStep]
    /// Payloads of superseded updates by step, oldest first: any of their values may stand in Salesdock.
    public var unconfirmed: [Int: [JSONObject]]
    /// The fate of the latest run that read it.
    public var fate: Fate?
    /// Why, for fates that need a reason; never holds a value of the record.
    public var note: String?
    /// The key that stands for this one, when it was a duplicate.
    public var survivor: String?
    /// Whether dockhand made the remote record or adopted one that was there; only such are ever deactivated.
    public var isOwned: Bool
    /// Whether a lost ledger was rebuilt when the row could not be told from others or was not ready, so that Salesdock
    /// may have it. Only a record that is asked for by its key says so.
    public var isUnrecognised = false

    public init(
        key: String, remoteID: Int? = nil, steps: [Int: AppliedStep] = [:], unconfirmed: [Int: [JSONObject]] = [:],
        fate: Fate? = nil, note: String? = nil, survivor: String? = nil, isOwned: Bool = false
    ) {
        self.key = key
        self.remoteID = remoteID
        self.steps = steps
        self.unconfirmed = unconfirmed
        self.fate = fate
        self.note = note
        self.survivor = survivor
        self.isOwned = isOwned
    }
}

/// Where a try stands.
public enum AttemptState: String, Sendable, Hashable {
    /// Durable before the request is sent; nothing is known yet.
    case intent
    /// Known to be applied: answered, found by a look-up, or decided by a person.
    case applied
    /// Known not to be applied.
    case failed
    /// May or may not have been applied; to be looked up once it has settled.
    case unknown
    /// The look-up could not decide; a person must.
    case inDoubt = "in_doubt"
    /// An update that may or may not have been applied, and that a later one of whole values makes good; until one is
    /// applied, its values may stand.
    case superseded

    /// Whether nobody knows yet what became of it.
    public var isOpen: Bool { self == .intent || self == .unknown || self == .inDoubt }
}

/// Everything that must be durable before a request goes out.
public struct Intent: Sendable, Hashable {
    /// What the record belongs to.
    public var target: TargetID
    /// As in `LedgerRecord`.
    public var key: String
    /// 0 is the record itself, 1 an energy product's tariffs.
    public var step: Int
    /// The call's name, such as `relations.create`.
    public var call: String
    /// Whether it makes a new remote record.
    public var isCreate: Bool
    /// SHA-256 of the canonical payload, hexadecimal.
    public var fingerprint: String
    /// The canonical payload, file contents replaced by their digests.
    public var payload: JSONValue
    /// What it must not be confused with: at most one open create in a class.
    public var matchClass: String?
    /// Highest id of that resource seen before the request: a record it made has a greater one.
    public var highestIDSeen: Int
    /// The try that this one repeats after a look-up found nothing.
    public var resends: AttemptID?
    /// The run that sends it.
    public var run: RunID
    /// When it is about to go; how long it takes to settle counts from there.
    public var sentAt: SentAt

    public init(
        target: TargetID, key: String, step: Int, call: String, isCreate: Bool, fingerprint: String, payload: JSONValue,
        matchClass: String?, highestIDSeen: Int, resends: AttemptID? = nil, run: RunID, sentAt: SentAt
    ) {
        self.target = target
        self.key = key
        self.step = step
        self.call = call
        self.isCreate = isCreate
        self.fingerprint = fingerprint
        self.payload = payload
        self.matchClass = matchClass
        self.highestIDSeen = highestIDSeen
        self.resends = resends
        self.run = run
        self.sentAt = sentAt
    }
}

/// When a request was about to go, on both clocks.
public struct SentAt: Sendable, Hashable {
    /// Names the boot that `bootNanoseconds` counts from; times of different boots are not comparable.
    public var bootID: String
    /// Nanoseconds of CLOCK_BOOTTIME.
    public var bootNanoseconds: Int64
    /// Seconds since 1970.
    public var unixSeconds: Int64

    public init(bootID: String, bootNanoseconds: Int64, unixSeconds: Int64) {
        self.bootID = bootID
        self.bootNanoseconds = bootNanoseconds
        self.unixSeconds = unixSeconds
    }
}

/// A try whose outcome nobody knows.
public struct OpenAttempt: Sendable, Hashable {
    /// The try's number.
    public var id: AttemptID
    /// Name of the record's pipeline.
    public var pipeline: String
    /// As in `TargetIdentity`.
    public var resource: String
    /// Open, or `applied` where its twin is still to be looked for.
    public var state: AttemptState
    /// What was found out so far, if anything; never holds a value of the record.
    public var note: String?
    /// What was about to be sent.
    public var intent: Intent
}

/// What became of a try.
public enum AttemptOutcome: Sendable, Hashable {
    /// It was applied; a create names the id. `isAdopted`: found by a look-up rather than answered.
    case applied(remoteID: Int?, isAdopted: Bool)
    /// It is known not to be applied.
    case failed(note: String)
    /// A create whose outcome was unknown was looked up and is not there; the next create of the record repeats it.
    case absent(note: String)
    /// It may or may not have been applied, and will be looked up.
    case unknown(note: String)
    /// No look-up can decide it; a person must.
    case inDoubt(note: String)
    /// An update of whole values whose outcome stays unknown, and in whose place another is sent.
    case superseded(note: String)
}

/// One line of a record's story.
public struct HistoryEntry: Sendable, Hashable {
    /// The try's number.
    public var attempt: AttemptID
    /// The run that sent it.
    public var run: RunID
    /// The call's name, such as `relations.create`.
    public var call: String
    /// Where it stands now.
    public var state: AttemptState
    /// When it was last about to go; seconds since 1970.
    public var sentUnixSeconds: Int64
    /// The id that its outcome named; `nil` without one.
    public var remoteID: Int?
    /// What is known beside the state; never holds a value of the record.
    public var note: String?
    /// The try that this one repeats after a look-up found nothing.
    public var resends: AttemptID?
}

/// What a run did, for `status`.
public struct RunSummary: Sendable, Hashable {
    /// What `runs` shows and takes.
    public var id: RunID
    /// What it wrote to.
    public var identity: TargetIdentity
    /// Seconds since 1970.
    public var startedUnixSeconds: Int64
    /// `nil` while it runs, or after it was killed.
    public var endedUnixSeconds: Int64?
    /// What the pipeline's run ended with; `nil` as `endedUnixSeconds` is.
    public var exitCode: Int?
    /// The run's JSON object, as printed with `--format json`.
    public var report: JSONValue?
    /// Digest of the plan that it followed.
    public var plan: String?
}

/// Who holds a remote id.
public struct Claim: Sendable, Hashable {
    /// Name of the holder's pipeline.
    public var pipeline: String
    /// The key in that pipeline.
    public var key: String
}

/// The fate of one row, for the ledger's memory of it.
public struct FateEntry: Sendable, Hashable {
    /// As in `LedgerRecord`.
    public var key: String
    /// What became of the row in this run.
    public var fate: Fate
    /// Why, as in `LedgerRecord`.
    public var note: String?
    /// The key that stands for this one, when it is a duplicate.
    public var survivor: String?

    public init(key: String, fate: Fate, note: String? = nil, survivor: String? = nil) {
        self.key = key
        self.fate = fate
        self.note = note
        self.survivor = survivor
    }
}

/// A record that is known to be there.
public struct Control: Sendable, Hashable {
    /// Its id in Salesdock, as the outcome of its create named it.
    public var remoteID: Int
    /// What was sent.
    public var payload: JSONValue
    /// When its create was about to go; seconds since 1970.
    public var sentUnixSeconds: Int64
}

/// A create that was looked up, not found, and not made good yet.
public struct LostCreate: Sendable, Hashable {
    /// The latest of its creates, which the next one resends.
    public var attempt: AttemptID
    /// What its first try had seen: should one have been carried out after all, its id is greater than this.
    public var highestIDSeen: Int
}
