import Pipelines
import Salesdock
import SalesdockFacts

extension Diagnosis {
    /// Checks that need an answer of Salesdock, in the order of their report.
    static let serviceChecks: [Finding.Check] = [
        .address, .tokenAccepted, .internalUse, .ipAddress, .scope, .rateLimit, .clock, .flows, .agreements,
        .productQuestions, .lookups,
    ]

    /// A clock that is further off is worth a word.
    static let clockTolerance = Duration.seconds(5)
    /// A clock that is further off can make a look-up search the wrong days.
    static let clockMax = Duration.seconds(12 * 3600)

    /// Everything that one reading of the service says.
    static func service(_ reading: ServiceReading, _ needs: PipelineNeeds) -> [Finding] {
        access(reading) + [rateLimit(reading), clock(reading.first.trace)] + account(reading, needs)
    }

    // MARK: Access

    /// From the address to the scope: what stands in the way hides what comes after it.
    private static func access(_ reading: ServiceReading) -> [Finding] {
        let obstacle = obstacle(reading.first.verdict, reading.connection)
        let trace = reading.first.trace
        let isSecure = reading.connection.base.hasPrefix("https:")
        let passed: [Finding] = [
            .ok(
                .address,
                "\(reading.connection.base) answers in \(trace.map { milliseconds($0.duration) } ?? 0) ms"
                    + (isSecure ? " over TLS, its certificate is good" : "")),
            .ok(.tokenAccepted, "Salesdock knows the token"),
            .ok(.internalUse, "the token is not limited to Salesdock's internal integration"),
            .ok(.ipAddress, "this machine's address is allowed"),
        ]
        guard let obstacle else { return passed + [scope(reading)] }
        // Without knowing in which order Salesdock looks, only these are sure to be behind us.
        let sure: Set<Finding.Check> =
            switch obstacle.check {
            case .address: []
            case .ipAddress where isFirewall(reading.first.verdict): [.address]
            case .tokenAccepted, .rateLimit: [.address]
            default: [.address, .tokenAccepted]
            }
        let checks: [Finding.Check] = [.address, .tokenAccepted, .internalUse, .ipAddress, .scope]
        var findings = checks.map { check -> Finding in
            if check == obstacle.check { return obstacle }
            return passed.first { $0.check == check && sure.contains(check) }
                ?? .skipped(check, "hidden by \(obstacle.check.rawValue)")
        }
        if !checks.contains(obstacle.check) { findings.append(obstacle) }
        return findings
    }

    private static func isFirewall(_ verdict: Verdict) -> Bool {
        if case .stop(.blocked) = verdict { true } else { false }
    }

    /// What kept the first request from being answered as it should; `nil` when it was, or when only the scope did.
    private static func obstacle(_ verdict: Verdict, _ connection: Connection) -> Finding? {
        switch verdict {
        case .applied, .forbidden: return nil
        case .notSent(let reason): return unreachable("no connection to \(connection.base): \(reason)", connection)
        case .unknown(let outcome):
            return unreachable("\(connection.base) gives no usable answer: \(outcome.reason)", connection)
        case .throttled(let wait):
            let seconds = wait.map { " for \($0.components.seconds) s" } ?? ""
            return .failed(
                .rateLimit, .tryLater, "Salesdock throttles the token\(seconds), before dockhand has used its part",
                remedy: "Others use the same token's limit: leave them room with 'share', or use a user of its own.")
        case .rejected(let problem):
            return .failed(
                .address, .configuration,
                "\(connection.base) refuses to list flows (HTTP \(problem.status)): \(problem.message)",
                remedy: "Check the base address and the domain.")
        case .tokenRotated:
            return .failed(
                .tokenAccepted, .noPermission, "the token was replaced while it was tried", remedy: "Run doctor again.")
        case .stop(let reason): return stopped(reason)
        }
    }

    private static func unreachable(_ message: String, _ connection: Connection) -> Finding {
        .failed(
            .address, .unreachable, message,
            remedy: "Check 'base', the network, the proxy and Salesdock's own status: curl -I \(connection.base)")
    }

