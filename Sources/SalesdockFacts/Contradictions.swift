/// A field that the documentation calls mandatory and that one of its accepted example requests leaves out, or sends
/// as null or as an empty text.
public struct DocumentationContradiction: Sendable, Hashable {
    /// Which of the two the field tables of this module follow.
    public enum Ruling: Sendable, Hashable {
        /// What was accepted is accepted.
        case example
        /// The example is a template with its values taken out.
        case table
    }

    /// Section and title of the documented call, such as `Telecom: Create telecom offer`.
    public let call: String
    /// Name of the example of that call.
    public let example: String
    /// The field in question, dotted.
    public let field: String
    /// What the field table says.
    public let table: String
    /// What the example sends.
    public let shown: String
    /// Which of the two is believed.
    public let ruling: Ruling

    init(
        _ call: String, example: String, field: String, table: String = "mandatory", shown: String,
        ruling: Ruling = .example
    ) {
        self.call = call
        self.example = example
        self.field = field
        self.table = table
        self.shown = shown
        self.ruling = ruling
    }

    /// Every contradiction that is known. A field that is freed for one call is freed for all calls of its table.
    public static let all: [DocumentationContradiction] = [
        .init(
            "NL: Create energy offer (small-business)", example: "Create energy offer (small-business)",
            field: "suffix", shown: "null"),
        .init(
            "NL: Create energy offer (small-business)", example: "Create completed energy offer (small-business)",
            field: "suffix", shown: "null"),
        .init(
            "NL: Create energy offer (consumer)", example: "Create energy offer (consumer)", field: "suffix",
            shown: "null"),
        .init(
            "NL: Update energy product", example: "Update energie product", field: "product_type", shown: "left out"),
        .init(
            "Telecom: Create telecom offer", example: "Create telecom offer", field: "product_id",
            shown: "an empty text", ruling: .table),
        .init(
            "Hosted Voice: Create hosted voice sale", example: "Create hosted voice sale", field: "suffix",
            shown: "null"),
        .init("Solar Panels: Create sale", example: "Create sale", field: "suffix", shown: "null"),
        .init("Heat pumps: Create sale", example: "Create sale", field: "suffix", shown: "null"),
        .init("Heat pumps: Create sale", example: "Create sale", field: "birthdate", shown: "an empty text"),
        .init("Sales API: Create default sale", example: "Create default offer", field: "suffix", shown: "null"),
        .init("Sales API: Create default sale", example: "Create default offer", field: "birthdate", shown: "left out"),
    ]
}
