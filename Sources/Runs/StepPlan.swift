import ExactJSON
import Ledgers
import Pipelines
import Records
import Salesdock
import SalesdockFacts

/// One request that a row needs, and everything the ledger must know before it goes.
struct StepPlan: Sendable {
    /// 0 is the record itself, 1 an energy product's tariffs.
    let step: Int
    let call: Call
    let isCreate: Bool
    let fingerprint: String
    /// Canonical, file contents as digests.
    let payload: JSONValue

    var kind: WriteMachine.Kind {
        if isCreate { return .create }
        return call.repeatability == .always ? .repeatableUpdate : .unrepeatableUpdate
    }
}

/// What a row needs, given what the ledger knows of it.
enum RowPlan: Sendable {
    /// Salesdock has all of it already.
    case unchanged
    /// The steps in order; empty fingerprints never occur.
    case write([StepPlan])
    /// The row asks for a change that the API does not offer, or not to this token.
    case impossible(Issue)
}

/// Turns resolved rows into requests. Pure.
struct Planner: Sendable {
    let sink: SalesdockSink
    /// Of the token.
    let scope: Salesdock.Scope

    /// The steps of a row. `record` is the ledger's; a record that is new to it is created.
    func plan(_ row: ResolvedRow, _ record: LedgerRecord?) -> RowPlan {
        if let record, record.remoteID != nil, !record.isOwned, sink.existing == .skip { return .unchanged }
        var steps: [StepPlan] = []
        let fingerprint = Fingerprint.of(row.payload)
        if record?.remoteID == nil {
            steps.append(
                StepPlan(step: 0, call: createCall, isCreate: true, fingerprint: fingerprint, payload: row.payload))
        } else if record?.steps[0]?.fingerprint != fingerprint || record?.unconfirmed[0] != nil {
            if let field = fixedField(row, record) { return .impossible(FixedField.issue(field)) }
            if sink.kind == .offers, scope == .user, isCompleted(row.payload, record) {
                return .impossible(FixedField.completed)
            }
            steps.append(
                StepPlan(
                    step: 0, call: updateCall(row.payload, record), isCreate: false, fingerprint: fingerprint,
                    payload: row.payload))
        }
        if let tariffs = row.tariffs {
            let fingerprint = Fingerprint.of(tariffs)
            if record?.steps[1]?.fingerprint != fingerprint || record?.unconfirmed[1] != nil {
                steps.append(
                    StepPlan(
                        step: 1, call: .energyTariffsUpdate, isCreate: false, fingerprint: fingerprint, payload: tariffs
                    ))
            }
        }
        // The tariff call has no way to say that there are none any more.
        if row.tariffs == nil, record?.steps[1] != nil {
            return .impossible(FixedField.issue("energy"))
        }
        return steps.isEmpty ? .unchanged : .write(steps)
    }

    /// Whether an update that may or may not have happened can be sent again.
    func isRepeatable(_ intent: Intent, _ record: LedgerRecord?) -> Bool {
        intent.step > 0 || updateCall(intent.payload, record).repeatability == .always
    }

    /// What a create must not be confused with while its outcome is unknown.
    func matchClass(_ row: ResolvedRow) -> String? {
        MatchClass.of(sink.kind, row.payload.object ?? JSONObject(), flow: sink.flow)
    }

    private var createCall: Call {
        switch sink.kind {
        case .customers: .relationCreate
        case .suppliers: .supplierCreate
        case .products: .productCreate
        case .offers: .saleCreate
        }
    }

    private func updateCall(_ payload: JSONValue, _ record: LedgerRecord?) -> Call {
        switch sink.kind {
        case .customers: .relationUpdate
        case .suppliers: .supplierUpdate
        case .products:
            .productUpdate(
                addsAttachments: !areApplied(payload["attachments"], record)
                    && payload["attachments"]?.array?.contains { $0["action"]?.string == "add" } ?? false)
        case .offers:
            isCompleted(payload, record)
                ? .finalizedSaleUpdate(changesProducts: false) : .proposalUpdate(changesProducts: false)
        }
    }

    /// Whether an offer was signed when it was made, which Salesdock changes by another call than an open one.
    private func isCompleted(_ payload: JSONValue, _ record: LedgerRecord?) -> Bool {
        let made = record?.steps[0]?.payload ?? payload
        return made[SaleSideEffects.emailsUnlessFilled]?.string.map { !$0.isEmpty } ?? false
    }

    /// Attachments that were applied already would be added again, so the request leaves them out.
    private func areApplied(_ attachments: JSONValue?, _ record: LedgerRecord?) -> Bool {
        attachments != nil && record?.steps[0]?.payload?["attachments"] == attachments
    }

    private var facts: ResourceFacts { SalesdockRules(sink).facts }

    private var flowType: String { sink.flow?.split(separator: "/").first.map(String.init) ?? "default" }
    private var flowIdentifier: String {
        sink.flow?.split(separator: "/").dropFirst().first.map(String.init) ?? "default"
    }

