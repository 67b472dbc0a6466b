/// Why the ledger can't be used. Nothing is sent once the ledger has failed: it is the only memory of what was sent.
public struct LedgerError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is; exit codes are chosen by it.
    public enum Code: String, Sendable {
        /// The disk refused (full, permission, I/O error).
        case disk
        /// The file is not a ledger, or is damaged.
        case corrupt
        /// The file was written by a newer version.
        case tooNew
        /// Missing, or older than its mirror: a person must say how to go on.
        case behind
        /// Another run holds it.
        case locked
        /// A claim or attempt contradicts what the ledger holds: our bug, or two writers.
        case conflict
        /// What was asked for is not in the ledger, or not in a state that allows it.
        case notFound
    }

    /// What a caller may go by.
    public let code: Code
    /// What was wrong and what to do about it.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
