import TestSupport

/// Decides what becomes of each durable step of a process: of the ledger and of the budget alike.
struct SimulatedDisk {
    enum Step: Equatable {
        case works
        /// The process dies, and the step is lost.
        case crashBefore
        /// The process dies, and the step is durable.
        case crashAfter
        /// The disk is full: nothing was kept.
        case full
        /// Syncing fails: the step may be durable all the same.
        case syncFails(isKept: Bool)
        /// Syncing takes this many nanoseconds.
        case stalls(Int64)
    }

    /// What is to happen at which step, counted from 1 over the process's life.
    var plan: [Int: Step] = [:]
    /// Chance in a thousand that a step is slow.
    var stallsPerMille = 0
    private(set) var count = 0

    mutating func next(using random: inout SeededRNG) -> Step {
        count += 1
        if let step = plan[count] { return step }
        if stallsPerMille > 0, Int.random(in: 0..<1000, using: &random) < stallsPerMille {
            return .stalls(Int64.random(in: 100...3_000, using: &random) * 1_000_000)
        }
        return .works
    }
}
