import Formats
import Ledgers
public import Pipelines
public import Records
import Salesdock

/// Why a run could not go on, and what a person does about it.
public struct RunError: Error, Sendable, CustomStringConvertible {
    /// What the process ends with.
    public let exit: ExitCode
    /// What was wrong and what to do about it; never a token, never a value of a record.
    public let message: String
    /// Problems in pipeline files, each at its place.
    public let diagnostics: [Diagnostic]
    /// The message in a form that can be said in another language; `nil` for most.
    public let notice: Notice?

    public init(_ exit: ExitCode, _ message: String, diagnostics: [Diagnostic] = []) {
        self.exit = exit
        self.message = message
        self.diagnostics = diagnostics
        notice = nil
    }

    init(_ exit: ExitCode, _ notice: Notice) {
        self.exit = exit
        message = notice.text
        diagnostics = []
        self.notice = notice
    }

    public var description: String {
        ([message] + diagnostics.map(\.description)).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// Any error that a part below throws, with the exit code it means.
    public init(_ error: any Error) {
        switch error {
        case let error as RunError: self = error
        case let error as DiagnosticsError: self.init(.configuration, "", diagnostics: error.diagnostics)
        case let error as FormatError:
            self.init(error.code == .unwritable ? .disk : .inputUnreadable, error.description)
        case let error as TransformError: self.init(.inputUnreadable, error.message)
        case let error as LedgerError: self.init(Self.exit(error.code), error.message)
        case let error as SalesdockError: self.init(Self.exit(error.code), error.description)
        case let error as StoppedWhileReading: self.init(error.exit, "stopped before anything was written")
        case is CancellationError: self.init(.interrupted, "interrupted")
        case _ where SystemReason.isForeign(error):
            let place = SystemReason.path(of: error).map { "\($0): " } ?? "a file can't be used: "
            self.init(.disk, place + SystemReason.text(of: error))
        default: self.init(.software, "unexpected error: \(error)")
        }
    }

    static func exit(_ code: SalesdockError.Code) -> ExitCode {
        switch code {
        case .configuration, .token, .redirect, .notFound: .configuration
        case .unauthenticated, .forbidden: .noPermission
        case .requestsUsedUp, .budgetLocked: .tryLater
        case .fault: .software
        // What Salesdock answers to a read is its own affair: of another form, or refused, nothing can be done with it.
        case .unreachable, .deadline, .rejected, .badAnswer: .unreachable
        case .budgetState: .disk
        case .cancelled: .interrupted
        }
    }

    private static func exit(_ code: LedgerError.Code) -> ExitCode {
        switch code {
        case .disk: .disk
        case .corrupt, .tooNew, .behind: .guarded
        case .locked: .tryLater
        case .conflict: .software
        case .notFound: .usage
        }
    }
}
