import Foundation
import Ledgers
import Pipelines
import Records
import Reports
import Runs
import Salesdock

/// How the planning of one pipeline ended.
struct PlanEnd {
    let pipeline: String
    /// `nil` when it could not be planned, which has been said on standard error.
    let plan: PipelinePlan?
    /// The first records of each action, for people.
    let samples: [RecordPlan.Action: [RecordPlan]]
    let exit: Runs.ExitCode
    let message: String?

    /// Whether every row has its plan.
    var isComplete: Bool {
        guard let plan else { return false }
        return plan.balance.holds && [.success, .rowsFailed, .inDoubt].contains(exit)
    }
}

/// Plans several pipelines, one after the other, so that what one brings about counts for the next.
struct PlanSequence {
    let refresh: PlanRefresh
    let options: RunOptions
    let assumed: AssumedTarget
    let ledger: SQLiteLedger
    /// For input that must be kept, and for a plan that is only printed.
    let spool: SpoolFolder
    let relay: StopRelay
    let progress: ProgressPrinter
    let time: any TimeSource
    /// Most records of an action that are kept for people.
    let samplesMax: Int

    /// Makes the plans and writes their records; the file appears only when every pipeline is in it.
    func make(_ pipelines: [PipelineDefinition], client: SalesdockClient?, file: String) async throws -> [PlanEnd] {
        var writer = try PlanWriter(path: file, madeAtUnixSeconds: Int64(time.wallClock().unixSeconds))
        var parents = PlannedParents(seed: .random())
        var ends: [PlanEnd] = []
        for pipeline in pipelines where relay.cause == nil {
            guard pipeline.sink.isSalesdock else {
                Output.note("note: \(pipeline.name) is an export, which has no plan")
                continue
            }
            let environment = RunEnvironment(time: time, stop: relay.next(), seed: .random()) { [progress] in
                progress.show($0)
            }
            let maker = PlanMaker(
                pipeline, ledger: ledger, client: client, assumed: assumed, refresh: refresh, options: options,
                spool: spool.path, environment: environment)
            var samples: [RecordPlan.Action: [RecordPlan]] = [:]
            do {
                let plan = try await maker.make(into: &writer, parents: &parents) { text in
                    progress.finish()
                    Output.note(text)
                } onRecord: { record in
                    if record.isWorthShowing, samples[record.action, default: []].count < samplesMax {
                        samples[record.action, default: []].append(record)
                    }
                }
                progress.finish()
                ends.append(
                    PlanEnd(pipeline: pipeline.name, plan: plan, samples: samples, exit: plan.exit, message: nil))
            } catch {
                progress.finish()
                let failure = RunError(error)
                Failure.report(failure, pipeline: pipeline.name)
                ends.append(
                    PlanEnd(
                        pipeline: pipeline.name, plan: nil, samples: [:], exit: failure.exit,
                        message: failure.description))
            }
        }
        // JSON shows what there is; a saved plan is whole or not there.
        if relay.cause == nil, ends.allSatisfy(\.isComplete) || file.hasPrefix(spool.path) { _ = try writer.finish() }
        return ends
    }
}

extension RecordPlan {
    /// What needs no attention is counted and not shown, unless there is something to say of it.
    fileprivate var isWorthShowing: Bool {
        switch action {
        case .unchanged, .duplicate, .filtered: !drift.isEmpty || isGone
        default: true
        }
    }
}
