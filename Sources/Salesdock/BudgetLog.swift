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
public struct BudgetLog: Sendable, Hashable {
    struct Entry: Sendable, Hashable {
        let id: GrantID
        let timeout: Duration
        var answered: BootTime?

        func freeTime(_ holdTime: Duration) -> BootTime { (answered ?? id.time + timeout) + holdTime }
    }

    /// The latest word on what is left, and what of it is ours.
    struct Observation: Sendable, Hashable {
        /// The request whose answer carried it.
        let id: GrantID
        let remaining: Int
        let arrived: BootTime
        /// First of our requests that the server's count includes, as far as can be told.
        let first: GrantID
        /// How many of our requests it includes, as far as can be told.
        var counted: Int
    }

    struct Block: Sendable, Hashable {
        let until: BootTime
        /// The whole wait, which starts over when the machine was restarted meanwhile.
        let length: Duration
    }

    var bootID: String
    var nextNumber: Int64 = 0
    /// In the order of their ids.
    var entries: [Entry] = []
    /// Changes with everything that is worth keeping, so that a store need not compare whole logs.
    private(set) var revision = 0
    /// The latest `X-RateLimit-Limit`.
    public internal(set) var headerLimit: Int?
    var observation: Observation?
    var block: Block?

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
        entries.count { $0.freeTime(rules.holdTime) > now }
    }

    /// Grants one request, or says how long none can be granted.
    public mutating func grant(now: BootTime, bootID: String, rules: BudgetRules) -> BudgetDecision {
        enter(bootID, now)
        // What is free is dropped when it comes first, or when it could make the difference.
        if entries.first.map({ $0.freeTime(rules.holdTime) <= now }) ?? true { prune(now, rules) }
        if waitTime(now, rules) != nil {
            prune(now, rules)
            if let wait = waitTime(now, rules) { return .wait(until: wait) }
        }
        let id = GrantID(time: now, number: nextNumber)
        nextNumber += 1
        revision += 1
        entries.append(Entry(id: id, timeout: rules.timeout, answered: nil))
        return .granted(id)
    }

    /// Notes that an answer to a grant arrived. An answer to a grant that is no longer known counts too, from now.
    public mutating func answered(
        _ id: GrantID, now: BootTime, bootID: String, rules: BudgetRules, headers: RateHeaders = RateHeaders()
    ) {
        enter(bootID, now)
        revision += 1
        let place = firstPlace(from: id)
        if place < entries.count, entries[place].id == id {
            entries[place].answered = now
        } else {
            entries.insert(Entry(id: id, timeout: rules.timeout, answered: now), at: place)
            nextNumber = max(nextNumber, id.number + 1)
        }
        if let limit = headers.limit { headerLimit = limit }
        if let remaining = headers.remaining { observe(remaining, id, now, rules) }
    }

    /// Notes that the server refused for want of budget: nothing goes for as long as it asked, or for a whole window.
    public mutating func throttled(now: BootTime, bootID: String, rules: BudgetRules, retryAfter: Duration?) {
        enter(bootID, now)
        extendBlock(now: now, by: retryAfter ?? rules.holdTime)
    }

    /// Takes back a grant with which nothing was sent.
    public mutating func giveBack(_ id: GrantID) {
        let place = firstPlace(from: id)
        guard place < entries.count, entries[place].id == id else { return }
        revision += 1
        entries.remove(at: place)
        if let seen = observation, seen.first <= id, id <= seen.id { observation?.counted -= 1 }
    }

    /// Takes over what another log knows: the limit is the user's, whichever token was used.
    public mutating func inherit(_ other: BudgetLog, now: BootTime, bootID: String) {
        var other = other
        other.enter(bootID, now)
        enter(bootID, now)
        revision += 1
        let known = Set(entries.map(\.id))
        entries += other.entries.filter { !known.contains($0.id) }
        entries.sort { $0.id < $1.id }
        nextNumber = max(nextNumber, other.nextNumber)
        headerLimit = headerLimit ?? other.headerLimit
        if let theirs = other.observation, observation.map({ $0.id < theirs.id }) ?? true { observation = theirs }
        if let theirs = other.block, block.map({ $0.until < theirs.until }) ?? true { block = theirs }
    }

    /// Carries the log into the boot that `now` belongs to. Times of another boot say nothing here, so everything in
    /// it counts as having happened now.
    private mutating func enter(_ bootID: String, _ now: BootTime) {
        // A log from the future can only be from another boot whose id could not be read.
        let isLater = entries.last.map { max($0.id.time, $0.answered ?? $0.id.time) > now } ?? false
        guard bootID != self.bootID || isLater else { return }
        self.bootID = bootID
        revision += 1
        entries = entries.enumerated().map { index, entry in
            Entry(id: GrantID(time: now, number: nextNumber + Int64(index)), timeout: entry.timeout, answered: now)
        }
        nextNumber += Int64(entries.count)
        observation = nil
        if let old = block {
            block = nil
            extendBlock(now: now, by: old.length)
        }
    }

    private mutating func prune(_ now: BootTime, _ rules: BudgetRules) {
        entries.removeAll { $0.freeTime(rules.holdTime) <= now }
        if let seen = observation, seen.arrived + rules.holdTime <= now { observation = nil }
        if let until = block?.until, until <= now { block = nil }
    }

    private mutating func extendBlock(now: BootTime, by length: Duration) {
        guard length > .zero, block.map({ $0.until < now + length }) ?? true else { return }
        block = Block(until: now + length, length: length)
        revision += 1
    }

    private mutating func observe(_ remaining: Int, _ id: GrantID, _ now: BootTime, _ rules: BudgetRules) {
        if let seen = observation, seen.id > id { return }
        // What is free already is not in the server's count.
        prune(now, rules)
        // The server counts `limit − remaining` requests; ours among them are at most the latest so many.
        let used = max(1, (headerLimit ?? effectiveLimit(rules)) - remaining)
        let end = firstPlace(after: id)
        let start = max(0, end - used)
        observation = Observation(
            id: id, remaining: remaining, arrived: now, first: start < end ? entries[start].id : id,
            counted: end - start)
    }

    private func firstPlace(from id: GrantID) -> Int { firstPlace { $0.id >= id } }
    private func firstPlace(after id: GrantID) -> Int { firstPlace { $0.id > id } }

    /// Searches by halves; what is looked for lies at the end most of the time.
    private func firstPlace(_ isAtOrAfter: (Entry) -> Bool) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if isAtOrAfter(entries[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// When a grant could be possible at the earliest; `nil` for now.
    private func waitTime(_ now: BootTime, _ rules: BudgetRules) -> BootTime? {
        [block?.until, countWait(now, rules), observationWait(now, rules)].compactMap(\.self).max()
    }

    private func countWait(_ now: BootTime, _ rules: BudgetRules) -> BootTime? {
        let excess = entries.count - effectiveLimit(rules)
        guard excess >= 0 else { return nil }
        return earliestFreeTimes(entries[...], now, rules)[excess]
    }

    private func observationWait(_ now: BootTime, _ rules: BudgetRules) -> BootTime? {
        guard let seen = observation else { return nil }
        let end = firstPlace(after: seen.id)
        let sentSince = entries.count - end
        let counted = entries[firstPlace(from: seen.first)..<end]
        // What was ours in the server's count and has left its window since is ours to use again.
        let freed = max(0, seen.counted - counted.count)
        let missing = sentSince - seen.remaining - freed
        guard missing >= 0 else { return nil }
        let expiry = seen.arrived + rules.holdTime
        let frees = earliestFreeTimes(counted, now, rules)
        return missing < frees.count ? min(frees[missing], expiry) : expiry
    }

    /// Ascending times before which the entries stay. An unanswered one may be answered right now, which would free it
    /// sooner than its last possible moment does.
    private func earliestFreeTimes(_ entries: ArraySlice<Entry>, _ now: BootTime, _ rules: BudgetRules) -> [BootTime] {
        entries.map { entry in
            entry.answered == nil
                ? min(entry.freeTime(rules.holdTime), now + rules.holdTime) : entry.freeTime(rules.holdTime)
        }.sorted()
    }
}
