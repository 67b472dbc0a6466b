/// Whose data a call is about.
public enum Scope: String, Sendable, Hashable, CaseIterable {
    /// Only what the token's own user may see: an Agent token.
    case user
    /// The whole account: an Admin token.
    case account
}

/// Where an account is and how hard it may be driven.
public struct Connection: Sendable, Hashable {
    /// Base address without a slash at its end: `https://app.salesdock.nl`.
    public let base: String
    /// Host and port of `base`, in lower case, for messages and keys.
    public let host: String
    /// The account's name.
    public let domain: String
    /// What stands for `{scope}` in the paths of calls.
    public let scope: Scope
    /// From a request's grant to its last byte.
    public let timeout: Duration
    /// Requests per minute, where configured; otherwise what Salesdock's headers say.
    public let limit: Int?
    /// Part of the limit that may be used, above 0 and at most 1.
    public let share: Double
    /// Requests under way at the same time.
    public let concurrency: Int
    /// Sent as `User-Agent`; printable ASCII.
    public let userAgent: String

    /// - Throws: `configuration` for anything that can not work, before a token is sent to the wrong place.
    public init(
        base: String = "https://app.salesdock.nl", domain: String, scope: Scope = .account,
        timeout: Duration = .seconds(30), limit: Int? = nil, share: Double = 1, concurrency: Int = 8,
        userAgent: String = "dockhand"
    ) throws(SalesdockError) {
        let address = try BaseAddress(base)
        self.base = address.text
        self.host = address.host
        self.domain = try Self.checked(domain: domain)
        self.scope = scope
        guard timeout >= .milliseconds(1), timeout <= .seconds(3600) else {
            throw SalesdockError(.configuration, "The timeout \(timeout) is not between 1 ms and 1 hour.")
        }
        self.timeout = timeout
        guard (1...1_000_000).contains(limit ?? 1) else {
            throw SalesdockError(
                .configuration, "The limit \(limit ?? 0) is not between 1 and 1000000 requests a minute.")
        }
        self.limit = limit
        guard share > 0, share <= 1 else {
            throw SalesdockError(.configuration, "The share \(share) is not above 0% and at most 100%.")
        }
        self.share = share
        guard (1...256).contains(concurrency) else {
            throw SalesdockError(.configuration, "The concurrency \(concurrency) is not between 1 and 256.")
        }
        self.concurrency = concurrency
        guard !userAgent.isEmpty, userAgent.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw SalesdockError(.configuration, "The user agent must be printable ASCII.")
        }
        self.userAgent = userAgent
    }

    private static func checked(domain: String) throws(SalesdockError) -> String {
        let allowed = domain.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard allowed, (1...100).contains(domain.utf8.count) else {
            throw SalesdockError(
                .configuration, "'\(domain)' is not an account's domain name.",
                remedy: "It is the name in your Salesdock addresses, of letters, digits, '-' and '_'.")
        }
        return domain
    }
}

/// A checked base address: `https`, or `http` to this machine only, since a token travels in every request.
struct BaseAddress {
    let text: String
    let host: String

    init(_ base: String) throws(SalesdockError) {
        let lower = base.lowercased()
        let isSecure = lower.hasPrefix("https://")
        guard isSecure || lower.hasPrefix("http://") else {
            throw Self.error(base, "It must start with https://.")
        }
        let rest = base.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var path = rest.dropFirst(authority.count)
        while path.hasSuffix("/") { path.removeLast() }
        guard !authority.contains("@") else {
            // The address itself is not repeated: what stands before the @ may be a password.
            throw SalesdockError(.configuration, "The base address may not carry a user name or a password.")
        }
        let isPlainPath = path.utf8.allSatisfy { Percent.isUnreserved($0) || $0 == UInt8(ascii: "/") }
        guard isPlainPath, !path.contains("..") else {
            throw Self.error(base, "It must be a plain address without a query.")
        }
        var host = try Self.checked(authority: authority, base: base)
        guard isSecure || Self.isLoopback(host) else {
            throw Self.error(base, "Plain http is for this machine only (localhost); use https.")
        }
        // The port that goes without saying makes no other host of it.
        let port = isSecure ? ":443" : ":80"
        if host.hasSuffix(port) { host.removeLast(port.count) }
        self.host = host
        text = (isSecure ? "https://" : "http://") + host + path
    }

    private static func checked(authority: Substring, base: String) throws(SalesdockError) -> String {
        let (name, port) = split(authority)
        let isNamed =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                Percent.isUnreserved(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "[")
                    || byte == UInt8(ascii: "]")
            }
        guard isNamed, name.hasPrefix("[") == name.contains(":") else {
            throw error(base, "Its host is not a host name.")
        }
        if let port {
            guard let number = UInt16(port), number > 0 else { throw error(base, "Its port is not a port number.") }
            return name.lowercased() + ":\(number)"
        }
        return name.lowercased()
    }

    private static func split(_ authority: Substring) -> (name: Substring, port: Substring?) {
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else {
            return (authority, nil)
        }
        return (authority[..<colon], authority[authority.index(after: colon)...])
    }

    private static func isLoopback(_ host: String) -> Bool {
        let name = split(host[...]).name
        if name == "localhost" || name == "[::1]" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func error(_ base: String, _ remedy: String) -> SalesdockError {
        SalesdockError(.configuration, "'\(base)' is not a usable base address.", remedy: remedy)
    }
}
