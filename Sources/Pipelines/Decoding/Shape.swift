/// What may stand at a place of a file. One description serves the decoder's checks, *did you mean*, `--set` paths and
/// the JSON Schema.
indirect enum Shape: Sendable {
    case scalar(ScalarRule)
    case list(of: Shape)
    case object(ObjectRule)
    /// A mapping whose names are the user's own.
    case table(of: Shape, names: String)
    /// Alternatives, told apart by being a scalar, a list or a mapping.
    case either([Shape])

    static func textOrList(_ rule: ScalarRule) -> Shape { .either([.scalar(rule), .list(of: .scalar(rule))]) }

    var alternatives: [Shape] { if case .either(let shapes) = self { shapes } else { [self] } }

    /// The alternative for a value of that kind.
    func alternative(for content: YAMLNode.Content) -> Shape? {
        alternatives.first { shape in
            switch (shape, content) {
            case (.scalar, .scalar), (.list, .list), (.object, .map), (.table, .map): true
            default: false
            }
        }
    }

    /// The alternative that is a mapping.
    var mapping: Shape? { alternative(for: .map([])) }

    /// For messages: `a text`, `a list`, `a mapping`.
    var noun: String {
        switch self {
        case .scalar(let rule): rule.noun
        case .list: "a list"
        case .object, .table: "a mapping"
        case .either(let shapes): shapes.map(\.noun).joined(separator: " or ")
        }
    }
}

/// A mapping with known keys.
struct ObjectRule: Sendable {
    /// For messages: `csv source`.
    var name: String
    var keys: [KeyRule]
    var choices: [Choice] = []

    /// Which keys go together.
    enum Choice: Sendable {
        case exactlyOne([String])
        case atLeastOne([String])
        case notBoth(String, String)
        /// The first key needs the second.
        case needs(String, String)
    }

    func key(_ name: String) -> KeyRule? { keys.first { $0.name == name } }
}

/// One key of a mapping.
struct KeyRule: Sendable {
    var name: String
    var isRequired: Bool
    var shape: Shape
    /// One sentence for people, shown by editors.
    var summary: String

    init(_ name: String, _ shape: Shape, required: Bool = false, _ summary: String) {
        self.name = name
        self.shape = shape
        self.isRequired = required
        self.summary = summary
    }
}

/// What the text of a scalar must be.
enum ScalarRule: Sendable {
    case text
    /// A text that may not be empty.
    case name
    /// A text that names a file as well.
    case fileName
    case oneOf([String])
    case flag
    case wholeNumber(ClosedRange<Int>)
    case decimal
    case size
    case duration
    case percentage
    case threshold
    /// One character, or `tab`.
    case delimiter
    /// One character, or nothing.
    case quote
    case dateForm
    /// `yyyy-MM-dd` or `today`.
    case dateBound

    var noun: String {
        switch self {
        case .text, .name, .dateForm: "a text"
        case .oneOf(let names): "one of \(names.joined(separator: ", "))"
        case .flag: "true or false"
        case .wholeNumber(let range):
            range.upperBound == .max
                ? "a whole number from \(range.lowerBound)"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .decimal: "a number"
        case .size: "a size such as 10MB, and at most 2 GiB"
        case .duration: "a duration such as 500ms, 30s or 2m"
        case .percentage: "a percentage such as 80%"
        case .threshold: "a percentage such as 5% or a whole number"
        case .delimiter: "one ASCII character, or tab, but no quote and no line break"
        case .quote: "one ASCII character, or nothing in quotes, but no line break"
        case .fileName: "at most 100 letters, digits, spaces, dashes, underscores and dots, with no dot in front"
        case .dateBound: "a date as yyyy-MM-dd, or today"
        }
    }

    /// What to say after `'key' ` when the text is not that; `nil` when it is.
    func problem(with text: String, written: String) -> String? {
        switch self {
        case .text: return nil
        case .name where text.isEmpty, .fileName where text.isEmpty: return "must not be empty"
        case .oneOf(let names):
            if names.contains(text) { return nil }
            let near = Spelling.nearest(to: text, in: names).map { "; did you mean '\($0)'?" } ?? ""
            return "must be \(noun), not \(TokenShape.quoted(written))\(near)"
        case .dateForm: return Literals.problem(withDateForm: text)
        default: return accepts(text) ? nil : "must be \(noun), not \(TokenShape.quoted(written))"
        }
    }

    private func accepts(_ text: String) -> Bool {
        switch self {
        case .text, .name, .oneOf, .dateForm: true
        case .flag: Literals.flag(text) != nil
        case .wholeNumber(let range): Literals.wholeNumber(text).map(range.contains) ?? false
        case .decimal: Literals.isDecimal(text)
        case .size: Literals.bytes(text) != nil
        case .duration: Literals.milliseconds(text) != nil
        case .percentage: Literals.percentage(text) != nil
        case .threshold: Literals.threshold(text) != nil
        case .delimiter: Literals.delimiter(text) != nil
        case .quote: text.isEmpty || Literals.isSign(text)
        case .fileName: Literals.isFileName(text)
        case .dateBound: text == "today" || Literals.isDate(text)
        }
    }
}
