internal import SalesdockFacts

extension EmulatorCore {
    /// Only an open offer can be changed as a proposal.
    mutating func proposalUpdate(_ context: CallContext) -> EmulatorReply {
        guard let row = tables[.sales]?[context.id], context.mayRead(owner: row.owner) else { return .notFound }
        guard row.fields.text("transaction_type") == "offer", !row.isFinalised, !row.isCancelled else {
            return .failure(400, "Sale cannot be updated")
        }
        return update(row, context)
    }

    /// Only an accepted offer or a completed order can be changed as a sale.
    mutating func finalisedSaleUpdate(_ context: CallContext) -> EmulatorReply {
        guard let row = tables[.sales]?[context.id] else { return .notFound }
        guard row.isFinalised, !row.isCancelled, row.fields["outgoing_at"]?.isFilled != true else {
            return .failure(400, "Sale cannot be updated")
        }
        return update(row, context)
    }

    private mutating func update(_ row: Row, _ context: CallContext) -> EmulatorReply {
        let errors = Validator(fields: OfferUpdateFacts.fields, mode: .update(mandatory: [])).errors(in: context.body)
        guard errors.isEmpty else { return .invalid400(errors, message: "Validation Error.") }
        let body = Normalizer(unkind: options.unkind).stored(context.body)
        var fields = row.fields
        if let product = body["product_id"], product.isFilled {
            guard let id = product.int, tables[.products]?[id] != nil else { return .failure(400, "Invalid product") }
            fields["product_id"] = .int(id)
        }
        if let validTill = body["valid_till"] { fields["valid_till"] = validTill }
        if let customer = body["customer"]?.object { EmulatorCore.apply(customer: customer, to: &fields) }
        EmulatorCore.apply(answers: body["product_questions"], to: "questionData", of: &fields)
        EmulatorCore.apply(answers: body["agreements"], to: "agreements", of: &fields)
        for member in body.members where member.name.hasPrefix("flow_") {
            EmulatorCore.apply(flowData: member.value.object ?? JSONObject(), to: &fields)
        }
        fields.addHistory("changeddata", to: fields.text("status") ?? "new", remark: nil, now: context.now)
        replace(.sales, row, fields: fields, now: context.now)
        return .success(["sale_id": .int(row.id)], "Sale updated successfully")
    }

    private static func apply(customer: JSONObject, to fields: inout JSONObject) {
        let renamed = ["coc": "company_coc", "vat": "company_vat"]
        for member in customer.members {
            switch member.name {
            case "address": apply(address: member.value, prefix: "", to: &fields)
            case "correspondence_address": apply(address: member.value, prefix: "correspondence_", to: &fields)
            case "business": fields["business"] = .text(member.value.scalar)
            default: fields[renamed[member.name] ?? member.name] = member.value
            }
        }
    }

    private static func apply(address: JSON, prefix: String, to fields: inout JSONObject) {
        for part in address.object?.members ?? [] { fields[prefix + part.name] = part.value }
    }

    private static func apply(answers: JSON?, to name: String, of fields: inout JSONObject) {
        guard let answers = answers?.object else { return }
        var held = fields[name]?.object ?? JSONObject()
        for identifier in Validator.items(answers["delete"]).compactMap(\.scalar) { held[identifier] = nil }
        for member in answers["upsert"]?.object?.members ?? [] { held[member.name] = member.value }
        fields[name] = .object(held)
    }

    /// The flow's products, and its own fields under the names of a create.
    private static func apply(flowData: JSONObject, to fields: inout JSONObject) {
        for member in flowData.members where member.name != "products" { fields[member.name] = member.value }
        if let products = flowData["products"]?.object { apply(products: products, to: &fields) }
    }

    /// Products by section (`{section: [{id, quantity}]}`), or as a plain list of ids. What is upserted is added to a
    /// quantity that is there, which is why such a call may not simply be repeated.
    private static func apply(products: JSONObject, to fields: inout JSONObject) {
        var held = fields["section_products"]?.object ?? JSONObject()
        for (section, ids) in sections(products["delete"]) {
            var inner = held[section]?.object ?? JSONObject()
            for id in ids { (id.object?.text("id") ?? id.scalar).map { inner[$0] = nil } }
            held[section] = .object(inner)
        }
        for (section, items) in sections(products["upsert"]) {
            var inner = held[section]?.object ?? JSONObject()
            for item in items {
                guard let id = item.object?.text("id") ?? item.scalar else { continue }
                let quantity = item.object?["quantity"]?.int ?? 1
                inner[id] = .int((inner[id]?.int ?? 0) + quantity)
            }
            held[section] = .object(inner)
        }
        fields["section_products"] = .object(held)
    }

    private static func sections(_ value: JSON?) -> [(String, [JSON])] {
        if let list = value?.array { return [("default", list)] }
        return value?.object?.members.map { ($0.name, Validator.items($0.value)) } ?? []
    }

    /// The status comes in the query or the body.
    mutating func saleStatusUpdate(_ context: CallContext) -> EmulatorReply {
        guard let row = tables[.sales]?[context.id] else { return .notFound }
        let status = context.request.queryValue("status") ?? context.body.text("status") ?? ""
        guard Catalogue.statuses.contains(where: { $0.identifier == status }) else {
            return .failure(400, "Invalid status")
        }
        changeStatus(of: row, to: status, context)
        return .success([], "Sale updated successfully")
    }

    mutating func saleCancel(_ context: CallContext) -> EmulatorReply {
        guard let row = tables[.sales]?[context.id], context.mayRead(owner: row.owner) else { return .notFound }
        changeStatus(of: row, to: context.request.queryValue("status") ?? "cancelled", context)
        return .success([], "Sale updated successfully")
    }

    private mutating func changeStatus(of row: Row, to status: String, _ context: CallContext) {
        let remark = context.request.queryValue("remark") ?? context.body.text("remark")
        let stamp = JSON.string(Amsterdam.timestamp(context.now))
        var fields = row.fields
        fields.addHistory(status == "cancelled" ? "cancelled" : "updated", to: status, remark: remark, now: context.now)
        fields["status"] = .string(status)
        fields["status_remark"] = .text(remark)
        if status == "cancelled" { fields["cancelled_at"] = stamp }
        if status == "sent" { fields["outgoing_at"] = stamp }
        if status == "offer_accepted", !row.isFinalised { fields["finalized_at"] = stamp }
        replace(.sales, row, fields: fields, now: context.now)
    }
}

extension Row {
    /// Signed: completed when it was made, or accepted since.
    var isFinalised: Bool { fields["finalized_at"]?.isFilled == true }

    var isCancelled: Bool { fields["cancelled_at"]?.isFilled == true }
}

extension JSONObject {
    fileprivate mutating func addHistory(_ type: String, to status: String, remark: String?, now: Double) {
        var history = self["history"]?.array ?? []
        history.append([
            "type": .string(type), "modified_at": .string(Amsterdam.timestamp(now)),
            "previous_status": self["status"] ?? .null, "new_status": .string(status), "remark": .text(remark),
            "user": nil, "type_data": nil,
        ])
        self["history"] = .array(history)
    }
}
