import ExactJSON
import Ledgers
import Pipelines
import Records
import Salesdock

/// Rows of one pipeline into plans, batch by batch: first what needs no look, then the looks, at most `concurrency` at
/// once, then everything in the order of the source.
struct PlannedRows {
    private enum Part: Sendable {
        case planned(RecordPlan)
        case open(OpenRow)
    }

    private struct OpenRow: Sendable {
        let origin: RecordOrigin
        let row: ResolvedRow
        let record: LedgerRecord?
        let emailsCustomer: Bool
    }

    let work: PlanMaker.Work
    let planner: RecordPlanner
    let ledger: any Ledger
    let refresh: PlanRefresh
    let concurrency: Int
    let stop: StopSignal
    private(set) var balance = Balance()
    private(set) var tally = PlanTally()
    /// Problems by code.
    private(set) var problems: [String: Int] = [:]
    private(set) var warnings = 0
    /// Match values of rows that get a record: a second one of them is refused in a run as well.
    private var matches = KeyTable()

    init(
        work: PlanMaker.Work, planner: RecordPlanner, ledger: any Ledger, refresh: PlanRefresh, concurrency: Int,
        stop: StopSignal
    ) {
        self.work = work
        self.planner = planner
        self.ledger = ledger
        self.refresh = refresh
        self.concurrency = concurrency
        self.stop = stop
    }

    /// The plans of a batch, in order.
    mutating func plan(_ batch: [StreamedRow], _ parents: inout PlannedParents) async throws -> [RecordPlan] {
        balance.read(batch.count)
        var parts: [Part] = []
        parts.reserveCapacity(batch.count)
        for row in batch { parts.append(try part(row)) }
        let findings = try await look(parts)
        var records: [RecordPlan] = []
        records.reserveCapacity(parts.count)
        for (index, part) in parts.enumerated() {
            let record: RecordPlan
            switch part {
            case .planned(let plan): record = plan
            case .open(let open): record = try decide(open, findings[index] ?? RowFinding())
            }
            note(record, batch[index], &parents)
            records.append(record)
        }
        return records
    }

    /// The plans of products that are to be deactivated.
    mutating func deactivate(_ missing: [LedgerRecord]) async throws -> [RecordPlan] {
        var records: [RecordPlan] = []
        for record in missing {
            let sight = try await sight(of: record)
            let plan = planner.deactivation(record, sight)
            tally.add(plan)
            records.append(plan)
        }
        return records
    }

    // MARK: Without a look

    private mutating func part(_ row: StreamedRow) throws -> Part {
        func ended(_ action: RecordPlan.Action, _ key: String?, _ issues: [Issue] = []) -> Part {
            var plan = RecordPlan(action, row: row.origin.row, line: row.origin.line, key: key)
            plan.problems = issues.map(RecordPlan.Problem.init)
            return .planned(plan)
        }
        warnings += row.issues.count { $0.severity == .warning }
        let errors = row.issues.filter { $0.severity == .error }
        switch row.outcome {
        case .rejected(let key): return ended(.rejected, key, errors)
        case .filtered: return ended(.filtered, nil)
        case .repeated(let key): return ended(.duplicate, key)
        case .duplicate(_, let key): return ended(.duplicate, key)
        case .draft(let draft):
            if work.inDoubt.contains(draft.key) { return ended(.inDoubt, draft.key) }
            let record = try ledger.record(work.target, key: draft.key)
            switch try work.resolver.resolve(draft, file: row.origin.file, known: record) {
            case .parked(let note):
                return ended(.parked, draft.key, [Issue(code: "ref.missing", message: note)])
            case .rejected(let issue): return ended(.rejected, draft.key, [issue])
            case .ready(let resolved):
                let emails = work.sink.kind == .offers && record?.remoteID == nil && SideEffects.emailsCustomer(draft)
                return .open(OpenRow(origin: row.origin, row: resolved, record: record, emailsCustomer: emails))
            }
        }
    }

    // MARK: Looks

