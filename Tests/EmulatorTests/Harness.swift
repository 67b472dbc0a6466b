import ExactJSON
import SalesdockEmulator
import Testing

/// The emulator's core on virtual time, with a token of each role.
struct Harness {
    /// 2026-06-10 10:00:00 in Amsterdam, a Wednesday.
    static let start = 1_781_078_400.0

    struct Answer {
        let reply: EmulatorReply
        let json: JSONValue

        var status: Int { reply.status }
        var data: JSONValue { json["data"] ?? .null }
        var message: String { json["message"]?.string ?? "" }
        var rows: [JSONValue] { data["data"]?.array ?? data.array ?? [] }
        var errors: [String] { json["errors"]?.object?.members.map(\.name) ?? [] }
        var isDropped: Bool { reply.connection == .dropBeforeAnswer }

        func id(_ name: String) -> Int { data[name]?.int ?? -1 }
        func ids() -> [Int] { rows.map { $0["id"]?.int ?? -1 } }
    }

    var core: EmulatorCore
    var now = Harness.start

    init(_ change: (inout EmulatorOptions) -> Void = { _ in }) {
        var options = EmulatorOptions(
            domain: "demo",
            tokens: [
                EmulatorToken(secret: "admin-token", name: "admin", role: .admin),
                EmulatorToken(secret: "agent-token", name: "agent", role: .agent),
                EmulatorToken(secret: "other-token", name: "other", role: .agent),
            ],
            limit: 1_000_000)
        change(&options)
        core = EmulatorCore(options: options, instance: "test-instance")
    }

    mutating func wait(_ seconds: Double) { now += seconds }

    /// One call below `/api/demo/v1/`.
    @discardableResult
    mutating func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, token: String = "admin-token",
        ip: String = "10.1.1.1"
    ) -> Answer {
        send(method, "/api/demo/v1/" + path, body, token: token, ip: ip)
    }

    /// One call beside the API.
    @discardableResult
    mutating func control(_ method: String, _ path: String, _ body: JSONValue? = nil, ip: String = "127.0.0.1")
        -> Answer
    {
        send(method, "/_emulator/" + path, body, token: "", ip: ip)
    }

    private mutating func send(_ method: String, _ target: String, _ body: JSONValue?, token: String, ip: String)
        -> Answer
    {
        var headers = ["host": "127.0.0.1:8080"]
        if !token.isEmpty { headers["authorization"] = "Bearer \(token)" }
        if body != nil { headers["content-type"] = "application/json" }
        let reply = core.handle(
            EmulatorRequest(method: method, target: target, headers: headers, body: body?.bytes ?? [], clientIP: ip),
            at: EmulatorTime(seconds: now))
        return Answer(reply: reply, json: (try? JSONParser.parse(reply.body)) ?? .null)
    }

    /// Makes a relation and returns its id.
    mutating func relation(_ lastname: String = "Jansen", token: String = "admin-token", _ extra: JSONValue = [:])
        -> Int
    {
        let scope = token == "admin-token" ? "account" : "user"
        let body = merged(
            ["visibility": "private", "business": "0", "firstname": "Jip", "lastname": .string(lastname)], extra)
        return call("POST", "\(scope)/relations", body, token: token).id("relation_id")
    }

    /// Makes an active product and returns its id.
    mutating func product(_ identifier: String = "stroom", _ extra: JSONValue = [:]) -> Int {
        let body = merged(
            ["name": "Stroom", "identifier": .string(identifier), "type": "simple", "active": "1"], extra)
        return call("POST", "account/products", body).id("product_id")
    }

    /// The body of an offer through `default/default`.
    func offer(product: Int, _ extra: JSONValue = [:]) -> JSONValue {
        merged(
            [
                "transaction_type": "offer", "connection_postcode": "7511 pg", "connection_housenumber": 9,
                "connection_streetname": "Plein", "connection_city": "Enschede", "postcode": "7511PG",
                "housenumber": "9", "streetname": "Plein", "city": "Enschede", "firstname": "Jip",
                "lastname": "Jansen", "email": "Jip@Voorbeeld.example", "phone": "0612345678",
                "product_id": .init(integerLiteral: product), "business": "0", "questionData": [:], "agreements": [:],
            ], extra)
    }

    static let contract: JSONValue = [
        "contract_date": "01-06-2026",
        "contract_pdf": ["content": "JVBERi0xLjQK", "extension": "pdf", "created_at": "2026-06-01 09:30:00"],
    ]

    mutating func state() -> JSONValue { control("GET", "state").json }

    mutating func count(_ table: String) -> Int { state()[table]?.array?.count ?? -1 }
}

/// The members of both objects, the second's where both have one.
func merged(_ first: JSONValue, _ second: JSONValue) -> JSONValue {
    var object = first.object ?? JSONObject()
    for member in second.object?.members ?? [] { object[member.name] = member.value }
    return .object(object)
}

/// A JSON number with these digits.
func number(_ digits: String) -> JSONValue { JSONNumber(digits).map(JSONValue.number) ?? .null }
