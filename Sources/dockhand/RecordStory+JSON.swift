import ExactJSON
import Ledgers
import Records
import Reports
import Runs

extension RecordStory {
    var json: JSONValue {
        let record = found.record
        let identity = found.identity
        return [
            "pipeline": .string(identity.pipeline), "host": .string(identity.host),
            "domain": .string(identity.domain), "resource": .string(identity.resource),
            "key": .string(record.key), "key_fields": .array(keyFields),
            "id": record.remoteID.map(number) ?? .null, "owned": .bool(record.isOwned),
            "origin": text(origin?.name), "fate": text(record.fate?.rawValue), "note": text(record.note),
            "survivor": text(record.survivor), "duplicates": .array(duplicates.map(JSONValue.string)),
            "waits_for": parent.map { ["pipeline": .string($0.note.pipeline), "key": .string($0.note.key)] } ?? .null,
            "named_by": counts(references), "waited_for_by": counts(waiting), "next": .string(next),
            "masked": .bool(isMasked), "applied": .array(applied), "attempts": .array(history.map(attempt)),
        ]
    }

    private var keyFields: [JSONValue] {
        found.identity.keyDefinition.split(separator: "+").map { .string(String($0)) }
    }

    private var applied: [JSONValue] {
        found.record.steps.sorted { $0.key < $1.key }.map { step, applied in
            [
                "step": number(step), "fingerprint": .string(applied.fingerprint),
                "payload": isMasked ? .null : applied.payload ?? .null,
            ]
        }
    }

    private func attempt(_ entry: HistoryEntry) -> JSONValue {
        [
            "attempt": number(Int(entry.attempt.rawValue)),
            "time": .string(Quantity.moment(unixSeconds: entry.sentUnixSeconds)),
            "run": number(Int(entry.run.rawValue)), "call": .string(entry.call),
            "state": .string(entry.state.rawValue), "id": entry.remoteID.map(number) ?? .null,
            "note": text(entry.note), "resends": entry.resends.map { number(Int($0.rawValue)) } ?? .null,
        ]
    }

    private func counts(_ counts: [PipelineCount]) -> JSONValue {
        .array(counts.map { ["pipeline": .string($0.pipeline), "records": number($0.count)] })
    }

    private func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

    private func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
}
