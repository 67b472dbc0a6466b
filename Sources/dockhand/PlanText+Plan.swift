import ExactJSON
import Records
import Reports
import Runs

extension PlanText {
    /// - Parameter samples: the first records of each action.
    init(_ plan: PipelinePlan, _ samples: [RecordPlan.Action: [RecordPlan]], isMasked: Bool) {
        let tally = plan.tally
        // What needs no attention is counted and not listed, unless there is something to say of it.
        let quiet: Set<RecordPlan.Action> = [.duplicate, .filtered, .unchanged]
        let groups = RecordPlan.Action.allCases.map { action in
            let entries = samples[action, default: []]
            return Group(
                action: action.rawValue, count: tally[action],
                entries: quiet.contains(action) ? [] : entries.map { Entry($0, isMasked: isMasked) })
        }
        self.init(
            pipeline: plan.pipeline, facts: Self.facts(plan), groups: groups, sideEffects: Self.sideEffects(plan),
            guards: plan.guards.map(\.text), assumptions: plan.assumptions.map(\.text), messages: plan.messages)
    }

    private static func facts(_ plan: PipelinePlan) -> [(label: String, value: String)] {
        let tally = plan.tally
        var facts: [(label: String, value: String)] = [("rows", Quantity.grouped(plan.balance.read))]
        if tally.drifted > 0 {
            facts.append(("drift", "\(Quantity.grouped(tally.drifted)) edited in Salesdock since they were written"))
        }
        if tally.gone > 0 { facts.append(("gone", "\(Quantity.grouped(tally.gone)) not in Salesdock any more")) }
        let calls = plan.requests.map { "\($0.call) \(Quantity.grouped($0.count))" }.joined(separator: ", ")
        facts.append(("requests", "\(Quantity.grouped(plan.requestsTotal)): \(calls)"))
        let time = Quantity.duration(seconds: plan.seconds.rounded(.up))
        let end = Quantity.moment(unixSeconds: plan.finishUnixSeconds)
        facts.append(("time", "\(time) at \(plan.limit) requests a minute: if begun now, until \(end)"))
        return facts
    }

    private static func sideEffects(_ plan: PipelinePlan) -> [String] {
        let tally = plan.tally
        func count(_ number: Int, _ one: String, _ many: String) -> String {
            "\(Quantity.grouped(number)) \(number == 1 ? one : many)"
        }
        var effects: [String] = []
        if tally.emails > 0 {
            effects.append(count(tally.emails, "offer will e-mail a customer", "offers will e-mail a customer"))
        }
        if tally[.deactivate] > 0 {
            effects.append(count(tally[.deactivate], "product deactivated", "products deactivated"))
        }
        for (field, number) in tally.emptied.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            effects.append("\(field) emptied of " + count(number, "record", "records"))
        }
        return effects
    }
}

extension PlanText.Entry {
    init(_ record: RecordPlan, isMasked: Bool) {
        let record = isMasked ? record.masked : record
        var place: [String] = []
        if let row = record.row { place.append("row \(row)") }
        if let id = record.remoteID { place.append("id \(id)") }
        if record.action == .adopt { place.append(record.requests.isEmpty ? "as it is" : "with an update") }
        var notes = record.problems.map { problem in
            (problem.field.map { "\($0): " } ?? "") + problem.message
                + (problem.value.flatMap { $0.isEmpty ? nil : " (\($0))" } ?? "")
        }
        if record.isGone { notes.append("not in Salesdock any more") }
        notes += record.drift.map { drift in
            "edited in Salesdock: \(drift.field) was \(Self.text(drift.was) ?? "empty") and is \(Self.text(drift.becomes) ?? "empty")"
        }
        self.init(
            action: record.action.rawValue, key: record.key?.replacing("\u{1F}", with: " + ") ?? "(no key)",
            place: place.joined(separator: ", "),
            changes: record.changes.map {
                .init(field: $0.field, was: Self.text($0.was), becomes: Self.text($0.becomes))
            }, notes: notes)
    }

    private static func text(_ value: JSONValue?) -> String? {
        guard let value, !value.isNull else { return nil }
        if let parts = value["$ref"]?.array?.compactMap(\.string), parts.count == 2 {
            return "the id of \(parts[0]) \(parts[1]), which this plan creates"
        }
        if let parts = value["$lookup"]?.array?.compactMap(\.string), parts.count == 3 {
            return "the id of \(parts[0]) with \(parts[1]) \(parts[2])"
        }
        return value.scalarText ?? value.text
    }
}
