import Salesdock

/// The budget's store as one process sees it. What lies in it outlives the process.
final class SimulatedBudgetStore: BudgetStore {
    private let base: any BudgetStore
    private let process: SimulatedProcess

    init(_ base: any BudgetStore, _ process: SimulatedProcess) {
        self.base = base
        self.process = process
    }

    private static let death = SalesdockError(.budgetState, "the process is gone")

    func update<Result: Sendable>(
        _ key: BudgetKey, fresh: (BudgetStart) -> BudgetLog, _ body: (inout BudgetLog) -> Result
    ) throws(SalesdockError) -> Result {
        guard process.isAlive else { throw Self.death }
        let world = process.world
        switch world.nextDurableStep() {
        case .works: break
        case .crashBefore:
            process.crash("before a budget update")
            throw Self.death
        case .crashAfter:
            _ = try base.update(key, fresh: fresh, body)
            process.crash("after a budget update")
            throw Self.death
        case .full, .syncFails:
            world.note("the budget's disk fails")
            throw SalesdockError(.budgetState, "The request budget can not be kept.")
        case .stalls(let nanoseconds): world.clock.stall(nanoseconds)
        }
        let forgets = world.bug == .rotationForgetsBudget
        let result = try base.update(
            key, fresh: { forgets ? BudgetLog(bootID: process.bootID) : fresh($0) }, body)
        if let decision = result as? BudgetDecision, case .granted = decision { process.lastGrant = process.now() }
        if forgets, Result.self == BudgetLog.self,
            let empty = BudgetLog(bootID: process.bootID) as? Result
        {
            return empty
        }
        return result
    }
}
