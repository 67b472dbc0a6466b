public import ExactJSON
public import SalesdockFacts

/// What one sent request came to.
public enum Verdict: Sendable, Hashable {
    /// It was carried out. `data` is the answer's `data`; `id` the id in it, always there for a create.
    case applied(data: JSONValue, id: Int?)
    /// It was not carried out, because of this record. Sending the same again would fail again.
    case rejected(APIProblem)
    /// The token's role or the account's modules do not allow this kind of call. Whether that is this record or the
    /// whole run depends on whether the kind of call has succeeded before, which the caller knows.
    case forbidden(Forbidden, APIProblem)
    /// It may have been carried out.
    case unknown(UnknownOutcome)
    /// It is known not to have been carried out: no connection could be made.
    case notSent(reason: String)
    /// It was not carried out, since there were too many requests. Always safe to send again; the budget already waits.
    case throttled(retryAfter: Duration?)
    /// It was not carried out, since the token had been replaced; the new one is in use now. Send it again.
    case tokenRotated
    /// It was not carried out, and no other request would be.
    case stop(StopReason)
}

/// Why nobody knows whether a request was carried out.
public struct UnknownOutcome: Sendable, Hashable, CustomStringConvertible {
    /// One sentence without a record's values.
    public let reason: String
    /// The status, if there was an answer.
    public let status: Int?
    /// How long the server asked to be left alone.
    public let retryAfter: Duration?

    public init(_ reason: String, status: Int? = nil, retryAfter: Duration? = nil) {
        self.reason = reason
        self.status = status
        self.retryAfter = retryAfter
    }

    public var description: String { reason }
}

/// Why a run can not go on.
public enum StopReason: Sendable, Hashable {
    /// Salesdock does not know the token, and its source has no other.
    case unauthenticated(APIProblem)
    /// The token can not be used from here at all.
    case forbidden(Forbidden, APIProblem)
    /// Something in front of Salesdock refused: a firewall's page, not Salesdock's answer.
    case blocked(APIProblem)
    /// The path does not exist: wrong base address, domain or scope.
    case notFound(APIProblem)
    /// The call is not offered: a fault in this program.
    case methodNotAllowed(APIProblem)
    /// A redirect, which is never followed. `location` is the host it points to.
    case redirect(status: Int, location: String?)
    /// The request could not even be made: no token, or a path without its values.
    case client(SalesdockFailure)

    /// The same as an error, with what to do about it.
    public var error: SalesdockError {
        switch self {
        case .unauthenticated(let problem):
            SalesdockError(
                .unauthenticated, "Salesdock does not accept the token (HTTP \(problem.status)).",
                remedy: "It is wrong, was revoked, or was replaced by a newer one. Generate a token on the integration "
                    + "user, press Save, and put it where dockhand reads it.")
        case .forbidden(let cause, let problem):
            SalesdockError(
                .forbidden, "Salesdock refuses the token (HTTP \(problem.status)): \(problem.message)",
                remedy: cause.remedy)
        case .blocked(let problem):
            SalesdockError(
                .forbidden, "A firewall in front of Salesdock refused (HTTP \(problem.status)): \(problem.message)",
                remedy: "Ask Salesdock whether this machine's public IP address is blocked.")
        case .notFound(let problem):
            SalesdockError(
                .notFound, "Salesdock does not know the path (HTTP \(problem.status)): \(problem.message)",
                remedy: "Check the base address, the domain and the scope.")
        case .methodNotAllowed(let problem):
            SalesdockError(
                .fault, "Salesdock does not offer this call (HTTP \(problem.status)).", remedy: "Please report this.")
        case .redirect(let status, let location):
            SalesdockError(
                .redirect,
                "Salesdock answered with a redirect (HTTP \(status))" + (location.map { " to \($0)." } ?? "."),
                remedy: "Redirects are never followed, since the token would travel along. Correct the base address.")
        case .client(let failure):
            SalesdockError(failure.code, failure.message, remedy: failure.remedy)
        }
    }
}

/// The comparable part of a `SalesdockError`, for verdicts.
public struct SalesdockFailure: Sendable, Hashable {
    /// As in the error.
    public let code: SalesdockError.Code
    let message: String
    let remedy: String?

    init(_ error: SalesdockError) {
        code = error.code
        message = error.message
        remedy = error.remedy
    }
}
