import ExactJSON
import Ledgers
import Pipelines
import Records
import Salesdock
import SalesdockFacts

/// Brings one row to its fate: match, plan, and each step through the write protocol.
struct RowWriter: Sendable {
    let context: RunContext
    private var driver: WriteDriver { WriteDriver(context: context) }

    func run(_ job: Job) async -> JobEnd {
        do {
            switch job {
            case .row(let job): return try await write(job)
            case .recovery(let job): return try await recover(job)
            }
        } catch is StoppedWhileReading {
            return .pending(note: nil)
        } catch let error as SalesdockError where error.code == .rejected {
            // A look that Salesdock refuses for this record's values says nothing about the others.
            return .fate(
                .failed, note: "salesdock.look", issues: [Issue(code: "salesdock.look", message: error.message)],
                isCreate: false)
        } catch {
            // What was sent is in the ledger; whatever broke here would break the next row as well.
            let error = RunError(error)
            context.stop.stop(.failure(error.exit, error.description))
            return .pending(note: nil)
        }
    }

    private func write(_ job: RowJob) async throws -> JobEnd {
        if job.resume == nil, let end = try blocked(job) ?? unplanned(job) { return end }
        var record = try context.ledger.record(context.target, key: job.row.key)
        let isNew = record?.remoteID == nil
        if isNew, job.resume == nil {
            if let end = try await matched(job, record) { return end }
            record = try context.ledger.record(context.target, key: job.row.key)
        }
        switch context.planner.plan(job.row, record) {
        case .unchanged: return fate(job.resume.map { $0.hasCreated ? .created : .updated } ?? .unchanged, job)
        case .impossible(let issue): return reject(issue)
        case .write(let steps):
            // A record that was only just taken over was read for that.
            if !isNew, let end = try await editedMeanwhile(job, steps, record) { return end }
            return try await write(job, steps, record)
        }
    }

    /// A request of this record, or a create that could be taken for its own, has no known outcome yet.
    private func blocked(_ job: RowJob) throws -> JobEnd? {
        if let open = try context.ledger.openAttempt(context.target, key: job.row.key) {
            if open.state == .inDoubt {
                return .fate(
                    .inDoubt, note: open.note ?? "an earlier write is in doubt; decide with resolve", issues: [],
                    isCreate: false)
            }
            return unsettled(
                Issue(
                    code: "match.open",
                    message: "an earlier request of this record is not confirmed yet; the next run looks it up"))
        }
        guard let matchClass = job.matchClass,
            let other = try context.ledger.openCreate(matchClass, besides: job.row.key, target: context.target)
        else { return nil }
        let name = "\(other.pipeline) \(other.key.replacing("\u{1F}", with: " + "))"
        return unsettled(
            Issue(
                code: "match.open",
                message: "\(name) may be the same record, and its create has no known outcome; settle that first"))
    }

    private func unsettled(_ issue: Issue) -> JobEnd {
        .fate(.failed, note: issue.code, issues: [issue], isCreate: false)
    }

    /// Looks whether Salesdock has the record already; `nil` when the row goes on to be written.
    private func matched(_ job: RowJob, _ record: LedgerRecord?) async throws -> JobEnd? {
        let (directory, payload) = (context.directory, job.row.payload)
        let ids: [Int]
        var isRecognised = false
        if let values = job.row.matchValues {
            ids = try await context.stop.reading { try await directory.match(values) }
        } else if context.isRebuild || record?.isUnrecognised == true {
            let context = context
            let found = try await context.stop.reading {
                try await directory.recordsLike(payload) { try context.isClaimed($0) }
            }
            if found.ids.count == 1, let richer = found.richer { return reject(MatchIssue.uncertain(richer)) }
            ids = found.ids
            isRecognised = true
        } else {
            return nil
        }
        if let end = otherMatch(job, ids) { return end }
        guard let id = ids.first else {
            guard context.sink.matchesByID else { return nil }
            return reject(MatchIssue.missing(context.sink.kind, job.row.matchValues?.first))
        }
        let field = context.sink.match.isEmpty ? identifyingField : context.sink.match.joined(separator: ", ")
        if ids.count > 1 {
            return reject(MatchIssue.ambiguous(ids, field))
        }
        let identity = context.identity
        if let claim = try context.ledger.claim(identity, remoteID: id), claim.pipeline == identity.pipeline {
            return claimed(id, by: "\(claim.pipeline) \(claim.key.replacing("\u{1F}", with: " + "))", field)
        }
        do { return try await take(job, id, field, isRecognised: isRecognised) } catch let error as LedgerError
            where error.code == .conflict
        {
            // Another row of this run was quicker.
            return claimed(id, by: "another row", field)
        }
    }

