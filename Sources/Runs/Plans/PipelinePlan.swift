public import Pipelines
public import Records
public import Salesdock

/// What one pipeline's plan comes to; its records are in the plan's file.
public struct PipelinePlan: Sendable {
    /// The pipeline's name.
    public var pipeline: String
    /// What its records are in Salesdock.
    public var kind: SalesdockKind
    /// How much of Salesdock was read for it.
    public var refresh: PlanRefresh
    /// The fates of the rows read; those that would be written are `valid`.
    public var balance: Balance
    /// What would happen to them.
    public var tally: PlanTally
    /// The requests that a run takes, by kind, in the order in which they first go.
    public var requests: [RequestCount] = []
    /// Requests a window.
    public var limit: Int
    /// Seconds that a run takes at that limit.
    public var seconds: Double = 0
    /// When it would end if it began now; seconds since 1970.
    public var finishUnixSeconds: Int64 = 0
    /// Guards that would stop a run, each with what it found and what would allow it.
    public var guards: [Notice] = []
    /// What was taken for granted because nobody looked.
    public var assumptions: [Notice] = []
    /// What went wrong in making it, as in `PipelineOutcome`.
    public var messages: [String] = []
    /// Problems by code.
    public var problems: [String: Int] = [:]
    /// Problems that reject no row.
    public var warnings = 0
    /// Requests that making the plan took.
    public var spent = BudgetCounters()
    /// Seconds that making the plan took.
    public var duration: Double = 0
    /// What the process ends with, if no other plan ends worse.
    public var exit: ExitCode = .success

    /// The law by which the seconds were reckoned, and what of the window was taken.
    var law: (model: LimitModel, taken: Int)?

    /// Seconds that a run of several plans takes, one after the other at the same limit.
    public static func seconds(_ plans: [PipelinePlan]) -> Double {
        let law = plans.lazy.compactMap(\.law).first
        return law?.model.seconds(plans.reduce(0) { $0 + $1.requestsTotal }, taken: law?.taken ?? 0) ?? 0
    }

    /// Every request of a run.
    public var requestsTotal: Int { requests.reduce(0) { $0 + $1.count } }

    init(
        pipeline: String, kind: SalesdockKind, refresh: PlanRefresh, balance: Balance = Balance(),
        tally: PlanTally = PlanTally(), limit: Int
    ) {
        self.pipeline = pipeline
        self.kind = kind
        self.refresh = refresh
        self.balance = balance
        self.tally = tally
        self.limit = limit
    }
}

extension PipelinePlan {
    /// The common part of a verb's outcome: every row that would be written is `valid`.
    public var outcome: PipelineOutcome {
        var outcome = PipelineOutcome(
            pipeline: pipeline, mode: "plan", balance: balance, duration: duration, exit: exit)
        outcome.requests = spent
        outcome.problems = problems
        outcome.warnings = warnings
        outcome.messages = messages
        return outcome
    }
}

extension RecordPlan {
    /// Where a row ends in a verb that stops before the writer.
    var fate: Fate {
        switch action {
        case .create, .update, .deactivate: .valid
        case .adopt: requests.isEmpty ? .unchanged : .valid
        case .unchanged: .unchanged
        case .parked: .parked
        case .rejected: .rejected
        case .duplicate: .duplicate
        case .filtered: .filtered
        case .inDoubt: .inDoubt
        }
    }
}
