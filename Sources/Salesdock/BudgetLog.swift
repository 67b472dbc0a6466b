internal import SalesdockFacts

/// Names one grant. The time makes it unique even where a damaged state file has restarted the numbers.
public struct GrantID: Sendable, Hashable, Comparable {
    /// When it was granted.
    public let time: BootTime
    /// Tells apart the grants of one moment.
    public let number: Int64

    public init(time: BootTime, number: Int64) {
        self.time = time
        self.number = number
    }

    public static func < (left: GrantID, right: GrantID) -> Bool {
        (left.time, left.number) < (right.time, right.number)
    }
}

/// Whether a request may go.
public enum BudgetDecision: Sendable, Hashable {
    /// It may, now; the grant counts from here on until it is given back.
    case granted(GrantID)
    /// Not before this time. Asking again then may give a later time.
    case wait(until: BootTime)
}

/// The requests that may still count at the server, and what the server said of its limit: all that decides whether
/// another request may go. A value without clock or file; every time comes in as an argument.
///
/// A request counts at the server from some moment between its grant and its answer. So an entry is kept until its
/// answer's arrival is longer ago than the window; one whose answer never came is kept as if it had come at the last
/// possible moment. Counting entries then bounds what any window at the server can hold, of whatever kind it is.
public struct BudgetLog: Sendable {
    struct Entry: Sendable, Hashable {
        let id: GrantID
        /// When its answer arrived, or the last moment at which it can arrive. It is free one hold time later.
        var end: BootTime
        var isAnswered: Bool
        /// Whether its answer showed that the server counts it.
        var isCounted = false
    }

    /// The latest word on what is left, and what of it is ours.
    struct Observation: Sendable, Hashable {
        /// The request whose answer carried it.
        let id: GrantID
        let remaining: Int
        let arrived: BootTime
        /// First of our requests that the server's count may include.
        let first: GrantID
        /// How many of our requests it surely includes: those from `first` to `id` whose answers
        /// had shown it by then.
        let counted: Int

        /// Whether the server's count surely includes a request of ours from `first` to `id`. One without an answer
        /// may have died with its process before it was sent.
        func includes(_ entry: Entry) -> Bool { entry.isCounted && entry.end <= arrived }
    }

    struct Block: Sendable, Hashable {
        let until: BootTime
        /// The whole wait, which starts over when the machine was restarted meanwhile.
        let length: Duration
    }

    /// Somebody's place in the line; places are kept in the order of arrival.
    struct Waiter: Sendable, Hashable {
        let id: UInt64
        /// When it asks again, at the latest.
        var due: BootTime
    }

    /// Longest time after which a waiter asks again: another one may have died or given a grant back meanwhile.
    static let pollInterval = Duration.seconds(1)
    /// How late a waiter may be without losing its turn; it keeps its place however late it is.
    static let waiterGrace = Duration.milliseconds(500)
    /// A waiter that has not asked for so long is gone.
    static let waiterLife = Duration.seconds(60)

    private(set) var bootID: String
    private(set) var nextNumber: Int64 = 0
    /// In the order of their ids.
    private(set) var entries: [Entry] = []
    /// No entry ends before this, so that most of the time none need be looked at to know that none is over.
    private var soonestEnd = BootTime(nanoseconds: .max)
    /// The latest `X-RateLimit-Limit`.
    private(set) var headerLimit: Int?
    private(set) var observation: Observation?
    /// First request that is known to be in the server's present window; `nil` unless its windows are known to be fixed.
    private(set) var windowStart: GrantID?
    private(set) var block: Block?
    private(set) var waiters: [Waiter] = []
    /// What has happened since a store began to listen; `nil` when none does.
    var changes: [BudgetChange]?

    /// A log of nothing sent.
    public init(bootID: String) { self.bootID = bootID }

    /// A log of which only is known that it may hold anything: nothing goes until all of that is over.
    public static func lost(bootID: String, now: BootTime, rules: BudgetRules) -> BudgetLog {
        var log = BudgetLog(bootID: bootID)
        log.extendBlock(now: now, by: rules.timeout + rules.holdTime)
        return log
    }

