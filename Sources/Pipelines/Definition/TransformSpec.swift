/// One stage between source and sink.
public enum TransformSpec: Sendable, Hashable {
    /// Entries in file order. Source fields stay visible to later stages under their own names, unless a target has the
    /// same name; only targets are written.
    case map([MapEntry])
    /// Rows for which the expression is false are `filtered`.
    case filter(String)
    /// Rows that fail a check are rejected, unless the check only warns.
    case validate([FieldChecks])
    /// Of rows with the same values in some fields, one goes on.
    case dedupe(DedupeSpec)
}

/// How one target field gets its value.
public struct MapEntry: Sendable, Hashable {
    /// Dotted target; a final `[]` makes a list (`related_products[]`).
    public var target: String
    /// Where the value comes from.
    public var origin: Origin
    /// Source value to written value; a value that is not listed takes `otherwise`, or rejects the row without one.
    public var values: [ValuePair]?
    /// What a value becomes that `values` does not list; `nil` to reject its row.
    public var otherwise: String?
    /// In order, before `values`, `date` and `number`.
    public var apply: [TextOperation]
    /// How a date is written anew.
    public var date: DateConversion?
    /// How a number is written in the source.
    public var number: NumberConversion?
    /// Used when the value is missing or empty after all of the above.
    public var fallback: String?
    /// The value is a key of this pipeline and becomes the Salesdock id it has there.
    public var ref: String?
    /// The value names an entity that no pipeline loads and becomes its Salesdock id.
    public var lookup: LookupSpec?

    /// Where a target's value comes from.
    public enum Origin: Sendable, Hashable {
        /// A source field, or a target that an earlier stage has set.
        case field(String)
        /// The same text for every row.
        case const(String)
        /// Text with `{field}` places; `{{` is a literal brace.
        case template(String)
        /// The content of a file that the row names.
        case file(FileSpec)
    }

    /// An entry that takes the value as it is.
    public init(target: String, origin: Origin) {
        self.target = target
        self.origin = origin
        apply = []
    }
}

/// One line of a `values` table.
public struct ValuePair: Sendable, Hashable {
    /// As the source writes it.
    public var from: String
    /// As it is written from then on.
    public var to: String

    /// A value of the source and what becomes of it.
    public init(from: String, to: String) {
        self.from = from
        self.to = to
    }
}

/// What `apply` can name.
public enum TextOperation: String, Sendable, Hashable, CaseIterable {
    /// Takes white space away at both ends.
    case trim
    /// Every letter in its small form, whatever the locale.
    case lowercase
    /// Every letter in its capital form, whatever the locale.
    case uppercase
    /// Takes every white space away.
    case removeSpaces = "remove_spaces"
    /// One space in the place of each run of white space.
    case collapseSpaces = "collapse_spaces"
    /// Takes away everything but the digits 0 to 9.
    case digitsOnly = "digits_only"
    /// Unicode normalization form C.
    case nfc
}

/// From one written date form to another, in the tokens `yyyy MM dd HH mm ss` and literal characters.
public struct DateConversion: Sendable, Hashable {
    /// The form in the source, such as `yyyy-MM-dd`.
    public var from: String
    /// The form that is sent.
    public var to: String

    /// A change of form.
    public init(from: String, to: String) {
        self.from = from
        self.to = to
    }
}

/// How a number is written in the source; it is sent with a decimal point.
public struct NumberConversion: Sendable, Hashable {
    /// What stands before the decimals.
    public var decimal: String
    /// What groups the digits; `nil` when nothing does.
    public var thousands: String?

    /// A form of numbers, as the source writes them.
    public init(decimal: String = ".", thousands: String? = nil) {
        self.decimal = decimal
        self.thousands = thousands
    }
}

/// `{ lookup: suppliers, by: identifier }`
public struct LookupSpec: Sendable, Hashable {
    /// Among which entities is looked.
    public var kind: SalesdockKind
    /// The field that the value is compared with.
    public var by: String

    /// A look-up of entities by one field.
    public init(kind: SalesdockKind, by: String) {
        self.kind = kind
        self.by = by
    }
}

/// A file's content as a value: read when it is sent, and part of the fingerprint as its SHA-256.
public struct FileSpec: Sendable, Hashable {
    /// How a file's bytes are sent.
    public enum Encoding: String, Sendable, Hashable, CaseIterable { case base64, text }

    /// The field that holds the path, relative to the source file's folder.
    public var from: String
    /// How the bytes are sent.
    public var encoding: Encoding
    /// Bytes; a larger file rejects the row.
    public var bytesMax: Int

    /// - Parameter from: the field that holds the path.
    public init(from: String, encoding: Encoding = .base64, bytesMax: Int = 10_000_000) {
        self.from = from
        self.encoding = encoding
        self.bytesMax = bytesMax
    }
}

/// The checks on one field, in file order.
public struct FieldChecks: Sendable, Hashable {
    /// A source field, or a target that was set before.
    public var field: String
    /// All of them are tried.
    public var checks: [Check]

    /// The checks of one field.
    public init(field: String, checks: [Check]) {
        self.field = field
        self.checks = checks
    }
}

/// One check. Every rule except `required` passes on an empty value.
public struct Check: Sendable, Hashable {
    /// What must hold of a value.
    public enum Rule: Sendable, Hashable {
        /// There is a value, and not of white space alone.
        case required
        /// An e-mail address in form: one `@`, something before it, and a domain with a dot inside.
        case email
        /// A regular expression; it must match somewhere, so anchor it with `^` and `$`.
        case pattern(String)
        /// One of these texts, letter for letter.
        case oneOf([String])
        /// In characters.
        case length(min: Int?, max: Int?)
        /// Compared as decimal numbers, digit for digit.
        case number(min: String?, max: String?)
        /// `yyyy-MM-dd` or `today`; both bounds are allowed values. The field's own date form is recognised.
        case date(after: String?, before: String?)
    }

    /// What must hold of the value.
    public var rule: Rule
    /// Whether a failure only warns.
    public var isWarning: Bool

    /// A check that rejects its rows, unless it only warns.
    public init(_ rule: Rule, isWarning: Bool = false) {
        self.rule = rule
        self.isWarning = isWarning
    }
}

/// `dedupe: { by: [email], keep: first }`
public struct DedupeSpec: Sendable, Hashable {
    /// Which of several rows stays.
    public enum Keep: String, Sendable, Hashable, CaseIterable { case first, last }

    /// Fields that make two rows the same.
    public var by: [String]
    /// Which of several rows stays.
    public var keep: Keep
    /// Most distinct keys held; more is a clear error that names this option.
    public var keysMax: Int

    /// A `dedupe` by these fields.
    public init(by: [String], keep: Keep = .first, keysMax: Int = 10_000_000) {
        self.by = by
        self.keep = keep
        self.keysMax = keysMax
    }
}
