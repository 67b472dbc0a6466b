import Ledgers
import Pipelines
import Reports
import Runs
import Salesdock

/// Makes the reports of the pipelines of a run.
struct RunReporting: Sendable {
    let options: ReportOptions
    let language: Language
    /// Whether there is one pipeline, which then has the folder for itself.
    let isOnly: Bool

    /// Begins a pipeline's report; `nil` for an export, which has none.
    func begin(_ pipeline: PipelineDefinition) throws -> OpenRunReport? {
        guard pipeline.sink.isSalesdock else {
            Output.note("note: \(pipeline.name) is an export, which has no report")
            return nil
        }
        guard let folder = try options.folder(of: pipeline.name, isOnly: isOnly) else { return nil }
        return OpenRunReport(
            pipeline: pipeline, masks: options.mask, language: language, files: ReportFiles(folder: folder),
            writer: ReportWriter(pipeline, language: language, masks: options.mask, folder: folder))
    }
}

/// The report of a pipeline that is being run.
struct OpenRunReport: Sendable {
    let pipeline: PipelineDefinition
    let masks: Bool
    let language: Language
    let files: ReportFiles
    let writer: ReportWriter

    /// Rejects stand beside the report, unless that may be sent around: they hold what it hides.
    func places(_ books: Books, _ spool: String) -> RunPlaces {
        masks
            ? RunPlaces(ledger: books.path, reports: books.rejects, state: spool)
            : RunPlaces(ledger: books.path, reports: files.folder, state: spool, isOwnFolder: true)
    }

    /// Writes the report and notes where it is.
    func finish(_ outcome: inout PipelineOutcome, _ books: Books?, _ client: SalesdockClient, _ time: any TimeSource)
        throws
    {
        let facts: RunFacts
        if let books, let run = try outcome.run.flatMap({ try books.ledger.run($0) }) {
            facts = try RunFacts(run, run.report, books.ledger, masks: masks, files: files)
        } else {
            let connection = client.connection
            facts = RunFacts(
                id: nil, target: "\(pipeline.name) → \(connection.domain) at \(connection.host)",
                startedUnixSeconds: nil, outcome: outcome.ledgerJSON)
        }
        outcome.report = try writer.write(
            outcome, project: nil, run: facts, unixSeconds: Int64(time.wallClock().unixSeconds))
    }
}
