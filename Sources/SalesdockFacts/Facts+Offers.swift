extension ResourceFacts {
    static func offers(
        fields: [Field], openObjects: Set<String> = [], extraFieldPrefix: String? = nil
    ) -> ResourceFacts {
        ResourceFacts(
            resource: .offers,
            fields: fields,
            extraFieldPrefix: extraFieldPrefix,
            openObjects: openObjects.union(["questionData", "agreements"]),
            idName: "sale_id",
            singleReadPaths: offerReadPaths)
    }

    private static let offerReadPaths: [String: String] = [
        "transaction_type": "type",
        "postcode": "customer.address.postcode",
        "housenumber": "customer.address.housenumber",
        "suffix": "customer.address.suffix",
        "streetname": "customer.address.streetname",
        "city": "customer.address.city",
        "gender": "customer.gender",
        "firstname": "customer.firstname",
        "lastname": "customer.lastname",
        "birthdate": "customer.birthdate",
        "email": "customer.email",
        "phone": "customer.phone",
        "business": "customer.business",
        "contact_person": "customer.contact_person",
        "company_name": "customer.company_name",
        "company_coc": "customer.coc",
        "company_vat": "customer.vat",
        "iban": "customer.iban",
        "iban_holder": "customer.iban_holder",
        "sale_channel": "channel",
        "product_id": "product.id",
        "relation_id": "relation.id",
        "valid_till": "offer_valid_till",
    ]
}

/// What a sale does by itself when it is created.
public enum SaleSideEffects {
    /// An offer or order whose body has no value for this field is uncompleted: Salesdock makes a contract and e-mails
    /// the customer (an order: as the flow's settings say). With a value it is completed and nothing is sent.
    public static let emailsUnlessFilled = "contract_date"

    /// Values of `transaction_type` for which that holds.
    public static let emailingTransactionTypes = ["offer", "order"]

    /// A body without a value for this field makes a new relation and links the sale to it.
    public static let createsCustomerUnlessFilled = "relation_id"
}
