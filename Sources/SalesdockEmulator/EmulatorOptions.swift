/// What a token may do.
public enum TokenRole: String, Sendable, Hashable {
    /// The whole account: `account` and `user` paths.
    case admin
    /// Only the user's own records: `user` paths.
    case agent
}

/// A token that the emulator accepts.
public struct EmulatorToken: Sendable, Hashable {
    /// What clients send after `Bearer`.
    public var secret: String
    /// Name of the user that the token belongs to; two tokens of one name are one user (a rotation), with one limit.
    public var name: String
    /// Which paths it may use.
    public var role: TokenRole
    /// Generated for Salesdock's internal integration only: every call is refused.
    public var internalOnly: Bool
    /// Addresses that may use it; empty means any.
    public var allowedIPs: [String]

    public init(
        secret: String, name: String, role: TokenRole, internalOnly: Bool = false, allowedIPs: [String] = []
    ) {
        self.secret = secret
        self.name = name
        self.role = role
        self.internalOnly = internalOnly
        self.allowedIPs = allowedIPs
    }

    /// Reads `NAME=admin`, `NAME=agent`, `NAME=admin,internal` or `NAME=agent,ip=10.0.0.1`; clients then send `NAME`.
    ///
    /// `ip=` may be repeated, and `user=OTHER` gives the token to another user, as after a rotation.
    /// - Throws: ``TokenSyntaxError`` with the reason.
    public init(parsing text: String) throws(TokenSyntaxError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw TokenSyntaxError(message: "a token is written NAME=admin or NAME=agent")
        }
        let words = parts[1].split(separator: ",", omittingEmptySubsequences: false)
        guard let role = words.first.flatMap({ TokenRole(rawValue: String($0)) }) else {
            throw TokenSyntaxError(message: "a token's role is admin or agent, as in NAME=admin")
        }
        self.init(secret: String(parts[0]), name: String(parts[0]), role: role)
        for word in words.dropFirst() {
            if word == "internal" {
                internalOnly = true
            } else if word.hasPrefix("ip="), word.count > 3 {
                allowedIPs.append(String(word.dropFirst(3)))
            } else if word.hasPrefix("user="), word.count > 5 {
                name = String(word.dropFirst(5))
            } else {
                throw TokenSyntaxError(message: "after the role come internal, ip=ADDRESS or user=NAME, by commas")
            }
        }
    }
}

/// A token's description that cannot be read. The message never repeats the text, which holds the secret.
public struct TokenSyntaxError: Error, CustomStringConvertible {
    /// How it is to be written.
    public let message: String

    public var description: String { message }
}

/// How the emulator is set up.
public struct EmulatorOptions: Sendable {
    /// Address to listen on.
    public var host: String
    /// Port to listen on; 0 takes a free one.
    public var port: Int
    /// The account's domain: the segment after `/api/`.
    public var domain: String
    /// The tokens that are accepted; everyone else is answered 401.
    public var tokens: [EmulatorToken]
    /// The account's own IP whitelist; empty means any address.
    public var accountIPs: [String]
    /// Requests per window and user.
    public var limit: Int
    /// Length of the rate limit's window.
    public var windowSeconds: Double
    /// File that keeps the state over restarts; nil keeps it in memory.
    public var dataFile: String?
    /// Whether values come back normalised and lists lag behind, as a real service does.
    public var unkind: Bool
    /// How long a commit stays out of lists and searches; only when `unkind`.
    public var searchLagSeconds: Double
    /// Seed of the id gaps and of random faults.
    public var seed: UInt64

    public init(
        host: String = "127.0.0.1", port: Int = 0, domain: String = "demo", tokens: [EmulatorToken] = [],
        accountIPs: [String] = [], limit: Int = 150, windowSeconds: Double = 60, dataFile: String? = nil,
        unkind: Bool = true, searchLagSeconds: Double = 2, seed: UInt64 = 1
    ) {
        self.host = host
        self.port = port
        self.domain = domain
        self.tokens = tokens
        self.accountIPs = accountIPs
        self.limit = limit
        self.windowSeconds = windowSeconds
        self.dataFile = dataFile
        self.unkind = unkind
        self.searchLagSeconds = searchLagSeconds
        self.seed = seed
    }

    /// Seconds that lists and searches lag behind.
    var lag: Double { unkind ? searchLagSeconds : 0 }
}
