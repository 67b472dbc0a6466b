import ExactJSON
import Pipelines
public import Salesdock
import SalesdockFacts

/// What Salesdock answered, before anybody has judged it.
struct ServiceReading: Sendable {
    /// One request for the list of flows.
    struct Exchange: Sendable {
        let scope: Scope
        let verdict: Verdict
        /// `nil` without an answer.
        let trace: AnswerRecorder.Trace?
    }

    /// A list of the account, or why it could not be read.
    typealias Names = Result<[String], SalesdockError>

    let connection: Connection
    /// On the configured scope.
    let first: Exchange
    /// On the other one, where the first leaves open what the token is.
    var other: Exchange?
    var flows: Names?
    var agreements: Names?
    var productQuestions: Names?
    var lookups: [LookupSpec: Names] = [:]
    /// After the last answer; `nil` when it could not be read.
    var budget: BudgetReading?
}

/// Asks Salesdock what only it can tell, with as few requests as that takes, all of them reads and within the budget.
public struct ServiceProbe: Sendable {
    private let client: SalesdockClient
    private let recorder: AnswerRecorder

    /// - Parameters:
    ///   - client: whose requests go through `recorder`.
    public init(_ client: SalesdockClient, recorder: AnswerRecorder) {
        self.client = client
        self.recorder = recorder
    }

    /// How patient its reads are: a person waits for the answer.
    public static let policy = ReadPolicy(triesMax: 2, throttledMax: 1, deadline: .seconds(30))

    /// Everything that can be said of the service, the token and what the pipelines need of the account.
    ///
    /// - Throws: `CancellationError`, or `SalesdockError` when the budget can't be used.
    public func examine(_ needs: PipelineNeeds) async throws -> [Finding] {
        let before = client.budget.counters.sent
        let standing = try client.budget.reading()
        var findings = [Diagnosis.budget(standing)]
        if findings[0].state == .failed {
            return findings + Diagnosis.serviceChecks.map { .skipped($0, "no request may be sent now") }
        }
        let reading = try await read(needs)
        findings += Diagnosis.service(reading, needs)
        let sent = client.budget.counters.sent - before
        return findings + [.ok(.requests, "\(sent) sent, which only read")]
    }

    private func read(_ needs: PipelineNeeds) async throws -> ServiceReading {
        let connection = client.connection
        var reading = ServiceReading(connection: connection, first: try await exchange(connection.scope))
        var isAllowed = false
        if case .applied = reading.first.verdict { isAllowed = true }
        // An Admin's token that may use `account` may use `user` too; all else the other path must tell.
        if case .forbidden = reading.first.verdict {
            reading.other = try await exchange(connection.scope.other)
        } else if isAllowed, connection.scope == .user {
            reading.other = try await exchange(connection.scope.other)
        }
        if isAllowed { await readLists(needs, &reading) }
        reading.budget = try? client.budget.reading()
        return reading
    }

    private func exchange(_ scope: Scope) async throws -> ServiceReading.Exchange {
        let request = APIRequest(.flowsList, path: ["scope": scope.rawValue])
        var verdict = await client.send(request, grant: try await client.acquire(.read))
        if verdict == .tokenRotated { verdict = await client.send(request, grant: try await client.acquire(.read)) }
        let isAnswered =
            switch verdict {
            case .notSent, .stop(.client): false
            case .unknown(let outcome): outcome.status != nil
            default: true
            }
        return ServiceReading.Exchange(scope: scope, verdict: verdict, trace: isAnswered ? recorder.trace : nil)
    }

    private func readLists(_ needs: PipelineNeeds, _ reading: inout ServiceReading) async {
        if !needs.flows.isEmpty { reading.flows = await flows(reading.first.verdict) }
        if !needs.agreements.isEmpty { reading.agreements = await identifiers(.agreementsList) }
        if !needs.productQuestions.isEmpty { reading.productQuestions = await identifiers(.productQuestionsList) }
        for spec in Set(needs.lookups.map(\.spec)) where spec.kind != .customers {
            reading.lookups[spec] = await names { try await Array(RemoteDirectory.lookupTable(spec, client).keys) }
        }
    }

    /// The first answer is that list already, unless it comes in pages.
    private func flows(_ verdict: Verdict) async -> ServiceReading.Names {
        if case .applied(let data, _) = verdict, let rows = data.array {
            return .success(rows.compactMap(RemoteRecords.flow).map { "\($0.type)/\($0.identifier)" })
        }
        return await names { try await client.flows().map { "\($0.type)/\($0.identifier)" } }
    }

    private func identifiers(_ call: Call) async -> ServiceReading.Names {
        await names { try await client.all(APIRequest(call)).compactMap { $0["identifier"]?.scalarText } }
    }

    private func names(_ read: () async throws -> [String]) async -> ServiceReading.Names {
        do { return .success(try await read()) } catch let error as SalesdockError { return .failure(error) } catch {
            return .failure(SalesdockError(.cancelled, "The list was not read: \(error)."))
        }
    }
}

extension Scope {
    var other: Scope { self == .account ? .user : .account }
}
