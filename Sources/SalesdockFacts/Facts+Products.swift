extension ResourceFacts {
    /// Products. A main product also needs `supplier_id` and `retention`; whether a product is a main product follows
    /// from the account's product types and not from the body.
    public static let products = ResourceFacts(
        resource: .products,
        fields: productFields + attachmentFields,
        fixedAfterCreate: ["type"],
        extraFieldPrefix: "cf_",
        idName: "product_id")

    private static let productFields: [Field] = [
        Field("name", .text, .mandatory, "Name of the product."),
        Field("identifier", .text, .mandatory, "Unique slug of the product."),
        Field("type", .text, .mandatory, "Product type of the account, such as simple, telecom_3p or energy_e_g."),
        Field("supplier_id", .integer, "The supplier; mandatory for a main product."),
        Field("usp", "Selling points, shown to agents during a sale."),
        Field("description"),
        Field("duration", .integer, "Duration of the contract in months."),
        Field(
            "business", .integer, values: ["0", "1", "2"],
            "For consumers (0), businesses (1) or both (2); main products only."),
        Field(
            "retention", .integer, values: ["0", "1", "2"],
            "For new customers (0), existing ones (1) or both (2); mandatory for a main product."),
        Field("active", .flag, .mandatory, values: ["0", "1"], "0 is inactive, 1 active."),
        Field("price", .decimal, "One-time price."),
        Field("price_action", .decimal, "One-time promotion price."),
        Field("price_monthly", .decimal, "Monthly price."),
        Field("price_monthly_action", .decimal, "Monthly promotion price."),
        Field("price_monthly_action_value", .integer, "Number of months of the promotion price."),
        Field("valid_from", .date(Assumptions.productDateForm), "First day on which the product can be sold."),
        Field("valid_till", .date(Assumptions.productDateForm), "Last day on which the product can be sold."),
        Field("image", .object, "Image of the product."),
        Field("image.content", .base64, .mandatoryIf(.filled("image")), "Content of the image."),
        Field(
            "image.extension", .text, .mandatoryIf(.filled("image")), values: ["png", "gif", "jpg", "jpeg"],
            "File extension of the image."),
    ]

    private static let attachmentFields: [Field] = [
        Field("attachments", .list, "Documents to add, update or delete."),
        Field("attachments[].document", .text, "Slot of the document, such as doc_1."),
        Field("attachments[].action", .text, values: ["add", "update", "delete"], "What to do with the slot."),
        Field("attachments[].name", .text, "Name of the document."),
        Field("attachments[].content", .base64, "Content of the document."),
        Field("attachments[].extension", .text, "File extension of the document, such as .pdf."),
        Field(
            "attachments[].visibility", .list, values: ["productview", "email", "offerpage"],
            "Where the document is shown."),
    ]

    /// Tariffs of an energy product. Own fields are sent under their identifier, without a prefix.
    public static let energyTariffs = ResourceFacts(
        resource: .energyTariffs,
        fields: [
            Field(
                "type", .text, .mandatory, values: ["energy_e_g", "energy_e", "energy_g"],
                "Electricity and gas, only electricity, or only gas."),
            Field("active", .flag, .mandatory, values: ["0", "1"], "0 is inactive, 1 active."),
            Field(
                "product_type", .text, .optional, values: ["fixed", "variable", "dynamic"],
                readName: "customfields.product_type", "Kind of tariff; mandatory by the table, not by the example."),
            Field("valid_from", .date(.dayMonthYear), "First day on which the product can be sold."),
            Field("valid_till", .date(.dayMonthYear), "Last day on which the product can be sold."),
            tariff("tariff_single", "Electricity, single meter."),
            tariff("tariff_high", "Electricity, peak."),
            tariff("tariff_low", "Electricity, off-peak."),
            tariff("tariff_high_t2", "Electricity, peak, at night."),
            tariff("tariff_low_t2", "Electricity, off-peak, at night."),
            tariff("tariff_return", "Returned electricity, single meter."),
            tariff("tariff_return_high", "Returned electricity, peak."),
            tariff("tariff_return_low", "Returned electricity, off-peak."),
            tariff("tariff_fixed_e", "Fixed electricity tariff a month."),
            Field(
                "g_region_tax_level", .text, values: ["supplier", "product"],
                readName: "customfields.g_region_tax_level", "Whether the gas tax is set on supplier or product."),
            tariff("tariff_g", "Gas usage."),
            tariff("tariff_g_g2", "Gas usage, G2."),
            tariff("tariff_fixed_g", "Fixed gas tariff a month."),
            Field(
                "do_not_update_tariffs", .flag,
                "True when only own fields are sent; without it, the product's tariffs are mandatory."),
        ],
        mandatoryOnUpdate: ["type", "active"],
        extraFieldPrefix: "",
        idName: "product_id")

    private static func tariff(_ name: String, _ summary: String) -> Field {
        Field(name, .decimal, readName: "customfields." + name, summary)
    }
}
