public import ExactJSON

extension RunFacts {
    /// The member `run` of `report.json`.
    var json: JSONValue {
        func int(_ value: Int?) -> JSONValue { value.map { .number(JSONNumber($0)) } ?? .null }
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        return [
            "id": int(id), "target": .string(target),
            "started_at": startedUnixSeconds.map { .string(Quantity.moment(unixSeconds: $0)) } ?? .null,
            "duration_s": Self.decimal(seconds), "exit": int(exit), "from_ledger": .bool(isFromLedger),
            "requests": [
                "sent": int(sent), "retried": int(retried), "throttled": int(throttled),
                "calls": .object(JSONObject(calls.map { ($0.name, int($0.count)) })),
            ],
            "waits_s": .object(JSONObject(Self.waitNames.map { ($0, Self.decimal(waits[$0] ?? 0)) })),
            "retry_after": ["count": int(retryAfterCount), "longest_s": Self.decimal(retryAfterLongestSeconds)],
            "slowest": .array(
                slowest.map {
                    [
                        "call": .string($0.call), "start_s": Self.decimal($0.startSeconds),
                        "seconds": Self.decimal($0.seconds), "outcome": .string($0.outcome),
                    ]
                }),
            "timeline": timeline.map {
                [
                    "bucket_s": int($0.bucketSeconds), "sent": .array($0.sent.map(int)),
                    "limit": .array($0.limits.map(int)),
                ]
            } ?? .null,
            "writes": ["count": int(writesCount), "file": text(writesFile), "samples": .array(writes.map(\.json))],
            "in_doubt": [
                "count": int(doubtsCount),
                "samples": .array(doubts.map { ["key": .string($0.key), "note": text($0.note)] }),
            ],
        ]
    }

    /// To the millisecond.
    private static func decimal(_ seconds: Double) -> JSONValue {
        let total = Int((max(0, seconds) * 1000).rounded())
        let fraction = String(total % 1000)
        let text = "\(total / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
        return JSONNumber(text).map(JSONValue.number) ?? 0
    }
}

extension RunFacts.Write {
    /// A line of the file of all writes.
    public var json: JSONValue {
        [
            "key": key.map(JSONValue.string) ?? .null, "id": id.map { .number(JSONNumber($0)) } ?? .null,
            "call": .string(call), "outcome": .string(state),
        ]
    }
}
