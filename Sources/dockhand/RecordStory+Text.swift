import ExactJSON
import Ledgers
import Records
import Reports
import Runs

extension RecordStory {
    /// In place of a value that is not shown.
    private static let mask = "•••"

    func text(_ paint: Paint) -> String {
        let record = found.record
        var lines = [paint(shown(record.key), .bold) + " in " + found.identity.title]
        lines.append("  key           \(found.identity.keyDefinition.replacing("+", with: " + "))")
        lines.append("  Salesdock id  \(record.remoteID.map(String.init) ?? "none")\(originText)")
        lines.append(
            "  fate          \(record.fate?.rawValue ?? "none yet")\(record.note.map { ": \(shown($0))" } ?? "")")
        lines += kin
        lines.append("  next          \(next)")
        lines += applied
        lines.append(history.isEmpty ? "  no requests" : "  requests")
        lines += history.map(Self.line)
        return lines.joined(separator: "\n")
    }

    private var originText: String {
        func moment(_ entry: HistoryEntry) -> String {
            "the create of \(Quantity.moment(unixSeconds: entry.sentUnixSeconds)) in run \(entry.run.rawValue)"
        }
        switch origin {
        case nil: return ""
        case .created(let entry)?: return ", answered to \(moment(entry))"
        case .found(let entry)?: return ", found by a look-up: it was made by \(moment(entry)), whose answer was lost"
        case .decided(let entry)?: return ", given by a person for \(moment(entry))"
        case .matched?:
            return found.record.isOwned
                ? ", was there already and was recognised by the sink's match"
                : ", was there already and is left as it is (existing: skip)"
        }
    }

    private var kin: [String] {
        var lines: [String] = []
        if let survivor = found.record.survivor {
            lines.append("  stands in     \(shown(survivor)), of which this is a duplicate")
        }
        if let parent {
            let state =
                parent.record.map { "whose fate is \($0.fate?.rawValue ?? "none yet")" }
                ?? "which the ledger does not know: load that pipeline first"
            lines.append("  waits for     \(parent.note.pipeline) \(shown(parent.note.key)), \(state)")
        }
        if !duplicates.isEmpty {
            let more = duplicates.count == Self.duplicatesMax ? ", perhaps more" : ""
            lines.append("  duplicates    \(duplicates.map(shown).joined(separator: ", "))\(more)")
        }
        if !references.isEmpty { lines.append("  named by      \(Self.counts(references))") }
        if !waiting.isEmpty { lines.append("  waited for    \(Self.counts(waiting))") }
        return lines
    }

    private static func counts(_ counts: [PipelineCount]) -> String {
        counts.map { "\(Quantity.count($0.count, "record")) of \($0.pipeline)" }.joined(separator: ", ")
    }

    /// What will happen to it, and what somebody should do.
    var next: String {
        if let open {
            return open.state == .inDoubt
                ? "look for it in Salesdock, then: dockhand resolve '\(shown(found.record.key))' --as ID, or --as absent"
                : "the next run looks up what became of its last request"
        }
        switch found.record.fate {
        case .rejected: return "correct the row, or its pipeline; the next run tries it once more"
        case .failed: return "the next run tries it once more"
        case .parked: return "the next run that finds its parent takes it along"
        case .duplicate: return "nothing: the record it stands for is written"
        case .inDoubt, .pending: return "the next run goes on with it"
        case .created, .updated, .unchanged, .filtered, .valid, nil:
            return found.record.remoteID == nil ? "nothing is known to do" : "only a changed row costs another request"
        }
    }

    private var applied: [String] {
        found.record.steps.sorted { $0.key < $1.key }.flatMap { step, applied -> [String] in
            let title = "  applied\(step == 0 ? "" : ", step \(step + 1)")"
            guard let members = applied.payload?.object?.members else {
                return [title, "    what Salesdock holds was not written by dockhand"]
            }
            return [title]
                + members.map { member in
                    let value = isMasked ? Self.mask : member.value.scalarText.map(shown) ?? member.value.text
                    return "    \(shown(member.name)): \(value)"
                }
        }
    }

    private static func line(_ entry: HistoryEntry) -> String {
        var parts = [
            "    \(Quantity.moment(unixSeconds: entry.sentUnixSeconds))", "run \(entry.run.rawValue)", entry.call,
            entry.state.rawValue,
        ]
        if let id = entry.remoteID { parts.append("id \(id)") }
        if let note = entry.note { parts.append("(\(shown(note)))") }
        if entry.resends != nil { parts.append("sent again after an earlier try was not found") }
        return parts.joined(separator: "  ")
    }
}
