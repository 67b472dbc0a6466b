extension EmulatorCore {
    mutating func productList(_ context: CallContext) -> EmulatorReply {
        let request = context.request
        func filter(_ name: String) -> String? { request.queryValue(name).flatMap { $0.isEmpty ? nil : $0 } }
        let type = filter("type")
        let types = Set(request.queryList("types"))
        let business = filter("business")
        let supplier = filter("supplier_id")
        let active = context.call.isAccount ? filter("active") ?? "1" : "1"
        let sellable = context.call.isAccount ? nil : connections[EmulatorCore.organisationID]
        let rows = listed(.products, context, ownOnly: false) { row, fields in
            if let sellable, !sellable.contains(row.id) { return false }
            return (type == nil || fields.text("type") == type)
                && (types.isEmpty || types.contains(fields.text("type") ?? ""))
                && (business == nil || fields.text("business") == business)
                && (supplier == nil || fields.text("supplier_id") == supplier)
                && fields.text("active") == active
        }
        return .success(
            .array(rows.map { .object(listedProduct($0.row, $0.shown)) }), "Producten succesvol opgehaald")
    }

    mutating func productGet(_ context: CallContext) -> EmulatorReply {
        guard let row = tables[.products]?[context.id] else { return .notFound }
        if !context.call.isAccount, let sellable = connections[EmulatorCore.organisationID],
            !sellable.contains(row.id)
        {
            return .notFound
        }
        return .success(.object(singleProduct(row)), "Product succesvol opgehaald")
    }

    private func listedProduct(_ row: Row, _ shown: Snapshot) -> JSONObject {
        let fields = shown.fields
        let supplier = fields["supplier_id"]?.int.flatMap { tables[.suppliers]?[$0] }
        return [
            "id": .int(row.id), "name": .text(fields.text("name")), "identifier": .text(fields.text("identifier")),
            "supplier_id": (fields["supplier_id"]?.int).map(JSON.int) ?? .null,
            "supplier_name": .text(supplier?.fields.text("name")),
            "supplier_identifier": .text(supplier?.fields.text("identifier")), "type": .text(fields.text("type")),
            "usp": .text(fields.text("usp")), "description": .string(fields.text("description") ?? ""),
            "cart_info": "", "business": .text(fields.text("business")), "active": .text(fields.text("active")),
            "valid_from": .text(fields.text("valid_from")), "valid_till": .text(fields.text("valid_till")),
            "created_at": .string(Amsterdam.timestamp(row.createdAt)),
            "updated_at": .string(Amsterdam.timestamp(shown.updatedAt)),
        ]
    }

    private func singleProduct(_ row: Row) -> JSONObject {
        let fields = row.fields
        let supplier = fields["supplier_id"]?.int.flatMap { tables[.suppliers]?[$0] }
        var data: JSONObject = [
            "id": .int(row.id), "name": .text(fields.text("name")), "identifier": .text(fields.text("identifier")),
            "main": .int(fields["supplier_id"]?.isFilled == true ? 1 : 0), "type": .text(fields.text("type")),
            "image": fields["image"] ?? .null, "usp": .text(fields.text("usp")),
            "description": .string(fields.text("description") ?? ""),
            "duration": (fields["duration"]?.int).map(JSON.int) ?? .null,
        ]
        for name in ["business", "retention"] { data[name] = .text(fields.text(name)) }
        data["confirmation_pdf_layout"] = "pdf.sale"
        data["active"] = .text(fields.text("active"))
        for name in ["price", "price_action"] { data[name] = .text(fields.text(name)) }
        data["price_action_type"] = .null
        data["price_action_value"] = .null
        for name in ["price_monthly", "price_monthly_action"] { data[name] = .text(fields.text(name)) }
        let hasMonthlyAction = fields["price_monthly_action"]?.isFilled == true
        data["price_monthly_action_type"] = hasMonthlyAction ? "monthly" : .null
        data["price_monthly_action_value"] = .text(fields.text("price_monthly_action_value"))
        data["valid_from"] = .text(fields.text("valid_from"))
        data["valid_till"] = .text(fields.text("valid_till"))
        data["created_at"] = .string(Amsterdam.timestamp(row.createdAt))
        data["updated_at"] = .string(Amsterdam.timestamp(row.current.updatedAt))
        data["supplier_id"] = (fields["supplier_id"]?.int).map(JSON.int) ?? .null
        data["supplier_name"] = .text(supplier?.fields.text("name"))
        data["supplier_identifier"] = .text(supplier?.fields.text("identifier"))
        data["customfields"] = .object(EmulatorCore.customFields(fields))
        data["documents"] = .array(EmulatorCore.documents(row))
        return data
    }

    /// Tariffs, then the account's own fields without their prefix.
    private static func customFields(_ fields: JSONObject) -> JSONObject {
        var custom = fields["tariffs"]?.object ?? JSONObject()
        for member in fields.members where member.name.hasPrefix("cf_") {
            custom[String(member.name.dropFirst(3))] = .string(member.value.scalar ?? "")
        }
        return custom
    }

    private static func documents(_ row: Row) -> [JSON] {
        (row.fields["documents"]?.object?.members ?? []).map { member in
            let name = member.value.object?.text("name") ?? member.name
            let kind = member.value.object?.text("extension") ?? ""
            let suffix = kind.isEmpty || kind.hasPrefix(".") ? kind : "." + kind
            return ["name": .string(name + suffix), "location": .string("/documents/\(row.id)/\(member.name)")]
        }
    }
}
