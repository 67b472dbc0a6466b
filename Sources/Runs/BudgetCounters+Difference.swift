public import Salesdock

extension BudgetCounters {
    /// What has been counted since an earlier reading.
    public static func - (later: BudgetCounters, earlier: BudgetCounters) -> BudgetCounters {
        var difference = later
        difference.sent -= earlier.sent
        difference.throttled -= earlier.throttled
        difference.retried -= earlier.retried
        difference.waits -= earlier.waits
        return difference
    }
}
