public import ExactJSON
import Records
import Salesdock

extension PipelineOutcome {
    /// What the ledger keeps of a run: the outcome, and what its report says of the requests and in other languages.
    public var ledgerJSON: JSONValue {
        guard var object = json.object else { return json }
        if let traffic { object["traffic"] = traffic.json }
        if !notices.isEmpty {
            object["notices"] = .array(
                notices.map { notice in
                    [
                        "code": .string(notice.code), "text": .string(notice.text),
                        "arguments": .array(notice.arguments.map(JSONValue.string)),
                    ]
                })
        }
        return .object(object)
    }
}

extension TrafficReading {
    var json: JSONValue {
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        func seconds(_ value: Double) -> JSONValue { .number(JSONNumber(milliseconds: max(0, value))) }
        let waits = Traffic.Wait.allCases.map { ($0.rawValue, seconds(self.waits[$0] ?? 0)) }
        let slowest = slowest.map { request -> JSONValue in
            [
                "call": .string(request.call), "start_s": seconds(request.startSeconds),
                "seconds": seconds(request.seconds), "outcome": .string(request.outcome),
            ]
        }
        return [
            "calls": .object(JSONObject(calls.map { ($0.name, number($0.count)) })),
            "waits_s": .object(JSONObject(waits)),
            "retry_after": ["count": number(retryAfter.count), "longest_s": seconds(retryAfter.longestSeconds)],
            "slowest": .array(slowest),
            "timeline": [
                "bucket_s": number(timeline.bucketSeconds),
                "sent": .array(timeline.buckets.map { number($0.sent) }),
                "limit": .array(timeline.buckets.map { $0.limit.map(number) ?? .null }),
            ],
        ]
    }
}
