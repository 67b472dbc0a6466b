extension ResourceFacts {
    /// The facts of a resource; for offers, those that all flow types share.
    public static func of(_ resource: Resource) -> ResourceFacts {
        switch resource {
        case .customers: customers
        case .suppliers: suppliers
        case .products: products
        case .energyTariffs: energyTariffs
        case .offers: FlowType.default.facts
        }
    }

    /// The facts of the offers of a flow type. A flow type that the documentation does not name has the shared fields,
    /// and any other name counts as a field of its own.
    public static func offers(flowType: String) -> ResourceFacts {
        FlowType.of(flowType)?.facts ?? unknownFlow
    }

    private static let unknownFlow = ResourceFacts.offers(fields: FlowType.default.facts.fields, extraFieldPrefix: "")
}
