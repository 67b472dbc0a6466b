/// HTTP methods that Salesdock's calls use.
public enum Method: String, Sendable, Hashable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// Whether a call whose outcome is unknown may be sent again.
public enum Repeatability: String, Sendable, Hashable {
    /// Sending it twice is the same as sending it once.
    case always
    /// Only after a look-up has shown that it did not happen.
    case afterRead
}

/// One call of the API.
public struct Call: Sendable, Hashable {
    /// Name for logs, the ledger and error texts, such as `relations.create`.
    public let name: String
    /// GET reads; every other one writes.
    public let method: Method
    /// Path after `{base}/api/{domain}/v1/`, with `{scope}` and ids in braces: `{scope}/relations`.
    public let path: String
    /// What may follow when nobody knows whether it was carried out.
    public let repeatability: Repeatability
    /// Whether only an Admin token may make it.
    public let adminOnly: Bool

    public init(
        _ name: String, _ method: Method, _ path: String, _ repeatability: Repeatability, adminOnly: Bool = false
    ) {
        self.name = name
        self.method = method
        self.path = path
        self.repeatability = repeatability
        self.adminOnly = adminOnly
    }
}