    private func look(_ parts: [Part]) async throws -> [Int: RowFinding] {
        guard work.directory != nil || work.sink.matchesByID else { return [:] }
        var findings: [Int: RowFinding] = [:]
        var waiting = parts.enumerated().makeIterator()
        try await withThrowingTaskGroup(of: (Int, RowFinding).self) { group in
            var running = 0
            while true {
                while running < concurrency, !stop.isStopping, let (index, part) = waiting.next() {
                    guard case .open(let open) = part else { continue }
                    let rows = LookContext(self)
                    group.addTask { (index, try await rows.finding(open.row, open.record)) }
                    running += 1
                }
                guard let (index, finding) = try await group.next() else { break }
                findings[index] = finding
                running -= 1
            }
        }
        return findings
    }

    private func sight(of record: LedgerRecord) async throws -> RemoteSight {
        try await LookContext(self).sight(of: record)
    }

    /// What a look needs of the rows, without what they count.
    private struct LookContext: Sendable {
        let directory: RemoteDirectory?
        let refresh: PlanRefresh
        let sink: SalesdockSink
        let identity: TargetIdentity
        let ledger: any Ledger
        let stop: StopSignal

        init(_ rows: borrowing PlannedRows) {
            directory = rows.work.directory
            refresh = rows.refresh
            sink = rows.work.sink
            identity = rows.work.identity
            ledger = rows.ledger
            stop = rows.stop
        }

        func sight(of record: LedgerRecord) async throws -> RemoteSight {
            guard let directory, let id = record.remoteID else { return .unread }
            let (refresh, written) = (refresh, record.steps[0]?.payload?.object)
            return try await stop.reading { try await directory.sight(of: id, refresh, written: written) }
        }

        func finding(_ row: ResolvedRow, _ record: LedgerRecord?) async throws -> RowFinding {
            var finding = RowFinding()
            if let record, record.remoteID != nil {
                finding.sight = try await sight(of: record)
                return finding
            }
            guard let values = row.matchValues else { return finding }
            guard let directory else {
                // The id that a row names is taken for one that is there.
                finding.matches = sink.matchesByID ? [values[0]].compactMap { Int($0) } : []
                return finding
            }
            finding.matches = try await stop.reading { try await directory.match(values) }
            guard finding.matches.count == 1, let id = finding.matches.first else { return finding }
            finding.claim = try ledger.claim(identity, remoteID: id)
            if finding.claim?.pipeline == identity.pipeline || sink.existing != .update { return finding }
            let refresh = refresh
            finding.sight = try await stop.reading { try await directory.sight(of: id, refresh, written: nil) }
            return finding
        }
    }

    // MARK: Decisions

    private mutating func decide(_ open: OpenRow, _ finding: RowFinding) throws -> RecordPlan {
        var plan = planner.plan(open.row, open.record, finding)
        if plan.action == .create || plan.action == .adopt {
            let key = open.row.matchValues.flatMap { values in
                let named = Dictionary(zip(work.sink.match, values), uniquingKeysWith: { first, _ in first })
                return MatchKey.of(work.sink.match) { named[$0] }
            }
            if let key, matches.insert(hash(key), UInt64(open.origin.row)) != nil {
                plan = RecordPlan(.rejected)
                plan.problems = [
                    .init(
                        code: "match.claimed", field: work.sink.match.joined(separator: ", "),
                        message: "an earlier row matches the same record")
                ]
            }
        }
        plan.row = open.origin.row
        plan.line = open.origin.line
        plan.key = open.row.key
        plan.emailsCustomer = open.emailsCustomer && plan.action == .create
        return plan
    }

    private func hash(_ text: String) -> Hash128 {
        KeyedHash.hash(Array(text.utf8).span, seed: work.prepared.seed)
    }

    private mutating func note(_ record: RecordPlan, _ row: StreamedRow, _ parents: inout PlannedParents) {
        balance.settle(record.fate)
        tally.add(record)
        if record.action == .rejected {
            for problem in record.problems { problems[problem.code, default: 0] += 1 }
        }
        if case .duplicate(let survivor?, let key?) = row.outcome {
            parents.takeDuplicate(key, ofRow: survivor)
        } else if let key = record.key, [.create, .adopt, .update, .unchanged].contains(record.action) {
            parents.take(
                key, row: row.origin.row, isNew: record.action == .create || record.action == .adopt,
                of: planner.pipeline)
        }
    }
}