    /// Requests a window that may be sent now.
    public func effectiveLimit(_ rules: BudgetRules) -> Int {
        let limit =
            switch (rules.limit, headerLimit) {
            case (let configured?, let header?): min(configured, header)
            case (let configured?, nil): configured
            case (nil, let header?): header
            case (nil, nil): RateLimitFacts.defaultLimit
            }
        // The small addition keeps 0.29 × 100 at 29, which binary fractions would make 28.
        return max(1, Int((Double(limit) * rules.share + 1e-9).rounded(.down)))
    }

    /// Requests that may still count at the server.
    public func active(now: BootTime, rules: BudgetRules) -> Int {
        let over = now - rules.holdTime
        return entries.count { $0.end > over }
    }

    /// Grants one request, or says how long none can be granted.
    ///
    /// - Parameter waiter: keeps a place in the line while it waits. Whoever gives none is behind all that wait.
    public mutating func grant(
        now: BootTime, bootID: String, rules: BudgetRules, waiter: UInt64? = nil
    ) -> BudgetDecision {
        enter(bootID, now)
        prune(now, rules)
        if let until = waitTime(now, rules, ahead: waitersAhead(of: waiter, now)) {
            if let waiter { make(.waits(Waiter(id: waiter, due: min(until, now + Self.pollInterval)))) }
            return .wait(until: until)
        }
        if let waiter { leave(waiter) }
        let id = GrantID(time: now, number: nextNumber)
        make(.granted(id, end: now + rules.timeout))
        return .granted(id)
    }

    /// Gives up a place in the line.
    mutating func leave(_ waiter: UInt64) {
        if waiters.contains(where: { $0.id == waiter }) { make(.left(waiter)) }
    }

    /// Notes that an answer to a grant arrived. An answer to a grant that is no longer known counts too, from now.
    ///
    /// - Parameters:
    ///   - arrival: when it arrived, where it is noted later; others may have written into the log meanwhile.
    ///   - isThrottled: whether it is a 429, which a server may count or not.
    public mutating func answered(
        _ id: GrantID, now: BootTime, bootID: String, rules: BudgetRules, headers: RateHeaders = RateHeaders(),
        arrival: BootTime? = nil, isThrottled: Bool = false
    ) {
        enter(bootID, now)
        let arrived = min(arrival ?? now, now)
        make(.answered(id, at: arrived, isCounted: headers.remaining != nil && !isThrottled))
        if let limit = headers.limit, limit != headerLimit { make(.limited(limit)) }
        if let remaining = headers.remaining { observe(remaining, id, arrived, rules) }
    }

    /// Notes that the server refused for want of budget: nothing goes for as long as it asked, or for a whole window.
    ///
    /// - Parameter arrival: when the answer arrived, where it is noted later.
    public mutating func throttled(
        now: BootTime, bootID: String, rules: BudgetRules, retryAfter: Duration?, arrival: BootTime? = nil
    ) {
        enter(bootID, now)
        extendBlock(now: min(arrival ?? now, now), by: retryAfter ?? rules.holdTime)
    }

    /// Takes back a grant with which nothing was sent.
    public mutating func giveBack(_ id: GrantID) {
        let place = firstPlace(from: id)
        if place < entries.count, entries[place].id == id { make(.givenBack(id)) }
    }

    /// Takes over what another log knows: the limit is the user's, whichever token was used.
    public mutating func inherit(_ other: BudgetLog, now: BootTime, bootID: String) {
        var other = other
        other.changes = nil
        other.enter(bootID, now)
        enter(bootID, now)
        let known = Set(entries.map(\.id))
        for entry in other.entries where !known.contains(entry.id) {
            make(entry.change)
        }
        if headerLimit == nil, let theirs = other.headerLimit { make(.limited(theirs)) }
        if let theirs = other.observation, observation.map({ $0.id < theirs.id }) ?? true { make(.observed(theirs)) }
        if let theirs = other.windowStart, windowStart.map({ $0 < theirs }) ?? true { make(.windowBegan(theirs)) }
        if let theirs = other.block, block.map({ $0.until < theirs.until }) ?? true { make(.blocked(theirs)) }
    }

    private mutating func make(_ change: BudgetChange) {
        apply(change)
        changes?.append(change)
    }

