/// Bodies of `Call.proposalUpdate` and `Call.finalizedSaleUpdate`, which differ from the body of a create.
public enum OfferUpdateFacts {
    /// Fields of the body that all flow types share.
    public static let fields: [Field] = [
        Field("product_id", .integer, "The main product; shown for heat pumps."),
        Field("valid_till", .date(.dayMonthYear), "Last day of the offer; shown for heat pumps."),
        Field("customer", .object, "The person or company."),
        Field("customer.gender"),
        Field("customer.firstname"),
        Field("customer.lastname"),
        Field("customer.birthdate", .date(.dayMonthYear)),
        Field("customer.email"),
        Field("customer.phone"),
        Field("customer.business", .flag),
        Field("customer.company_name"),
        Field("customer.contact_person"),
        Field("customer.coc"),
        Field("customer.vat"),
        Field(
            "customer.address", .object, "Address of the customer, of the same members as the correspondence address."),
        Field("customer.correspondence_address", .object, "Correspondence address of the customer."),
        Field("product_questions", .object, "Answers: identifiers to delete, and answers to insert or change."),
        Field("product_questions.delete", .list, "Identifiers of questions whose answers are removed."),
        Field("product_questions.upsert", .object, "Answers by the identifier of the question."),
        Field("agreements", .object, "Agreements: identifiers to delete, and those to insert or change."),
        Field("agreements.delete", .list, "Identifiers of agreements that are removed."),
        Field("agreements.upsert", .object, "\"1\" by the identifier of the agreement."),
        Field("flow_default", .object, "What belongs to a default flow."),
        Field("flow_telecom", .object, "What belongs to a telecom flow."),
        Field("flow_heatpump", .object, "What belongs to a heat pump flow."),
    ]

    /// Objects whose members the account or the flow defines.
    public static let openObjects: Set<String> = [
        "product_questions.upsert", "agreements.upsert", "customer.address", "customer.correspondence_address",
        "flow_default", "flow_telecom", "flow_heatpump",
    ]

    /// Members of the body in which a list of products adds, so that a repeat needs a look first.
    public static let productMembers = [
        "flow_default.products", "flow_telecom.products", "flow_heatpump.products",
    ]

    /// Dotted path in the body by the name of the field in a create. A field that is absent here cannot be changed
    /// after the create.
    public static func paths(flowType: String) -> [String: String] {
        flowType == FlowType.heatPump.identifier ? shared.merging(heatPump) { _, own in own } : shared
    }

    private static let shared: [String: String] = [
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
        "questionData": "product_questions.upsert",
        "agreements": "agreements.upsert",
    ]

    private static let heatPump: [String: String] = [
        "product_id": "product_id",
        "valid_till": "valid_till",
        "number_of_persons": "flow_heatpump.number_of_persons",
        "electricity_usage": "flow_heatpump.electricity_usage",
        "gas_usage": "flow_heatpump.gas_usage",
        "heating_system": "flow_heatpump.heating_system",
        "gas_usage_tap_water_per_person": "flow_heatpump.gas_usage_tap_water_per_person",
    ]
}
