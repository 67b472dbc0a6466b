/// When a grant is possible: functions of the log as it stands.
extension BudgetLog {
    /// How many of those that came earlier still want their turn before this one.
    func waitersAhead(of waiter: UInt64?, _ now: BootTime) -> Int {
        var ahead = 0
        for other in waiters {
            if other.id == waiter { break }
            // One that should have asked and did not has died, or is too slow to keep others waiting.
            if other.due + Self.waiterGrace > now { ahead += 1 }
        }
        return ahead
    }

    /// When a grant could be possible at the earliest, after those of `ahead` others; `nil` for now.
    func waitTime(_ now: BootTime, _ rules: BudgetRules, ahead: Int) -> BootTime? {
        [block?.until, countWait(now, rules, ahead), observationWait(now, rules, ahead)].compactMap(\.self).max()
    }

    private func countWait(_ now: BootTime, _ rules: BudgetRules, _ ahead: Int) -> BootTime? {
        let excess = entries.count + ahead - effectiveLimit(rules)
        guard excess >= 0 else { return nil }
        // Whoever waits for a grant that is not yet made waits for that one's window.
        guard excess < entries.count else { return now + rules.holdTime }
        return freeTime(rank: excess, of: entries[...], now, rules)
    }

    private func observationWait(_ now: BootTime, _ rules: BudgetRules, _ ahead: Int) -> BootTime? {
        guard let seen = observation, seen.remaining <= entries.count + ahead else { return nil }
        let end = firstPlace(after: seen.id)
        // What was under way then, and was never answered, may have been counted after the request that was answered
        // so, which overtook it.
        let sentSince = entries.count - end + entries[..<end].count { !$0.isAnswered && $0.end > seen.id.time }
        let counted = entries[firstPlace(from: seen.first)..<end].filter(seen.includes)
        // What was ours in the server's count and has left its window since is ours to use again.
        let freed = max(0, seen.counted - counted.count)
        let missing = sentSince + ahead - seen.remaining - freed
        guard missing >= 0 else { return nil }
        let expiry = seen.arrived + rules.holdTime
        return missing < counted.count ? min(freeTime(rank: missing, of: counted[...], now, rules), expiry) : expiry
    }

    /// The time before which all but `rank` of the entries stay. An unanswered one may be answered right now, which
    /// would free it sooner than its last possible moment does.
    private func freeTime(rank: Int, of entries: ArraySlice<Entry>, _ now: BootTime, _ rules: BudgetRules) -> BootTime {
        // Ends, ascending. Answers come nearly in order and the rank is mostly low, so hardly anything is ever moved.
        var least: [BootTime] = []
        for entry in entries {
            let end = entry.isAnswered ? entry.end : min(entry.end, now)
            if least.count > rank {
                if end >= least[rank] { continue }
                least.removeLast()
            }
            var place = least.count
            while place > 0, least[place - 1] > end { place -= 1 }
            least.insert(end, at: place)
        }
        return least[rank] + rules.holdTime
    }

    func firstPlace(from id: GrantID) -> Int { firstPlace { $0.id >= id } }
    func firstPlace(after id: GrantID) -> Int { firstPlace { $0.id > id } }

    /// Searches by halves; what is looked for lies at the end most of the time.
    private func firstPlace(_ isAtOrAfter: (Entry) -> Bool) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if isAtOrAfter(entries[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
