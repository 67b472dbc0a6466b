import ExactJSON
import Formats
import Foundation
import Pipelines
import Records
import Reports
import Runs
import Synchronization

/// Watches a dry run and writes what it saw as the files of a report.
final class ReportWriter: Sendable {
    private struct State: ~Copyable {
        var collector: ReportCollector
        var source: SourceFacts?
        var problems: ProblemsTable
        var problemsFile: OutputFile?
        var text: [UInt8] = []

        /// Lists a row's problems.
        mutating func list(_ issues: [Issue], of row: SourceRow, at path: String) throws {
            if problemsFile == nil {
                problemsFile = try OutputFile(path: path)
                text = problems.head
            }
            problems.append(issues, of: row, to: &text)
            if text.count >= 1 << 19 { try flush() }
        }

        mutating func flush() throws {
            try problemsFile?.write(text)
            text.removeAll(keepingCapacity: true)
        }
    }

    private let pipeline: PipelineDefinition
    private let settings: ReportSettings
    private let folder: String
    private let state: Mutex<State>

    /// - Parameter folder: one pipeline's own; exists.
    init(_ pipeline: PipelineDefinition, language: Language, masks: Bool, folder: String) {
        self.pipeline = pipeline
        self.folder = folder
        settings = ReportSettings(pipeline, language: language, masks: masks)
        state = Mutex(
            State(
                collector: ReportCollector(settings), source: nil, problems: ProblemsTable(settings, files: []),
                problemsFile: nil))
    }

    /// Takes what the source's files are.
    func begin(_ look: SourceLook) {
        let source = SourceFacts(look)
        state.withLock { state in
            state.source = source
            state.problems = ProblemsTable(settings, files: source.files.map(\.name))
        }
    }

    /// Takes a batch whose rows have their fates.
    func take(_ judged: borrowing JudgedBatch) throws {
        let (batch, columns, count) = (judged.batch, judged.sourceColumns, judged.rowCount)
        let duplicates = judged.duplicates
        try state.withLock { state in
            state.collector.profile(columns, of: batch, count: count)
            if !batch.issues.isEmpty {
                var issues: [Int: [Issue]] = [:]
                for found in batch.issues where found.row < count {
                    issues[found.row, default: []].append(found.issue)
                }
                for (number, issues) in issues.sorted(by: { $0.key < $1.key }) {
                    let row = SourceRow(number, of: batch, columns: columns)
                    state.collector.note(issues, of: row)
                    try state.list(issues, of: row, at: problemsPath)
                }
            }
            let survivors = Dictionary(
                duplicates.map { ($0.row, $0.survivor) }, uniquingKeysWith: { first, _ in first })
            for row in 0..<count where batch.states[row] == .duplicate {
                let duplicate = SourceRow(row, of: batch, columns: columns)
                state.collector.note(duplicateOf: survivors[row], duplicate)
            }
        }
    }

    /// Writes the report, and returns the path of the page that people read.
    func write(_ outcome: PipelineOutcome, project: ProjectDefinition?, unixSeconds: Int64) throws -> String {
        try state.withLock { state in
            try state.flush()
            let rows = state.problems.rows
            _ = try state.problemsFile?.finish(rows: rows)
            var report = state.collector.report(
                balance: outcome.balance, source: state.source ?? SourceFacts(format: .csv, files: []),
                unixSeconds: unixSeconds)
            report.price = LoadPrice(pipeline, rows: report.loadable, project: project)
            report.messages = outcome.messages
            if !settings.masks { report.rejectsFile = outcome.rejects.map { ($0 as NSString).lastPathComponent } }
            report.problemsFile = rows > 0 ? (problemsPath as NSString).lastPathComponent : nil
            report.problemsListed = rows
            try put(JSONReport(report).json.bytes + [0x0A], "report.json")
            try put(JUnitReport(report).bytes, "report.junit.xml")
            return try put(HTMLReport(report).bytes, "report.html")
        }
    }

    private var problemsPath: String { FilePath.join(folder, "problems.csv") }

    /// Writes a file for its owner only, whole or not at all.
    @discardableResult
    private func put(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = FilePath.join(folder, name)
        var file = try OutputFile(path: path)
        try file.write(bytes)
        _ = try file.finish(rows: 0)
        return path
    }
}
