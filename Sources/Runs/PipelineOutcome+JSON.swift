public import ExactJSON
import Records
import Salesdock

extension PipelineOutcome {
    /// The object that `--format json` prints; scripts depend on its members.
    public var json: JSONValue {
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        let sent: JSONValue = [
            "sent": number(requests.sent), "retried": number(requests.retried), "throttled": number(requests.throttled),
        ]
        let members: [(String, JSONValue)] = [
            ("pipeline", .string(pipeline)), ("mode", .string(mode)), ("read", number(balance.read)),
            ("fates", .object(JSONObject(Fate.allCases.map { ($0.rawValue, number(balance[$0])) }))),
            ("requests", sent),
            ("duration_s", .number(JSONNumber(milliseconds: duration))),
            ("rejects", rejects.map(JSONValue.string) ?? .null), ("report", report.map(JSONValue.string) ?? .null),
            ("problems", .object(JSONObject(problems.sorted { $0.key < $1.key }.map { ($0.key, number($0.value)) }))),
            ("warnings", number(warnings)), ("exit", number(exit.rawValue)),
            ("messages", .array(messages.map(JSONValue.string))),
        ]
        var object = JSONObject(members)
        if let accepted { object["accepted"] = .string(accepted) }
        if let missing {
            object["missing"] = [
                "found": number(missing.found), "kept": number(missing.kept),
                "deactivated": number(missing.deactivated), "gone": number(missing.gone),
                "failed": number(missing.failed),
            ]
        }
        return .object(object)
    }
}

extension JSONNumber {
    /// Seconds, to the millisecond.
    init(milliseconds seconds: Double) {
        let total = Int((seconds * 1000).rounded())
        let fraction = String(total % 1000)
        self =
            JSONNumber("\(total / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)")
            ?? JSONNumber(0)
    }
}
