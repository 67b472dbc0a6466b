import Ledgers
import Pipelines
import Records
import Runs
import Salesdock

/// Several pipelines, one after the other, with one client and one ledger.
///
/// What fails one pipeline does not stop the next, unless the next needs the ids that are now missing.
struct PipelineSequence {
    let service: Service
    /// `nil` when nothing is written into Salesdock.
    let books: Books?
    let options: RunOptions
    /// The plan that is followed; `nil` without one.
    let plan: Plan?
    /// For input that must be kept.
    let spool: SpoolFolder
    let relay: StopRelay
    let progress: ProgressPrinter
    let time: any TimeSource
    /// Where the reports go; `nil` without any.
    let reporting: RunReporting?

    /// Runs them in the order given.
    ///
    /// - Parameter whenDone: gets each outcome at once.
    func run(_ pipelines: [PipelineDefinition], whenDone: (PipelineEnd) throws -> Void) async throws -> [PipelineEnd] {
        var ends: [PipelineEnd] = []
        var failed: [String: Runs.ExitCode] = [:]
        for pipeline in pipelines {
            let end = await end(pipeline, failed)
            if end.outcome.exit.endsRun { failed[pipeline.name] = end.outcome.exit }
            ends.append(end)
            try whenDone(end)
        }
        return ends
    }

    private func end(_ pipeline: PipelineDefinition, _ failed: [String: Runs.ExitCode]) async -> PipelineEnd {
        let mode = pipeline.sink.isSalesdock ? "run" : "export"
        if let cause = relay.cause {
            return PipelineEnd(
                skipping: pipeline, mode: mode, exit: cause.exit, because: "everything was stopped before its turn")
        }
        if let parent = pipeline.references.sorted().first(where: { failed[$0] != nil }), let exit = failed[parent] {
            return PipelineEnd(
                skipping: pipeline, mode: mode, exit: exit,
                because: "it needs the ids of \(parent), which did not go through")
        }
        let stop = relay.next()
        let seed = plan?.section(pipeline.name)?.seed ?? .random()
        do {
            let report = try reporting?.begin(pipeline)
            let environment = RunEnvironment(time: time, stop: stop, seed: seed, observer: report?.writer.observer) {
                [progress] in progress.show($0)
            }
            var outcome = try await run(pipeline, environment, report)
            progress.finish()
            if let reason = stop.cause?.reason { outcome.add(reason) }
            if let report {
                do { try report.finish(&outcome, books, service.client, time) } catch { outcome.add(error) }
            }
            return PipelineEnd(outcome)
        } catch {
            progress.finish()
            return PipelineEnd(failing: pipeline, mode: mode, error)
        }
    }

    private func run(_ pipeline: PipelineDefinition, _ environment: RunEnvironment, _ report: OpenRunReport?)
        async throws -> PipelineOutcome
    {
        guard pipeline.sink.isSalesdock, let books else {
            return try await Export(
                pipeline, client: service.client, options: options, environment: environment,
                folder: FilePath.folder(pipeline.file)
            ).run()
        }
        var options = options
        if let section = plan?.section(pipeline.name) { options.rowsMax = section.rowsMax }
        return try await Runs.Run(
            pipeline, ledger: books.ledger, mirror: books.mirror, client: service.client, settle: service.settle,
            options: options,
            places: report?.places(books, spool.path)
                ?? RunPlaces(ledger: books.path, reports: books.rejects, state: spool.path),
            environment: environment, plan: plan
        ).run()
    }
}

extension Runs.ExitCode {
    /// Whether a pipeline ended before its rows did, so that others must not count on its ids.
    var endsRun: Bool { self == .guarded || rawValue >= Runs.ExitCode.usage.rawValue }
}

extension StopSignal.Cause {
    /// What a person must know; `nil` for a failure, which speaks for itself.
    fileprivate var reason: Notice? {
        switch self {
        case .interrupted, .terminated: Notice("stopped.signal", "stopped by a signal; run again to go on")
        case .deadline: Notice("stopped.deadline", "stopped at the deadline; run again to go on")
        case .requestsUsedUp:
            Notice("stopped.max_requests", "stopped after --max-requests; run again to go on")
        case .failure: nil
        }
    }
}
