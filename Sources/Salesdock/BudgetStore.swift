internal import Synchronization

/// What a budget begins with when the store has no log that could go on.
public enum BudgetStart: Sendable {
    /// The key was never seen. `others` are the logs of the account's other tokens; `nil` for one that is damaged.
    case unknown(others: [BudgetLog?])
    /// There is a log, and it can not be read.
    case damaged
}

/// Where budgets live. All users of one store share them; what happens in `update` happens to one of them at a time.
public protocol BudgetStore: Sendable {
    /// Hands the log of `key` to `body` and keeps what `body` made of it.
    /// - Parameter fresh: makes the log when there is none, or when what is there can not be read.
    func update<Result: Sendable>(
        _ key: BudgetKey, fresh: (BudgetStart) -> BudgetLog, _ body: (inout BudgetLog) -> Result
    ) throws(SalesdockError) -> Result
}

/// Budgets of this process alone.
public final class MemoryBudgetStore: BudgetStore {
    private let logs = Mutex<[BudgetKey: BudgetLog]>([:])

    /// No budgets yet.
    public init() {}

    public func update<Result: Sendable>(
        _ key: BudgetKey, fresh: (BudgetStart) -> BudgetLog, _ body: (inout BudgetLog) -> Result
    ) throws(SalesdockError) -> Result {
        logs.withLock { logs in
            // Taken out, so that it is changed where it is.
            var log = logs.removeValue(forKey: key) ?? fresh(.unknown(others: Self.others(key, logs)))
            defer { logs[key] = log }
            return body(&log)
        }
    }

    /// The logs of the account's other tokens.
    private static func others(_ key: BudgetKey, _ logs: [BudgetKey: BudgetLog]) -> [BudgetLog?] {
        logs.filter { $0.key.account == key.account }.sorted { $0.key.hex < $1.key.hex }.map(\.value)
    }
}
