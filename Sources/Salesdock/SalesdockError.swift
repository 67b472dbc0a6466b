/// Why the client could not go on. Bad records are not errors but verdicts; this is for what stops a whole run.
public struct SalesdockError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it was; callers choose exit codes by it.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A base address, domain or number that can not be used.
        case configuration
        /// The token could not be read from where it should be.
        case token
        /// Salesdock does not know the token.
        case unauthenticated
        /// Salesdock knows the token and refuses.
        case forbidden
        /// The path does not exist: wrong base address, domain or scope.
        case notFound
        /// The answer was a redirect, which is never followed.
        case redirect
        /// Salesdock refused one request's content.
        case rejected
        /// No connection, or answers that stayed away for every try.
        case unreachable
        /// An answer whose form is not the documented one.
        case badAnswer
        /// The time allowed for the request was over.
        case deadline
        /// The state directory of the budget can not be used.
        case budgetState
        /// Another process keeps the budget to itself.
        case budgetLocked
        /// The process has sent as many requests as its caller allowed.
        case requestsUsedUp
        /// The task was cancelled.
        case cancelled
        /// A request that Salesdock's API does not offer: a fault in this program.
        case fault
    }

    /// What a caller may go by.
    public let code: Code
    /// What was wrong and where, one sentence; never a token, never a record's values.
    public let message: String
    /// What to do about it, if something can be done.
    public let remedy: String?
    /// The error below this one.
    public let cause: (any Error)?
    /// The HTTP status that told it, where one did.
    public let status: Int?

    public init(
        _ code: Code, _ message: String, remedy: String? = nil, cause: (any Error)? = nil, status: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.remedy = remedy
        self.cause = cause
    }

    public var description: String {
        guard let remedy else { return message }
        return "\(message) \(remedy)"
    }
}
