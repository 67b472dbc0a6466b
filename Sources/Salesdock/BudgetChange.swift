/// One step in the life of a budget's log. A log is the sum of its changes, so a store keeps these and nothing else.
enum BudgetChange: Sendable, Hashable {
    /// Everything before is forgotten.
    case began(bootID: String, nextNumber: Int64)
    /// `end` is the last moment at which its answer can arrive.
    case granted(GrantID, end: BootTime)
    /// An answer, also to a grant that is not known any more, and whether it showed that the server counts the request.
    case answered(GrantID, at: BootTime, isCounted: Bool)
    case givenBack(GrantID)
    /// What `X-RateLimit-Limit` said.
    case limited(Int)
    case observed(BudgetLog.Observation)
    /// The server's window is a fixed one, and this the first request known to be in it.
    case windowBegan(GrantID)
    case blocked(BudgetLog.Block)
    /// A place in the line of those that wait, or a new time at which its holder asks again.
    case waits(BudgetLog.Waiter)
    case left(UInt64)
}

extension BudgetLog.Entry {
    /// What makes it.
    var change: BudgetChange {
        isAnswered ? .answered(id, at: end, isCounted: isCounted) : .granted(id, end: end)
    }
}

extension BudgetLog {
    /// The shortest list of changes that makes this log.
    var snapshot: [BudgetChange] {
        var changes: [BudgetChange] = [.began(bootID: bootID, nextNumber: nextNumber)]
        changes.reserveCapacity(entries.count + waiters.count + 4)
        changes += entries.map(\.change)
        if let headerLimit { changes.append(.limited(headerLimit)) }
        if let observation { changes.append(.observed(observation)) }
        if let windowStart { changes.append(.windowBegan(windowStart)) }
        if let block { changes.append(.blocked(block)) }
        return changes + waiters.map { .waits($0) }
    }

    /// A log of changes; `nil` when they do not begin with a beginning.
    init?(_ changes: some Sequence<BudgetChange>) {
        var iterator = changes.makeIterator()
        guard case .began(let bootID, let nextNumber)? = iterator.next() else { return nil }
        self.init(bootID: bootID)
        apply(.began(bootID: bootID, nextNumber: nextNumber))
        while let change = iterator.next() { apply(change) }
    }
}
