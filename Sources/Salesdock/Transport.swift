internal import ExactJSON
public import SalesdockFacts

/// One HTTP request, ready to send.
public struct HTTPCall: Sendable {
    /// Sent as it is.
    public let method: Method
    /// The whole address, percent-encoded.
    public let url: String
    /// All that the caller wants sent, the token among them.
    public let headers: HTTPFields
    /// `nil` sends no body at all.
    public let body: [UInt8]?

    public init(method: Method, url: String, headers: HTTPFields, body: [UInt8]?) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// What came back: any status, since an HTTP answer of any kind is knowledge.
public struct HTTPAnswer: Sendable, Hashable {
    /// HTTP status.
    public let status: Int
    /// As the server sent them.
    public let headers: HTTPFields
    /// As it arrived; empty when there is none.
    public let body: [UInt8]

    public init(status: Int, headers: HTTPFields = HTTPFields(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension HTTPAnswer {
    /// The same answer with a placeholder for the token; `nil` when it does not repeat it.
    func without(_ token: Token) -> HTTPAnswer? {
        let text = String(decoding: body, as: UTF8.self)
        let clean = token.removed(from: text)
        let fields = headers.pairs.map { ($0.name, token.removed(from: $0.value)) }
        let isClean = clean == text && zip(fields, headers.pairs).allSatisfy { $0.1 == $1.value }
        return isClean ? nil : HTTPAnswer(status: status, headers: HTTPFields(fields), body: Array(clean.utf8))
    }
}

/// HTTP header fields in order; names are compared without regard to case.
public struct HTTPFields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    struct Field: Sendable, Hashable {
        let name: String
        let value: String
    }

    private(set) var fields: [Field] = []

    /// No fields.
    public init() {}
    /// Names and values in the order to send them; a name may repeat.
    public init(_ pairs: some Sequence<(String, String)>) {
        fields = pairs.map { Field(name: $0.0, value: $0.1) }
    }
    public init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }

    /// The first value of a field.
    public subscript(name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name.lowercased() == name }?.value
    }

    /// Every name and value, in order.
    public var pairs: [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }
}

/// Why there is no answer.
public enum TransportError: Error, Sendable, Hashable {
    /// The request is known not to have left: no address, connection refused, no secure connection.
    case notSent(String)
    /// It may have arrived and may have been applied: the connection broke, or the time was over.
    case unknown(String)

    /// What happened, without the request's content.
    public var reason: String {
        switch self {
        case .notSent(let reason), .unknown(let reason): reason
        }
    }
}

/// Carries one request to the server and its answer back: no redirects, no retries.
public protocol Transport: Sendable {
    /// - Parameter timeout: for everything, from now to the last byte of the answer.
    func send(_ request: HTTPCall, timeout: Duration) async throws(TransportError) -> HTTPAnswer
}
