/// One field of a request body, as Salesdock documents it.
public struct Field: Sendable, Hashable {
    /// Dotted path from the body's top, such as `email` or `contract_pdf.content`; the members of a list's items are
    /// written `attachments[].name`.
    public let name: String
    /// How the field's value is written in a request.
    public let kind: FieldKind
    /// When a create must carry the field.
    public let presence: Presence
    /// The accepted values, as text; empty when any value is accepted.
    public let values: [String]
    /// Dotted path of the same fact in the resource's list, and in its single read unless
    /// `ResourceFacts.singleReadPaths` says otherwise, where it differs from `name`.
    public let readName: String?
    /// One English sentence for the reference documentation.
    public let summary: String

    public init(
        _ name: String, _ kind: FieldKind = .text, _ presence: Presence = .optional, values: [String] = [],
        readName: String? = nil, _ summary: String = ""
    ) {
        self.name = name
        self.kind = kind
        self.presence = presence
        self.values = values
        self.readName = readName
        self.summary = summary
    }

    /// An optional text field.
    init(_ name: String, _ summary: String) { self.init(name, .text, .optional, summary) }

    /// An optional field.
    init(_ name: String, _ kind: FieldKind, _ summary: String) { self.init(name, kind, .optional, summary) }
}

/// How a field's value is written in a request.
public enum FieldKind: Sendable, Hashable {
    /// A JSON string.
    case text
    /// A whole number; Salesdock accepts it as a JSON number or as a string of digits.
    case integer
    /// A number with a decimal point; accepted as a JSON number or as a string.
    case decimal
    /// `"1"` or `"0"`; the numbers and JSON booleans are accepted as well.
    case flag
    /// A string in one of the documented date forms.
    case date(DateForm)
    /// Base64 text of a file.
    case base64
    /// An object whose members the account defines (`questionData`, `agreements`) or that other fields describe by path.
    case object
    /// An array. The telecom examples write it as an object with the keys `"0"`, `"1"`, … instead.
    case list
}

/// The date forms that Salesdock's documentation names.
public enum DateForm: Sendable, Hashable {
    /// `dd-mm-yyyy`
    case dayMonthYear
    /// `yyyy-mm-dd`
    case yearMonthDay
    /// `yyyy-mm-dd hh:mm:ss`, Europe/Amsterdam (assumed)
    case timestamp
}

/// When a field must be in a create's body.
public enum Presence: Sendable, Hashable {
    /// May be left out of every body.
    case optional
    /// Present and not null; a text is not empty either, while an object or list may be.
    case mandatory
    /// Mandatory when the condition holds.
    case mandatoryIf(Condition)
}

/// A condition over other fields of the same body.
public indirect enum Condition: Sendable, Hashable {
    /// The field's text is one of these.
    case field(String, oneOf: [String])
    /// The field is present and neither null nor empty.
    case filled(String)
    /// Every one of these holds.
    case all([Condition])
    /// At least one of these holds.
    case any([Condition])
}
