internal import SalesdockFacts

extension EmulatorCore {
    mutating func relationList(_ context: CallContext) -> EmulatorReply {
        let business = context.request.queryValue("business").flatMap { $0.isEmpty ? nil : $0 }
        let found = listed(.relations, context, ownOnly: true) { _, fields in
            business == nil || fields.text("business") == business
        }
        let page = Page.relations.range(of: found.count, request: context.request)
        let rows = found[page.range].map { JSON.object(EmulatorCore.flatRelation($0.row, $0.shown)) }
        return .success(
            Page.relations.json(
                page: page.page, range: page.range, total: found.count, rows: rows, request: context.request),
            "Relaties succesvol opgehaald")
    }

    mutating func relationGet(_ context: CallContext) -> EmulatorReply {
        guard let row = tables[.relations]?[context.id] else { return .notFound }
        return .success(EmulatorCore.nestedRelation(row), "Relation retrieved successfully")
    }

    mutating func relationCreate(_ context: CallContext) -> EmulatorReply {
        let errors = Validator(fields: ResourceFacts.customers.fields, mode: .create).errors(in: context.body)
        guard errors.isEmpty else { return .invalid400(errors) }
        let chosen = context.call.isAccount ? context.body["user_id"]?.int : nil
        let id = insert(
            .relations, fields: storedRelation(context.body), owner: chosen ?? context.userID, now: context.now)
        return .success(["relation_id": .int(id)], "Relatie succesvol aangemaakt", status: 201)
    }

    mutating func relationUpdate(_ context: CallContext) -> EmulatorReply {
        guard var row = tables[.relations]?[context.id] else { return .notFound }
        let facts = ResourceFacts.customers
        var errors = Validator(fields: facts.fields, mode: .update(mandatory: facts.mandatoryOnUpdate))
            .errors(in: context.body)
        var fields = row.fields
        fields.merge(storedRelation(context.body))
        let whole = Validator(fields: facts.fields, mode: .create).errors(in: fields)
        for field in whole.fields where errors.isEmpty { field.messages.forEach { errors.add(field.name, $0) } }
        guard errors.isEmpty else { return .invalid400(errors) }
        row.owner = context.body["user_id"]?.int ?? row.owner
        replace(.relations, row, fields: fields, now: context.now)
        return .success(["relation_id": .int(row.id)], "Relation updated successfully")
    }

    /// The known fields and the account's own, in stored form; anything else is ignored, as by the service.
    func storedRelation(_ body: JSONObject) -> JSONObject {
        let known = Set(ResourceFacts.customers.fields.map(\.name))
        let kept = body.members.filter { known.contains($0.name) || $0.name.hasPrefix("cf_") }
        var fields = Normalizer(unkind: options.unkind).stored(JSONObject(kept))
        if let business = fields.text("business") { fields["business"] = .string(business) }
        return fields
    }

    private static let flatNames = [
        "gender", "firstname", "lastname", "birthdate", "postcode", "housenumber", "suffix", "streetname", "city",
        "email", "phone", "company_name", "contact_person",
    ]

    private static func flatRelation(_ row: Row, _ shown: Snapshot) -> JSONObject {
        let fields = shown.fields
        var flat: JSONObject = [
            "id": .int(row.id), "business": .bool(fields.text("business") == "1"),
            "shared_with": fields["visibility"] ?? .null, "organisation_id": fields["organisation_id"] ?? .null,
        ]
        for name in flatNames { flat[name] = .text(fields.text(name)) }
        flat["coc"] = .text(fields.text("company_coc"))
        flat["vat"] = .text(fields.text("company_vat"))
        flat["created_at"] = .string(Amsterdam.timestamp(row.createdAt))
        flat["updated_at"] = .string(Amsterdam.timestamp(shown.updatedAt))
        return flat
    }

    private static func nestedRelation(_ row: Row) -> JSON {
        let fields = row.fields
        var customer = JSONObject()
        for name in ["gender", "firstname", "lastname", "birthdate", "email", "phone"] {
            customer[name] = .text(fields.text(name))
        }
        customer["business"] = .bool(fields.text("business") == "1")
        customer["company_name"] = .text(fields.text("company_name"))
        customer["contact_person"] = .text(fields.text("contact_person"))
        customer["coc"] = .text(fields.text("company_coc"))
        customer["vat"] = .text(fields.text("company_vat"))
        customer["address"] = .object(address(fields, prefix: ""))
        return [
            "id": .int(row.id), "created_at": .string(Amsterdam.timestamp(row.createdAt)),
            "updated_at": .string(Amsterdam.timestamp(row.current.updatedAt)), "customer": .object(customer),
            "shared_with": fields["visibility"] ?? .null, "organisation_id": fields["organisation_id"] ?? .null,
            "extrafields": extraFields(fields),
        ]
    }

    /// The five parts of an address whose fields start with the prefix.
    static func address(_ fields: JSONObject, prefix: String) -> JSONObject {
        var address = JSONObject()
        for name in ["postcode", "housenumber", "suffix", "streetname", "city"] {
            address[name] = .text(fields.text(prefix + name))
        }
        return address
    }

    /// The account's own fields as a single read shows them; null when there are none.
    static func extraFields(_ fields: JSONObject) -> JSON {
        let own = fields.members.filter { $0.name.hasPrefix("cf_") }.map { member -> JSON in
            let identifier = String(member.name.dropFirst(3))
            return [
                "id": .int(3000 + Int(hash(identifier) % 1000)), "identifier": .string(identifier), "type": "text",
                "label": .string(identifier), "value": member.value,
            ]
        }
        return own.isEmpty ? .null : .array(own)
    }
}
