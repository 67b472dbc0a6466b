internal import SalesdockFacts

extension EmulatorCore {
    /// The nested form of a single sale, also used by the extended list.
    func singleSale(_ row: Row, _ shown: Snapshot) -> JSONObject {
        let fields = shown.fields
        let isOffer = fields.text("transaction_type") == "offer"
        let isFinalised = fields["finalized_at"]?.isFilled == true
        let status = fields.text("status") ?? "new"
        var data: JSONObject = [
            "id": .int(row.id), "type": fields["transaction_type"] ?? .null,
            "status": [
                "status_identifier": .string(status), "status": .string(Catalogue.statusName(status)),
                "status_remark": .text(fields.text("status_remark")),
            ],
            "offer_accepted": .bool(isOffer && isFinalised),
            "offer_answered_at": isOffer ? .text(fields.text("finalized_at")) : nil,
        ]
        let empty = [
            "offer_reject_message", "offer_last_viewed_at", "offer_last_viewed_ip", "offer_views", "offer_downloads",
            "offer_last_download_at",
        ]
        for name in empty { data[name] = .null }
        data["offer_valid_till"] = EmulatorCore.validTill(row, fields)
        data["created_at"] = .string(Amsterdam.timestamp(row.createdAt))
        data["last_published_at"] = .string(Amsterdam.timestamp(shown.updatedAt))
        data["finalized_at"] = .text(fields.text("finalized_at"))
        data["updated_at"] = .string(Amsterdam.timestamp(shown.updatedAt))
        data["processed"] = fields.text("outgoing_at").map { ["processed_at": .string($0)] } ?? .null
        data["cancelled"] = fields.text("cancelled_at").map { ["cancelled_at": .string($0)] } ?? .null
        data["purchase_number"] = .null
        data["channel"] = .text(fields.text("sale_channel"))
        data["source"] = .null
        data["customer"] = .object(EmulatorCore.customer(fields))
        data["created_by"] = createdBy(row, fields)
        for name in ["sales_representative", "assigned_to", "lead"] { data[name] = .null }
        addLinks(fields, to: &data)
        data["extrafields"] = ["sale": EmulatorCore.extraFields(fields), "products": nil]
        data["bundle"] = .null
        return data
    }

    private func addLinks(_ fields: JSONObject, to data: inout JSONObject) {
        let relation = fields["relation_id"]?.int.flatMap { tables[.relations]?[$0] }
        let product = fields["product_id"]?.int.flatMap { tables[.products]?[$0] }
        let supplier = product?.fields["supplier_id"]?.int.flatMap { tables[.suppliers]?[$0] }
        data["relation"] = [
            "id": fields["relation_id"] ?? .null, "label": .string(relation.map(EmulatorCore.label) ?? ""),
        ]
        data["product"] = [
            "id": fields["product_id"] ?? .null, "identifier": .text(product?.fields.text("identifier")),
            "label": .text(product?.fields.text("name")),
        ]
        data["products"] = .array(soldProducts(fields))
        data["additional_costs"] = []
        data["discounts"] = []
        let totals = totals(fields)
        data["totals"] = ["monthly": EmulatorCore.amount(totals.monthly), "onetime": EmulatorCore.amount(totals.once)]
        data["supplier"] =
            supplier.map {
                [
                    "id": .int($0.id), "identifier": .text($0.fields.text("identifier")),
                    "label": .text($0.fields.text("name")),
                ]
            } ?? .null
        let flow = fields["flow_id"]?.int.flatMap(Catalogue.flow(id:))
        data["flow"] = [
            "id": fields["flow_id"] ?? .null, "identifier": .text(fields.text("flow_identifier")),
            "type": .text(fields.text("flow_type")), "label": .text(flow?.title),
        ]
        data["flow_data"] = [
            "additional_pricing": [], "product_questions": .array(EmulatorCore.answers(fields)),
            "agreements": EmulatorCore.agreements(fields), "introduction": nil, "additional_notes": nil,
            "product_subsidies": [],
        ]
        if let name = EmulatorCore.flowDataNames[fields.text("flow_type") ?? ""] {
            data[name] = .object(EmulatorCore.flowData(fields))
        }
    }

    private static let flowDataNames = [
        "energie": "flow_data_energy", "energie-small-business": "flow_data_energy",
        "solar-panels": "flow_data_solar_panel", "heat-pump": "flow_data_heat_pump",
    ]

    /// Name of a relation as sales show it.
    static func label(_ relation: Row) -> String {
        if let company = relation.fields.text("company_name") { return company }
        return ["firstname", "lastname"].compactMap { relation.fields.text($0) }.joined(separator: " ")
    }

