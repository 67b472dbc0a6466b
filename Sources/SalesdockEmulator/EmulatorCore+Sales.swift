extension EmulatorCore {
    mutating func saleList(_ context: CallContext) -> EmulatorReply {
        let filter = SaleFilter(context.request)
        let found = listed(.sales, context, ownOnly: true) { row, fields in
            filter.fits(row, fields, productOf: { tables[.products]?[$0] })
        }
        let page = Page.sales.range(of: found.count, request: context.request)
        let isExtended = ["true", "1"].contains(context.request.queryValue("extended") ?? "")
        let rows = found[page.range].map { row, shown -> JSON in
            .object(isExtended ? singleSale(row, shown) : listedSale(row, shown))
        }
        return .success(
            Page.sales.json(
                page: page.page, range: page.range, total: found.count, rows: rows, request: context.request),
            "Sales succesvol opgehaald")
    }

    func saleRead(_ endpoint: Endpoint, _ context: CallContext) -> EmulatorReply {
        guard let row = tables[.sales]?[context.id], context.mayRead(owner: row.owner) else { return .notFound }
        switch endpoint {
        case .saleProducts: return .success(saleProducts(row), "Producten van de sale succesvol opgehaald")
        case .saleHistory: return .success(row.fields["history"] ?? [], "Sale history retrieved successfully")
        case .saleDocuments:
            let name = "\(EmulatorCore.documentKind(row)) \(row.id).pdf"
            return .success(
                [["name": .string(name), "location": .string("/documents/sales/\(row.id)")]],
                "Sale documents retrieved successfully")
        case .saleContract:
            let contract: JSON = [
                "content": row.fields.value(at: "contract_pdf.content") ?? "JVBERi0xLjQK",
                "name": .string("\(EmulatorCore.documentKind(row)) \(row.id).pdf"), "mime-type": "application/pdf",
            ]
            return .success(["id": .int(row.id), "contract": contract], "Sale contract succesvol opgehaald")
        case .saleAnswers:
            return .success(row.fields["questionData"] ?? [], "Productvragen van de sale succesvol opgehaald")
        default: return .success(.object(singleSale(row, row.current)), "Sale retrieved successfully")
        }
    }

    private func saleProducts(_ row: Row) -> JSON {
        let totals = totals(row.fields)
        return [
            "sale_id": .int(row.id), "products": .array(soldProducts(row.fields)), "additional_costs": [],
            "discounts": [],
            "totals": [
                "monthly_excluding_vat": EmulatorCore.amount(totals.monthly),
                "monthly_including_vat": EmulatorCore.amount(totals.monthly * 1.21),
                "onetime_excluding_vat": EmulatorCore.amount(totals.once),
                "onetime_including_vat": EmulatorCore.amount(totals.once * 1.21), "vat_lump_sum": 0,
                "net_investment": EmulatorCore.amount(totals.once),
            ],
        ]
    }

    private static func documentKind(_ row: Row) -> String {
        row.fields.text("transaction_type") == "offer" ? "Offerte" : "Order"
    }

    private func listedSale(_ row: Row, _ shown: Snapshot) -> JSONObject {
        let fields = shown.fields
        let isOffer = fields.text("transaction_type") == "offer"
        let accepted: JSON = isOffer && fields["finalized_at"]?.isFilled == true ? "1" : nil
        let product = fields["product_id"]?.int.flatMap { tables[.products]?[$0] }
        let supplier = product?.fields["supplier_id"]?.int.flatMap { tables[.suppliers]?[$0] }
        var data: JSONObject = [
            "id": .int(row.id), "user_id": .int(row.owner), "type": "sale",
            "sub_type": fields["transaction_type"] ?? .null, "offer": isOffer ? "1" : "0",
            "offer_accepted": accepted, "status": .text(fields.text("status")), "verification": "none",
            "verified": nil, "flow_id": fields["flow_id"] ?? .null, "product_id": fields["product_id"] ?? .null,
            "incoming_id": nil, "created_at": .string(Amsterdam.timestamp(row.createdAt)),
            "last_published_at": .string(Amsterdam.timestamp(shown.updatedAt)),
            "finalized_at": .text(fields.text("finalized_at")),
            "updated_at": .string(Amsterdam.timestamp(shown.updatedAt)),
            "outgoing_at": .text(fields.text("outgoing_at")),
            "offer_answered_at": isOffer ? .text(fields.text("finalized_at")) : nil, "verified_at": nil,
            "valid_till": EmulatorCore.validTill(row, fields), "cancelled_at": .text(fields.text("cancelled_at")),
            "status_remark": .text(fields.text("status_remark")), "cancelled_remark": "",
            "user_firstname": .string(fields.text("initial_user_firstname") ?? "Integratie"),
            "user_lastname": .string(fields.text("initial_user_lastname") ?? String(row.owner)),
            "user_email": .string("user\(row.owner)@demo.example"),
            "organisation_name": .string(fields.text("initial_organisation_name") ?? "Default"),
            "organisation_identifier": "default",
        ]
        let names = [
            "gender", "firstname", "lastname", "business", "company_name", "postcode", "housenumber", "streetname",
            "city", "birthdate", "phone", "email", "iban", "connection_postcode", "connection_housenumber",
            "connection_streetname", "connection_city",
        ]
        for name in names { data[name] = .text(fields.text(name)) }
        data["product_name"] = .text(product?.fields.text("name"))
        data["product_identifier"] = .text(product?.fields.text("identifier"))
        data["supplier_name"] = .text(supplier?.fields.text("name"))
        data["lead_id"] = .null
        data["relation_id"] = fields["relation_id"] ?? .null
        return data
    }

    /// The sent day at midnight, else a fortnight after an offer was made.
    static func validTill(_ row: Row, _ fields: JSONObject) -> JSON {
        guard fields.text("transaction_type") == "offer" else { return .null }
        let sent = fields.text("valid_till").flatMap { Amsterdam.dayNumber($0) ?? Amsterdam.dayNumberDutch($0) }
        return .string(Amsterdam.date(day: sent ?? Amsterdam.day(of: row.createdAt) + 14) + " 00:00:00")
    }
}

