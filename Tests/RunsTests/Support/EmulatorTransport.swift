import ExactJSON
import Salesdock
import SalesdockEmulator
import SalesdockFacts
import Synchronization

/// The emulator without a socket, on the test's clock.
final class EmulatorTransport: Transport {
    private let core: Mutex<EmulatorCore>
    private let time: VirtualTime

    init(time: VirtualTime, seed: UInt64, limit: Int = 1_000_000, unkind: Bool = true) throws {
        let options = EmulatorOptions(
            tokens: [try EmulatorToken(parsing: "secret=admin")], limit: limit, unkind: unkind, seed: seed)
        core = Mutex(EmulatorCore(options: options, instance: "instance-\(seed)"))
        self.time = time
    }

    private var wallSeconds: Double { Double(time.wallClock().unixNanoseconds) / 1e9 }

    func send(_ request: HTTPCall, timeout: Duration) async throws(TransportError) -> HTTPAnswer {
        let start = time.now()
        await time.tasks.turn()
        // Others may have moved time on meanwhile; no request reaches Salesdock after its own timeout.
        if time.now() - start > timeout { throw .unknown("timed out") }
        let target = request.url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(3)
            .joined()
        var headers: [String: String] = [:]
        for (name, value) in request.headers.pairs { headers[name.lowercased()] = value }
        let reply = handle(request.method.rawValue, "/" + target, headers, request.body ?? [])
        await time.tasks.turn()
        time.advance(to: time.now() + .milliseconds(Int(reply.delaySeconds * 1000) + 30))
        if reply.connection == .dropBeforeAnswer { throw .unknown("the connection was closed") }
        return HTTPAnswer(
            status: reply.status, headers: HTTPFields(reply.headers.map { ($0.name, $0.value) }), body: reply.body)
    }

    private func handle(_ method: String, _ target: String, _ headers: [String: String], _ body: [UInt8])
        -> EmulatorReply
    {
        let request = EmulatorRequest(
            method: method, target: target, headers: headers, body: body, clientIP: "127.0.0.1")
        return core.withLock { $0.handle(request, at: EmulatorTime(seconds: wallSeconds)) }
    }

    /// Something beside the API, such as `faults`.
    @discardableResult
    func control(_ method: String, _ path: String, _ body: JSONValue = .null) throws -> JSONValue {
        let reply = handle(method, "/_emulator/\(path)", [:], body.isNull ? [] : body.bytes)
        return try JSONParser.parse(reply.body)
    }
}
