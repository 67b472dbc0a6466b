public import Pipelines
import Records
import Salesdock

/// The dry run: the whole input through the transforms and Salesdock's rules; no ledger, no network.
public enum Validation {
    /// Validates one pipeline.
    ///
    /// - Parameters:
    ///   - places: only the folders for rejects and spooled input are used.
    ///   - observe: looks at every batch after its rows have their fates, in order; costs nothing when `nil`.
    /// - Throws: `RunError` when the pipeline or its source can't be read at all. A source that breaks in the middle is an
    ///   outcome: what was read before it is counted.
    public static func run(
        _ definition: PipelineDefinition, options: RunOptions, places: RunPlaces, environment: RunEnvironment,
        observe: BatchObserver? = nil
    ) throws -> PipelineOutcome {
        let began = environment.time.now()
        let prepared = try PreparedPipeline(
            definition, time: environment.time, seed: environment.seed, spoolFolder: places.state)
        defer { prepared.source.close() }
        var account = RowAccount(rejects: prepared.rejects(places.reports), notes: nil)
        var failure: RunError?
        do {
            var stream = try prepared.stream(
                prepared.startState(rowsMax: options.rowsMax), keepsRaw: true, rowsMax: options.rowsMax,
                isObserved: observe != nil)
            _ = try Survey.read(
                &stream, prepared.sink, folders: prepared.source.folders, nil, account: &account, whenGood: .valid,
                observe: observe
            ) { balance in
                environment.progress(
                    RunProgress(
                        pipeline: definition.name, phase: .reading, balance: balance, rowsTotal: nil, requests: .init())
                )
                return !environment.stop.isStopping
            }
        } catch { failure = RunError(error) }
        let balance = account.balance
        let (problems, warnings) = (account.problems, account.warnings)
        let rejects = try account.finish()
        var outcome = PipelineOutcome(
            pipeline: definition.name, mode: "validate", balance: balance,
            duration: (environment.time.now() - began).seconds, exit: .success)
        outcome.rejects = rejects
        outcome.problems = problems
        outcome.warnings = warnings
        let refusal = Guards.errors(balance, definition, options, ending: "a run would send nothing")
        outcome.exit = ExitCode.strongest(
            [
                failure?.exit, environment.stop.cause?.exit, balance[.rejected] > 0 ? .rowsFailed : nil,
                refusal?.exit,
            ]
            .compactMap(\.self))
        outcome.messages = [failure?.description, refusal?.message].compactMap(\.self)
        return outcome
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
