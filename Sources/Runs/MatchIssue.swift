import Pipelines
import Records

/// Why a row is not written although, or because, Salesdock has a record that matches it.
enum MatchIssue {
    static func ambiguous(_ ids: [Int], _ field: String) -> Issue {
        Issue(
            code: "match.ambiguous", field: field,
            message:
                "several records in Salesdock match: \(ids.map(String.init).joined(separator: ", ")); merge them there, or match by more fields"
        )
    }

    /// After a rebuild: one that shows more than the row has.
    static func uncertain(_ id: Int) -> Issue {
        Issue(
            code: "match.ambiguous", field: "email",
            message:
                "record \(id) in Salesdock may be this one and has an e-mail or phone that the row lacks; complete the row, or change that record"
        )
    }

    /// - Parameter owner: pipeline and key, or what else holds it.
    static func claimed(_ id: Int, by owner: String, _ field: String) -> Issue {
        Issue(
            code: "match.claimed", field: field, message: "record \(id) in Salesdock matches and belongs to \(owner)")
    }

    static func missing(_ kind: SalesdockKind, _ id: String?) -> Issue {
        Issue(
            code: "match.missing", field: SalesdockSink.remoteID,
            message:
                "Salesdock has no \(kind.rawValue) of this id: deleted there, or of another account; empty the id to make a new record",
            value: id)
    }

    static func exists(_ id: Int, _ field: String) -> Issue {
        Issue(
            code: "match.exists", field: field,
            message: "record \(id) in Salesdock matches, and existing: reject is set")
    }
}
