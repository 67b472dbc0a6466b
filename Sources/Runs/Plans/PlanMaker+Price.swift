import Ledgers
import Pipelines
import Records
import Salesdock
import SalesdockFacts

/// What a plan costs, what would stop it, and what it rests on.
extension PlanMaker {
    /// Requests a window, and how many of them are taken at present.
    var limits: (limit: Int, taken: Int) {
        get throws { try client?.budget.standing() ?? (assumed.limit, 0) }
    }

    func limitModel(_ limit: Int) -> LimitModel {
        LimitModel(
            limit: limit, hold: Double(RateLimitFacts.windowSeconds + Assumptions.windowSlackSeconds),
            latency: Self.latencySeconds, spacing: Self.latencySeconds / Double(max(1, assumed.concurrency)))
    }

    /// From sending to answer, as long as nobody has measured it.
    private static let latencySeconds = 0.2

    func price(_ plan: inout PipelinePlan, _ work: Work, _ remote: RefreshWork?, _ limits: (limit: Int, taken: Int)) {
        let rereads =
            work.sink.kind != .offers && (refresh != .none || work.sink.onDrift != .overwrite)
        let known = try? ledger.countRecords(work.target)
        let pricing = RunPricing(
            sink: work.sink, scope: assumed.scope, lookups: definition.lookups,
            customers: remote?.customers ?? known, rereads: rereads)
        plan.requests = pricing.calls(plan.tally)
        let model = limitModel(limits.limit)
        plan.law = (model, limits.taken)
        plan.seconds = model.seconds(plan.requestsTotal, taken: limits.taken)
        plan.finishUnixSeconds =
            Int64(environment.time.wallClock().unixSeconds) + Int64(plan.seconds.rounded(.up))
    }

    /// Every guard that would stop a run.
    func guards(_ survey: Survey, _ rows: PlannedRows, _ missing: [LedgerRecord], _ work: Work) throws -> [Notice] {
        var counted = survey
        counted.updates = rows.tally[.update]
        counted.emails = rows.tally.emails
        let records = try ledger.countRecords(work.target)
        return [
            Guards.errors(rows.balance, definition, options), Guards.renamed(counted, definition, options),
            Guards.moved(counted, from: try ledger.elsewhere(work.target, work.identity), definition, options),
            Guards.emails(counted, options),
            Guards.missing(missing.map(\.key), records: records, definition, options),
            Guards.changes(counted, deactivations: missing.count, records: records, definition),
        ].compactMap { $0?.notice }
    }

    func assumptions(_ work: Work) -> [Notice] {
        var found: [Notice] = []
        let sink = work.sink
        switch refresh {
        case .none:
            if !sink.match.isEmpty {
                found.append(
                    Notice(
                        "assumed.unmatched",
                        "nobody looked whether Salesdock has the new records already; a run does, and stops where it finds one"
                    ))
            }
            if !definition.lookups.isEmpty {
                found.append(
                    Notice(
                        "assumed.lookups",
                        "existing entities were not looked up; of known records they are taken to be as before"))
            }
            if sink.kind == .customers, !sink.match.isEmpty {
                found.append(
                    Notice(
                        "assumed.customers",
                        "Salesdock is taken to have as many customers as the ledger, for the price of matching"))
            }
        case .list, .full:
            if sink.kind == .offers {
                found.append(
                    Notice(
                        "assumed.offers",
                        "offers are not compared with Salesdock, which does not show them as they are written"))
            }
        }
        return found
    }

    func messages(_ work: Work) -> [String] {
        guard work.unresolved > 0 else { return [] }
        return [
            "\(work.unresolved) requests of an earlier run have no known outcome; a run looks them up first, and may then find something else to do than the plan has"
        ]
    }
}
