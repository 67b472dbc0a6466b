import ArgumentParser
import ExactJSON
import Pipelines
import Records
import Reports
import Runs
import Salesdock

struct PreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", _superCommandName: "dockhand",
        abstract: "Shows the first records before and after the transforms.",
        discussion: "Needs no network and no token.")

    @OptionGroup var arguments: PipelineArguments
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("Rows of each pipeline.", valueName: "n"))
    var rows = 10

    func validate() throws {
        guard (1...10_000).contains(rows) else { throw ValidationError("--rows must be between 1 and 10000.") }
    }

    func run() async throws {
        let workspace = try arguments.workspace()
        let pipelines = try workspace.pipelines(scope: nil)
        let spool = try StateFolder.spool(workspace.environment)
        defer { withExtendedLifetime(spool) {} }
        let environment = RunEnvironment(time: SystemTime(), stop: StopSignal(), seed: .random())
        var objects: [JSONValue] = []
        for pipeline in pipelines {
            let preview = try Preview.read(
                pipeline, rows: rows, places: RunPlaces(ledger: "", reports: spool.path, state: spool.path),
                environment: environment)
            switch output.format {
            case .json: objects.append(Self.json(preview, pipeline.name))
            case .text: try Output.data(text(preview, pipeline.name))
            }
        }
        if output.format == .json { try Output.data(objects.count == 1 ? objects[0] : .array(objects)) }
    }

    private func text(_ preview: Preview, _ name: String) -> String {
        let paint = output.paint
        let after = zip(preview.rows, preview.after.rows).map { row, cells in
            ["\(row.number)", row.state.word] + cells.map { $0 ?? "" }
        }
        let before = zip(preview.rows, preview.before.rows).map { row, cells in
            ["\(row.number)"] + cells.map { $0 ?? "" }
        }
        var parts = [paint("\(name), before", .bold)]
        parts.append(TextTable(header: ["row"] + preview.before.columns, rows: before).text(indent: 2))
        parts.append(paint("\(name), after", .bold))
        parts.append(TextTable(header: ["row", "fate"] + preview.after.columns, rows: after).text(indent: 2))
        for row in preview.rows {
            parts += row.issues.map { issue in
                let severity = paint("\(issue.severity.rawValue):", issue.severity == .error ? .red : .yellow)
                let field = issue.field.map { "\($0): " } ?? ""
                return "  row \(row.number), line \(row.line): \(severity) \(field)\(issue.message)"
            }
        }
        return parts.joined(separator: "\n") + "\n"
    }

    private static func json(_ preview: Preview, _ name: String) -> JSONValue {
        func table(_ table: Preview.Table) -> JSONValue {
            [
                "columns": .array(table.columns.map(JSONValue.string)),
                "rows": .array(table.rows.map { .array($0.map { $0.map(JSONValue.string) ?? .null }) }),
            ]
        }
        return [
            "pipeline": .string(name), "before": table(preview.before), "after": table(preview.after),
            "rows": .array(
                preview.rows.map { row in
                    [
                        "row": .number(JSONNumber(row.number)), "line": .number(JSONNumber(row.line)),
                        "state": .string(row.state.word), "issues": .array(row.issues.map(json)),
                    ]
                }),
        ]
    }

    private static func json(_ issue: Issue) -> JSONValue {
        [
            "severity": .string(issue.severity.rawValue), "code": .string(issue.code),
            "field": issue.field.map(JSONValue.string) ?? .null, "message": .string(issue.message),
            "value": issue.value.map(JSONValue.string) ?? .null,
        ]
    }
}

extension RecordBatch.RowState {
    /// The fate that the transforms alone lead to.
    fileprivate var word: String {
        switch self {
        case .live: Fate.valid.rawValue
        case .rejected: Fate.rejected.rawValue
        case .filtered: Fate.filtered.rawValue
        case .duplicate: Fate.duplicate.rawValue
        }
    }
}

extension Hash128 {
    /// A seed for the hashes of one process.
    static func random() -> Hash128 {
        Hash128(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }
}
