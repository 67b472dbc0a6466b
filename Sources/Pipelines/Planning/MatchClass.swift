public import ExactJSON

/// Which creates could make the same record, so that at most one of them may be without outcome.
public enum MatchClass {
    /// The text of a record's match class; `nil` when nothing in the body could tell it from others.
    ///
    /// - Parameters:
    ///   - payload: the body as it is sent, references resolved to ids.
    ///   - flow: of an offer, `{flow type}/{flow identifier}`.
    public static func of(_ kind: SalesdockKind, _ payload: JSONObject, flow: String? = nil) -> String? {
        switch kind {
        case .customers: customer(payload)
        case .suppliers, .products: text(payload, "identifier").map { "identifier=\(Normalise.compact($0))" }
        case .offers:
            text(payload, "relation_id").map { relation in
                "offer=\(relation)|\(text(payload, "product_id") ?? "")|\(flow ?? "")"
            }
        }
    }

    private static func customer(_ payload: JSONObject) -> String? {
        if let email = text(payload, "email") { return "email=\(Normalise.email(email))" }
        let name = text(payload, "lastname") ?? text(payload, "company_name")
        guard let name, let postcode = text(payload, "postcode") else { return nil }
        return "name=\(Normalise.name(name))|\(Normalise.postcode(postcode))"
    }

    private static func text(_ payload: JSONObject, _ name: String) -> String? {
        guard let text = payload[name]?.scalarText, !Normalise.compact(text).isEmpty else { return nil }
        return text
    }
}
