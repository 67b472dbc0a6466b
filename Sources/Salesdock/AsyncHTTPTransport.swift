internal import AsyncHTTPClient
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import SalesdockFacts

/// The transport over the network: HTTP/1.1, no redirects, no retries of its own, answers of bounded size.
public final class AsyncHTTPTransport: Transport {
    /// Longest answer that is read, in bytes.
    public static let bodyBytesMax = 64 << 20

    private let client: HTTPClient

    /// - Parameter concurrency: connections at the same time.
    public init(concurrency: Int = 8) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
        // A connection that can not be made is told at once; whether to try again is not for the transport to decide.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes all connections; call it once, after the last request.
    public func shutdown() async { try? await client.shutdown() }

    public func send(_ request: HTTPCall, timeout: Duration) async throws(TransportError) -> HTTPAnswer {
        let client = client
        do {
            return try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                group.addTask { try await Self.exchange(client, request, timeout) }
                // The client's own deadline ends with the answer's head; this one holds for the body too.
                group.addTask {
                    try await Task.sleep(for: timeout)
                    throw HTTPClientError.deadlineExceeded
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw CancellationError() }
                return answer
            }
        } catch {
            throw Self.classify(error)
        }
    }

    private static func exchange(
        _ client: HTTPClient, _ request: HTTPCall, _ timeout: Duration
    ) async throws -> HTTPAnswer {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for (name, value) in request.headers.pairs { outgoing.headers.add(name: name, value: value) }
        if let body = request.body { outgoing.body = .bytes(ByteBuffer(bytes: body)) }
        let answer = try await client.execute(outgoing, timeout: .nanoseconds(timeout.wholeNanoseconds))
        let body = try await answer.body.collect(upTo: bodyBytesMax)
        return HTTPAnswer(
            status: Int(answer.status.code), headers: HTTPFields(answer.headers.map { ($0.name, $0.value) }),
            body: Array(body.readableBytesView))
    }

    /// Only failures that come before any byte of a request count as not sent; all others may have been applied.
    private static func classify(_ error: any Error) -> TransportError {
        switch error {
        case let error as NIOConnectionError:
            let isUnresolved = error.connectionErrors.isEmpty
            return .notSent(isUnresolved ? "the host's name can not be resolved" : "the connection was refused")
        case let error as HTTPClientError where error == .connectTimeout:
            return .notSent("no connection could be made in time")
        case let error as HTTPClientError where error == .tlsHandshakeTimeout:
            return .notSent("no secure connection could be made in time")
        case let error as HTTPClientError where error == .deadlineExceeded:
            return .unknown("no answer in time")
        case let error as HTTPClientError: return .unknown("the connection failed: \(error.shortDescription)")
        case let error as NIOSSLError:
            if case .handshakeFailed = error {
                return .notSent("no secure connection: its certificate or protocol failed")
            }
            return .unknown("the secure connection broke")
        case is NIOSSLExtraError: return .notSent("no secure connection: the certificate is for another host")
        case is NIOTooManyBytesError: return .unknown("the answer is longer than \(bodyBytesMax) bytes")
        case let error as IOError where error.errnoCode == econnrefused: return .notSent("the connection was refused")
        case is CancellationError: return .unknown("the request was cancelled")
        default: return .unknown("the connection broke (\(type(of: error)))")
        }
    }

    private static let econnrefused: Int32 = 111
}
