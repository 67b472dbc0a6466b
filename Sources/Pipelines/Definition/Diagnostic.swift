/// A problem in a pipeline file or project file, at its place.
public struct Diagnostic: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whether the file can't be used, or only may not do what is meant.
    public enum Severity: String, Sendable, Hashable { case error, warning }

    /// Whether the file can't be used because of it.
    public let severity: Severity
    /// The file, as the user named it.
    public let file: String
    /// Where in the file; `nil` for the whole of it, or for a flag.
    public let mark: Mark?
    /// What is wrong and what to do about it, with *did you mean* where a name was mistyped.
    public let message: String

    /// - Parameter message: what is wrong and what to do about it, without the place.
    public init(_ severity: Severity = .error, file: String, mark: Mark?, message: String) {
        self.severity = severity
        self.file = file
        self.mark = mark
        self.message = message
    }

    /// Place, severity and message, as compilers write it.
    public var description: String {
        let place = mark.map { ":\($0.line):\($0.column)" } ?? ""
        return "\(file)\(place): \(severity.rawValue): \(message)"
    }
}

/// Every problem that made a file unusable.
public struct DiagnosticsError: Error, Sendable {
    /// At least one of them an error.
    public let diagnostics: [Diagnostic]

    /// The problems that stop whoever throws them.
    public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}
