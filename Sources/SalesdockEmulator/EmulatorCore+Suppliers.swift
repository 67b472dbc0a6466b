internal import SalesdockFacts

extension EmulatorCore {
    mutating func supplierList(_ context: CallContext) -> EmulatorReply {
        let rows = listed(.suppliers, context, ownOnly: false) { _, _ in true }.map { row, shown -> JSON in
            [
                "id": .int(row.id), "name": .text(shown.fields.text("name")), "text": .text(shown.fields.text("name")),
                "identifier": .text(shown.fields.text("identifier")),
                "description": .string(shown.fields.text("description") ?? ""),
                "active": .string(shown.fields.text("active") ?? "1"),
            ]
        }
        return .success(.array(rows), "Leveranciers succesvol opgehaald")
    }

    mutating func supplierGet(_ context: CallContext) -> EmulatorReply {
        guard let row = tables[.suppliers]?[context.id] else { return .notFound }
        let fields = row.fields
        var data: JSONObject = [
            "id": .int(row.id), "name": .text(fields.text("name")), "text": .text(fields.text("name")),
            "identifier": .text(fields.text("identifier")), "description": .string(fields.text("description") ?? ""),
            "active": .string(fields.text("active") ?? "1"), "confirmation_pdf_layout": "pdf.sale",
            "contractor": .string(fields.text("contractor") ?? "no"),
        ]
        let names = [
            "company_name", "contact_person", "postcode", "housenumber", "suffix", "streetname", "city", "email",
            "phone", "coc", "vat", "website",
        ]
        for name in names { data[name] = .text(fields.text(name)) }
        data["logo"] = fields["logo"] ?? .null
        data["created_at"] = .string(Amsterdam.isoTimestamp(row.createdAt))
        data["updated_at"] = .string(Amsterdam.isoTimestamp(row.current.updatedAt))
        data["email_template"] = .null
        data["extrafields"] = []
        return .success(.object(data), "Leverancier succesvol opgehaald")
    }

    mutating func supplierCreate(_ context: CallContext) -> EmulatorReply {
        var errors = Validator(fields: ResourceFacts.suppliers.fields, mode: .create).errors(in: context.body)
        checkIdentifier(.suppliers, context.body, besides: nil, &errors)
        guard errors.isEmpty else { return .invalid422(errors) }
        let id = insert(
            .suppliers, fields: storedKnown(context.body, ResourceFacts.suppliers), owner: context.userID,
            now: context.now)
        return .success(["supplier_id": .int(id)], "Leverancier succesvol aangemaakt", status: 201)
    }

    mutating func supplierUpdate(_ context: CallContext) -> EmulatorReply {
        guard let row = tables[.suppliers]?[context.id] else { return .notFound }
        let facts = ResourceFacts.suppliers
        var errors = Validator(fields: facts.fields, mode: .update(mandatory: facts.mandatoryOnUpdate))
            .errors(in: context.body)
        checkIdentifier(.suppliers, context.body, besides: row.id, &errors)
        guard errors.isEmpty else { return .invalid422(errors) }
        var fields = row.fields
        fields.merge(storedKnown(context.body, facts))
        replace(.suppliers, row, fields: fields, now: context.now)
        return .success(["supplier_id": .int(row.id)], "Leverancier succesvol geupdatet", status: 201)
    }

    mutating func supplierDelete(_ context: CallContext) -> EmulatorReply {
        guard tables[.suppliers]?[context.id] != nil else { return .notFound }
        commit(.delete(.suppliers, id: context.id))
        return .success(["supplier_id": .int(context.id)], "Leverancier succesvol verwijderd")
    }

    /// An identifier is unique within its kind.
    func checkIdentifier(
        _ name: TableName, _ body: JSONObject, besides id: Int?, _ errors: inout ValidationErrors
    ) {
        guard let identifier = body.text("identifier"), let holder = tables[name]?.id(ofIdentifier: identifier),
            holder != id
        else { return }
        errors.add("identifier", "identifier is al in gebruik.")
    }

    /// The documented fields and the account's own, in stored form.
    func storedKnown(_ body: JSONObject, _ facts: ResourceFacts) -> JSONObject {
        let known = Set(facts.fields.map { $0.name.split(separator: ".").first.map(String.init) ?? $0.name })
        let kept = body.members.filter { known.contains($0.name) || $0.name.hasPrefix("cf_") }
        return Normalizer(unkind: options.unkind).stored(JSONObject(kept))
    }
}
