import Ledgers

/// What one sent request came to, as far as the protocol cares.
enum Answer: Sendable, Equatable {
    case applied(id: Int?)
    case rejected(note: String)
    /// A create was refused because its identifier exists.
    case duplicateIdentifier(note: String)
    /// Known not to be applied, and worth sending again as it is (throttled, token replaced).
    case again
    /// No connection: known not to be applied.
    case notSent(note: String)
    case unknown(note: String)
    /// Known not to be applied, and neither would any other request be.
    case stop(note: String)
}

/// What a look-up for an attempt of unknown outcome found.
enum LookUp: Sendable, Equatable {
    /// Exactly one unclaimed record that agrees with everything both sides carry.
    case one(id: Int)
    case none
    case undecided(note: String)
}

/// How one write ended.
enum WriteResult: Sendable, Equatable {
    /// `id` for a create.
    case applied(id: Int?)
    case rejected(note: String)
    /// Known not to be applied; a later run tries again.
    case failed(note: String)
    /// Still unknown after several rounds; a later run looks it up.
    case unconfirmed(note: String)
    case inDoubt(note: String)
    /// A recovered attempt that is now known not to be applied.
    case absent
    case stopped(note: String)
    case unreachable(note: String)
}

/// The protocol of one write: budget grant → intent durable → send → outcome durable, and, when nobody knows the
/// outcome, wait until it has settled → look it up → adopt, send again, or leave it to a person.
///
/// It does nothing itself: it takes what happened and says what to do next, so that every order of events can be tried
/// without a network, a disk or a clock.
struct WriteMachine: ~Copyable {
    enum Kind: Sendable, Equatable {
        case create
        /// Whole values: sending twice is the same as sending once.
        case repeatableUpdate
        /// Sending twice would add twice, and nothing tells whether it happened.
        case unrepeatableUpdate
    }

    enum Event: Sendable, Equatable {
        case begin
        /// Goes on with a try whose outcome is unknown and which has settled.
        case resume(AttemptID)
        case granted
        /// The intent is durable; `isSlow` when that took so long that the grant is stale.
        case intended(AttemptID, isSlow: Bool)
        case answered(Answer)
        /// The outcome is durable.
        case concluded
        case paused
        case settled
        case lookedUp(LookUp)
        /// Whether the same kind of look-up found another record of ours; what it found besides is a `lookedUp`.
        case controlled(Bool?)
    }

    enum Action: Sendable, Equatable {
        case grant
        case giveBackGrant
        case intend(resends: AttemptID?)
        /// Make a new sending time of the same intent durable.
        case restamp(AttemptID)
        case send(AttemptID)
        case conclude(AttemptID, AttemptOutcome)
        /// Wait before the next connection; `tries` so far.
        case pause(tries: Int)
        /// Wait until no request of this attempt can commit any more.
        case settle(AttemptID)
        case lookUp(AttemptID)
        case control(AttemptID)
        /// Wait until another create has succeeded and settled, then look up again.
        case awaitControl(AttemptID)
        case finish(WriteResult)
    }

    /// Most times that one intent is sent when each is known not to have been applied.
    static let triesMax = 20
    /// Most connections that are tried for one intent.
    static let connectionsMax = 5
    /// Most rounds of unknown outcome within one run.
    static let roundsMax = 3
    /// Most controls that may fail to find their record.
    static let controlsMax = 3

    private enum State {
        case idle, granting, intending, sending, pausing, settling, lookingUp, controlling
        case concluding(then: Next)
        case done
    }

    private enum Next { case finish(WriteResult), settle, resend }

    private let kind: Kind
    /// Whether the payload is at hand, so that the request can be sent again.
    private let canResend: Bool
    private var state = State.idle
    private var attempt: AttemptID?
    private var resends: AttemptID?
    private var tries = 0
    private var connections = 0
    /// Tries of unknown outcome that this run has seen for this write.
    private(set) var rounds: Int
    /// Controls that did not find their record.
    private(set) var controls: Int
    /// The time that a record may take in one run is over: it is looked up, but not sent again.
    var isOverdue = false
    /// Nothing more will happen that could make a control possible.
    private let isLastChance: Bool
    /// Why the create that is looked up was refused: its identifier exists, which an earlier try may have taken.
    private let refusal: String?

    /// - Parameters:
    ///   - rounds: as an earlier turn of the same write left it.
    ///   - controls: as an earlier turn of the same write left it.
    ///   - resends: a try of an earlier run that a look-up did not find.
    ///   - refusal: as an earlier turn of the same write left it.
    init(
        _ kind: Kind, canResend: Bool = true, rounds: Int = 0, controls: Int = 0, isLastChance: Bool = false,
        resends: AttemptID? = nil, refusal: String? = nil
    ) {
        self.kind = kind
        self.canResend = canResend
        self.rounds = rounds
        self.controls = controls
        self.isLastChance = isLastChance
        self.resends = resends
        self.refusal = refusal
    }

