import ExactJSON
import Foundation
import Records
import Reports
import Runs

/// Prints plans, for people or for programs.
struct PlanPrinter {
    let output: PlanOutputOptions
    let language: Language
    /// Whether the values of records are hidden.
    let isMasked: Bool

    /// - Parameters:
    ///   - file: holds the records.
    ///   - saved: where the plan can be found afterwards.
    func print(_ ends: [PlanEnd], file: String, saved: String?) throws {
        switch output.format {
        case .json: return try printJSON(ends, file: file, saved: saved)
        case .html: return try printHTML(ends)
        case .text: break
        }
        let planned = ends.filter { $0.plan != nil }
        for (index, end) in planned.enumerated() {
            guard let plan = end.plan else { continue }
            let text = PlanText(plan, end.samples, isMasked: isMasked).text(output.shared.paint)
            try Output.data((index > 0 ? "\n" : "") + text)
        }
        let plans = planned.compactMap(\.plan)
        if plans.count > 1 {
            let total = plans.reduce(0) { $0 + $1.requestsTotal }
            let time = Quantity.duration(seconds: PipelinePlan.seconds(plans).rounded(.up))
            try Output.data("\n\(plans.count) pipelines: \(Quantity.count(total, "request")), \(time)")
        }
        if let saved { try Output.data("\nsaved in \(saved); carry it out with: dockhand run --plan \(saved)") }
    }

    private func printHTML(_ ends: [PlanEnd]) throws {
        let plans = ends.compactMap(\.plan)
        let reports = ends.compactMap { end in
            end.plan.map { PlanReport($0, end.samples, language, isMasked: isMasked) }
        }
        let failures = ends.compactMap { end in end.message.map { "\(end.pipeline): \($0)" } }
        let page = HTMLPlan(
            reports, failures: failures, seconds: PipelinePlan.seconds(plans), language: language, masks: isMasked,
            unixSeconds: Int64(Date().timeIntervalSince1970))
        try Output.piece(String(decoding: page.bytes, as: UTF8.self))
    }

    // MARK: JSON

    /// One object, or a list of them for several pipelines; the records are copied from the file one by one.
    private func printJSON(_ ends: [PlanEnd], file: String, saved: String?) throws {
        let isList = ends.count != 1
        if isList { try Output.piece("[") }
        for (index, end) in ends.enumerated() {
            if index > 0 { try Output.piece(",") }
            guard let plan = end.plan else {
                var outcome = PipelineOutcome(
                    pipeline: end.pipeline, mode: "plan", balance: Balance(), duration: 0, exit: end.exit)
                outcome.messages = [end.message].compactMap(\.self)
                try Output.piece(outcome.json.text)
                continue
            }
            var head = plan.outcome.json.text
            head.removeLast()
            var body = plan.json(saved: saved).text
            body.removeLast()
            try Output.piece(head + #","plan":"# + body + #","records":["#)
            var isFirst = true
            try Plan.forEachRecord(of: end.pipeline, inFile: file) { record in
                let record = isMasked ? record.masked : record
                try Output.piece((isFirst ? "" : ",") + record.json.text)
                isFirst = false
            }
            try Output.piece("]}}")
        }
        try Output.data(isList ? "]" : "")
    }
}

extension PipelinePlan {
    /// What `plan` in the JSON output holds, without the records.
    fileprivate func json(saved: String?) -> JSONValue {
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        func counts(_ pairs: [(String, Int)]) -> JSONValue {
            .object(JSONObject(pairs.map { ($0.0, number($0.1)) }))
        }
        return [
            "refresh": .string(refresh.rawValue), "file": saved.map(JSONValue.string) ?? .null,
            "actions": counts(RecordPlan.Action.allCases.map { ($0.rawValue, tally[$0]) }),
            "changes": number(tally.changes), "adopted_as_is": number(tally.adoptedAsIs),
            "requests": counts(requests.map { ($0.call, $0.count) }), "requests_total": number(requestsTotal),
            "limit": number(limit), "seconds": number(Int(seconds.rounded(.up))),
            "finish": .string(Quantity.moment(unixSeconds: finishUnixSeconds)),
            "side_effects": [
                "emails": number(tally.emails), "deactivations": number(tally[.deactivate]),
                "emptied": counts(tally.emptied.sorted { $0.key < $1.key }),
            ],
            "drifted": number(tally.drifted), "gone": number(tally.gone),
            "guards": .array(guards.map { .string($0.text) }),
            "assumptions": .array(assumptions.map { .string($0.text) }),
        ]
    }
}
