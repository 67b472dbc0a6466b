import Pipelines

/// The values by which an existing record is recognised, as one comparable text.
enum MatchKey {
    /// `nil` when a value is missing: such a record matches nothing.
    static func of(_ fields: [String], _ value: (String) -> String?) -> String? {
        var parts: [String] = []
        for field in fields {
            let part = normalise(field, value(field) ?? "")
            if part.isEmpty { return nil }
            parts.append(part)
        }
        return parts.joined(separator: "\u{1F}")
    }

    private static func normalise(_ field: String, _ value: String) -> String {
        switch field {
        case "email": Normalise.email(value)
        case "phone": Normalise.phone(value)
        case "postcode": Normalise.postcode(value)
        case "identifier": value
        default: Normalise.name(value)
        }
    }
}
