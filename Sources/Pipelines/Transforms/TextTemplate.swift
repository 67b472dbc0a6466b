/// Text with `{field}` places, compiled. `{{` and `}}` are literal braces.
public struct TextTemplate: Sendable, Hashable {
    enum Part: Hashable {
        case text([UInt8])
        /// Index into `fields`.
        case field(Int)
    }

    /// Source fields in the order of their first use.
    public private(set) var fields: [String] = []
    private(set) var parts: [Part] = []

    /// - Throws: `PatternProblem` for a brace without its other half, or an empty place.
    public init(_ template: String) throws(PatternProblem) {
        var literal: [UInt8] = []
        var rest = template.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "{" || scalar == "}", rest.first == scalar {
                rest.removeFirst()
                literal.append(UInt8(truncatingIfNeeded: scalar.value))
            } else if scalar == "{" {
                if !literal.isEmpty { parts.append(.text(literal)) }
                literal = []
                try addPlace(&rest, template)
            } else if scalar == "}" {
                throw PatternProblem(message: "the template has a '}' without its '{'; write '}}' for a literal brace")
            } else {
                literal.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        if !literal.isEmpty { parts.append(.text(literal)) }
    }

    private mutating func addPlace(
        _ rest: inout Substring.UnicodeScalarView, _ template: String
    ) throws(PatternProblem) {
        guard let end = rest.firstIndex(of: "}") else {
            throw PatternProblem(message: "the template has a '{' that is not closed; write '{{' for a literal brace")
        }
        let name = String(rest[..<end])
        rest = rest[rest.index(after: end)...]
        if name.isEmpty { throw PatternProblem(message: "the template has an empty place '{}'; name a field in it") }
        if let index = fields.firstIndex(of: name) {
            parts.append(.field(index))
        } else {
            parts.append(.field(fields.count))
            fields.append(name)
        }
    }
}