    /// What to do now that something has happened.
    mutating func handle(_ event: Event) -> Action {
        switch (state, event) {
        case (.idle, .begin): return grant()
        case (.idle, .resume(let attempt)):
            self.attempt = attempt
            return settled()
        case (.granting, .granted): return granted()
        case (.intending, .intended(let attempt, let isSlow)):
            self.attempt = attempt
            if isSlow { return regrant() }
            state = .sending
            return .send(attempt)
        case (.sending, .answered(let answer)): return answered(answer)
        case (.pausing, .paused): return grant()
        case (.settling, .settled): return settled()
        case (.lookingUp, .lookedUp(let found)): return lookedUp(found)
        case (.controlling, .controlled(let works)): return controlled(works)
        // Looking for the control has read more than the look-up had.
        case (.controlling, .lookedUp(let found)) where found != .none: return lookedUp(found)
        case (.concluding(let next), .concluded): return concluded(next)
        default: preconditionFailure("the write protocol was driven out of order")
        }
    }

    private mutating func grant() -> Action {
        state = .granting
        return .grant
    }

    /// The grant went stale while the intent was being synced; the intent stays.
    private mutating func regrant() -> Action {
        state = .granting
        return .giveBackGrant
    }

    private mutating func granted() -> Action {
        state = .intending
        return attempt.map { .restamp($0) } ?? .intend(resends: resends)
    }

    private mutating func answered(_ answer: Answer) -> Action {
        switch answer {
        case .applied(let id):
            return conclude(.applied(remoteID: id, isAdopted: false), then: .finish(.applied(id: id)))
        case .rejected(let note): return conclude(.failed(note: note), then: .finish(.rejected(note: note)))
        case .duplicateIdentifier(let note):
            // Lists may take a while to know what an earlier try has made.
            if resends != nil { return conclude(.unknown(note: note), then: .settle) }
            return conclude(.failed(note: note), then: .finish(.rejected(note: note)))
        case .again:
            tries += 1
            if tries < Self.triesMax, !isOverdue { return grant() }
            let note = "refused \(tries) times without being looked at: throttled, or the token had been replaced"
            return conclude(.failed(note: note), then: .finish(.failed(note: note)))
        case .notSent(let note):
            connections += 1
            if connections < Self.connectionsMax {
                state = .pausing
                return .pause(tries: connections)
            }
            return conclude(.failed(note: note), then: .finish(.unreachable(note: note)))
        case .unknown(let note): return unknown(note)
        case .stop(let note): return conclude(.failed(note: note), then: .finish(.stopped(note: note)))
        }
    }

    private mutating func unknown(_ note: String) -> Action {
        if kind == .unrepeatableUpdate {
            return conclude(.inDoubt(note: note), then: .finish(.inDoubt(note: note)))
        }
        rounds += 1
        let next: Next = rounds < Self.roundsMax && !isOverdue ? .settle : .finish(.unconfirmed(note: note))
        return conclude(.unknown(note: note), then: next)
    }

    private mutating func settled() -> Action {
        switch kind {
        case .create: return lookUp()
        case .repeatableUpdate:
            return conclude(.superseded(note: "not confirmed; whole values are sent again"), then: .resend)
        case .unrepeatableUpdate:
            let note = "not confirmed, and sending it again could add twice"
            return conclude(.inDoubt(note: note), then: .finish(.inDoubt(note: note)))
        }
    }

    private mutating func lookUp() -> Action {
        state = .lookingUp
        return .lookUp(current)
    }

    private mutating func lookedUp(_ found: LookUp) -> Action {
        switch found {
        case .one(let id): return conclude(.applied(remoteID: id, isAdopted: true), then: .finish(.applied(id: id)))
        case .undecided(let note): return conclude(.inDoubt(note: note), then: .finish(.inDoubt(note: note)))
        case .none:
            if let refusal { return conclude(.failed(note: refusal), then: .finish(.rejected(note: refusal))) }
            state = .controlling
            return .control(current)
        }
    }

    /// Finding nothing proves something only if the same kind of look-up finds what is there.
    private mutating func controlled(_ works: Bool?) -> Action {
        switch works {
        case true: return conclude(.absent(note: "looked up: not there"), then: .resend)
        default:
            if works == false { controls += 1 }
            if controls < Self.controlsMax, !isLastChance {
                state = .settling
                return .awaitControl(current)
            }
            let note =
                works == nil
                ? "not found, and no other record of ours is there to show that a look-up would find it"
                : "not found, but neither is a record that is known to be there"
            return conclude(.inDoubt(note: note), then: .finish(.inDoubt(note: note)))
        }
    }

    private mutating func conclude(_ outcome: AttemptOutcome, then next: Next) -> Action {
        state = .concluding(then: next)
        return .conclude(current, outcome)
    }

    private mutating func concluded(_ next: Next) -> Action {
        switch next {
        case .finish(let result):
            state = .done
            return .finish(result)
        case .settle:
            state = .settling
            return .settle(current)
        case .resend:
            resends = attempt
            attempt = nil
            guard canResend else {
                state = .done
                return .finish(.absent)
            }
            if isOverdue {
                state = .done
                return .finish(.failed(note: "not carried out in the time that one record may take"))
            }
            return grant()
        }
    }

    private var current: AttemptID {
        guard let attempt else { preconditionFailure("an attempt is handled before it was made") }
        return attempt
    }
}