    /// What a rejected row is told by where it names nothing to match by.
    private var identifyingField: String {
        switch context.sink.kind {
        case .customers: "lastname"
        case .suppliers, .products: "identifier"
        case .offers: "relation_id"
        }
    }

    private func claimed(_ id: Int, by owner: String, _ field: String) -> JobEnd {
        reject(MatchIssue.claimed(id, by: owner, field))
    }

    /// What the sink says of a record that is there and nobody's.
    private func take(_ job: RowJob, _ id: Int, _ field: String, isRecognised: Bool) async throws -> JobEnd? {
        switch context.sink.existing {
        case .reject:
            return reject(MatchIssue.exists(id, field))
        case .skip:
            try context.ledger.adopt(
                context.target, key: job.row.key, remoteID: id, applied: [:], isOwned: false)
            return fate(.unchanged, job)
        case .update: return try await adopt(job, id, isRecognised: isRecognised)
        }
    }

    /// Claims a record that was there, and spares the update when it says the same already.
    private func adopt(_ job: RowJob, _ id: Int, isRecognised: Bool) async throws -> JobEnd? {
        let (row, directory) = (job.row, context.directory)
        // An offer can't be read in full; what is recognised of it has been compared as far as it is listed.
        let isCompared = isRecognised && context.sink.kind == .offers
        let sight: RemoteSight =
            isCompared ? .unread : try await context.stop.reading { try await directory.look(at: id) }
        if let end = edited(job, sight, nil, RereadCheck(context: context)) { return end }
        let isSame = isCompared || sight.carries(row.payload, tariffs: row.tariffs)
        var applied = [0: AppliedStep(fingerprint: Fingerprint.of(row.payload), payload: row.payload)]
        applied[1] = row.tariffs.map { AppliedStep(fingerprint: Fingerprint.of($0), payload: $0) }
        try context.ledger.adopt(
            context.target, key: row.key, remoteID: id, applied: isSame ? applied : [:], isOwned: true)
        await context.directory.noteOwn(row.matchValues, id: id)
        return isSame ? fate(.unchanged, job) : nil
    }

    private func write(_ job: RowJob, _ steps: [StepPlan], _ record: LedgerRecord?) async throws -> JobEnd {
        var remoteID = record?.remoteID
        var done = job.resume ?? RowJob.Resume(step: 0, progress: nil, hasCreated: false, hasUpdated: false)
        for step in steps where step.step >= done.step {
            if let end = otherRequest(step, job, remoteID, record) { return end }
            let isResumed = job.resume?.step == step.step
            let work = WriteWork(
                key: job.row.key, step: step, matchClass: step.isCreate ? job.matchClass : nil,
                request: request(step, job.row, remoteID, record))
            let end = try await driver.drive(
                step.kind, work, progress: isResumed ? job.resume?.progress : nil, isLastChance: job.isLastChance)
            switch end {
            case .settle(let progress):
                return .settle(until: context.settled(progress.sentAt), .row(resumed(job, step.step, progress, done)))
            case .awaitControl(let progress):
                return .awaitControl(
                    until: try driver.controlSettles(besides: job.row.key),
                    .row(resumed(job, step.step, progress, done)))
            case .result(.applied(let id), _):
                if step.isCreate { remoteID = id }
                done.hasCreated = done.hasCreated || step.isCreate
                done.hasUpdated = true
                if let id { await context.directory.noteOwn(job.row.matchValues, id: id) }
            case .result(let result, let problem): return failed(result, problem, step, isCreate: done.hasCreated)
            }
        }
        return fate(
            done.hasCreated ? .created : done.hasUpdated ? .updated : .unchanged, job, isCreate: done.hasCreated)
    }

    private func resumed(_ job: RowJob, _ step: Int, _ progress: WriteProgress, _ done: RowJob.Resume) -> RowJob {
        var job = job
        job.resume = RowJob.Resume(
            step: step, progress: progress, hasCreated: done.hasCreated, hasUpdated: done.hasUpdated)
        return job
    }