/// The filters of the sales list.
struct SaleFilter {
    private let type: String?
    private let flow: String?
    private let supplier: String?
    private let statuses: Set<String>
    private let offerStatuses: Set<String>
    private let productTypes: Set<String>
    private let ids: Set<String>
    private let organisations: Set<String>

    init(_ request: EmulatorRequest) {
        func value(_ name: String) -> String? { request.queryValue(name).flatMap { $0.isEmpty ? nil : $0 } }
        type = value("type")
        flow = value("flow_id")
        supplier = value("supplier_id")
        statuses = Set(request.queryList("statuses"))
        offerStatuses = Set(request.queryList("offer_statuses"))
        productTypes = Set(request.queryList("product_types"))
        ids = Set(request.queryList("sale_ids"))
        organisations = Set(request.queryList("organisations"))
    }

    func fits(_ row: Row, _ fields: JSONObject, productOf: (Int) -> Row?) -> Bool {
        let isOffer = fields.text("transaction_type") == "offer"
        if let type, (type == "offer") != isOffer { return false }
        if let flow, fields.text("flow_id") != flow { return false }
        if !statuses.isEmpty, !statuses.contains(fields.text("status") ?? "") { return false }
        if !offerStatuses.isEmpty, !isOffer || !offerStatuses.contains(SaleFilter.offerStatus(fields)) { return false }
        if !ids.isEmpty, !ids.contains(String(row.id)) { return false }
        if !organisations.isEmpty, !organisations.contains(String(EmulatorCore.organisationID)) { return false }
        guard supplier != nil || !productTypes.isEmpty else { return true }
        let product = fields["product_id"]?.int.flatMap(productOf)
        if let supplier, product?.fields.text("supplier_id") != supplier { return false }
        return productTypes.isEmpty || productTypes.contains(product?.fields.text("type") ?? "")
    }

    /// `open`, `1` (accepted), `0` (declined) or `2` (expired).
    private static func offerStatus(_ fields: JSONObject) -> String {
        switch fields.text("status") {
        case "offer_rejected": "0"
        case "offer_expired": "2"
        default: fields["finalized_at"]?.isFilled == true ? "1" : "open"
        }
    }
}
