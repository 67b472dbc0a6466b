import Records
import Salesdock
import SalesdockFacts
import Synchronization

/// Measures the writing of one run for whoever follows it.
final class RunMeter: Sendable {
    private struct State {
        var forecast: RunForecast
        var standing: (limit: Int, taken: Int)
        var readAt: BootTime
    }

    private let pipeline: String
    private let rowsTotal: Int
    /// Requests that the writing takes in all.
    private let expected: Int
    private let client: SalesdockClient
    private let time: any TimeSource
    private let began: BootTime
    private let before: BudgetCounters
    private let state: Mutex<State>

    /// How often the shared budget is asked for its standing.
    private static let interval = Duration.seconds(1)

    /// - Throws: when the budget can't be read.
    init(pipeline: String, rowsTotal: Int, expected: Int, client: SalesdockClient, time: any TimeSource) throws {
        self.pipeline = pipeline
        self.rowsTotal = rowsTotal
        self.expected = expected
        self.client = client
        self.time = time
        began = time.now()
        before = client.budget.counters
        let standing = try client.budget.standing()
        let hold = Double(RateLimitFacts.windowSeconds + Assumptions.windowSlackSeconds)
        let forecast = RunForecast(limit: standing.limit, hold: hold, taken: standing.taken)
        state = Mutex(State(forecast: forecast, standing: standing, readAt: began))
        client.traffic.limited(to: standing.limit)
    }

    /// How far the run is.
    func progress(_ balance: Balance, _ lastProblem: String?) -> RunProgress {
        let now = time.now()
        let requests = client.budget.counters - before
        let elapsed = (now - began).seconds
        var progress = RunProgress(
            pipeline: pipeline, phase: .writing, balance: balance, rowsTotal: rowsTotal, requests: requests)
        state.withLock { state in
            if now - state.readAt >= Self.interval {
                state.readAt = now
                // A budget that can't be read stops the next request, which says so.
                if let standing = try? client.budget.standing() {
                    state.standing = standing
                    client.traffic.limited(to: standing.limit)
                }
            }
            state.forecast.note(sent: requests.sent, elapsed: elapsed, limit: state.standing.limit)
            progress.secondsLeft = state.forecast.secondsLeft(
                of: expected + requests.retried, elapsed: elapsed)
            progress.limit = state.standing.limit
            progress.taken = state.standing.taken
        }
        progress.requestsExpected = expected
        progress.lastProblem = lastProblem
        return progress
    }
}
