import TestSupport

/// What goes wrong with one request.
struct NetworkFault {
    enum Kind: String, CaseIterable {
        /// No connection: the request never left.
        case refused
        case lostRequest, lostAnswer
        /// 5xx or 408, without and with the commit.
        case errorBefore, errorAfter
        /// No answer or a 5xx at once, and the commit later.
        case lateCommit
        /// The answer comes late, perhaps after the timeout, perhaps twice.
        case slow
        /// 429, although the limit is not reached.
        case throttled
        /// Carried out, and answered by a page, without the id, or by something else.
        case garbage
        /// 200 that says it was not carried out.
        case unsuccessful
        /// 4xx that concerns the record.
        case refusedRecord
        /// 403, or a redirect: nothing else will work either.
        case stopping

        /// In how many of a hundred worlds it happens.
        var percentOfWorlds: Int {
            switch self {
            case .stopping: 6
            case .refusedRecord, .unsuccessful, .refused: 15
            case .throttled: 20
            case .lateCommit: 55
            default: 35
            }
        }

        var perMille: ClosedRange<Int> {
            switch self {
            case .stopping: 2...10
            case .lateCommit: 60...300
            case .lostRequest, .lostAnswer, .errorAfter: 20...160
            default: 10...90
            }
        }

        /// Whether it can happen to a request that changes nothing.
        var concernsReads: Bool {
            switch self {
            case .lateCommit, .garbage, .unsuccessful, .refusedRecord, .stopping: false
            default: true
            }
        }
    }

    let kind: Kind
    /// Freely drawn, for whatever the kind has to choose.
    let choice: Int

    func pick<Value>(_ values: [Value]) -> Value { values[choice % values.count] }

    /// As a rule of the emulator for this one request; `nil` when it is carried out as usual.
    ///
    /// - Parameter lateSeconds: when a late commit comes, counted from the arrival.
    func rule(lateSeconds: Double) -> String? {
        switch kind {
        case .refused, .lostRequest, .slow, .garbage: nil
        case .lostAnswer: #"{"action":"drop_after"}"#
        case .errorBefore: #"{"action":"error_before","status":\#(pick([500, 502, 503, 504, 408]))}"#
        case .errorAfter: #"{"action":"error_after","status":\#(pick([500, 502, 503, 504, 408]))}"#
        case .lateCommit:
            pick([true, false])
                ? #"{"action":"late_commit","seconds":\#(lateSeconds)}"#
                : #"{"action":"late_commit","seconds":\#(lateSeconds),"status":504}"#
        case .throttled: #"{"action":"throttle","seconds":\#(pick([0, 1, 5, 20, 61]))}"#
        case .unsuccessful: #"{"action":"error_before","status":500}"#
        case .refusedRecord: #"{"action":"error_before","status":\#(pick([409, 413, 422]))}"#
        case .stopping: #"{"action":"error_before","status":\#(pick([403, 302, 301]))}"#
        }
    }
}
