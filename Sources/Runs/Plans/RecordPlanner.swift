import ExactJSON
import Ledgers
import Pipelines
import Records
import Salesdock
import SalesdockFacts

/// What was found in Salesdock for one row.
struct RowFinding: Sendable {
    /// Records that match a row that the ledger does not know.
    var matches: [Int] = []
    /// Who holds the only match, by the ledger.
    var claim: Claim?
    /// What was seen of the row's record, or of its only match.
    var sight = RemoteSight.unread
}

/// Turns a resolved row, what the ledger knows and what was found in Salesdock into the row's part of a plan. Pure.
struct RecordPlanner {
    let planner: Planner
    let pipeline: String
    private var sink: SalesdockSink { planner.sink }

    init(_ planner: Planner, pipeline: String) {
        self.planner = planner
        self.pipeline = pipeline
    }

    /// The plan of one row, without its place in the source.
    func plan(_ row: ResolvedRow, _ record: LedgerRecord?, _ finding: RowFinding) -> RecordPlan {
        if record?.remoteID != nil { return change(row, record, finding.sight) }
        let field = sink.match.joined(separator: ", ")
        guard let id = finding.matches.first else {
            if sink.matchesByID, let named = row.matchValues?.first {
                return reject(MatchIssue.missing(sink.kind, named))
            }
            return write(.create, row, record)
        }
        if finding.matches.count > 1 { return reject(MatchIssue.ambiguous(finding.matches, field)) }
        if let claim = finding.claim, claim.pipeline == pipeline {
            return reject(
                MatchIssue.claimed(id, by: "\(claim.pipeline) \(claim.key.replacing("\u{1F}", with: " + "))", field))
        }
        switch sink.existing {
        case .reject: return reject(MatchIssue.exists(id, field))
        case .skip:
            var plan = RecordPlan(.adopt)
            plan.remoteID = id
            return plan
        case .update: return adopt(row, id, finding.sight)
        }
    }

    private func adopt(_ row: ResolvedRow, _ id: Int, _ sight: RemoteSight) -> RecordPlan {
        var plan = RecordPlan(.adopt)
        if !sight.carries(row.payload, tariffs: row.tariffs) {
            let record = LedgerRecord(key: row.key, remoteID: id, isOwned: true)
            plan = write(.adopt, row, record)
            plan.changes = Self.changes(sight.fields.map(Self.object), row, keepsRest: true)
        }
        plan.remoteID = id
        plan.seen = sight.fields ?? [:]
        return plan
    }

    private func change(_ row: ResolvedRow, _ record: LedgerRecord?, _ sight: RemoteSight) -> RecordPlan {
        let applied = RereadCheck.applied(record)
        let drift = sight.drift(from: applied)
        var plan: RecordPlan
        switch planner.plan(row, record) {
        case .unchanged: plan = RecordPlan(.unchanged)
        case .impossible(let issue): plan = reject(issue)
        case .write: plan = write(.update, row, record)
        }
        if plan.action == .update {
            let fields = drift.map(\.field)
            // What is there already needs nobody's consent.
            let conflicts = sight.drift(from: applied, allowing: Self.wanted(row) + RereadCheck.unconfirmed(record))
            if !conflicts.isEmpty, sink.onDrift == .keep {
                plan = RecordPlan(.unchanged)
                plan.problems = [.init(DriftIssue.kept(fields))]
            } else if !conflicts.isEmpty, sink.onDrift == .reject {
                plan = reject(DriftIssue.edited(fields))
            } else {
                plan.changes = Self.changes(Self.applied(record, overlaid: drift), row)
                plan.seen = sight.fields ?? [:]
            }
        }
        plan.remoteID = record?.remoteID
        plan.drift = drift
        plan.isGone = sight == .gone
        return plan
    }

    private func write(_ action: RecordPlan.Action, _ row: ResolvedRow, _ record: LedgerRecord?) -> RecordPlan {
        var plan = RecordPlan(action)
        guard case .write(let steps) = planner.plan(row, record) else { return plan }
        plan.requests = steps.map { step in request(step, remoteID: record?.remoteID, record) }
        return plan
    }

    /// A step's request as a plan has it: file contents are their digests.
    func request(_ step: StepPlan, remoteID: Int?, _ record: LedgerRecord?) -> PlannedRequest {
        let request = planner.request(step, body: step.payload.object ?? JSONObject(), remoteID: remoteID, record)
        return PlannedRequest(step: step.step, request, hasID: remoteID != nil)
    }

