/// A condition on a row, as a `filter` states it.
///
///     business == '1' || lastname != ''
///     price >= 10.50 && city in ['Utrecht', "Zwolle"] && !(empty(email) || postcode starts_with '99')
///     `vreemde kolom` matches '^[A-Z]{2}'
///
/// - A field is a bare name (letters, digits, `_`, dots between them, `[]` at its end) or any text in backticks. A
///   missing value is empty text.
/// - Text stands in '…' or "…", a quote inside it after a backslash. Numbers stand bare.
/// - `==` and `!=` compare text; beside a bare number they compare exact decimal numbers.
/// - `<`, `<=`, `>`, `>=` compare exact decimal numbers when both sides are numbers, else text in Unicode order. Beside
///   a bare number, a value that is empty or no number is neither less nor greater.
/// - `in ['a', 'b']`, `matches '…'` (a regular expression that must match somewhere), `contains`, `starts_with`,
///   `ends_with` and `empty(field)` are as their names say; text is compared byte for byte.
/// - `!` binds tightest, then `&&`, then `||`.
public struct FilterExpression: Sendable {
    /// Fields in the order of their first use.
    public let fields: [String]
    let root: FilterNode

    /// - Throws: `FilterError` with the place of the first problem.
    public init(_ text: String) throws(FilterError) {
        var parser = FilterParser(try FilterLexer.tokens(text))
        root = try parser.parse()
        fields = parser.fields
    }
}

/// What is wrong with a filter expression.
public struct FilterError: Error, Sendable, Hashable, CustomStringConvertible {
    /// In characters from the start of the expression.
    public let offset: Int
    /// What is wrong and what to write instead.
    public let message: String

    /// The place, counted from 1, and what is wrong there.
    public var description: String { "at character \(offset + 1): \(message)" }
}

indirect enum FilterNode: Sendable {
    case compare(FilterOperator, FilterOperand, FilterOperand)
    case oneOf(FilterOperand, [[UInt8]])
    case matches(FilterOperand, TextPattern)
    case empty(FilterOperand)
    case not(FilterNode)
    case and(FilterNode, FilterNode)
    case or(FilterNode, FilterNode)
}

enum FilterOperand: Sendable {
    /// Index into the expression's fields.
    case field(Int)
    case text([UInt8])
    case number([UInt8])
}

enum FilterOperator: String, Sendable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case contains
    case startsWith = "starts_with"
    case endsWith = "ends_with"
}
