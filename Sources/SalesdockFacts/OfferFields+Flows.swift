extension OfferFields {
    static let standard: [Field] =
        head + addresses + person(birthdate: .optional) + sale(business: ["0", "1"]) + company(.mandatoryIf(isBusiness))
        + relatedProducts(.optional) + contract + origin() + optIn

    static let telecom: [Field] =
        head + addresses + person(birthdate: .mandatory) + sale(business: ["0", "1"])
        + company(.mandatoryIf(isBusiness))
        + relatedProducts(.mandatory) + contract + origin()

    static let hostedVoice: [Field] =
        head + addresses + person(birthdate: .mandatory) + sale(business: ["0", "1"])
        + company(.mandatoryIf(isBusiness))
        + [Field("includes_internet", .flag, .mandatory, values: ["0", "1"], "Whether internet is included.")]
        + relatedProducts(.optional) + contract + origin()

    static let energySmallBusiness: [Field] =
        head + addresses + person(birthdate: .optional) + sale(business: ["1"]) + company(.mandatory) + energyUsage
        + energyConnection + contract + origin() + [
            Field(
                "customer_classification", .text,
                values: ["micro_business", "small_business", "medium_business", "large_business"]),
            Field("delivery_mainly_private", .flag, "Only in the examples."),
            Field("large_business", .flag, "Only in the examples."),
        ]

    static let energyConsumer: [Field] =
        head + addresses + person(birthdate: .mandatory) + sale(business: ["0"]) + energyUsage + energyConnection
        + contract + origin()

    static let solarPanels: [Field] =
        head + addresses + person(birthdate: .mandatory) + sale(business: ["0", "1"])
        + company(.mandatoryIf(isBusiness))
        + contract + origin() + solarSystem + solarPrices + solarEstimate

    static let heatPump: [Field] =
        head + addresses + person(birthdate: .optional) + sale(business: ["0", "1"]) + company(.mandatoryIf(isBusiness))
        + [Field("company_coc_branch_number", "Branch number at the chamber of commerce; only in the examples.")]
        + contract + origin(validTill: .dayMonthYear) + [
            Field("sell_type", .text, .mandatory, values: ["buy", "rent"]),
            Field("number_of_persons", .integer, .mandatory, "People in the household."),
            Field("electricity_usage", .decimal, .mandatory, "Electricity used in a year, in kWh."),
            Field("gas_usage", .decimal, .mandatory, "Gas used in a year, in m3."),
            Field(
                "heating_system", .text, .mandatory,
                values: [
                    "underfloor-heating", "underfloor-heating-and-radiators", "radiators-and-underfloor-heating",
                    "radiators", "convectors",
                ]),
            Field("gas_usage_tap_water_per_person", .decimal, .mandatory, "Gas for tap water, for each person, in m3."),
        ]

    private static let hasElectricity = Condition.field("type", oneOf: ["e", "e_g"])
    private static let hasGas = Condition.field("type", oneOf: ["g", "e_g"])
    private static let singleMeter = Condition.field("tarifftype", oneOf: ["0"])
    private static let doubleMeter = Condition.field("tarifftype", oneOf: ["1"])
    private static let returns = Condition.field("has_return", oneOf: ["1", "true"])

    private static let energyUsage: [Field] = [
        Field("type", .text, .mandatory, values: ["e", "g", "e_g"], "Electricity, gas, or both."),
        Field(
            "building_function", .flag, .mandatory, values: ["0", "1"], "Whether people live or stay in the building."),
        Field("tarifftype", .integer, .mandatory, values: ["0", "1"], "Single meter (0) or double meter (1)."),
        Field(
            "usage_e_single", .decimal, .mandatoryIf(.all([hasElectricity, singleMeter])),
            "Electricity used, single meter."),
        Field(
            "usage_e_high", .decimal, .mandatoryIf(.all([hasElectricity, doubleMeter])),
            "Electricity used, peak, double meter."),
        Field(
            "usage_e_low", .decimal, .mandatoryIf(.all([hasElectricity, doubleMeter])),
            "Electricity used, off-peak, double meter."),
        Field("usage_g", .decimal, .mandatoryIf(hasGas), "Gas used."),
        Field("low_tariff_time", .text, "Hours of the off-peak tariff, such as t3; only in the examples."),
        Field("has_return", .flag, .mandatory, values: ["0", "1"], "Whether electricity is returned."),
        Field("return", .decimal, .mandatoryIf(.all([returns, singleMeter])), "Electricity returned, single meter."),
        Field(
            "return_e_high", .decimal, .mandatoryIf(.all([returns, doubleMeter])),
            "Electricity returned, peak, double meter."),
        Field(
            "return_e_low", .decimal, .mandatoryIf(.all([returns, doubleMeter])),
            "Electricity returned, off-peak, double meter."),
    ]

    /// Salesdock fills these in when they are empty, so none is mandatory.
    private static let energyConnection: [Field] = [
        Field("e_gridoperator", "Grid operator of electricity; looked up when empty."),
        Field("g_gridoperator", "Grid operator of gas; looked up when empty."),
        Field(
            "e_connection_type", .text,
            values: [
                "E_NULTARIEF", "E_1X6A_ONB", "E_1X6A", "E_1X10A_ONB", "E_1X10A", "E_3X25A_ONB", "E_3X25A", "E_3X35A",
                "E_3X50A", "E_3X63A", "E_3X80A", "E_GV",
            ], "Connection of electricity; estimated from the usage when empty."),
        Field(
            "g_connection_type", .text,
            values: [
                "G_NULTARIEF", "G_ONB", "G_G6_500", "G_G6_500_4000", "G_G6_4000", "G_G10", "G_G16", "G_G25", "G_GV",
            ], "Connection of gas; estimated from the usage when empty."),
        Field("g_region", .integer, values: (1...10).map(String.init), "Gas region; looked up when empty."),
        Field("electricity_ean", "EAN code of electricity; looked up when empty."),
        Field("gas_ean", "EAN code of gas; looked up when empty."),
    ]
}
