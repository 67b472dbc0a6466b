import ArgumentParser
import ExactJSON
import Ledgers
import Records
import Reports

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "One record's whole story.",
        discussion: "Its Salesdock id, what was applied, and every try. Needs no network and no token.")

    @Argument(help: "The record's key.")
    var key: String

    @Option(help: ArgumentHelp("Only in the pipeline of this name.", valueName: "name"))
    var pipeline: String?

    @OptionGroup var arguments: LedgerArguments
    @OptionGroup var output: OutputOptions

    func run() throws {
        let ledger = try arguments.place().openExisting()
        let stories = try ledger.find(key: key, pipeline: pipeline).map { found in
            RecordStory(found: found, history: try ledger.history(found.target, key: key))
        }
        switch output.format {
        case .json:
            let objects = stories.map(\.json)
            try Output.data(objects.count == 1 ? objects[0] : .array(objects))
        case .text: try Output.data(stories.map { $0.text(output.paint) }.joined(separator: "\n\n"))
        }
    }
}

/// What `explain` tells of one record.
struct RecordStory {
    let found: FoundRecord
    let history: [HistoryEntry]

    func text(_ paint: Paint) -> String {
        let record = found.record
        var lines = [paint(shown(record.key), .bold) + " in " + found.identity.title]
        let origin = record.remoteID != nil && !record.isOwned ? " (was there before)" : ""
        lines.append("  Salesdock id  \(record.remoteID.map(String.init) ?? "none")\(origin)")
        lines.append("  fate          \(record.fate?.rawValue ?? "none yet")\(record.note.map { ": \($0)" } ?? "")")
        if let survivor = record.survivor {
            lines.append("  stands in     \(shown(survivor)), of which this is a duplicate")
        }
        for (step, applied) in record.steps.sorted(by: { $0.key < $1.key }) {
            lines.append("  applied\(step == 0 ? "" : ", step \(step + 1)")")
            guard let members = applied.payload?.object?.members else {
                lines.append("    what Salesdock holds was not written by dockhand")
                continue
            }
            lines += members.map { "    \($0.name): \($0.value.scalarText.map(shown) ?? $0.value.text)" }
        }
        lines.append(history.isEmpty ? "  no requests" : "  requests")
        lines += history.map(Self.line)
        return lines.joined(separator: "\n")
    }

    private static func line(_ entry: HistoryEntry) -> String {
        var parts = [
            "    \(Quantity.moment(unixSeconds: entry.sentUnixSeconds))", "run \(entry.run.rawValue)", entry.call,
            entry.state.rawValue,
        ]
        if let id = entry.remoteID { parts.append("id \(id)") }
        if let note = entry.note { parts.append("(\(note))") }
        if entry.resends != nil { parts.append("sent again after the first try was not found") }
        return parts.joined(separator: "  ")
    }

    var json: JSONValue {
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        let record = found.record
        return [
            "pipeline": .string(found.identity.pipeline), "host": .string(found.identity.host),
            "domain": .string(found.identity.domain), "resource": .string(found.identity.resource),
            "key": .string(record.key), "id": record.remoteID.map(number) ?? .null, "owned": .bool(record.isOwned),
            "fate": text(record.fate?.rawValue), "note": text(record.note), "survivor": text(record.survivor),
            "applied": .array(
                record.steps.sorted { $0.key < $1.key }.map { step, applied in
                    [
                        "step": number(step), "fingerprint": .string(applied.fingerprint),
                        "payload": applied.payload ?? .null,
                    ]
                }),
            "attempts": .array(
                history.map { entry in
                    [
                        "time": .string(Quantity.moment(unixSeconds: entry.sentUnixSeconds)),
                        "run": number(Int(entry.run.rawValue)), "call": .string(entry.call),
                        "state": .string(entry.state.rawValue), "id": entry.remoteID.map(number) ?? .null,
                        "note": text(entry.note), "resends": entry.resends.map { number(Int($0.rawValue)) } ?? .null,
                    ]
                }),
        ]
    }
}
