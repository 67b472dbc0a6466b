extension ResourceFacts {
    /// Suppliers of products.
    public static let suppliers = ResourceFacts(
        resource: .suppliers,
        fields: [
            Field("name", .text, Assumptions.supplierNames, "Name of the supplier."),
            Field("identifier", .text, Assumptions.supplierNames, "Unique identifier of the supplier."),
            Field("active", .flag, values: ["0", "1"], "0 is inactive, 1 active."),
            Field("description"),
            Field("contractor", .text, values: ["yes", "no"], "Whether the supplier is a contractor."),
            Field("company_name", .text, .mandatoryIf(isContractor), "Company name of the contractor."),
            Field("contact_person", .text, .mandatoryIf(isContractor), "Contact person of the contractor."),
            Field("postcode", .text, .mandatoryIf(isContractor), "Postcode of the contractor."),
            Field("housenumber", .text, .mandatoryIf(isContractor), "House number of the contractor."),
            Field("suffix", "House number extension of the contractor."),
            Field("streetname", .text, .mandatoryIf(isContractor), "Street name of the contractor."),
            Field("city", .text, .mandatoryIf(isContractor), "City of the contractor."),
            Field("coc", "Chamber of commerce number of the contractor."),
            Field("vat", "VAT number of the contractor."),
            Field("email", "E-mail address of the supplier."),
            Field("phone", "Phone number of the supplier."),
            Field("website", "Website of the supplier."),
            Field("logo", .object, "Logo of the supplier."),
            Field("logo.content", .base64, .mandatoryIf(.filled("logo")), "Content of the logo."),
            Field(
                "logo.extension", .text, .mandatoryIf(.filled("logo")), values: ["png", "gif", "jpg", "jpeg"],
                "File extension of the logo."),
        ],
        idName: "supplier_id")

    private static let isContractor = Condition.field("contractor", oneOf: ["yes"])
}
