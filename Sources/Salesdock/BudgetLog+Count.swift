/// Which of our requests the server's count includes: functions of the log as it stands.
///
/// What leaves the server's window is ours to use again: a credit, on top of what the latest answer said is left. It may
/// be given for no request that is perhaps not in that count, because then somebody else's is, which stays. So none is
/// given for a request without an answer, which may never have been sent, or whose answer said nothing of what is left,
/// such as that to a token that is not valid any more. Three bounds say which of the others surely are in a count of U
/// requests that the answer to one of ours carries:
///
/// - It is among the latest U.
/// - A server whose window slides counts what was granted within the last window before the answer's arrival, and
///   perhaps nothing before that.
/// - One whose windows are fixed counts only what came since the present one began. It betrays itself by a count that
///   is lower than what a sliding window must hold; from then on, whenever the count has not grown since an answer that
///   had arrived before this request was granted, a window has begun meanwhile.
///
/// A lone client loses nothing by that: all that its server counts lies within the bounds. Where others have sent too,
/// what they sent may hide that a window has begun, so no credit is given then.
extension BudgetLog {
    /// Whether a count of `used` requests is more than ours can come to.
    func isShared(used: Int) -> Bool { used > entries.count }

    /// Place of the first entry that is surely in a count of `used` requests if it was sent; all after it up to `id` are
    /// too.
    func ours(used: Int, _ id: GrantID, _ now: BootTime, _ rules: BudgetRules) -> Int {
        let end = firstPlace(after: id)
        return max(min(boundStart(now, rules), end), end - used)
    }

    /// The first of ours in a window that began after the latest observation; `nil` unless the answer to `id`, with its
    /// count of `used` requests, tells of one.
    func newWindow(used: Int, _ id: GrantID, _ now: BootTime, _ rules: BudgetRules) -> GrantID? {
        let end = firstPlace(after: id)
        let candidates = entries[min(boundStart(now, rules), end)..<end]
        // What was under way together may have been counted in any order.
        func isBefore(_ entry: Entry) -> Bool { entry.isCounted && entry.end <= id.time && entry.id != id }
        var isNew = used < candidates.count && used < 1 + candidates.count(where: isBefore)
        if !isNew, windowStart != nil, let seen = observation, seen.arrived <= id.time {
            isNew = used <= usedCount(remaining: seen.remaining, rules)
        }
        guard isNew else { return nil }
        return candidates.reversed().prefix { !isBefore($0) }.last?.id ?? id
    }

    /// Requests that the server counts when it says that so many are left.
    func usedCount(remaining: Int, _ rules: BudgetRules) -> Int {
        max(1, (headerLimit ?? effectiveLimit(rules)) - remaining)
    }

    private func boundStart(_ now: BootTime, _ rules: BudgetRules) -> Int {
        let recent = firstPlace(after: GrantID(time: now - rules.window, number: .max))
        return max(recent, windowStart.map { firstPlace(from: $0) } ?? 0)
    }
}
