/// The kinds of record that can be written.
public enum Resource: String, Sendable, Hashable, CaseIterable {
    /// Salesdock's *relations*.
    case customers
    /// Whose products are sold; what a product names by `supplier_id`.
    case suppliers
    /// What is sold, without its energy tariffs.
    case products
    /// The tariffs of an energy product: a second step after the product itself.
    case energyTariffs = "energy_tariffs"
    /// *Sales* with `transaction_type: "offer"`, created through a flow.
    case offers
}

/// What is known of one resource's request bodies. The field tables are data; each reader interprets them by itself.
public struct ResourceFacts: Sendable {
    /// Whose bodies they are.
    public let resource: Resource
    /// Fields in documentation order.
    public let fields: [Field]
    /// Field names whose presence rule also holds for an update (`visibility` and `business` of a customer); every
    /// other field of an update is optional and, when absent, stays as it is (assumed).
    public let mandatoryOnUpdate: Set<String>
    /// Fields that an update may not carry or change (`type` of a product).
    public let fixedAfterCreate: Set<String>
    /// Names of the account's own fields start with this (`cf_`), where the resource has them; empty when any name may
    /// be one.
    public let extraFieldPrefix: String?
    /// Objects whose members the account defines, so that any name is accepted in them.
    public let openObjects: Set<String>
    /// Member of `data` that holds the new id, such as `relation_id`.
    public let idName: String
    /// Dotted path in the single read by field name, where it differs from the list's.
    public let singleReadPaths: [String: String]

    public init(
        resource: Resource, fields: [Field], mandatoryOnUpdate: Set<String> = [], fixedAfterCreate: Set<String> = [],
        extraFieldPrefix: String? = nil, openObjects: Set<String> = [], idName: String,
        singleReadPaths: [String: String] = [:]
    ) {
        self.resource = resource
        self.fields = fields
        self.mandatoryOnUpdate = mandatoryOnUpdate
        self.fixedAfterCreate = fixedAfterCreate
        self.extraFieldPrefix = extraFieldPrefix
        self.openObjects = openObjects
        self.idName = idName
        self.singleReadPaths = singleReadPaths
    }

    /// The field of that dotted name.
    public func field(_ name: String) -> Field? { fields.first { $0.name == name } }

    /// Dotted path of the field in the resource's single read.
    public func singleReadPath(_ name: String) -> String { singleReadPaths[name] ?? field(name)?.readName ?? name }

    /// Dotted path of the field in the rows of the resource's list.
    public func listPath(_ name: String) -> String { field(name)?.readName ?? name }
}
