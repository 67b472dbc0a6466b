import ExactJSON
import Records
import Reports
import Runs

extension PlanReport {
    /// - Parameter samples: the first records of each action.
    init(
        _ plan: PipelinePlan, _ samples: [RecordPlan.Action: [RecordPlan]], _ language: Language, isMasked: Bool
    ) {
        let tally = plan.tally
        let groups = RecordPlan.Action.allCases.map { action in
            Group(
                action: action.rawValue, count: tally[action],
                records: samples[action, default: []].map { Record(isMasked ? $0.masked : $0) })
        }
        self.init(
            pipeline: plan.pipeline, read: plan.balance.read, changes: tally.changes, groups: groups,
            requests: plan.requests.map { RunFacts.Calls(name: $0.call, count: $0.count) }, limit: plan.limit,
            seconds: plan.seconds, finishUnixSeconds: plan.finishUnixSeconds, emails: tally.emails,
            deactivations: tally[.deactivate], emptied: tally.emptied, drifted: tally.drifted, gone: tally.gone,
            guards: NoticeTexts.texts(plan.guards, language),
            assumptions: NoticeTexts.texts(plan.assumptions, language), messages: plan.messages)
    }
}

extension PlanReport.Record {
    init(_ record: RecordPlan) {
        self.init(
            key: record.key?.replacing("\u{1F}", with: " + "), row: record.row, id: record.remoteID,
            changes: record.changes.map(PlanReport.Change.init), drift: record.drift.map(PlanReport.Change.init),
            problems: record.problems.map {
                .init(code: $0.code, field: $0.field, message: $0.message, value: $0.value)
            }, isGone: record.isGone)
    }
}

extension PlanReport.Change {
    init(_ change: FieldChange) {
        self.init(
            field: change.field, was: change.was.flatMap(PlanReport.Value.init),
            becomes: change.becomes.flatMap(PlanReport.Value.init))
    }
}

extension PlanReport.Value {
    /// `nil` for null.
    init?(_ value: JSONValue) {
        if value.isNull { return nil }
        if let parts = value["$ref"]?.array?.compactMap(\.string), parts.count == 2 {
            self = .reference(pipeline: parts[0], key: parts[1])
        } else if let parts = value["$lookup"]?.array?.compactMap(\.string), parts.count == 3 {
            self = .lookup(kind: parts[0], by: parts[1], value: parts[2])
        } else {
            self = .plain(value.scalarText ?? value.text)
        }
    }
}
