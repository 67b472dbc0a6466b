/// The fields that the flow types share, in documentation order. Each flow type's list is put together from these.
enum OfferFields {
    static let isBusiness = Condition.field("business", oneOf: ["1", "true"])
    static let completed = Condition.filled(SaleSideEffects.emailsUnlessFilled)

    static let head: [Field] = [
        Field(
            "transaction_type", .text, .mandatory, values: ["offer", "order"], readName: "sub_type", "Offer or order.")
    ]

    static let addresses: [Field] = [
        Field("connection_postcode", .text, .mandatory, "Postcode of the connection."),
        Field("connection_housenumber", .text, .mandatory, "House number of the connection."),
        Field("connection_suffix", "House number extension of the connection."),
        Field("connection_streetname", .text, .mandatory, "Street name of the connection."),
        Field("connection_city", .text, .mandatory, "City of the connection."),
        Field("postcode", .text, .mandatory, "Postcode of the contractor."),
        Field("housenumber", .text, .mandatory, "House number of the contractor."),
        Field("suffix", "House number extension of the contractor."),
        Field("streetname", .text, .mandatory, "Street name of the contractor."),
        Field("city", .text, .mandatory, "City of the contractor."),
    ]

    /// The person; `birthdate` is what the flow types differ in.
    static func person(birthdate: Presence) -> [Field] {
        [
            Field("gender", "Such as male or female."),
            Field("firstname", .text, .mandatory),
            Field("lastname", .text, .mandatory),
            Field("birthdate", .date(.dayMonthYear), birthdate, "Date of birth."),
            Field("email", .text, .mandatory),
            Field("phone", .text, .mandatory),
            Field("iban", "Bank account; mandatory where the flow's settings say so."),
            Field("iban_holder", "Holder of the bank account; mandatory where the flow's settings say so."),
        ]
    }

    static func company(_ presence: Presence) -> [Field] {
        [
            Field("contact_person", .text, presence, "Contact person of the company."),
            Field("company_name", .text, presence, "Name of the company."),
            Field("company_coc", .text, presence, readName: "coc", "Chamber of commerce number."),
            Field("company_vat", readName: "vat", "VAT number; mandatory where the flow's settings say so."),
        ]
    }

    /// The product and what kind of customer buys it.
    static func sale(business: [String]) -> [Field] {
        [
            Field(
                "sale_channel", .text, values: ["d2d", "retail", "telemarketing", "online", "f2f"],
                readName: "channel", "How the sale was made."),
            Field("product_id", .integer, .mandatory, "The product."),
            Field("business", .flag, .mandatory, values: business, "0 is a consumer, 1 a business."),
        ]
    }

    static func relatedProducts(_ presence: Presence) -> [Field] {
        [
            Field("related_products", .list, presence, "Sub-products of the sale."),
            Field("related_products[].product_id", .integer, "The sub-product."),
            Field("related_products[].quantity", .integer, "How many of it."),
            Field("related_products[].section_identifier", .text, "The flow's section that offers it."),
        ]
    }

    static let contract: [Field] = [
        Field(
            "contract_date", .date(.dayMonthYear), "Day of signing; with it, the sale is completed and sends no e-mail."
        ),
        Field("contract_pdf", .object, .mandatoryIf(completed), "The signed contract."),
        Field("contract_pdf.content", .base64, .mandatoryIf(.filled("contract_pdf")), "Content of the contract."),
        Field(
            "contract_pdf.extension", .text, .mandatoryIf(.filled("contract_pdf")), values: ["pdf"],
            "File extension of the contract."),
        Field(
            "contract_pdf.created_at", .date(.timestamp), .mandatoryIf(.filled("contract_pdf")),
            "When the file was made."),
        Field("signature", .base64, "Image of the signature; mandatory where the flow's settings say so."),
        Field("questionData", .object, .mandatory, "Answers by the identifier of the product question."),
        Field("agreements", .object, .mandatory, "\"1\" by the identifier of each accepted agreement."),
    ]

    /// Where the sale came from; `valid_till` is written in the form that the flow type's example shows.
    static func origin(validTill: DateForm = .yearMonthDay) -> [Field] {
        [
            Field("initial_user_firstname", "First name of the user who made the sale."),
            Field("initial_user_lastname", "Last name of the user who made the sale."),
            Field("initial_organisation_name", "Organisation that made the sale."),
            Field("initial_created_at", .date(.timestamp), readName: "created_at", "When the sale was first made."),
            Field("external_reference", "Reference of the API partner; no answer shows it again."),
            Field("relation_id", .integer, "The customer; without it, Salesdock makes a new one."),
            Field("valid_till", .date(validTill), "Last day of the offer; only in the examples."),
        ]
    }

    static let optIn: [Field] = [
        Field("optin", .object, "Consent of the customer; only in the examples."),
        Field("optin.source"),
        Field("optin.channels", .list),
        Field("optin.channels[].type", .text, "Such as phone or email."),
        Field("optin.channels[].value"),
        Field("optin.channels[].verified_at", .date(.timestamp)),
        Field("optin.channels[].verified_ip"),
        Field("optin.obtained_via_url"),
        Field("optin.client_ip"),
        Field("optin.withdrawn_at", .date(.timestamp)),
        Field("optin.valid_till", .date(.timestamp)),
        Field("optin.remarks"),
        Field("optin.campaign_code"),
    ]
}
