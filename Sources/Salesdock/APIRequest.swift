public import ExactJSON
public import SalesdockFacts

/// One call with its values: what to send, without saying where or with which token.
public struct APIRequest: Sendable, Hashable {
    /// One part of the query.
    public struct QueryItem: Sendable, Hashable {
        /// Before it is percent-encoded; brackets, as in `statuses[0]`, are sent as they are.
        public let name: String
        /// Before it is percent-encoded.
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Which of the calls it makes.
    public let call: Call
    /// Values of the path's placeholders, without braces; `scope` need not be given.
    public var path: [String: String]
    /// Query in order; a name may repeat.
    public var query: [QueryItem]
    /// Sent as JSON; `nil` sends no body.
    public var body: JSONValue?

    /// - Parameter path: a value for each placeholder but `scope`.
    public init(_ call: Call, path: [String: String] = [:], query: [QueryItem] = [], body: JSONValue? = nil) {
        self.call = call
        self.path = path
        self.query = query
        self.body = body
    }

    /// A call on one record.
    public init(_ call: Call, id: Int, query: [QueryItem] = [], body: JSONValue? = nil) {
        self.init(call, path: ["id": String(id)], query: query, body: body)
    }

    /// The creation of an offer or order in a flow.
    public init(_ call: Call, flowType: String, flow: String, body: JSONValue?) {
        self.init(call, path: ["flow_type": flowType, "flow_identifier": flow], body: body)
    }

    /// Adds a query item; `nil` adds nothing.
    public mutating func add(_ name: String, _ value: String?) {
        if let value { query.append(QueryItem(name, value)) }
    }

    /// Adds an array as `name[0]=…&name[1]=…`.
    public mutating func add(_ name: String, values: [String]) {
        for (index, value) in values.enumerated() { query.append(QueryItem("\(name)[\(index)]", value)) }
    }

    /// The same request with one query item put in the place of any of that name.
    public func with(_ name: String, _ value: String) -> APIRequest {
        var copy = self
        copy.query.removeAll { $0.name == name }
        copy.query.append(QueryItem(name, value))
        return copy
    }

    /// The whole address.
    /// - Throws: `fault` when a placeholder has no value, or one that would change the path (empty, `.`, `..`).
    public func url(_ connection: Connection) throws(SalesdockError) -> String {
        var segments: [String] = []
        for segment in call.path.split(separator: "/") {
            guard segment.hasPrefix("{"), segment.hasSuffix("}") else {
                segments.append(String(segment))
                continue
            }
            let name = String(segment.dropFirst().dropLast())
            let given = path[name] ?? (name == "scope" ? connection.scope.rawValue : "")
            guard !given.isEmpty, given != ".", given != ".." else {
                throw SalesdockError(.fault, "The call \(call.name) was made without a usable '\(name)'.")
            }
            segments.append(Percent.encode(given))
        }
        let address = "\(connection.base)/api/\(connection.domain)/v1/" + segments.joined(separator: "/")
        if query.isEmpty { return address }
        let pairs = query.map { "\(Percent.encodeQueryName($0.name))=\(Percent.encode($0.value))" }
        return address + "?" + pairs.joined(separator: "&")
    }

    func http(_ connection: Connection, token: Token) throws(SalesdockError) -> HTTPCall {
        var headers = [
            ("Authorization", "Bearer \(token.secret)"), ("Accept", "application/json"),
            ("User-Agent", connection.userAgent),
        ]
        if body != nil { headers.append(("Content-Type", "application/json")) }
        return HTTPCall(method: call.method, url: try url(connection), headers: HTTPFields(headers), body: body?.bytes)
    }
}

extension Call {
    /// Whether the path names one record, so that "not found" speaks of that record and not of the path.
    var namesRecord: Bool {
        path.split(separator: "/").contains { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                && !["{scope}", "{flow_type}", "{flow_identifier}"].contains(segment)
        }
    }

    /// Whether a success answers with the id of a new record.
    var createsRecord: Bool { method == .post && name.hasSuffix(".create") }
}

extension Percent {
    /// Like `encode`, but leaves the brackets of array names readable, as the documentation shows them.
    static func encodeQueryName(_ name: String) -> String {
        encode(name).split(separator: "%5B", omittingEmptySubsequences: false).joined(separator: "[")
            .split(separator: "%5D", omittingEmptySubsequences: false).joined(separator: "]")
    }
}
