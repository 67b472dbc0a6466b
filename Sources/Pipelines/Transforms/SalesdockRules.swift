public import SalesdockFacts

/// What Salesdock itself demands of the records of a sink, checked without being asked for and without the network.
///
/// The rules are those of a create: which fields must be there, which values they take, and how dates, numbers and
/// flags are written.
public struct SalesdockRules: Sendable {
    /// Targets under this prefix are tariffs, sent in a second step after the product.
    public static let energyPrefix = "energy."

    /// Facts of the record itself.
    public let facts: ResourceFacts
    /// Facts of a product's tariffs, for a sink that sends them.
    public let energy: ResourceFacts?
    /// Whether a filled id names a record that exists, which then needs only what an update demands.
    let matchesByID: Bool
    /// Fields that Salesdock takes empty and whose absence would do harm.
    let neverEmpty: Set<String>

    /// Rules from tables of fields, for tests and sinks of one's own.
    public init(
        facts: ResourceFacts, energy: ResourceFacts? = nil, matchesByID: Bool = false, neverEmpty: Set<String> = []
    ) {
        self.facts = facts
        self.energy = energy
        self.matchesByID = matchesByID
        self.neverEmpty = neverEmpty
    }

    /// The rules of a sink; offers have those of their flow's type.
    public init(_ sink: SalesdockSink) {
        let matchesByID = sink.matchesByID
        switch sink.kind {
        case .customers: self.init(facts: .customers, matchesByID: matchesByID)
        case .suppliers: self.init(facts: .suppliers, matchesByID: matchesByID)
        case .products:
            self.init(facts: .products, energy: sink.energy ? .energyTariffs : nil, matchesByID: matchesByID)
        case .offers:
            let type = sink.flow.flatMap { $0.split(separator: "/").first.map(String.init) }
            self.init(
                facts: type.map(ResourceFacts.offers(flowType:)) ?? .of(.offers), matchesByID: matchesByID,
                neverEmpty: [SaleSideEffects.createsCustomerUnlessFilled])
        }
    }

    /// The documented field that a mapping target fills.
    public func field(_ target: String) -> Field? {
        let (facts, name) = place(of: target)
        return facts.field(name)
    }

    /// Whether a list or object may go into a mapping target.
    func takesStructure(_ target: String) -> Bool {
        if target.hasSuffix("[]") { return true }
        let (facts, name) = place(of: target)
        switch facts.field(name)?.kind {
        case .list, .object: return true
        case .some: return false
        // An account's own field, or a member of an object that the account defines: only the account knows.
        case nil: return true
        }
    }

    /// Whether a field of a product's tariffs makes that request worth sending: a tariff, or the mark that only own
    /// fields follow.
    static func isTariff(_ name: String) -> Bool {
        name == "do_not_update_tariffs" || ResourceFacts.energyTariffs.field(name)?.kind == .decimal
    }

    private func place(of target: String) -> (facts: ResourceFacts, name: String) {
        let name = target.hasSuffix("[]") ? String(target.dropLast(2)) : target
        if let energy, name.hasPrefix(Self.energyPrefix) {
            return (energy, String(name.dropFirst(Self.energyPrefix.count)))
        }
        return (facts, name)
    }
}
