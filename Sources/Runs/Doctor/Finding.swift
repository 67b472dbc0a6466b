/// One line of what `doctor` found out.
public struct Finding: Sendable, Hashable {
    /// What was looked at, in the order in which it is reported.
    public enum Check: String, Sendable, Hashable, CaseIterable {
        case project, pipelines, sources
        case ledgerDisk = "ledger_disk"
        case ledger
        case ledgerLock = "ledger_lock"
        case ledgerMirror = "ledger_mirror"
        case stateDirectory = "state_directory"
        case token, budget, address
        case tokenAccepted = "token_accepted"
        case internalUse = "internal_use"
        case ipAddress = "ip_address"
        case scope
        case rateLimit = "rate_limit"
        case clock, flows, agreements
        case productQuestions = "product_questions"
        case lookups, requests
    }

    public enum State: String, Sendable, Hashable, CaseIterable {
        case ok
        /// A run works, and somebody should look.
        case warning
        /// A run would end with `exit`.
        case failed
        /// It could not be looked at, or there was nothing to look at.
        case skipped
    }

    public let check: Check
    public let state: State
    /// One sentence; never a token.
    public let message: String
    /// What to do, and where in Salesdock to click; `nil` when there is nothing to do.
    public let remedy: String?
    /// What a run would end with because of it; `success` unless it failed.
    public let exit: ExitCode

    public static func ok(_ check: Check, _ message: String) -> Finding {
        Finding(check: check, state: .ok, message: message, remedy: nil, exit: .success)
    }

    public static func warning(_ check: Check, _ message: String, remedy: String) -> Finding {
        Finding(check: check, state: .warning, message: message, remedy: remedy, exit: .success)
    }

    public static func failed(_ check: Check, _ exit: ExitCode, _ message: String, remedy: String?) -> Finding {
        Finding(check: check, state: .failed, message: message, remedy: remedy, exit: exit)
    }

    public static func skipped(_ check: Check, _ why: String) -> Finding {
        Finding(check: check, state: .skipped, message: why, remedy: nil, exit: .success)
    }
}

extension Finding {
    /// An error as a finding: a failure with the exit code that a run would have.
    public static func failed(_ check: Check, _ error: any Error, remedy: String? = nil) -> Finding {
        let error = RunError(error)
        return .failed(check, error.exit, error.description, remedy: remedy)
    }
}
