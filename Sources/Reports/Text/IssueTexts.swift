/// The message catalogue: for every issue code what is wrong and what to do, in one language.
public struct IssueTexts: Sendable {
    /// What a code means to a person who corrects the file.
    public struct Entry: Sendable, Hashable {
        /// The kind of problem, as a heading.
        public let title: String
        /// The same with particulars; `{0}`, `{1}` are the issue's arguments.
        let detail: String
        /// What to do about it.
        public let remedy: String

        init(_ title: String, _ detail: String? = nil, do remedy: String) {
            self.title = title
            self.detail = detail ?? title
            self.remedy = remedy
        }

        /// The problem with its particulars; the bare kind where one of them is missing.
        public func message(_ arguments: [String]) -> String {
            var text = detail
            for (index, argument) in arguments.enumerated() { text = text.replacing("{\(index)}", with: argument) }
            return arguments.contains("") || Self.hasPlace(detail, beyond: arguments.count) ? title : text
        }

        private static func hasPlace(_ detail: String, beyond count: Int) -> Bool {
            (count..<count + 3).contains { detail.contains("{\($0)}") }
        }
    }

    private let entries: [String: Entry]
    private let refusal: Entry

    /// The texts of one language.
    public init(_ language: Language) {
        switch language {
        case .english: (entries, refusal) = (Self.english, Self.englishRefusal)
        case .dutch: (entries, refusal) = (Self.dutch, Self.dutchRefusal)
        }
    }

    /// The codes that have a text.
    public var codes: Set<String> { Set(entries.keys) }

    /// The text of a code; `nil` for one that is not known.
    public func text(_ code: String) -> Entry? { entries[code] ?? (Self.isRefusal(code) ? refusal : nil) }

    /// Whether a code is the status of an answer with which Salesdock refused a record, such as `salesdock.422`.
    static func isRefusal(_ code: String) -> Bool {
        let parts = code.split(separator: ".")
        return parts.count == 2 && parts[0] == "salesdock" && Int(parts[1]) != nil
    }
}
