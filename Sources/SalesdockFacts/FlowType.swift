/// A kind of sales flow. It decides which fields an offer or order of the flow has.
public struct FlowType: Sendable {
    /// As in the path of the create: `sales/flow/{flow_type}/{flow_identifier}`.
    public let identifier: String
    /// Whether no documented path or answer shows the identifier, so that it is assumed.
    public let identifierIsAssumed: Bool
    /// English name for people.
    public let title: String
    /// The fields of the flow type's offers.
    public let facts: ResourceFacts

    init(_ identifier: String, _ title: String, assumed: Bool = false, fields: [Field], openObjects: Set<String> = []) {
        self.identifier = identifier
        self.identifierIsAssumed = assumed
        self.title = title
        self.facts = .offers(fields: fields, openObjects: openObjects)
    }

    /// The flow type without fields of its own; its fields stand for what all flow types share.
    public static let `default` = FlowType("default", "Default", fields: OfferFields.standard)
    /// Energy for small businesses in the Netherlands.
    public static let energySmallBusiness = FlowType(
        "energie-small-business", "Energy for small businesses", fields: OfferFields.energySmallBusiness)
    /// Energy for consumers in the Netherlands.
    public static let energyConsumer = FlowType(
        Assumptions.energyConsumerFlowType, "Energy for consumers", assumed: true, fields: OfferFields.energyConsumer)
    /// Telecom.
    public static let telecom = FlowType("telecom", "Telecom", fields: OfferFields.telecom)
    /// Hosted voice.
    public static let hostedVoice = FlowType(
        Assumptions.hostedVoiceFlowType, "Hosted voice", assumed: true, fields: OfferFields.hostedVoice)
    /// Solar panels.
    public static let solarPanels = FlowType(
        "solar-panels", "Solar panels", fields: OfferFields.solarPanels, openObjects: ["selected_options"])
    /// Heat pumps.
    public static let heatPump = FlowType("heat-pump", "Heat pumps", fields: OfferFields.heatPump)

    /// The flow types whose fields are documented and known here.
    public static let all: [FlowType] = [
        .default, .energySmallBusiness, .energyConsumer, .telecom, .hostedVoice, .solarPanels, .heatPump,
    ]

    /// The flow type of that identifier.
    public static func of(_ identifier: String) -> FlowType? { all.first { $0.identifier == identifier } }
}