    /// Does what a change says, whether it happens now or is read from a file.
    mutating func apply(_ change: BudgetChange) {
        switch change {
        case .began(let bootID, let nextNumber):
            let listener = changes
            self = BudgetLog(bootID: bootID)
            self.nextNumber = nextNumber
            changes = listener
        case .granted(let id, let end): insert(Entry(id: id, end: end, isAnswered: false))
        case .answered(let id, let time, let isCounted):
            let place = firstPlace(from: id)
            let entry = Entry(id: id, end: time, isAnswered: true, isCounted: isCounted)
            if place < entries.count, entries[place].id == id {
                entries[place] = entry
                soonestEnd = min(soonestEnd, time)
            } else {
                insert(entry)
            }
        case .givenBack(let id): entries.removeAll { $0.id == id }
        case .limited(let limit): headerLimit = limit
        case .observed(let seen): observation = seen
        case .windowBegan(let id): windowStart = id
        case .blocked(let block): self.block = block
        case .waits(let waiter):
            if let place = waiters.firstIndex(where: { $0.id == waiter.id }) {
                waiters[place].due = waiter.due
            } else {
                waiters.append(waiter)
            }
        case .left(let waiter): waiters.removeAll { $0.id == waiter }
        }
    }

    private mutating func insert(_ entry: Entry) {
        entries.insert(entry, at: firstPlace(from: entry.id))
        soonestEnd = min(soonestEnd, entry.end)
        nextNumber = max(nextNumber, entry.id.number + 1)
    }

    /// Carries the log into the boot that `now` belongs to. Times of another boot say nothing here, so everything in
    /// it counts as having happened now.
    private mutating func enter(_ bootID: String, _ now: BootTime) {
        // A log from the future can only be from another boot whose id could not be read.
        let isLater = entries.last.map { ($0.isAnswered ? $0.end : $0.id.time) > now } ?? false
        guard bootID != self.bootID || isLater else { return }
        let old = self
        make(.began(bootID: bootID, nextNumber: old.nextNumber))
        for index in old.entries.indices {
            let id = GrantID(time: now, number: old.nextNumber + Int64(index))
            make(.answered(id, at: now, isCounted: false))
        }
        if let limit = old.headerLimit { make(.limited(limit)) }
        if let block = old.block { extendBlock(now: now, by: block.length) }
    }

    /// Drops what is over. Nothing depends on when it is done, so it is no change that others must hear of.
    private mutating func prune(_ now: BootTime, _ rules: BudgetRules) {
        let over = now - rules.holdTime
        if soonestEnd <= over {
            entries.removeAll { $0.end <= over }
            soonestEnd = entries.reduce(BootTime(nanoseconds: .max)) { min($0, $1.end) }
        }
        waiters.removeAll { $0.due + Self.waiterLife <= now }
        if let seen = observation, seen.arrived + rules.holdTime <= now { observation = nil }
        if let until = block?.until, until <= now { block = nil }
    }

    private mutating func extendBlock(now: BootTime, by length: Duration) {
        guard length > .zero, block.map({ $0.until < now + length }) ?? true else { return }
        make(.blocked(Block(until: now + length, length: length)))
    }

    private mutating func observe(_ remaining: Int, _ id: GrantID, _ now: BootTime, _ rules: BudgetRules) {
        // What is free already is not in the server's count.
        prune(now, rules)
        let latest = max(id, observation?.id ?? id)
        if latest == id, let first = newWindow(used: usedCount(remaining: remaining, rules), id, now, rules) {
            make(.windowBegan(first))
        } else if let seen = observation, id < seen.id || id.time < seen.arrived, seen.remaining <= remaining {
            // Of two that were under way together, the one with less left was counted later, whichever went first.
            if latest == id { note(seen.remaining, id, arrived: seen.arrived, now, rules) }
            return
        }
        note(remaining, latest, arrived: now, now, rules)
    }

    private mutating func note(
        _ remaining: Int, _ id: GrantID, arrived: BootTime, _ now: BootTime, _ rules: BudgetRules
    ) {
        let end = firstPlace(after: id)
        let used = usedCount(remaining: remaining, rules)
        let start = isShared(used: used) ? end : ours(used: used, id, now, rules)
        let first = start < end ? entries[start].id : id
        let counted = entries[start..<end].count { $0.isCounted && $0.end <= arrived }
        make(.observed(Observation(id: id, remaining: remaining, arrived: arrived, first: first, counted: counted)))
    }
}