    /// A product that the source no longer holds.
    func deactivation(_ record: LedgerRecord, _ sight: RemoteSight) -> RecordPlan {
        let drift = sight.drift(from: RereadCheck.applied(record))
        let isKept = !drift.isEmpty && sink.onDrift != .overwrite
        var plan = RecordPlan(isKept ? .unchanged : .deactivate, key: record.key)
        plan.remoteID = record.remoteID
        plan.isGone = sight == .gone
        plan.drift = drift
        if isKept {
            plan.problems = [.init(DriftIssue.kept(drift.map(\.field)))]
            return plan
        }
        plan.seen = sight.fields ?? [:]
        plan.changes = [FieldChange(field: "active", was: record.steps[0]?.payload?["active"], becomes: "0")]
        if let id = record.remoteID {
            let request = APIRequest(MissingProducts.call, id: id, body: MissingProducts.body(record))
            plan.requests = [PlannedRequest(step: 0, request, hasID: true)]
        }
        return plan
    }

    private func reject(_ issue: Issue) -> RecordPlan {
        var plan = RecordPlan(.rejected)
        plan.problems = [.init(issue)]
        return plan
    }

    /// What a row wants to stand in Salesdock.
    static func wanted(_ row: ResolvedRow) -> [JSONObject] {
        [row.payload.object, row.tariffs?.object].compactMap(\.self)
    }

    // MARK: Changes

    /// What the ledger holds, with what was seen to have been edited in its place; tariffs under their prefix.
    private static func applied(_ record: LedgerRecord?, overlaid drift: [FieldChange]) -> [String: JSONValue]? {
        guard let record, !record.steps.isEmpty else { return nil }
        var values = leaves(record.steps[0]?.payload?.object)
        for (name, value) in leaves(record.steps[1]?.payload?.object) where values[name] == nil { values[name] = value }
        for change in drift { values[change.field] = change.becomes }
        return values
    }

    private static func object(_ fields: [String: String?]) -> [String: JSONValue] {
        fields.compactMapValues { $0.map(JSONValue.string) }
    }

    private static func leaves(_ object: JSONObject?) -> [String: JSONValue] {
        Dictionary(
            symbolicLeaves(object ?? JSONObject()).map { ($0.path, $0.value) }, uniquingKeysWith: { _, last in last })
    }

    /// The leaves of a payload; a symbol is one.
    private static func symbolicLeaves(_ object: JSONObject) -> [(path: String, value: JSONValue)] {
        PayloadPaths.leaves(object).map { path, value in
            for name in ["$ref", "$lookup"] where path.hasSuffix("." + name) {
                return (String(path.dropLast(name.count + 1)), .object(JSONObject([(name, value)])))
            }
            return (path, value)
        }
    }

    /// Fields that differ from what was there; what was there and is not sent any more is emptied.
    ///
    /// - Parameter keepsRest: whether it is what Salesdock shows: in its own form, and not ours where it isn't sent.
    private static func changes(_ before: [String: JSONValue]?, _ row: ResolvedRow, keepsRest: Bool = false)
        -> [FieldChange]
    {
        var sent: Set<String> = []
        var changes: [FieldChange] = []
        for (name, value) in wanted(row).flatMap(symbolicLeaves) where sent.insert(name).inserted {
            let was = before?[name]
            if let was, was == value || (keepsRest && isSame(was, value, name)) { continue }
            changes.append(FieldChange(field: name, was: was, becomes: value))
        }
        if keepsRest { return changes }
        let gone = (before ?? [:]).filter { name, value in
            !value.isNull && !sent.contains { $0 == name || $0.hasPrefix(name + ".") || name.hasPrefix($0 + ".") }
        }
        return changes + gone.sorted { $0.key < $1.key }.map { FieldChange(field: $0.key, was: $0.value, becomes: nil) }
    }

    private static func isSame(_ was: JSONValue, _ value: JSONValue, _ name: String) -> Bool {
        guard let a = was.scalarText, let b = value.scalarText else { return false }
        return FieldComparison.areEqual(a, b, field: name)
    }
}

extension PlannedRequest {
    /// - Parameter hasID: whether the request's id is the record's own; a record that is only being made has none yet.
    init(step: Int, _ request: APIRequest, hasID: Bool) {
        var segments: [String] = []
        for segment in request.call.path.split(separator: "/") {
            let name = segment.hasPrefix("{") ? String(segment.dropFirst().dropLast()) : ""
            let isKnown = name != "id" || hasID
            segments.append(isKnown ? request.path[name] ?? String(segment) : String(segment))
        }
        self.init(
            step: step, call: request.call.name, method: request.call.method.rawValue,
            path: segments.joined(separator: "/"), body: request.body ?? .null)
    }
}

extension RecordPlan.Problem {
    init(_ issue: Issue) {
        self.init(code: issue.code, field: issue.field, message: issue.message, value: issue.value)
    }
}
