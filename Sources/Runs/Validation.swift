import Formats
public import Pipelines
import Records
import Salesdock

/// The dry run: the whole input through the transforms and Salesdock's rules; no ledger, no network.
public enum Validation {
    /// Most rows of a block: enough for a block of bytes to be full of them.
    private static let blockRows = 4096
    /// Bytes of a block of CSV: what comes of it stays in a processor's own cache.
    private static let csvBlockBytes = 96 << 10

    /// Validates one pipeline.
    ///
    /// - Parameters:
    ///   - places: only the folders for rejects and spooled input are used.
    ///   - look: told what the source's files are, before they are read.
    ///   - observe: looks at every batch after its rows have their fates, in order; costs nothing when `nil`.
    /// - Throws: `RunError` when the pipeline or its source can't be read at all. A source that breaks in the middle is an
    ///   outcome: what was read before it is counted.
    public static func run(
        _ definition: PipelineDefinition, options: RunOptions, places: RunPlaces, environment: RunEnvironment,
        observe: BatchObserver? = nil, look: ((SourceLook) throws -> Void)? = nil
    ) async throws -> PipelineOutcome {
        let began = environment.time.now()
        let prepared = try PreparedPipeline(definition, environment: environment, spoolFolder: places.state)
        defer { prepared.source.close() }
        try look?(SourceLook(prepared.source))
        var failure: RunError?
        var state = prepared.program.makeState(seed: prepared.seed)
        do { state = try prepared.startState(rowsMax: options.rowsMax, stop: environment.stop) } catch {
            failure = RunError(error)
        }
        let books = try DryRunBooks(
            state: state, account: RowAccount(rejects: prepared.rejects(places, isDryRun: true), notes: nil),
            accepted: options.keepsAccepted ? prepared.accepted(places) : nil, rowsMax: options.rowsMax,
            observe: observe
        ) { balance in
            environment.progress(
                RunProgress(
                    pipeline: definition.name, phase: .reading, balance: balance, rowsTotal: nil, requests: .init()))
            return !environment.stop.isStopping
        }
        let dryRun = DryRun(prepared, books: books)
        if failure == nil {
            do { try await read(prepared.source.definition, dryRun, options) } catch { failure = RunError(error) }
        }
        guard var books = dryRun.finish() else { throw RunError(.software, "a dry run has ended twice") }
        let isWhole = failure == nil && !environment.stop.isStopping
        var trouble: RunError?
        var accepted: String?
        if isWhole { do { accepted = try books.finishAccepted() } catch { trouble = RunError(error) } }
        var account = books.finish()
        var outcome = PipelineOutcome(
            pipeline: definition.name, mode: "validate", balance: account.balance, duration: 0, exit: .success)
        outcome.problems = account.problems
        outcome.warnings = account.warnings
        do { outcome.rejects = try account.finish() } catch { trouble = trouble ?? RunError(error) }
        outcome.accepted = accepted
        outcome.duration = (environment.time.now() - began).seconds
        judge(&outcome, failure ?? trouble, definition, options, environment.stop)
        outcome.note(emptySourceIn: definition, options)
        return outcome
    }

    private static func read(_ source: SourceDefinition, _ dryRun: DryRun, _ options: RunOptions) async throws {
        var source = source
        source.batchRows = options.blockRows ?? Self.blockRows
        if case .csv = source.format { source.blockBytes = Self.csvBlockBytes }
        source.blockBytes = options.blockBytes ?? source.blockBytes
        try await ParallelBlocks(source, work: dryRun, workers: options.workers).run()
    }

    private static func judge(
        _ outcome: inout PipelineOutcome, _ failure: RunError?, _ definition: PipelineDefinition,
        _ options: RunOptions, _ stop: StopSignal
    ) {
        let balance = outcome.balance
        let refusal = Guards.errors(balance, definition, options, isDryRun: true)
        outcome.exit = ExitCode.strongest(
            [
                failure?.exit, stop.cause?.exit, balance[.rejected] > 0 ? .rowsFailed : nil,
                refusal?.exit,
            ]
            .compactMap(\.self))
        let end = stop.cause.map { _ in
            Notice("stopped.dry", "stopped before the end of the source: this covers the rows read until then")
        }
        outcome.messages = [failure?.description, end?.text, refusal?.message].compactMap(\.self)
        outcome.notices = [end, refusal?.notice].compactMap(\.self)
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
