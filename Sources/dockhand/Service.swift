import Logging
import Pipelines
import Runs
import Salesdock
import SalesdockFacts

/// Salesdock, as one project reaches it.
struct Service: Sendable {
    let client: SalesdockClient
    /// What came with the latest answer.
    let recorder: AnswerRecorder
    /// After this long no request of ours commits any more.
    let settle: Duration

    /// Connects, and closes the connections afterwards.
    ///
    /// - Parameters:
    ///   - projectFile: that a token's file is relative to.
    ///   - requestsMax: most requests that are sent in all; `nil` without a bound.
    ///   - stop: ends the wait for a token.
    ///   - policy: how patient reads are.
    static func with<Value>(
        _ project: ProjectDefinition, projectFile: String?, environment: [String: String], state: StateFolder,
        time: any TimeSource, requestsMax: Int?, stop: StopSignal = StopSignal(), policy: ReadPolicy = ReadPolicy(),
        logger: Logger,
        _ body: (Service) async throws -> Value
    ) async throws -> Value {
        guard let scope = Salesdock.Scope(rawValue: project.scope.rawValue) else {
            throw RunError(.configuration, "the scope \(project.scope.rawValue) is not known")
        }
        let connection = try Connection(
            base: project.base, domain: project.domain, scope: scope, timeout: .milliseconds(project.timeoutMs),
            limit: project.limit, share: project.sharePercent / 100, concurrency: project.concurrency)
        let store = try FileBudgetStore(directory: try state.budget())
        let transport = AsyncHTTPTransport(concurrency: connection.concurrency)
        let recorder = AnswerRecorder(transport, time: time)
        let result: Result<Value, any Error>
        do {
            let client = try await SalesdockClient.connect(
                connection, token: tokenSource(project.token, projectFile), environment: environment,
                isStopping: { stop.isStopping }, transport: recorder, store: store, time: time, policy: policy,
                requestsMax: requestsMax,
                logger: logger)
            result = .success(
                try await body(Service(client: client, recorder: recorder, settle: settle(project))))
        } catch let error as SalesdockError where error.code == .cancelled {
            result = .failure(RunError(stop.cause?.exit ?? .interrupted, "stopped before anything was written"))
        } catch { result = .failure(error) }
        await transport.shutdown()
        return try result.get()
    }

    /// Of a project that says nothing of it.
    static var settleDefault: Duration { .seconds(Assumptions.settleSecondsMin) }

    static func settle(_ project: ProjectDefinition) -> Duration {
        let seconds = (project.timeoutMs + 999) / 1000
        return project.settleMs.map { .milliseconds($0) }
            ?? .seconds(Assumptions.settleSeconds(timeoutSeconds: seconds))
    }

    static func tokenSource(_ token: ProjectDefinition.TokenSpec, _ projectFile: String?) -> TokenSource {
        switch token {
        case .environment(let name): .environment(name: name)
        case .file(let path): .file(path: FilePath.join(projectFile.map(FilePath.folder) ?? ".", path))
        case .command(let words): .command(words)
        }
    }
}
