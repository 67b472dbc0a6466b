extension ResourceFacts {
    /// Customers, which Salesdock calls relations.
    public static let customers = ResourceFacts(
        resource: .customers,
        fields: [
            Field(
                "visibility", .text, .mandatory, values: ["private", "organisation", "account"],
                readName: "shared_with", "Who sees the customer: its user, its organisation, or the whole account."),
            Field("user_id", .integer, "The user that a private customer belongs to."),
            Field("organisation_id", .integer, "The organisation that the customer belongs to."),
            Field("business", .flag, .mandatory, values: ["0", "1"], "0 is a consumer, 1 a business."),
            Field("postcode"),
            Field("housenumber"),
            Field("suffix", "House number extension."),
            Field("streetname"),
            Field("city"),
            Field("gender", "Such as male or female."),
            Field("firstname"),
            Field(
                "lastname", .text, .mandatoryIf(.field("business", oneOf: ["0", "false"])), "Mandatory for a consumer."),
            Field("birthdate", .date(.dayMonthYear), "Date of birth."),
            Field("email"),
            Field("phone"),
            Field("contact_person", "Contact person of a business."),
            Field(
                "company_name", .text, .mandatoryIf(.field("business", oneOf: ["1", "true"])),
                "Mandatory for a business."),
            Field("company_coc", readName: "coc", "Chamber of commerce number."),
            Field("company_vat", readName: "vat", "VAT number."),
        ],
        mandatoryOnUpdate: ["visibility", "business"],
        extraFieldPrefix: "cf_",
        idName: "relation_id",
        singleReadPaths: customerReadPaths)

    private static let customerReadPaths: [String: String] = [
        "business": "customer.business",
        "gender": "customer.gender",
        "firstname": "customer.firstname",
        "lastname": "customer.lastname",
        "birthdate": "customer.birthdate",
        "email": "customer.email",
        "phone": "customer.phone",
        "contact_person": "customer.contact_person",
        "company_name": "customer.company_name",
        "company_coc": "customer.coc",
        "company_vat": "customer.vat",
        "postcode": "customer.address.postcode",
        "housenumber": "customer.address.housenumber",
        "suffix": "customer.address.suffix",
        "streetname": "customer.address.streetname",
        "city": "customer.address.city",
    ]
}
