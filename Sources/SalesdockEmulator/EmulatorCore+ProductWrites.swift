internal import SalesdockFacts

extension EmulatorCore {
    mutating func productCreate(_ context: CallContext) -> EmulatorReply {
        var errors = Validator(fields: ResourceFacts.products.fields, mode: .create).errors(in: context.body)
        checkIdentifier(.products, context.body, besides: nil, &errors)
        checkSupplier(context.body, &errors)
        guard errors.isEmpty else { return .invalid422(errors) }
        let id = insert(
            .products, fields: storedProduct(context.body, over: JSONObject()), owner: context.userID, now: context.now)
        return .success(
            ["product_id": .int(id)], "Product succesvol aangemaakt", status: Assumptions.productCreatedStatus)
    }

    mutating func productUpdate(_ context: CallContext) -> EmulatorReply {
        guard let row = tables[.products]?[context.id] else { return .notFound }
        let facts = ResourceFacts.products
        var errors = Validator(fields: facts.fields, mode: .update(mandatory: facts.mandatoryOnUpdate))
            .errors(in: context.body)
        checkIdentifier(.products, context.body, besides: row.id, &errors)
        checkSupplier(context.body, &errors)
        for name in facts.fixedAfterCreate.sorted() {
            if let sent = context.body.text(name), sent != row.fields.text(name) {
                errors.add(name, "\(name) kan niet worden gewijzigd.")
            }
        }
        guard errors.isEmpty else { return .invalid422(errors) }
        replace(.products, row, fields: storedProduct(context.body, over: row.fields), now: context.now)
        return .success(["product_id": .int(row.id)], "Product succesvol geupdatet")
    }

    mutating func productDelete(_ context: CallContext) -> EmulatorReply {
        guard tables[.products]?[context.id] != nil else { return .notFound }
        commit(.delete(.products, id: context.id))
        return .success(["product_id": .int(context.id)], "Product succesvol verwijderd")
    }

    /// Tariffs and own fields of an energy product. Without the product's tariffs the body must say that they stay.
    mutating func energyUpdate(_ context: CallContext) -> EmulatorReply {
        guard let row = tables[.products]?[context.id] else { return .notFound }
        let facts = ResourceFacts.energyTariffs
        var errors = Validator(fields: facts.fields, mode: .create).errors(in: context.body)
        let keepsTariffs = ["1", "true"].contains(context.body.text("do_not_update_tariffs") ?? "")
        if !keepsTariffs { checkTariffs(context.body, &errors) }
        if let type = context.body.text("type"), let held = row.fields.text("type"), type != held {
            errors.add("type", "type kan niet worden gewijzigd.")
        }
        guard errors.isEmpty else { return .invalid422(errors) }
        var fields = row.fields
        var tariffs = fields["tariffs"]?.object ?? JSONObject()
        let own = ["type", "active", "valid_from", "valid_till", "do_not_update_tariffs"]
        for member in context.body.members where !own.contains(member.name) {
            let isTariff = facts.field(member.name) != nil
            if isTariff, keepsTariffs { continue }
            if isTariff {
                tariffs[member.name] = .string(member.value.scalar ?? "")
            } else {
                fields[member.name.hasPrefix("cf_") ? member.name : "cf_" + member.name] = member.value
            }
        }
        fields["tariffs"] = .object(tariffs)
        for name in ["active", "valid_from", "valid_till"] {
            if let value = context.body[name] { fields[name] = EmulatorCore.storedDate(value, name: name) }
        }
        replace(.products, row, fields: fields, now: context.now)
        return .success([], "Product succesvol geupdatet")
    }

