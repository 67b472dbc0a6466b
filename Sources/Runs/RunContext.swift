import ExactJSON
import Ledgers
import Pipelines
import Records
import Salesdock
import SalesdockFacts
import Synchronization

/// What every write of one pipeline's run shares.
struct RunContext: Sendable {
    let definition: PipelineDefinition
    let sink: SalesdockSink
    let identity: TargetIdentity
    let target: TargetID
    let run: RunID
    let ledger: any Ledger
    let client: SalesdockClient
    let directory: RemoteDirectory
    let planner: Planner
    let time: any TimeSource
    let stop: StopSignal
    let settle: Duration
    /// The ledger was lost: every record may be in Salesdock already, whether or not the pipeline matches.
    let isRebuild: Bool
    /// The plan that is followed.
    let plan: Plan?
    /// Gets what is found out about rows while they are written; `nil` when nobody asks.
    let observer: RunObserver?
    let shared = SharedState()

    /// The plan's part for this pipeline.
    var planSection: PlanSection? { plan?.section(identity.pipeline) }

    /// When no request sent then can commit any more, and lists and searches know what it has committed.
    func settled(_ sentAt: BootTime) -> BootTime { sentAt + settle + .seconds(Assumptions.searchLagSeconds) }

    /// A durable time for an intent that is about to be sent.
    func sentAt(_ now: BootTime) -> SentAt {
        SentAt(
            bootID: time.bootID, bootNanoseconds: now.nanoseconds, unixSeconds: Int64(time.wallClock().unixSeconds))
    }

    /// When an attempt was sent, on this boot's clock; one of an earlier boot counts as sent now, which waits longest.
    func sentOnThisBoot(_ sentAt: SentAt) -> BootTime {
        sentAt.bootID == time.bootID ? min(BootTime(nanoseconds: sentAt.bootNanoseconds), time.now()) : time.now()
    }

    /// What the other creates of the account would have made whose outcome nobody knows, in any pipeline.
    func otherCreates(than attempt: AttemptID) throws -> [JSONObject] {
        try ledger.openAttempts(host: identity.host, domain: identity.domain).compactMap { open in
            let isOther = open.id != attempt && open.intent.isCreate && open.resource == identity.resource
            return isOther ? open.intent.payload.object : nil
        }
    }

    func isClaimed(_ id: Int) throws -> Bool {
        try ledger.claim(identity, remoteID: id) != nil
    }
}

/// What the writes of a run learn from each other.
final class SharedState: Sendable {
    private struct State {
        var succeeded: Set<String> = []
        var forbiddenInARow = 0
    }

    private let state = Mutex(State())

    /// Most records in a row that may be refused for want of permission.
    static let forbiddenMax = 5

    func succeeded(_ call: Call) {
        state.withLock { state in
            state.succeeded.insert(call.name)
            state.forbiddenInARow = 0
        }
    }

    /// Whether a refusal is about the run rather than about the record.
    func isRunLevel(_ call: Call, _ cause: Forbidden) -> Bool {
        state.withLock { state in
            state.forbiddenInARow += 1
            return cause.stopsTheRun || !state.succeeded.contains(call.name)
                || state.forbiddenInARow >= Self.forbiddenMax
        }
    }
}
