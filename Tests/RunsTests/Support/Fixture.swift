import ExactJSON
import Foundation
import Ledgers
import Pipelines
import Records
import Salesdock
import SalesdockFacts

@testable import Runs

/// A folder with input files, an emulator, a ledger and a clock: everything that a run needs, without a socket.
final class Fixture {
    let folder: String
    let time: VirtualTime
    let transport: EmulatorTransport
    let ledger: SQLiteLedger
    let budgets = MemoryBudgetStore()
    var settle = Duration.seconds(5)
    var concurrency = 4
    var scope = Salesdock.Scope.account
    var options = RunOptions()
    var requestsMax: Int?

    init(seed: UInt64 = 1, limit: Int = 1_000_000) throws {
        folder = NSTemporaryDirectory() + "runs-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        time = VirtualTime()
        transport = try EmulatorTransport(time: time, seed: seed, limit: limit)
        ledger = try SQLiteLedger(inMemoryWithID: "ledger-\(seed)")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    /// Decodes a pipeline, which must be free of errors.
    func pipeline(_ text: String) throws -> PipelineDefinition {
        let (definition, diagnostics) = PipelineDecoder.check(
            text: text, file: "\(folder)/pipeline.yaml", environment: [:])
        guard let definition else { throw DiagnosticsError(diagnostics) }
        return definition
    }

    var places: RunPlaces {
        let folder = folder
        return RunPlaces(ledger: "ledger.sqlite", reports: folder, state: folder)
    }

    func client() throws -> SalesdockClient {
        let token = try Token("secret")
        return SalesdockClient(
            connection: try Connection(
                base: "http://127.0.0.1:9", domain: "demo", scope: scope, timeout: .seconds(2), concurrency: concurrency
            ),
            token: token, readToken: { () throws(SalesdockError) in token }, transport: transport, store: budgets,
            time: time, requestsMax: requestsMax)
    }

    /// One run, as one process would make it.
    func run(
        _ text: String, ledger other: (any Ledger)? = nil, plan: Plan? = nil,
        onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws -> PipelineOutcome {
        let environment = RunEnvironment(
            time: time, stop: StopSignal(), seed: Hash128(high: 1, low: 2), progress: onProgress)
        let run = Run(
            try pipeline(text), ledger: other ?? ledger, mirror: LedgerMirror(directory: folder, name: "mirror"),
            client: try client(), settle: settle, options: options, places: places, environment: environment,
            plan: plan)
        return try await withTaskExecutorPreference(time.tasks) { try await run.run() }
    }

    /// One plan over pipelines, in order; nothing is written.
    func plan(_ texts: [String], _ refresh: PlanRefresh = .none) async throws -> (
        plan: Plan, parts: [PipelinePlan], records: [RecordPlan]
    ) {
        let path = "\(folder)/plan.dockhand"
        let environment = RunEnvironment(time: time, stop: StopSignal(), seed: Hash128(high: 1, low: 2))
        let client = try client()
        let assumed = AssumedTarget(
            host: client.connection.host, domain: "demo", scope: .account, limit: 150, concurrency: concurrency)
        var writer = try PlanWriter(path: path, madeAtUnixSeconds: 0)
        var parents = PlannedParents(seed: Hash128(high: 3, low: 4))
        var records: [RecordPlan] = []
        var parts: [PipelinePlan] = []
        for text in texts {
            let maker = PlanMaker(
                try pipeline(text), ledger: ledger, client: refresh == .none ? nil : client, assumed: assumed,
                refresh: refresh, options: options, spool: folder, environment: environment)
            parts.append(
                try await maker.make(into: &writer, parents: &parents) { _ in
                } onRecord: {
                    records.append($0)
                })
        }
        _ = try writer.finish()
        return (try Plan(path: path), parts, records)
    }

    /// Changes a record in Salesdock, as a person would.
    func edit(_ call: Call, id: Int, _ body: JSONValue?) async throws {
        let client = try client()
        let grant = try await client.budget.acquire()
        let verdict = await client.send(APIRequest(call, id: id, body: body), grant: grant)
        guard case .applied = verdict else { throw RunError(.software, "the edit failed: \(verdict)") }
    }

    /// What was written since `record()`.
    func recorded() throws -> [JSONValue] { try transport.control("GET", "recording").array ?? [] }

    func record() throws { try transport.control("POST", "recording") }

    /// Everything that the emulator holds of one kind.
    func held(_ kind: String) throws -> [JSONValue] { try transport.control("GET", "state")[kind]?.array ?? [] }

    func writes() throws -> Int { try transport.control("GET", "requests")["writes"]?.int ?? -1 }

    func faults(_ rules: JSONValue, seed: Int) throws {
        try transport.control("POST", "faults", ["rules": rules, "seed": .number(JSONNumber(seed))])
    }
}
