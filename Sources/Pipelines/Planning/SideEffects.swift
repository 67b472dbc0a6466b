import ExactJSON
import SalesdockFacts

/// What writing a record does in the world besides storing it.
public enum SideEffects {
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
