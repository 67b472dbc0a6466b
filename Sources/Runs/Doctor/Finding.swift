/// One line of what `doctor` found out.
public struct Finding: Sendable, Hashable {
    /// What was looked at, in the order in which it is reported.
    public enum Check: String, Sendable, Hashable, CaseIterable {
        /// `dockhand.yaml`, or the environment where there is none.
        case project
        /// The pipeline files that were named, as `check` reads them.
        case pipelines
        /// Whether their source files can be read.
        case sources
        /// The disk of the ledger's folder.
        case ledgerDisk = "ledger_disk"
        /// Whether the ledger can be opened, and whether others may read it.
        case ledger
        /// Whether a run holds the ledger.
        case ledgerLock = "ledger_lock"
        /// Whether the state directory has seen a newer ledger than this one.
        case ledgerMirror = "ledger_mirror"
        /// The disk of the state directory.
        case stateDirectory = "state_directory"
        /// Whether the token can be read from where it should be.
        case token
        /// Whether the request budget lets a request go.
        case budget
        /// Whether Salesdock answers at the base address.
        case address
        /// Whether Salesdock knows the token.
        case tokenAccepted = "token_accepted"
        /// Whether the token is for more than Salesdock's internal integration.
        case internalUse = "internal_use"
        /// Whether the token may be used from this machine's address.
        case ipAddress = "ip_address"
        /// The configured scope against what the token's role allows.
        case scope
        /// The configured limit against the one in Salesdock's answers.
        case rateLimit = "rate_limit"
        /// This machine's clock against the date of an answer.
        case clock
        /// Whether the flows that sinks name are in the account.
        case flows
        /// Whether the agreements that offers set are in the account.
        case agreements
        /// Whether the product questions that offers answer are in the account.
        case productQuestions = "product_questions"
        /// Whether the values that pipeline files look up are in the account.
        case lookups
        /// How many requests all of this took.
        case requests
    }

    /// How it stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// A run works, as far as this goes.
        case ok
        /// A run works, and somebody should look.
        case warning
        /// A run would end with `exit`.
        case failed
        /// It could not be looked at, or there was nothing to look at.
        case skipped
    }

    /// What was looked at.
    public let check: Check
    /// How it stands.
    public let state: State
    /// One sentence; never a token.
    public let message: String
    /// What to do, and where in Salesdock to click; `nil` when there is nothing to do.
    public let remedy: String?
    /// What a run would end with because of it; `success` unless it failed.
    public let exit: ExitCode

    /// All is well; the message says what was seen.
    public static func ok(_ check: Check, _ message: String) -> Finding {
        Finding(check: check, state: .ok, message: message, remedy: nil, exit: .success)
    }

    /// A run works, and somebody should do what `remedy` says.
    public static func warning(_ check: Check, _ message: String, remedy: String) -> Finding {
        Finding(check: check, state: .warning, message: message, remedy: remedy, exit: .success)
    }

    /// - Parameter exit: what a run would end with.
    public static func failed(_ check: Check, _ exit: ExitCode, _ message: String, remedy: String?) -> Finding {
        Finding(check: check, state: .failed, message: message, remedy: remedy, exit: exit)
    }

    /// Not looked at; `why` is its message.
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