    /// The first field that differs from what was applied and that no update can change.
    private func fixedField(_ row: ResolvedRow, _ record: LedgerRecord?) -> String? {
        guard let applied = record?.steps[0]?.payload?.object else { return nil }
        let ours = row.payload.object ?? JSONObject()
        if sink.kind == .offers {
            let paths = OfferUpdateFacts.paths(flowType: flowType)
            let changed = Self.changes(from: applied, to: ours).map(\.path)
            return changed.first { path in
                paths[path] == nil && paths[path.split(separator: ".").first.map(String.init) ?? path] == nil
            }
        }
        return facts.fixedAfterCreate.sorted().first { ours[$0] != nil && ours[$0] != applied[$0] }
    }

    /// The request of a step.
    ///
    /// - Parameters:
    ///   - body: the payload with file contents.
    ///   - remoteID: of the record; `nil` for a create.
    ///   - record: what the ledger knows; a field that was applied, or may have been, and that `body` lacks is emptied.
    func request(_ step: StepPlan, body: JSONObject, remoteID: Int?, _ record: LedgerRecord?) -> APIRequest {
        if step.isCreate {
            if sink.kind == .offers {
                return APIRequest(step.call, flowType: flowType, flow: flowIdentifier, body: .object(body))
            }
            return APIRequest(step.call, body: .object(body))
        }
        let id = remoteID ?? 0
        let applied = record?.steps[step.step]?.payload?.object
        let previous = [applied].compactMap(\.self) + (record?.unconfirmed[step.step] ?? [])
        if step.step == 0, sink.kind == .offers {
            return APIRequest(step.call, id: id, body: .object(offerUpdate(body, previous)))
        }
        var update = body
        for name in facts.fixedAfterCreate where step.step == 0 { update[name] = nil }
        if step.step == 0, areApplied(step.payload["attachments"], record) { update["attachments"] = nil }
        for path in Self.emptied(previous, body) {
            PayloadPaths.set(.null, at: PayloadPaths.split(path), in: &update)
        }
        return APIRequest(step.call, id: id, body: .object(update))
    }

    /// An update of an offer has a form of its own: a customer, answers and agreements.
    private func offerUpdate(_ body: JSONObject, _ previous: [JSONObject]) -> JSONObject {
        let paths = OfferUpdateFacts.paths(flowType: flowType)
        var update = JSONObject()
        for (path, value) in PayloadPaths.leaves(body) {
            let parts = PayloadPaths.split(path)
            if let target = paths[path] {
                PayloadPaths.set(value, at: PayloadPaths.split(target), in: &update)
            } else if let first = parts.first, let target = paths[first] {
                PayloadPaths.set(value, at: PayloadPaths.split(target) + parts.dropFirst(), in: &update)
            }
        }
        for path in Self.emptied(previous, body) {
            let parts = PayloadPaths.split(path)
            if let target = paths[path] {
                PayloadPaths.set(.null, at: PayloadPaths.split(target), in: &update)
                continue
            }
            guard parts.count > 1, let target = paths[parts[0]] else { continue }
            let list = PayloadPaths.split(target).dropLast() + ["delete"]
            let names = update[path: Array(list)]?.array ?? []
            PayloadPaths.set(
                .array(names + [.string(parts.dropFirst().joined(separator: "."))]), at: Array(list), in: &update)
        }
        return update
    }

    /// Leaves that stood in an earlier payload and are not sent any more.
    static func emptied(_ previous: [JSONObject], _ body: JSONObject) -> [String] {
        let sent = Set(PayloadPaths.leaves(body).map(\.path))
        var gone: [String] = []
        for (path, value) in previous.flatMap({ PayloadPaths.leaves($0) }) where !value.isNull {
            // A file's digest is not a field of the request, and a field that became an object is still sent.
            let stands =
                sent.contains(path) || path.hasSuffix(".sha256")
                || sent.contains { $0.hasPrefix(path + ".") || path.hasPrefix($0 + ".") }
            if !stands, !gone.contains(path) { gone.append(path) }
        }
        return gone
    }

    /// Leaves that differ, with what they were and what they become.
    static func changes(from applied: JSONObject, to ours: JSONObject) -> [(
        path: String, was: JSONValue?, becomes: JSONValue?
    )] {
        let before = PayloadPaths.leaves(applied)
        let after = PayloadPaths.leaves(ours)
        let known = Dictionary(before.map { ($0.path, $0.value) }, uniquingKeysWith: { _, last in last })
        let coming = Set(after.map(\.path))
        let changed = after.filter { known[$0.path] != $0.value }.map {
            (path: $0.path, was: known[$0.path], becomes: Optional($0.value))
        }
        let gone = before.filter { !coming.contains($0.path) }.map {
            (path: $0.path, was: Optional($0.value), becomes: JSONValue?.none)
        }
        return changed + gone
    }
}