    private func request(_ step: StepPlan, _ row: ResolvedRow, _ remoteID: Int?, _ record: LedgerRecord?)
        -> @Sendable ()
        -> Result<APIRequest, Issue>
    {
        let planner = context.planner
        return {
            let body: Result<JSONObject, Issue> =
                step.step == 0 ? row.body() : .success(step.payload.object ?? JSONObject())
            return body.map { planner.request(step, body: $0, remoteID: remoteID, record) }
        }
    }

    private func failed(_ result: WriteResult, _ problem: APIProblem?, _ step: StepPlan, isCreate: Bool) -> JobEnd {
        let issues = problem.map(Self.issues) ?? []
        switch result {
        case .rejected(let note):
            // A record that was deleted in Salesdock is never made again behind anybody's back.
            let isGone = problem?.status == 404 && !step.isCreate
            let isForbidden = problem?.status == 403
            return .fate(isGone || isForbidden ? .failed : .rejected, note: note, issues: issues, isCreate: isCreate)
        case .failed(let note): return .fate(.failed, note: note, issues: issues, isCreate: isCreate)
        case .unconfirmed(let note):
            let issue = Issue(
                code: "salesdock.unconfirmed",
                message: "Salesdock did not confirm it: \(note); the next run looks it up")
            return .fate(.failed, note: "not confirmed: \(note)", issues: [issue], isCreate: isCreate)
        case .inDoubt(let note): return .fate(.inDoubt, note: note, issues: [], isCreate: isCreate)
        case .unreachable(let note):
            context.stop.stop(.failure(.unreachable, "Salesdock can't be reached: \(note); run again once it can"))
            return .pending(note: note)
        case .stopped(let note): return .pending(note: note)
        case .absent, .applied: preconditionFailure("a row's write ends applied or failed")
        }
    }

    /// What Salesdock said of a record, as issues of its fields.
    private static func issues(_ problem: APIProblem) -> [Issue] {
        let code = "salesdock.\(problem.status == 0 ? problem.code ?? "file" : String(problem.status))"
        let fields = problem.errors.map {
            Issue(code: code, field: $0.field, message: $0.messages.joined(separator: " "))
        }
        return fields.isEmpty ? [Issue(code: code, message: problem.message)] : fields
    }

    private func recover(_ job: RecoveryJob) async throws -> JobEnd {
        let intent = job.attempt.intent
        let record = try intent.isCreate ? nil : context.ledger.record(context.target, key: intent.key)
        let kind: WriteMachine.Kind =
            intent.isCreate
            ? .create
            : context.planner.isRepeatable(intent, record) ? .repeatableUpdate : .unrepeatableUpdate
        let progress =
            job.progress
            ?? WriteProgress(
                attempt: job.attempt.id, intent: intent, sentAt: context.sentOnThisBoot(intent.sentAt), rounds: 0,
                controls: 0)
        let end = try await driver.drive(kind, nil, progress: progress, isLastChance: job.isLastChance)
        var next = job
        switch end {
        case .settle(let progress):
            next.progress = progress
            return .settle(until: context.settled(progress.sentAt), .recovery(next))
        case .awaitControl(let progress):
            next.progress = progress
            return .awaitControl(until: try driver.controlSettles(besides: intent.key), .recovery(next))
        case .result(let result, _):
            guard intent.isCreate, case .applied(let id) = result else { return .recovered(isCreate: false) }
            // A row of the same match that has waited for this must find it, whatever was read before.
            if let id { await context.directory.noteOwn(matchValues(intent.payload), id: id) }
            return .recovered(isCreate: true)
        }
    }

    private func matchValues(_ payload: JSONValue) -> [String]? {
        let values = context.sink.match.map { payload[$0]?.scalarText ?? "" }
        return values.isEmpty || values.contains("") ? nil : values
    }

    private func fate(_ fate: Fate, _ job: RowJob, isCreate: Bool = false) -> JobEnd {
        .fate(fate, note: nil, issues: [], isCreate: isCreate)
    }

    private func reject(_ issue: Issue) -> JobEnd {
        .fate(.rejected, note: issue.code, issues: [issue], isCreate: false)
    }
}
