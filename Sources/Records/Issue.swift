/// One problem of one record. Bad data is a value, counted and written to the rejects; only broken runs throw.
public struct Issue: Sendable, Hashable {
    /// What an issue does to its record.
    public enum Severity: String, Sendable, Hashable {
        /// The record is rejected.
        case error
        /// The record goes on; the report shows it.
        case warning
    }

    /// Whether it rejects the record.
    public let severity: Severity
    /// Stable and machine-readable, such as `required`, `email`, `csv.ragged`; never holds a value of the record.
    public let code: String
    /// The field it is about; `nil` when it is about the whole record.
    public let field: String?
    /// What is wrong and what to do about it, in English; never holds a value of the record.
    public let message: String
    /// The offending value, clipped to `valueLengthMax` characters.
    public let value: String?
    /// What the message names besides the field, such as a pattern or a bound, for saying the same in another language;
    /// which of them a code has is the message catalogue's knowledge. Never a value of the record.
    public let arguments: [String]

    /// Longest value that an issue quotes, in characters.
    public static let valueLengthMax = 120

    /// A problem; a value longer than `valueLengthMax` is clipped.
    public init(
        _ severity: Severity = .error, code: String, field: String? = nil, message: String, value: String? = nil,
        arguments: [String] = []
    ) {
        self.severity = severity
        self.code = code
        self.field = field
        self.message = message
        self.arguments = arguments
        // No text has more characters than bytes, and counting those costs nothing.
        self.value = value.map {
            $0.utf8.count > Self.valueLengthMax && $0.count > Self.valueLengthMax
                ? $0.prefix(Self.valueLengthMax) + "…" : $0
        }
    }
}

/// An issue and the row of the batch that has it.
public struct RowIssue: Sendable, Hashable {
    /// 0-based index in the batch.
    public let row: Int
    /// What is wrong with the row.
    public let issue: Issue

    /// - Parameter row: 0-based index in the batch.
    public init(row: Int, issue: Issue) {
        self.row = row
        self.issue = issue
    }
}
