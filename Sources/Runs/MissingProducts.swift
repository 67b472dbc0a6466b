import ExactJSON
import Ledgers
import Pipelines
import Salesdock
import SalesdockFacts

/// Products that the ledger knows and the source no longer holds. They are not rows, so they are balanced apart.
struct MissingProducts: Sendable {
    let context: RunContext
    /// The products that the plan deactivates, by key; `nil` when none is followed.
    var planned: [String: RecordPlan]?

    static let call = Call.productUpdate(addsAttachments: false)

    /// Switches a product off, and puts back what an unconfirmed update may have changed.
    static func body(_ record: LedgerRecord) -> JSONValue {
        var body: JSONObject = JSONObject([("active", "0")])
        let applied = record.steps[0]?.payload?.object ?? JSONObject()
        for path in (record.unconfirmed[0] ?? []).flatMap({ PayloadPaths.leaves($0) }).map(\.path)
        where path != "active" && !path.hasSuffix(".sha256") {
            let parts = PayloadPaths.split(path)
            PayloadPaths.set(applied[path: parts] ?? .null, at: parts, in: &body)
        }
        return .object(body)
    }

    /// The products that this pipeline made or adopted, are active as far as it knows, and were not read.
    static func find(_ ledger: any Ledger, _ target: TargetID, isPresent: (String) -> Bool) throws -> [LedgerRecord] {
        var missing: [LedgerRecord] = []
        var last: String?
        while true {
            let page = try ledger.records(target, after: last, limit: 500)
            guard let end = page.last else { return missing }
            last = end.key
            missing += page.filter { $0.remoteID != nil && $0.isOwned && isActive($0) && !isPresent($0.key) }
        }
    }

    private static func isActive(_ record: LedgerRecord) -> Bool {
        record.steps[0]?.payload?["active"]?.scalarText != "0"
    }

    /// Switches them off, one by one, through the same protocol as any other write.
    ///
    /// - Parameter result: gets what became of each, as far as it came.
    func handle(_ missing: [LedgerRecord], _ result: inout PipelineOutcome.Missing) async throws {
        for record in missing {
            if context.stop.isStopping {
                result.kept += 1
            } else if try await isForbidden(record) {
                result.kept += 1
            } else {
                switch try await deactivate(record) {
                case .done: result.deactivated += 1
                case .gone: result.gone += 1
                case .failed: result.failed += 1
                }
            }
        }
    }

    private enum End { case done, gone, failed }

    private func deactivate(_ record: LedgerRecord) async throws -> End {
        // What an earlier request came to must be known before another is sent.
        guard let id = record.remoteID, try context.ledger.openAttempt(context.target, key: record.key) == nil else {
            return .failed
        }
        var payload = record.steps[0]?.payload?.object ?? JSONObject()
        payload["active"] = "0"
        let canonical = JSONValue.object(payload).canonical
        let step = StepPlan(
            step: 0, call: Self.call, isCreate: false,
            fingerprint: Fingerprint.of(canonical),
            payload: canonical)
        let work = WriteWork(key: record.key, step: step, matchClass: nil) {
            .success(APIRequest(step.call, id: id, body: Self.body(record)))
        }
        var progress: WriteProgress?
        while true {
            let end = try await WriteDriver(context: context).drive(
                .repeatableUpdate, work, progress: progress, isLastChance: true)
            switch end {
            case .result(.applied, _): return .done
            case .result(.rejected, let problem?) where problem.status == 404:
                // What is not there is not sold either. From now on it counts as switched off, and keeps its id.
                try context.ledger.adopt(
                    context.target, key: record.key, remoteID: id,
                    applied: [0: AppliedStep(fingerprint: step.fingerprint, payload: step.payload)],
                    isOwned: record.isOwned)
                return .gone
            case .result: return .failed
            case .settle(let next), .awaitControl(let next):
                guard await context.stop.sleep(until: context.settled(next.sentAt), context.time) else {
                    return .failed
                }
                progress = next
            }
        }
    }

    /// Whether the plan, or the sink where somebody edited the product, forbids to write it.
    private func isForbidden(_ record: LedgerRecord) async throws -> Bool {
        if context.plan != nil, planned?[record.key] == nil { return true }
        let check = RereadCheck(context: context)
        guard check.isDue, let id = record.remoteID else { return false }
        let directory = context.directory
        let sight = try await context.stop.reading { try await directory.look(at: id) }
        if check.isPlansOwn, let plan = context.plan, let planned = planned?[record.key] {
            guard let changed = check.changed(sight, planned, record, wanted: [JSONObject([("active", "0")])]) else {
                return false
            }
            let error = plan.remoteChanged("\(context.identity.pipeline) \(record.key)", changed)
            context.stop.stop(.failure(error.exit, error.description))
            return true
        }
        let allowed = RereadCheck.unconfirmed(record)
        return !sight.drift(from: RereadCheck.applied(record), allowing: allowed).isEmpty
    }
}
