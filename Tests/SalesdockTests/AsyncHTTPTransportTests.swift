import Glibc
import Salesdock
import SalesdockFacts
import Synchronization
import Testing

/// Real connections to a server that does one thing to each of them.
struct AsyncHTTPTransportTests {
    private func send(
        _ url: String, timeout: Duration = .seconds(5), body: [UInt8]? = nil
    ) async -> Result<HTTPAnswer, TransportError> {
        let transport = AsyncHTTPTransport(concurrency: 2)
        let result: Result<HTTPAnswer, TransportError>
        do {
            let call = HTTPCall(method: body == nil ? .get : .post, url: url, headers: ["X-Test": "1"], body: body)
            result = .success(try await transport.send(call, timeout: timeout))
        } catch {
            result = .failure(error)
        }
        await transport.shutdown()
        return result
    }

    private func isNotSent(_ result: Result<HTTPAnswer, TransportError>) -> Bool {
        if case .failure(.notSent) = result { true } else { false }
    }

    private func isUnknown(_ result: Result<HTTPAnswer, TransportError>) -> Bool {
        if case .failure(.unknown) = result { true } else { false }
    }

    @Test func `an answer of any status comes back whole`() async throws {
        let server = try RawServer { "HTTP/1.1 422 No\r\nRetry-After: 3\r\nContent-Length: 5\r\n\r\nhallo" }
        let answer = try await send(server.url, body: Array("{}".utf8)).get()
        #expect(answer.status == 422 && answer.headers["retry-after"] == "3" && answer.body == Array("hallo".utf8))
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST / HTTP/1.1\r\n") && request.contains("X-Test: 1\r\n"))
    }

    @Test func `a redirect is an answer and is not followed`() async throws {
        let server = try RawServer { "HTTP/1.1 307 Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n" }
        #expect(try await send(server.url).get().status == 307)
        #expect(server.requests.count == 1)
    }

    @Test func `a refused connection is known not to be sent`() async throws {
        let url = try { try RawServer { "" }.url }()
        #expect(isNotSent(await send(url)))
        #expect(isNotSent(await send("http://no-such-host.invalid/")))
    }

    @Test func `a server without TLS is known not to be sent`() async throws {
        let server = try RawServer { "HTTP/1.1 400 No\r\n\r\n" }
        let result = await send("https" + server.url.dropFirst(4), body: [1])
        #expect(isNotSent(result), "\(result)")
    }

    @Test func `a connection that closes or breaks after the request is unknown`() async throws {
        let closing = try RawServer { "" }
        #expect(isUnknown(await send(closing.url, body: [1])))
        #expect(closing.requests.count == 1, "the transport repeated a request")
        let torn = try RawServer { "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf" }
        #expect(isUnknown(await send(torn.url, body: [1])))
        let resetting = try RawServer(resets: true) { "" }
        #expect(isUnknown(await send(resetting.url, body: [1])))
    }

    @Test func `no answer in time is unknown, also when only the body is late`() async throws {
        let silent = try RawServer(closes: false) { "" }
        #expect(
            await send(silent.url, timeout: .milliseconds(150), body: [1]) == .failure(.unknown("no answer in time")))
        let late = try RawServer(closes: false) { "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf" }
        #expect(await send(late.url, timeout: .milliseconds(150), body: [1]) == .failure(.unknown("no answer in time")))
    }

    @Test func `an answer that is too long is unknown`() async throws {
        let server = try RawServer { "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx" }
        #expect(isUnknown(await send(server.url)))
    }
}
