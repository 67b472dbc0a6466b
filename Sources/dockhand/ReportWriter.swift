import Formats
import Foundation
import Pipelines
import Records
import Reports
import Runs
import Synchronization

/// Watches a dry run, or a run, and writes what it saw as the files of a report.
final class ReportWriter: Sendable {
    private struct State: ~Copyable {
        var collector: ReportCollector
        var source: SourceFacts?
        var problems: ProblemsTable
        var problemsFile: OutputFile?
        var text: [UInt8] = []

        /// The first trouble with a file.
        var failure: (any Error)?

        /// Lists a row's problems.
        mutating func list(_ issues: [Issue], of row: SourceRow, at path: String) throws {
            try openProblems(path)
            problems.append(issues, of: row, to: &text)
            if text.count >= 1 << 19 { try flush() }
        }

        mutating func list(_ issues: [Issue], of row: WrittenRow, at path: String) throws {
            try openProblems(path)
            problems.append(issues, of: row, to: &text)
            if text.count >= 1 << 19 { try flush() }
        }

        private mutating func openProblems(_ path: String) throws {
            if problemsFile != nil { return }
            problemsFile = try OutputFile(path: path)
            text = problems.head
        }

        mutating func flush() throws {
            try problemsFile?.write(text)
            text.removeAll(keepingCapacity: true)
        }
    }

    private let pipeline: PipelineDefinition
    private let settings: ReportSettings
    private let files: ReportFiles
    private let state: Mutex<State>

    /// - Parameter folder: one pipeline's own; exists.
    init(_ pipeline: PipelineDefinition, language: Language, masks: Bool, folder: String) {
        self.pipeline = pipeline
        files = ReportFiles(folder: folder)
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
        let survivors = judged.survivors
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
            for row in 0..<count where batch.states[row] == .duplicate {
                let duplicate = SourceRow(row, of: batch, columns: columns)
                state.collector.note(duplicateOf: survivors[row], duplicate)
            }
        }
    }

    /// Takes what was found out about a row on its way to Salesdock.
    func found(_ issues: [Issue], _ origin: RecordOrigin, _ key: String?) {
        state.withLock { state in
            let row = WrittenRow(origin, key: key)
            state.collector.note(issues, of: row)
            do { try state.list(issues, of: row, at: problemsPath) } catch { state.failure = state.failure ?? error }
        }
    }

    /// What a run reports to.
    var observer: RunObserver {
        RunObserver(
            look: { self.begin($0) }, batch: { try self.take($0) },
            found: { self.found($0, $1, $2) })
    }

    /// Writes the report, and returns the path of the page that people read.
    ///
    /// - Parameter run: what a run did; `nil` after a dry run.
    func write(_ outcome: PipelineOutcome, project: ProjectDefinition?, run: RunFacts? = nil, unixSeconds: Int64) throws
        -> String
    {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            try state.flush()
            let rows = state.problems.rows
            _ = try state.problemsFile?.finish(rows: rows)
            var report = state.collector.report(
                balance: outcome.balance, source: state.source ?? SourceFacts(format: .csv, files: []),
                unixSeconds: unixSeconds)
            report.run = run
            report.price = LoadPrice(pipeline, rows: report.loadable, project: project)
            report.messages = NoticeTexts.messages(outcome.messages, outcome.notices, settings.language)
            if !settings.masks { report.rejectsFile = outcome.rejects.map { ($0 as NSString).lastPathComponent } }
            report.problemsFile = rows > 0 ? (problemsPath as NSString).lastPathComponent : nil
            report.problemsListed = rows
            files.removeOld(
                except: [
                    outcome.rejects, outcome.accepted, rows > 0 ? problemsPath : nil, run?.writesFile.map(files.path),
                ])
            return try files.write(report)
        }
    }

    private var problemsPath: String { files.path("problems.csv") }
}
