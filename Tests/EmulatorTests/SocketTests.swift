import ExactJSON
import Foundation
import Logging
import SalesdockEmulator
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The emulator over real TCP.
struct SocketTests {
    /// Runs a server on a free port for as long as the closure works, then stops it by cancellation.
    private func withServer(
        dataFile: String? = nil, _ work: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let options = EmulatorOptions(
            port: 0, tokens: [EmulatorToken(secret: "t", name: "t", role: .admin)], limit: 1000, dataFile: dataFile)
        var logger = Logger(label: "emulator")
        logger.logLevel = .error
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let server = EmulatorServer(options: options, logger: logger) { continuation.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            for await port in ports {
                try await work(port)
                break
            }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    /// Sends bytes and reads until the server closes the connection; nil when it cannot connect. The calls block, so
    /// they have a thread of their own: the server needs those of the task pool.
    private static func exchange(port: Int, _ request: String) async -> String? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: blockingExchange(port: port, request)) }
        }
    }

    private static func blockingExchange(port: Int, _ request: String) -> String? {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
                unsafe connect(socket, rebound, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return nil }
        let bytes = Array(request.utf8)
        guard unsafe send(socket, bytes, bytes.count, 0) == bytes.count else { return nil }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        return String(decoding: received, as: UTF8.self)
    }

    private static func request(_ method: String, _ path: String, body: String = "") -> String {
        """
        \(method) \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\nContent-Type: application/json\r
        Connection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
        """
    }

    private static func state(port: Int) async -> JSONValue {
        let answer = await exchange(port: port, request("GET", "/_emulator/state")) ?? ""
        let body = answer.split(separator: "\r\n\r\n", maxSplits: 1).last.map(String.init) ?? ""
        return (try? JSONParser.parse(body)) ?? .null
    }

    private static let relations = "/api/demo/v1/account/relations"
    private static let body = "{\"visibility\":\"private\",\"business\":\"0\",\"lastname\":\"Jansen\"}"

    @Test func `answers come over TCP and a dropped connection answers nothing`() async throws {
        try await withServer { port in
            let created = await Self.exchange(port: port, Self.request("POST", Self.relations, body: Self.body)) ?? ""
            #expect(created.hasPrefix("HTTP/1.1 201 Created\r\n"))
            #expect(created.contains("X-RateLimit-Remaining: 999\r\n"))
            #expect(created.contains("X-Emulator-Instance: "))
            let rules =
                "{\"rules\":[{\"method\":\"POST\",\"nth\":1,\"action\":\"drop_before\"},"
                + "{\"method\":\"POST\",\"nth\":2,\"action\":\"drop_after\"}]}"
            _ = await Self.exchange(port: port, Self.request("POST", "/_emulator/faults", body: rules))
            #expect(await Self.exchange(port: port, Self.request("POST", Self.relations, body: Self.body)) == "")
            #expect(await Self.state(port: port)["relations"]?.array?.count == 1)
            #expect(await Self.exchange(port: port, Self.request("POST", Self.relations, body: Self.body)) == "")
            #expect(await Self.state(port: port)["relations"]?.array?.count == 2)
            let large = String(repeating: "x", count: 18 * 1024 * 1024)
            let big = "{\"visibility\":\"private\",\"business\":\"0\",\"lastname\":\"J\",\"cf_big\":\"\(large)\"}"
            let accepted = await Self.exchange(port: port, Self.request("POST", Self.relations, body: big)) ?? ""
            #expect(accepted.hasPrefix("HTTP/1.1 201"))
        }
    }

    @Test func `the data file survives a stop, is private, and a torn line costs nothing else`() async throws {
        let path = NSTemporaryDirectory() + "emulator-\(UUID().uuidString).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = Mailbox()
        try await withServer(dataFile: path) { port in
            for _ in 0..<3 {
                _ = await Self.exchange(port: port, Self.request("POST", Self.relations, body: Self.body))
            }
            first.put(await Self.state(port: port))
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\"put\":\"relations\",\"id\":7".utf8))
        try handle.close()
        try await withServer(dataFile: path) { port in
            let state = await Self.state(port: port)
            #expect(state["relations"] == first.value?["relations"])
            #expect(state["instance"] == first.value?["instance"])
            _ = await Self.exchange(port: port, Self.request("POST", Self.relations, body: Self.body))
        }
        try await withServer(dataFile: path) { port in
            #expect(await Self.state(port: port)["relations"]?.array?.count == 4)
        }
    }
}

/// A value handed out of a closure.
private final class Mailbox: Sendable {
    private let held = Mutex<JSONValue?>(nil)

    var value: JSONValue? { held.withLock { $0 } }

    func put(_ value: JSONValue) { held.withLock { $0 = value } }
}
