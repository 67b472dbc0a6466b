import Reports
import Runs
import Salesdock

extension Summary {
    /// - Parameter hasRequests: whether the verb talks to Salesdock.
    init(_ outcome: PipelineOutcome, hasRequests: Bool) {
        self.init(
            pipeline: outcome.pipeline, mode: outcome.mode, balance: outcome.balance,
            missing: outcome.missing.map {
                .init(
                    found: $0.found, kept: $0.kept, deactivated: $0.deactivated, gone: $0.gone, failed: $0.failed)
            },
            requests: hasRequests
                ? .init(
                    sent: outcome.requests.sent, retried: outcome.requests.retried,
                    throttled: outcome.requests.throttled) : nil,
            durationSeconds: outcome.duration, rejects: outcome.rejects,
            accepted: outcome.accepted, report: outcome.report,
            problems: outcome.problems,
            warnings: outcome.warnings, messages: outcome.messages)
    }
}
