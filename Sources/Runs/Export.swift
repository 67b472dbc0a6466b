import ExactJSON
import Formats
public import Pipelines
import Records
public import Salesdock
import SalesdockFacts

/// The other way: Salesdock's records through the transforms into a file, which appears whole or not at all.
public struct Export: Sendable {
    let definition: PipelineDefinition
    let client: SalesdockClient
    let options: RunOptions
    let environment: RunEnvironment
    /// Folder that the sink's path is relative to.
    let folder: String

    /// - Parameters:
    ///   - folder: of the pipeline file.
    public init(
        _ definition: PipelineDefinition, client: SalesdockClient, options: RunOptions, environment: RunEnvironment,
        folder: String
    ) {
        self.definition = definition
        self.client = client
        self.options = options
        self.environment = environment
        self.folder = folder
    }

    /// Exports everything that the token can see; rows that reach the file count as `created`.
    public func run() async throws -> PipelineOutcome {
        guard case .salesdock(let kind) = definition.source else {
            throw RunError(.configuration, "\(definition.file): a pipeline into a file needs a salesdock source")
        }
        let began = environment.time.now()
        let before = client.budget.counters
        let program = try compile()
        var writer = try FileSink(
            definition.sink, folder: folder, columns: program.isIdentity ? nil : program.targets.map(\.name))
        var state = program.makeState(seed: environment.seed)
        var balance = Balance()
        var problems: [String: Int] = [:]
        var remote: RemoteBatch?
        var pages = Self.requests(kind, client.connection.scope).map { client.pages($0) }
        var seen: Set<Int> = []
        var goneCount = 0
        while balance.read < options.rowsMax ?? .max, let page = try await next(&pages) {
            // Pages shift when records are made meanwhile: a record may come twice.
            let fresh = page.filter { record in record["id"]?.int.map { seen.insert($0).inserted } ?? true }
            let listed = fresh.prefix((options.rowsMax ?? .max) - balance.read)
            let records = try await detailed(listed, kind)
            if environment.stop.isStopping { break }
            goneCount += listed.count - records.count
            if remote == nil { remote = RemoteBatch(kind, wanted: program.sourceFields, firstPage: records) }
            guard var batch = remote?.batch(records, reportsUnknown: program.isIdentity) else { continue }
            balance.read(batch.rowCount)
            try program.apply(&batch, state: &state)
            try writer.write(batch)
            for row in batch.states { balance.settle(row.exportFate) }
            for found in batch.issues where found.issue.severity == .error {
                problems[found.issue.code, default: 0] += 1
            }
            environment.progress(
                RunProgress(
                    pipeline: definition.name, phase: .reading, balance: balance, rowsTotal: nil,
                    requests: client.budget.counters - before))
        }
        var outcome = PipelineOutcome(
            pipeline: definition.name, mode: "export", balance: balance,
            duration: (environment.time.now() - began).seconds, exit: balance.exit)
        outcome.requests = client.budget.counters - before
        outcome.problems = problems
        if let cause = environment.stop.cause {
            outcome.exit = cause.exit
            outcome.messages = ["stopped; no file was published"]
            return outcome
        }
        let file = try writer.finish()
        outcome.messages = ["\(file.rows) records in \(file.path == "-" ? "standard output" : file.path)"]
        if goneCount > 0 {
            outcome.messages.append(
                "\(goneCount) of the listed \(kind.rawValue) had been deleted in Salesdock before they could be read; they are not in the file"
            )
        }
        if let unknown = remote?.unknown, !unknown.isEmpty {
            outcome.messages.append(
                "fields that the first page did not have are not in the file: \(unknown.sorted().joined(separator: ", ")); name them in a map"
            )
        }
        return outcome
    }

    /// The next page; `nil` after the last one, and when the stop comes.
    private func next(_ pages: inout [PageReader]) async throws -> [JSONValue]? {
        while let reader = pages.first {
            let read = try await environment.stop.interrupting {
                var reader = reader
                let page = try await reader.next()
                return (page, reader)
            }
            guard let (page, rest) = read else { return nil }
            pages[0] = rest
            if let page { return page }
            pages.removeFirst()
        }
        return nil
    }

    private func compile() throws -> TransformProgram {
        let today = environment.today()
        let program = try TransformProgram(definition, rules: nil, today: try today())
        if program.needsCollecting {
            throw RunError(
                .configuration,
                "\(definition.file): dedupe with keep: last needs a source that can be read twice; use keep: first")
        }
        return program
    }

    /// Inactive products are a list of their own, which only the account scope has.
    private static func requests(_ kind: SalesdockKind, _ scope: Salesdock.Scope) -> [APIRequest] {
        switch kind {
        case .customers: [APIRequest(.relationsList)]
        case .suppliers: [APIRequest(.suppliersList)]
        case .products:
            scope == .account
                ? ["1", "0"].map { APIRequest(.productsList, query: [.init("active", $0)]) }
                : [APIRequest(.productsList)]
        // Without it, rows of sales lack the customer.
        case .offers: [APIRequest(.salesList, query: [.init("extended", "true")])]
        }
    }

    /// The list of products lacks prices and tariffs, which only the single read has. Those that were deleted since they
    /// were listed are left out.
    private func detailed(_ records: ArraySlice<JSONValue>, _ kind: SalesdockKind) async throws -> [JSONValue] {
        guard kind == .products else { return Array(records) }
        var detailed: [JSONValue] = []
        for record in records {
            guard let id = record["id"]?.int else { continue }
            do {
                let read = try await environment.stop.interrupting { [client] in
                    try await client.read(APIRequest(.productGet, id: id))
                }
                guard let read else { return detailed }
                detailed.append(read)
            } catch let error as SalesdockError where error.code == .rejected && error.status == 404 {}
        }
        return detailed
    }
}

extension RecordBatch.RowState {
    fileprivate var exportFate: Fate {
        switch self {
        case .live: .created
        case .rejected: .rejected
        case .filtered: .filtered
        case .duplicate: .duplicate
        }
    }
}
