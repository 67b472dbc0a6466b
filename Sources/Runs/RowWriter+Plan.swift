import ExactJSON
import Ledgers
import Pipelines
import Records
import Salesdock

/// What a plan, and a record that was edited in Salesdock, have to say before a row is written.
extension RowWriter {
    /// Ends a row that the plan sends nothing for; `nil` when it goes on, or no plan is followed.
    func unplanned(_ job: RowJob) -> JobEnd? {
        guard context.plan != nil else { return nil }
        switch job.planned?.action {
        case .create?, .adopt?, .update?: return nil
        default: return differs("the plan has no request for this row")
        }
    }

    /// Stops the run when Salesdock matches another record than the plan says.
    func otherMatch(_ job: RowJob, _ ids: [Int]) -> JobEnd? {
        guard let plan = context.plan, let planned = job.planned else { return nil }
        switch planned.action {
        case .create where ids.isEmpty: return nil
        case .create: return stop(plan.remoteChanged(name(job), "record \(ids[0]) matches it, and none did"))
        case .adopt where ids.count == 1 && ids.first == planned.remoteID: return nil
        case .adopt:
            return stop(plan.remoteChanged(name(job), "it does not match record \(planned.remoteID ?? 0) any more"))
        default: return nil
        }
    }

    /// Ends a row whose request is not the one that was planned, byte for byte.
    func otherRequest(_ step: StepPlan, _ job: RowJob, _ remoteID: Int?, _ record: LedgerRecord?) -> JobEnd? {
        guard context.plan != nil else { return nil }
        let planner = RecordPlanner(context.planner, pipeline: context.identity.pipeline)
        var request = planner.request(step, remoteID: remoteID, record)
        guard var planned = job.planned?.requests.first(where: { $0.step == step.step }) else {
            return differs("the plan has no such request for this row")
        }
        if let remoteID { planned.path = planned.path.replacing("{id}", with: String(remoteID)) }
        if planned == request { return nil }
        request.body = .null
        planned.body = .null
        return differs(
            planned == request
                ? "the row would be sent with other values than the plan has"
                : "the plan has another request for this row")
    }

    /// Reads a record right before its update, where the plan or the sink asks for it; `nil` when it may be written.
    func editedMeanwhile(_ job: RowJob, _ steps: [StepPlan], _ record: LedgerRecord?) async throws -> JobEnd? {
        let check = RereadCheck(context: context)
        guard check.isDue, job.resume == nil, let id = record?.remoteID, steps.contains(where: { !$0.isCreate })
        else { return nil }
        let directory = context.directory
        let sight = try await context.stop.reading { try await directory.look(at: id) }
        return edited(job, sight, record, check)
    }

    /// The same for a record that was only just taken over, and read for that.
    func edited(_ job: RowJob, _ sight: RemoteSight, _ record: LedgerRecord?, _ check: RereadCheck) -> JobEnd? {
        let wanted = RecordPlanner.wanted(job.row)
        if let plan = context.plan, let planned = job.planned, check.isPlansOwn {
            return check.changed(sight, planned, record, wanted: wanted).map {
                stop(plan.remoteChanged(name(job), $0))
            }
        }
        let allowed = wanted + RereadCheck.unconfirmed(record)
        let drift = sight.drift(from: RereadCheck.applied(record), allowing: allowed).map(\.field)
        if drift.isEmpty { return nil }
        switch context.sink.onDrift {
        case .overwrite: return nil
        case .keep:
            let issue = DriftIssue.kept(drift)
            return .fate(.unchanged, note: issue.code, issues: [issue], isCreate: false)
        case .reject:
            let issue = DriftIssue.edited(drift)
            return .fate(.rejected, note: issue.code, issues: [issue], isCreate: false)
        }
    }

    private func differs(_ what: String) -> JobEnd {
        let issue = Issue(code: "plan.differs", message: "\(what): another row came out differently; make a new plan")
        return .fate(.failed, note: issue.code, issues: [issue], isCreate: false)
    }

    private func stop(_ error: RunError) -> JobEnd {
        context.stop.stop(.failure(error.exit, error.description))
        return .pending(note: nil)
    }

    private func name(_ job: RowJob) -> String {
        "\(context.identity.pipeline) \(job.row.key.replacing("\u{1F}", with: " + "))"
    }
}
