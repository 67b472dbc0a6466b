import Pipelines
import Records
import Runs

/// How one pipeline of a verb ended.
struct PipelineEnd {
    let outcome: PipelineOutcome
    /// False when it could not begin, which has been said on standard error.
    let hasBegun: Bool

    init(_ outcome: PipelineOutcome) {
        self.outcome = outcome
        hasBegun = true
    }

    /// A pipeline that could not begin; says why on standard error.
    init(failing pipeline: PipelineDefinition, mode: String, _ error: any Error) {
        let failure = RunError(error)
        Failure.report(failure, pipeline: pipeline.name)
        self.init(unbegun: pipeline, mode, failure.exit, failure.description)
    }

    /// A pipeline that was not run; says why on standard error.
    init(skipping pipeline: PipelineDefinition, mode: String, exit: Runs.ExitCode, because reason: String) {
        Output.note("warning: \(pipeline.name): not run: \(reason)")
        self.init(unbegun: pipeline, mode, exit, "not run: \(reason)")
    }

    private init(unbegun pipeline: PipelineDefinition, _ mode: String, _ exit: Runs.ExitCode, _ message: String) {
        var outcome = PipelineOutcome(pipeline: pipeline.name, mode: mode, balance: Balance(), duration: 0, exit: exit)
        outcome.messages = [message]
        self.outcome = outcome
        hasBegun = false
    }
}
