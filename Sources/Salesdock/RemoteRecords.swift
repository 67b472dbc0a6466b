public import ExactJSON
public import SalesdockFacts

/// A customer as Salesdock has it.
public struct RemoteRelation: Sendable, Hashable {
    /// What Salesdock calls `relation_id` elsewhere.
    public let id: Int
    /// By the names used in writing (`company_coc`, `visibility`, `cf_source`). A field that Salesdock returned as null
    /// is there with `nil`; one that it did not return is not there (lists lack extra fields).
    public let fields: [String: String?]
    /// As Salesdock writes it.
    public let createdAt: String?
}

/// A product as Salesdock has it.
public struct RemoteProduct: Sendable, Hashable {
    /// What Salesdock calls `product_id` elsewhere.
    public let id: Int
    /// The unique slug that the account gave it; `nil` where the answer has none.
    public let identifier: String?
    /// For people; need not be unique.
    public let name: String?
    /// Whether it may be sold; `nil` where the answer does not say.
    public let isActive: Bool?
    /// The id of its supplier; `nil` where the answer does not say.
    public let supplierID: Int?
    /// As for `RemoteRelation`.
    public let fields: [String: String?]
    /// As for `RemoteRelation`.
    public let createdAt: String?
}

/// A supplier as Salesdock has it.
public struct RemoteSupplier: Sendable, Hashable {
    /// What Salesdock calls `supplier_id` elsewhere.
    public let id: Int
    /// The unique slug that the account gave it; `nil` where the answer has none.
    public let identifier: String?
    /// For people; need not be unique.
    public let name: String?
    /// As for `RemoteRelation`.
    public let fields: [String: String?]
    /// As for `RemoteRelation`.
    public let createdAt: String?
}

/// An offer or order as Salesdock has it.
public struct RemoteSale: Sendable, Hashable {
    /// What Salesdock calls `sale_id` elsewhere.
    public let id: Int
    /// The customer it was made for.
    public let relationID: Int?
    /// The product that is offered, where it is one.
    public let productID: Int?
    /// The flow it was made through.
    public let flowID: Int?
    /// `offer` or `order`, where Salesdock says so.
    public let kind: String?
    /// As for `RemoteRelation`.
    public let createdAt: String?
    /// Every scalar of the record by its dotted path, as Salesdock names it.
    public let fields: [String: String?]
    /// By the names used in writing, as for `RemoteRelation`; right for the single read and extended lists.
    public let written: [String: String?]
}

/// A flow through which offers are made.
public struct RemoteFlow: Sendable, Hashable {
    /// What the `flow_id` of an offer names.
    public let id: Int
    /// The last part of the path by which offers are made through it.
    public let identifier: String
    /// The flow type's identifier.
    public let type: String
    /// For people.
    public let title: String?
}

/// Reads Salesdock's records, in whichever of its forms: the flat rows of lists or the nested single read.
public enum RemoteRecords {
    /// - Returns: `nil` for a record without an id.
    public static func relation(_ json: JSONValue) -> RemoteRelation? {
        guard let id = json["id"]?.int else { return nil }
        return RemoteRelation(
            id: id, fields: fields(json, ResourceFacts.of(.customers)), createdAt: json["created_at"]?.scalarText)
    }

    /// - Returns: `nil` for a record without an id.
    public static func product(_ json: JSONValue) -> RemoteProduct? {
        guard let id = json["id"]?.int else { return nil }
        var fields = fields(json, ResourceFacts.of(.energyTariffs))
        fields.merge(Self.fields(json, ResourceFacts.of(.products))) { _, product in product }
        return RemoteProduct(
            id: id, identifier: json["identifier"]?.scalarText, name: json["name"]?.scalarText,
            isActive: flag(json["active"]), supplierID: json["supplier_id"]?.int, fields: fields,
            createdAt: json["created_at"]?.scalarText)
    }

    /// - Returns: `nil` for a record without an id.
    public static func supplier(_ json: JSONValue) -> RemoteSupplier? {
        guard let id = json["id"]?.int else { return nil }
        return RemoteSupplier(
            id: id, identifier: json["identifier"]?.scalarText, name: json["name"]?.scalarText,
            fields: fields(json, ResourceFacts.of(.suppliers)), createdAt: json["created_at"]?.scalarText)
    }

    /// - Returns: `nil` for a record without an id.
    public static func sale(_ json: JSONValue) -> RemoteSale? {
        guard let id = json["id"]?.int else { return nil }
        return RemoteSale(
            id: id, relationID: json["relation_id"]?.int ?? json["relation"]?["id"]?.int,
            productID: json["product_id"]?.int ?? json["product"]?["id"]?.int,
            flowID: json["flow_id"]?.int ?? json["flow"]?["id"]?.int,
            kind: json["sub_type"]?.scalarText ?? json["type"]?.scalarText,
            createdAt: json["created_at"]?.scalarText, fields: flattened(json),
            written: fields(json, ResourceFacts.of(.offers)))
    }

    /// - Returns: `nil` for a record without an id, an identifier and a type.
    public static func flow(_ json: JSONValue) -> RemoteFlow? {
        guard let id = json["id"]?.int, let identifier = json["identifier"]?.scalarText,
            let type = json["type"]?.scalarText
        else { return nil }
        return RemoteFlow(id: id, identifier: identifier, type: type, title: json["title"]?.scalarText)
    }

    /// A record's fields by the names used in writing, each found at its place in the single read or in the list.
    public static func fields(_ json: JSONValue, _ facts: ResourceFacts) -> [String: String?] {
        var fields: [String: String?] = [:]
        for field in facts.fields {
            let paths = [facts.singleReadPath(field.name), facts.listPath(field.name)]
            guard let value = paths.lazy.compactMap({ json.value(at: $0) }).first else { continue }
            if value.object == nil, value.array == nil { fields.updateValue(value.scalarText, forKey: field.name) }
        }
        if let prefix = facts.extraFieldPrefix { readExtraFields(json, prefix, into: &fields) }
        return fields
    }

    /// Own fields: a list of `{identifier, value}` (relations), or an object of values by identifier (products).
    private static func readExtraFields(_ json: JSONValue, _ prefix: String, into fields: inout [String: String?]) {
        for extra in json["extrafields"]?.array ?? [] {
            guard let identifier = extra["identifier"]?.scalarText else { continue }
            fields.updateValue(extra["value"]?.scalarText, forKey: prefix + identifier)
        }
        for member in json["customfields"]?.object?.members ?? [] where fields[prefix + member.name] == nil {
            fields.updateValue(member.value.scalarText, forKey: prefix + member.name)
        }
    }

    private static func flattened(_ json: JSONValue) -> [String: String?] {
        var fields: [String: String?] = [:]
        func visit(_ value: JSONValue, _ path: String, _ depth: Int) {
            if let object = value.object {
                guard depth < 6 else { return }
                for member in object.members {
                    visit(member.value, path.isEmpty ? member.name : path + "." + member.name, depth + 1)
                }
            } else if value.array == nil {
                fields.updateValue(value.scalarText, forKey: path)
            }
        }
        visit(json, "", 0)
        return fields
    }

    private static func flag(_ value: JSONValue?) -> Bool? {
        switch value?.scalarText {
        case "1", "true": true
        case "0", "false": false
        default: nil
        }
    }
}

extension JSONValue {
    /// The value at a dotted path, if every step of it is there.
    fileprivate func value(at path: String) -> JSONValue? {
        var value = self
        for step in path.split(separator: ".") {
            guard let next = value[String(step)] else { return nil }
            value = next
        }
        return value
    }
}
