import ExactJSON
import SalesdockFacts

/// What writing a record does in the world besides storing it.
public enum SideEffects {
    /// Whether a draft names a record that is there by Salesdock's own id, so that nothing is created.
    public static func namesRecord(_ draft: Draft, _ sink: SalesdockSink) -> Bool {
        sink.matchesByID && draft.fields.contains { $0.target == SalesdockSink.remoteID }
    }

    /// Whether creating an offer of this draft makes Salesdock e-mail the customer: it is not completed by a contract
    /// date, and it is of a kind that is sent.
    public static func emailsCustomer(_ offer: Draft) -> Bool {
        for field in offer.fields {
            if field.target == SaleSideEffects.emailsUnlessFilled { return false }
            if field.target == "transaction_type", case .json(let value) = field.value, let type = value.scalarText,
                !SaleSideEffects.emailingTransactionTypes.contains(type)
            {
                return false
            }
        }
        return true
    }
}