    private static func customer(_ fields: JSONObject) -> JSONObject {
        var customer: JSONObject = ["gender": .text(fields.text("gender")), "initials": nil]
        for name in ["firstname", "infix", "lastname", "birthdate", "email", "phone"] {
            customer[name] = .text(fields.text(name))
        }
        customer["business"] = .bool(fields.text("business") == "1")
        customer["company_name"] = .text(fields.text("company_name"))
        customer["contact_person"] = .text(fields.text("contact_person"))
        customer["coc"] = .text(fields.text("company_coc"))
        customer["vat"] = .text(fields.text("company_vat"))
        customer["iban"] = .text(fields.text("iban"))
        customer["iban_holder"] = .text(fields.text("iban_holder"))
        let isContractor = Assumptions.postcodeIsCustomerAddress
        customer["address"] = .object(address(fields, prefix: isContractor ? "" : "connection_"))
        let other = address(fields, prefix: isContractor ? "correspondence_" : "")
        customer["correspondence_address"] = other.members.contains { $0.value.isFilled } ? .object(other) : .null
        return customer
    }

    private func createdBy(_ row: Row, _ fields: JSONObject) -> JSON {
        [
            "user": [
                "id": .int(row.owner), "username": .string("user\(row.owner)@demo.example"),
                "firstname": .string(fields.text("initial_user_firstname") ?? "Integratie"),
                "lastname": .string(fields.text("initial_user_lastname") ?? String(row.owner)),
            ],
            "organisation": ["id": .int(EmulatorCore.organisationID), "identifier": "default", "label": "Default"],
            "team": ["id": 1, "identifier": "default", "label": "Default"],
        ]
    }

    private static func answers(_ fields: JSONObject) -> [JSON] {
        (fields["questionData"]?.object?.members ?? []).map { member in
            let question = Catalogue.question(member.name)
            return [
                "id": .int(question?.id ?? 5000 + Int(hash(member.name) % 1000)), "identifier": .string(member.name),
                "type": .string(question?.type ?? "text"), "label": .string(question?.name ?? member.name),
                "value": member.value,
            ]
        }
    }

    private static func agreements(_ fields: JSONObject) -> JSON {
        guard let members = fields["agreements"]?.object?.members, !members.isEmpty else { return .null }
        return .array(
            members.map { member in
                ["identifier": .string(member.name), "accepted": .bool(member.value.scalar == "1")]
            })
    }

    /// The flow's own fields as they were sent.
    private static func flowData(_ fields: JSONObject) -> JSONObject {
        let shared = Set(FlowType.default.facts.fields.map(\.name))
        let ours: Set = [
            "flow_id", "flow_type", "flow_identifier", "finalized_at", "status", "history", "cancelled_at",
            "outgoing_at", "status_remark", "section_products",
        ]
        return JSONObject(fields.members.filter { !shared.contains($0.name) && !ours.contains($0.name) })
    }

    /// The main product, the related ones, and those that updates added.
    func soldProducts(_ fields: JSONObject) -> [JSON] {
        sold(fields).map { product, quantity in
            [
                "id": .int(product.id), "name": .text(product.fields.text("name")),
                "type": .text(product.fields.text("type")), "quantity": .int(quantity), "vat_type": "exclusive",
                "vat_percentage": 21,
                "price_data": [
                    "onetime": EmulatorCore.priceData(product, "price"),
                    "monthly": EmulatorCore.priceData(product, "price_monthly"),
                ],
            ]
        }
    }

    private func sold(_ fields: JSONObject) -> [(product: Row, quantity: Int)] {
        var ids: [(id: Int?, quantity: Int)] = [(fields["product_id"]?.int, 1)]
        for item in Validator.items(fields["related_products"]) {
            ids.append((item.object?["product_id"]?.int, item.object?["quantity"]?.int ?? 1))
        }
        for section in fields["section_products"]?.object?.members ?? [] {
            for item in section.value.object?.members ?? [] { ids.append((Int(item.name), item.value.int ?? 1)) }
        }
        return ids.compactMap { id, quantity in
            id.flatMap { tables[.products]?[$0] }.map { ($0, quantity) }
        }
    }

    /// What is sold, without VAT: once and every month.
    func totals(_ fields: JSONObject) -> (once: Double, monthly: Double) {
        sold(fields).reduce(into: (once: 0, monthly: 0)) { sum, item in
            sum.once += Double(item.quantity) * (EmulatorCore.price(item.product, "price") ?? 0)
            sum.monthly += Double(item.quantity) * (EmulatorCore.price(item.product, "price_monthly") ?? 0)
        }
    }

    private static func priceData(_ product: Row, _ name: String) -> JSON {
        [
            "price": price(product, name).map(amount) ?? .null,
            "promotion_price": price(product, name + "_action").map(amount) ?? .null,
        ]
    }

    private static func price(_ product: Row, _ name: String) -> Double? {
        product.fields.text(name).flatMap(Double.init)
    }

    /// Prices within a sale are numbers in cents' precision, unlike those of a product, which are text.
    static func amount(_ value: Double) -> JSON {
        guard value.isFinite, abs(value) < 1e12 else { return .null }
        let digits = "\((value * 100).rounded() / 100)"
        return .number(digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits)
    }
}