    private static func stopped(_ reason: StopReason) -> Finding {
        let check: Finding.Check =
            switch reason {
            case .unauthenticated: .tokenAccepted
            case .forbidden(.internalToken, _): .internalUse
            case .forbidden(.permission, _): .scope
            case .forbidden, .blocked: .ipAddress
            case .client(let failure): failure.code == .token ? .tokenAccepted : .address
            case .notFound, .methodNotAllowed, .redirect: .address
            }
        let error = reason.error
        return .failed(check, RunError(error).exit, error.message, remedy: error.remedy)
    }

    /// What the token's role allows, against what is configured. That a pipeline needs more is a mistake that `check` finds.
    private static func scope(_ reading: ServiceReading) -> Finding {
        let isAllowed = isApplied(reading.first)
        let isOtherAllowed = reading.other.map(isApplied)
        switch (reading.connection.scope, isAllowed, isOtherAllowed) {
        case (.account, true, _): return .ok(.scope, "account, as configured: an Admin's token")
        case (.user, true, true?):
            return .ok(.scope, "user, as configured; it is an Admin's token, which may use account as well")
        case (.user, true, _):
            return .ok(.scope, "user, as configured: an Agent's token, which sees that user's records only")
        case (.account, false, true?):
            return .failed(
                .scope, .noPermission, "account is configured, and the token may use the scope user only",
                remedy: Forbidden.permission.remedy + " Or set 'scope: user' for what that user owns.")
        case (_, false, _):
            return .failed(
                .scope, .noPermission,
                "the token may use neither scope of the account '\(reading.connection.domain)'",
                remedy: "Check that the domain is the account of the token's user. " + Forbidden.permission.remedy)
        }
    }

    private static func isApplied(_ exchange: ServiceReading.Exchange) -> Bool {
        if case .applied = exchange.verdict { true } else { false }
    }

    // MARK: Headers

    private static func rateLimit(_ reading: ServiceReading) -> Finding {
        guard let trace = reading.other?.trace ?? reading.first.trace else {
            return .skipped(.rateLimit, "no answer to read it from")
        }
        let headers = RateHeaders(trace.headers)
        let (configured, share) = (reading.connection.limit, reading.connection.share)
        let part = share < 1 ? ", of which dockhand takes \(Int((share * 100).rounded()))%" : ""
        guard let limit = headers.limit else {
            return .warning(
                .rateLimit,
                "Salesdock's answers state no limit; \(configured ?? RateLimitFacts.defaultLimit) a minute\(part)",
                remedy: "Ask Salesdock for the account's limit and set 'limit'.")
        }
        let left = headers.remaining.map { ", \($0) left now" } ?? ""
        let stated = "Salesdock allows \(limit) requests a minute\(left)"
        if let configured, configured > limit {
            return .warning(
                .rateLimit, "\(stated); 'limit: \(configured)' is more and has no effect",
                remedy: "Set 'limit: \(limit)', or remove it: the smaller one counts.")
        }
        if let remaining = headers.remaining, let budget = reading.budget, limit - remaining > budget.active {
            return .warning(
                .rateLimit, "\(stated); \(limit - remaining - budget.active) of them were used by others",
                remedy: "Leave others their part with 'share', or use a user and token of dockhand's own.")
        }
        return .ok(.rateLimit, stated + (configured.map { "; 'limit: \($0)' holds" } ?? "") + part)
    }

    /// Compares this machine's clock with the date of an answer, as finely as whole seconds and the way there allow.
    static func clock(_ trace: AnswerRecorder.Trace?) -> Finding {
        guard let trace else { return .skipped(.clock, "no answer to compare it with") }
        guard let date = trace.headers.date else { return .skipped(.clock, "the answer has no date") }
        // The server read its clock between sending and arriving, and cut it to the second.
        let ahead = trace.sent - (date + .seconds(1))
        let behind = date - trace.arrived
        let off = max(ahead, behind)
        if off <= clockTolerance { return .ok(.clock, "agrees with Salesdock's to a few seconds") }
        let message = "this machine's clock is \(span(off)) \(ahead > behind ? "ahead of" : "behind") Salesdock's"
        let remedy = "Switch time synchronisation on: timedatectl set-ntp true"
        return off > clockMax
            ? .failed(
                .clock, .configuration, message + ", so look-ups of lost requests would search the wrong days",
                remedy: remedy)
            : .warning(.clock, message, remedy: remedy)
    }

    private static func span(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7200: return "\((seconds + 30) / 60) min"
        default: return "\((seconds + 1800) / 3600) h"
        }
    }
}
