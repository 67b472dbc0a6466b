import Records
import SalesdockFacts

/// What becomes of an update of a record that somebody edited in Salesdock meanwhile.
enum DriftIssue {
    static func kept(_ fields: [String]) -> Issue {
        Issue(
            .warning, code: "drift.kept", field: fields.joined(separator: ", "),
            message: "edited in Salesdock since it was written, and on_drift: keep is set: not updated")
    }

    static func edited(_ fields: [String]) -> Issue {
        Issue(
            code: "drift.edited", field: fields.joined(separator: ", "),
            message:
                "edited in Salesdock since it was written, and on_drift: reject is set; bring the source up to date, or set on_drift: overwrite"
        )
    }
}

/// A change that Salesdock does not offer.
enum FixedField {
    static func issue(_ field: String) -> Issue {
        Issue(
            code: "salesdock.fixed", field: field,
            message:
                "Salesdock can't change this field after the record was made; undo the change, or make a new record"
        )
    }

    /// An update that only an Admin's token may ask for.
    static let completed = Issue(
        code: "salesdock.admin", field: SaleSideEffects.emailsUnlessFilled,
        message:
            "a completed offer is changed with an Admin's token only (scope: account); use one, or undo the change")
}
