extension OfferFields {
    static let solarSystem: [Field] = [
        Field("sell_type", .text, .mandatory, values: ["buy", "rent"]),
        Field("usage", .decimal, .mandatory, "Electricity used."),
        Field("building_type", .text, values: ["apartment", "townhouse", "corner_house", "detached"]),
        Field("street_view_url", "Address of a street view of the building."),
        Field("panel_product", .integer, .mandatory, "The panel product."),
        Field("panel_count", .integer, .mandatory, "Number of panels."),
        Field("fuse_box_capacity", .text, values: ["1 x 25A", "3 x 25A", "1 x 35A", "3 x 35A"]),
        Field("roof_type", .text, values: ["sloping", "flat"]),
        Field(
            "roofing", .text,
            values: [
                "Roof tiles", "Slates", "Corrugated iron", "Reed", "Steel", "Zinc", "Green roof", "Bitumen", "EPDM",
                "PVC",
            ]),
        Field("roof_direction", .text, values: ["South", "Southeast", "Southwest", "West", "East"]),
        Field("wp_kwh_factor", .decimal, "Power factor of the panels."),
        Field("roof_length", .decimal),
        Field("roof_width", .decimal),
    ]

    private static let isDynamic = Condition.field("dynamic_pricing", oneOf: ["1", "true"])

    static let solarPrices: [Field] = [
        Field("dynamic_pricing", .flag, values: ["0", "1"], "Whether the sale carries its own price."),
        Field("dynamic_product_name", .text, .mandatoryIf(isDynamic), "Name of what is priced."),
        Field("dynamic_product_price", .decimal, .mandatoryIf(isDynamic), "The sale's own price."),
        Field(
            "dynamic_product_price_vat_type", .text, .mandatoryIf(isDynamic), values: ["inclusive", "exclusive"],
            "Whether that price includes VAT."),
        Field("vat_lump_sum", .text, values: ["include_in_totals", "disclaimer_only"]),
        Field("option_products", .list, "Optional products of the sale."),
        Field("option_products[].product_id", .integer, "The optional product."),
        Field("option_products[].quantity", .integer, "How many of it."),
        Field("dynamic_options", .list),
        Field("selected_options", .object, "Quantity by the id of the optional product."),
    ]

    /// Members of the example request that the field table does not name.
    static let solarEstimate: [Field] = [
        Field("household_size", .integer, "Only in the examples."),
        Field("address", .text, "Only in the examples."),
        Field("country", .text, "Only in the examples."),
        Field("type", .text, "Only in the examples."),
        Field("area", .decimal, "Only in the examples."),
        Field("building_function", .text, "Only in the examples."),
        Field("construction_year", .integer, "Only in the examples."),
        Field("own_usage", .decimal, "Only in the examples."),
        Field("own_usage_indexation", .decimal, "Only in the examples."),
        Field("own_usage_maximum", .decimal, "Only in the examples."),
        Field("energy_tariff", .decimal, "Only in the examples."),
        Field("return_tariff", .decimal, "Only in the examples."),
        Field("tariff_inflation_rate", .decimal, "Only in the examples."),
        Field("increased_property_value", .decimal, "Only in the examples."),
        Field("replacement_inverter_price", .decimal, "Only in the examples."),
        Field("panels_known", .flag, "Only in the examples."),
    ]
}
