/// One HTTP request as it reached the emulator.
public struct EmulatorRequest: Sendable {
    /// One name and value of the query, decoded, brackets kept: `statuses[0]`.
    public struct QueryItem: Sendable, Hashable {
        /// Such as `q` or `statuses[0]`.
        public var name: String
        /// Empty where there is no `=`.
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Such as `POST`.
    public var method: String
    /// Path without query, such as `/api/demo/v1/account/relations`.
    public var path: String
    /// In order; a name may repeat.
    public var query: [QueryItem]
    /// Header fields with lower-case names.
    public var headers: [String: String]
    /// As it arrived; empty when there is none.
    public var body: [UInt8]
    /// Address of the caller, such as `127.0.0.1`.
    public var clientIP: String

    public init(
        method: String, path: String, query: [QueryItem] = [], headers: [String: String] = [:], body: [UInt8] = [],
        clientIP: String = "127.0.0.1"
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.clientIP = clientIP
    }

    /// Splits `path?query` and decodes the query.
    public init(
        method: String, target: String, headers: [String: String] = [:], body: [UInt8] = [],
        clientIP: String = "127.0.0.1"
    ) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            method: method, path: FormText.decoded(parts.first ?? "", plusIsSpace: false),
            query: parts.count == 2 ? FormText.items(parts[1]) : [], headers: headers, body: body, clientIP: clientIP)
    }

    func queryValue(_ name: String) -> String? { query.last { $0.name == name }?.value }

    /// The filled values of `name`, `name[]`, `name[0]`, `name[1]` …
    func queryList(_ name: String) -> [String] {
        query.filter { ($0.name == name || $0.name.hasPrefix(name + "[")) && !$0.value.isEmpty }.map(\.value)
    }
}

/// What the emulator answers.
public struct EmulatorReply: Sendable {
    /// What becomes of the connection.
    public enum Connection: Sendable, Hashable {
        /// The answer is sent.
        case keep
        /// The connection is closed and nothing is answered.
        case dropBeforeAnswer
    }

    /// HTTP status.
    public var status: Int
    /// Header fields in the order to send them.
    public var headers: [(name: String, value: String)]
    /// As it is sent.
    public var body: [UInt8]
    /// Seconds to wait before answering, or before dropping the connection.
    public var delaySeconds: Double
    /// What becomes of the connection after the delay.
    public var connection: Connection
    /// Whether nothing has happened yet of what was asked for, so that the question is worth repeating before it is answered.
    var isPremature = false

    init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], delaySeconds: Double = 0,
        connection: Connection = .keep
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.delaySeconds = delaySeconds
        self.connection = connection
    }

    /// The value of a header field, whatever the case of its name.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    init(status: Int, json: JSON) {
        self.init(status: status, headers: [("Content-Type", "application/json")], body: json.encoded())
    }
}

/// Percent-encoded text of queries and forms.
enum FormText {
    static func items(_ text: some StringProtocol) -> [EmulatorRequest.QueryItem] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return EmulatorRequest.QueryItem(
                decoded(parts[0], plusIsSpace: true), parts.count == 2 ? decoded(parts[1], plusIsSpace: true) : "")
        }
    }

    static func decoded(_ text: some StringProtocol, plusIsSpace: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x25 || $0 == 0x2B }) else { return String(text) }
        var bytes: [UInt8] = []
        var source = Array(text.utf8)[...]
        while let byte = source.popFirst() {
            if byte == 0x25, source.count >= 2,
                let value = UInt8(String(decoding: source.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                source = source.dropFirst(2)
            } else {
                bytes.append(byte == 0x2B && plusIsSpace ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The object that a form with bracketed names (`logo[content]=…`) describes.
    static func object(_ items: [EmulatorRequest.QueryItem]) -> JSONObject {
        var object = JSONObject()
        for item in items {
            let path = item.name.split(whereSeparator: { $0 == "[" || $0 == "]" }).map(String.init)
            insert(.string(item.value), at: path[...], in: &object)
        }
        return object
    }

    private static func insert(_ value: JSON, at path: ArraySlice<String>, in object: inout JSONObject) {
        guard let name = path.first else { return }
        guard path.count > 1 else {
            object[name] = value
            return
        }
        var inner = object[name]?.object ?? JSONObject()
        insert(value, at: path.dropFirst(), in: &inner)
        object[name] = .object(inner)
    }
}
