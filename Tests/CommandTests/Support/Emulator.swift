import ExactJSON
import Foundation
import FoundationNetworking
import Testing

/// `dockhand emulator` as a process of its own, on a free port; stopped when nobody holds it any more.
final class Emulator {
    static let token = "tok-EndToEnd-4f1c2a9be07d"

    let url: URL
    private let process: Process

    /// Starts it and waits for the line that names its address.
    ///
    /// - Parameter log: the file, which is there, that its standard error goes to.
    init(
        in folder: Folder, _ options: [String] = ["--limit", "100000"], tokens: [String] = ["\(token)=admin"],
        log: String = "/dev/null"
    ) throws {
        process = Binary.process(
            ["emulator", "--port", "0"] + options + tokens.flatMap { ["--token", $0] }, environment: [:], in: folder)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let address = try #require(line.firstMatch(of: /listening on (http:\S+)/)?.1, "\(line)")
        url = try #require(URL(string: String(address)))
    }

    /// Killed: an orderly end would wait for the answers that a test has put off.
    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// What a user sets to reach it.
    var environment: [String: String] {
        ["SALESDOCK_DOMAIN": "demo", "SALESDOCK_TOKEN": Self.token, "SALESDOCK_BASE_URL": url.absoluteString]
    }

    func get(_ path: String) async throws -> JSONValue {
        let (data, _) = try await URLSession.shared.data(from: url.appendingPathComponent("_emulator/\(path)"))
        return try JSONParser.parse([UInt8](data))
    }

    func post(_ path: String, _ body: JSONValue) async throws {
        var request = URLRequest(url: url.appendingPathComponent("_emulator/\(path)"))
        request.httpMethod = "POST"
        request.httpBody = Data(body.text.utf8)
        let (data, response) = try await URLSession.shared.data(for: request)
        try #require(
            (response as? HTTPURLResponse)?.statusCode == 200, "\(String(decoding: data, as: UTF8.self))")
    }

    /// Replaces the fault rules.
    func faults(_ rules: [JSONValue], seed: Int = 1) async throws {
        try await post("faults", ["rules": .array(rules), "seed": .number(JSONNumber(seed))])
    }

    /// The records of a kind that it holds.
    func records(_ kind: String) async throws -> [JSONValue] {
        try #require(try await get("state")[kind]?.array)
    }

    /// Everything it holds that a write could change.
    func contents() async throws -> [String: JSONValue] {
        let state = try await get("state")
        let kinds = ["relations", "suppliers", "products", "sales", "outbox", "connections"]
        return try Dictionary(uniqueKeysWithValues: kinds.map { ($0, try #require(state[$0])) })
    }

    /// How many records of a kind a list call knows.
    func listed(_ kind: String) async throws -> Int {
        var request = URLRequest(url: url.appendingPathComponent("api/demo/v1/account/\(kind)"))
        request.setValue("Bearer \(Self.token)", forHTTPHeaderField: "Authorization")
        let (data, _) = try await URLSession.shared.data(for: request)
        let answer = try JSONParser.parse([UInt8](data))
        return try #require((answer["data"]?.array ?? answer["data"]?["data"]?.array)?.count, "\(answer.text)")
    }

    /// Waits until a list call knows that many records, which is two seconds after their commit.
    func awaitListed(_ kind: String, _ count: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await listed(kind) < count {
            try #require(ContinuousClock.now < deadline, "the \(kind) are not listed")
        }
    }

    /// Requests other than GET that have reached it.
    func writes() async throws -> Int { try #require(try await get("requests")["writes"]?.int) }

    /// Waits until no request is missing any more or the process has ended, and keeps its thread meanwhile: other tests,
    /// which wait for their processes, would not give it back for seconds.
    ///
    /// - Parameter missing: how many requests must still come at least, by the counts of those that came.
    /// - Returns: whether they came.
    func awaitRequests(while process: Process, _ missing: (JSONValue) -> Int) throws -> Bool {
        var latest = -1
        while true {
            let requests = try #require(URL(string: "\(url.absoluteString)/_emulator/requests?after=\(latest)"))
            let counts = try JSONParser.parse([UInt8](Data(contentsOf: requests)))
            let missing = missing(counts)
            if missing <= 0 { return true }
            guard process.isRunning else { return false }
            latest = try #require(counts["total"]?.int) + missing - 1
        }
    }

    /// Waits until that many writes have reached it, which the process must live to see.
    func awaitWrites(_ count: Int, while process: Process) throws {
        let came = try awaitRequests(while: process) { count - ($0["writes"]?.int ?? 0) }
        try #require(came, "the run ended before \(count) writes")
    }
}

/// Numbers with decimals, in the exact JSON that tests write by hand.
extension JSONValue: ExpressibleByFloatLiteral {
    init(floatLiteral value: Double) { self = JSONNumber("\(value)").map(JSONValue.number) ?? .null }
}
