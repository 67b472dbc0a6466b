import ExactJSON
import Ledgers
import Pipelines

/// Looks at a record once more right before it is written: a plan that read Salesdock must still hold, and what was
/// edited there is not overwritten where the sink forbids it.
struct RereadCheck {
    let context: RunContext

    /// Whether a record is read before its update.
    var isDue: Bool {
        guard context.sink.kind != .offers else { return false }
        return isPlansOwn || context.sink.onDrift != .overwrite
    }

    /// Whether a plan is followed that has seen the record itself.
    var isPlansOwn: Bool { context.planSection.map { $0.refresh != .none } ?? false }

    /// What is not as the plan had seen it; `nil` when the plan holds.
    ///
    /// - Parameter wanted: what is about to be written; what is there already may be.
    func changed(_ sight: RemoteSight, _ planned: RecordPlan, _ record: LedgerRecord?, wanted: [JSONObject]) -> String?
    {
        guard isPlansOwn else { return nil }
        if sight == .gone { return planned.isGone ? nil : "it is gone" }
        let wanted = wanted + Self.unconfirmed(record)
        var fields = sight.changes(since: planned.seen, allowing: wanted)
        // What the plan could not see must be as it was written last.
        let unseen = sight.drift(from: Self.applied(record), allowing: wanted).map(\.field)
            .filter { planned.seen[$0] == nil }
        fields += unseen.filter { !fields.contains($0) }
        return fields.isEmpty ? nil : fields.joined(separator: ", ")
    }

    /// What may have been written, step by step.
    static func unconfirmed(_ record: LedgerRecord?) -> [JSONObject] {
        [0, 1].flatMap { record?.unconfirmed[$0] ?? [] }
    }

    /// What is known to have been written, step by step.
    static func applied(_ record: LedgerRecord?) -> [JSONObject] {
        [0, 1].compactMap { record?.steps[$0]?.payload?.object }
    }
}