    private func checkTariffs(_ body: JSONObject, _ errors: inout ValidationErrors) {
        let type = body.text("type") ?? ""
        var names: [String] = []
        if ["energy_e", "energy_e_g"].contains(type) { names += ["tariff_single", "tariff_fixed_e"] }
        if ["energy_g", "energy_e_g"].contains(type) { names += ["tariff_g", "tariff_fixed_g"] }
        for name in names where body[name]?.isFilled != true {
            errors.add(name, "Het veld \(name.split(separator: "_").joined(separator: " ")) is verplicht.")
        }
    }

    private func checkSupplier(_ body: JSONObject, _ errors: inout ValidationErrors) {
        guard let sent = body["supplier_id"], sent.isFilled else { return }
        if sent.int.flatMap({ tables[.suppliers]?[$0] }) == nil {
            errors.add("supplier_id", "Het geselecteerde supplier id is ongeldig.")
        }
    }

    private func storedProduct(_ body: JSONObject, over old: JSONObject) -> JSONObject {
        var fields = old
        for member in storedKnown(body, ResourceFacts.products).members where member.name != "attachments" {
            fields[member.name] = EmulatorCore.storedDate(member.value, name: member.name)
        }
        var documents = old["documents"]?.object ?? JSONObject()
        for item in Validator.items(body["attachments"]) {
            if let attachment = item.object { EmulatorCore.apply(attachment, to: &documents) }
        }
        if !documents.isEmpty || old["documents"] != nil { fields["documents"] = .object(documents) }
        return fields
    }

    /// One attachment. Adding to a slot that is taken adds a second document, which is why it may not be repeated.
    private static func apply(_ attachment: JSONObject, to documents: inout JSONObject) {
        guard let slot = attachment.text("document") else { return }
        var document = attachment
        document["document"] = nil
        document["action"] = nil
        switch attachment.text("action") {
        case "delete": documents[slot] = nil
        case "update":
            guard var held = documents[slot]?.object else { return }
            held.merge(document)
            documents[slot] = .object(held)
        default:
            var free = slot
            var count = 1
            while documents[free] != nil {
                count += 1
                free = "\(slot)-\(count)"
            }
            documents[free] = .object(document)
        }
    }

    /// Days are stored, and read back, as `yyyy-mm-dd`; a flag as text.
    private static func storedDate(_ value: JSON, name: String) -> JSON {
        switch name {
        case "valid_from", "valid_till":
            return value.scalar.flatMap(Amsterdam.dayNumberDutch).map { .string(Amsterdam.date(day: $0)) } ?? value
        case "active", "business", "retention":
            return .text(value.scalar)
        default: return value
        }
    }

    mutating func organisationConnect(_ context: CallContext) -> EmulatorReply {
        guard Catalogue.organisations[context.id] != nil else { return .notFound }
        let all = table(.products).rows.map(\.id)
        var chosen: [Int]?
        if let list = context.body["products"] {
            let wanted = Set(Validator.items(list).compactMap(\.int))
            chosen = all.filter(wanted.contains)
        }
        commit(.connect(organisation: context.id, products: chosen))
        return .success(
            ["organisation_id": .int(context.id), "products": .array((chosen ?? all).map(JSON.int))],
            "Organisatie succesvol geüpdatet met producten")
    }

    mutating func productConnect(_ context: CallContext) -> EmulatorReply {
        guard tables[.products]?[context.id] != nil else { return .notFound }
        let known = Catalogue.organisations.keys.sorted()
        let wanted = context.body["organisations"].map { Set(Validator.items($0).compactMap(\.int)) }
        let chosen = known.filter { wanted?.contains($0) ?? true }
        let all = Set(table(.products).rows.map(\.id))
        for organisation in known {
            var products = connections[organisation] ?? all
            let changed =
                chosen.contains(organisation)
                ? products.insert(context.id).inserted : products.remove(context.id) != nil
            if changed { commit(.connect(organisation: organisation, products: products.sorted())) }
        }
        return .success(
            ["product_id": .int(context.id), "organisations": .array(chosen.map(JSON.int))],
            "Product succesvol geüpdatet met organisaties")
    }
}
