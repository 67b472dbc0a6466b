/// The connection of a project: `dockhand.yaml`, the environment, and flags over both.
public struct ProjectDefinition: Sendable, Hashable {
    /// Whose data the token reaches.
    public enum Scope: String, Sendable, Hashable, CaseIterable {
        /// An Agent's token: that user's data.
        case user
        /// An Admin's token: the whole account.
        case account
    }

    /// Where the token is kept. The token itself is never in a definition.
    public enum TokenSpec: Sendable, Hashable {
        /// Name of the environment variable.
        case environment(String)
        /// A file whose first line is the token, relative to the project file.
        case file(String)
        /// A program and its arguments, run without a shell; it prints the token.
        case command([String])
    }

    /// Without a slash at the end: `https://app.salesdock.nl`.
    public var base: String
    /// The account's name; empty only when no connection was asked for.
    public var domain: String
    /// Whose token it is.
    public var scope: Scope
    /// Where the token is kept.
    public var token: TokenSpec
    /// Requests a window; `nil` to follow the service's header.
    public var limit: Int?
    /// What of the limit this project may use, 0 to 100.
    public var sharePercent: Double
    /// Most requests in flight.
    public var concurrency: Int
    /// Of one request, in milliseconds.
    public var timeoutMs: Int
    /// From sending until no request commits any more; `nil` for what follows from the timeout.
    public var settleMs: Int?
    /// Path of the ledger, relative to the project file; `nil` for the usual place.
    public var ledger: String?

    /// A project with the usual settings but for those that are given.
    public init(
        base: String = "https://app.salesdock.nl", domain: String, scope: Scope = .account,
        token: TokenSpec = .environment("SALESDOCK_TOKEN"), limit: Int? = nil, sharePercent: Double = 100,
        concurrency: Int = 8, timeoutMs: Int = 30_000, settleMs: Int? = nil, ledger: String? = nil
    ) {
        self.base = base
        self.domain = domain
        self.scope = scope
        self.token = token
        self.limit = limit
        self.sharePercent = sharePercent
        self.concurrency = concurrency
        self.timeoutMs = timeoutMs
        self.settleMs = settleMs
        self.ledger = ledger
    }
}
