internal import SalesdockFacts

extension EmulatorCore {
    mutating func saleCreate(_ context: CallContext) -> EmulatorReply {
        let path = context.call.path
        guard let flow = Catalogue.flow(type: path[2], identifier: path[3]) else { return .notFound }
        let body = context.body
        let facts = ResourceFacts.offers(flowType: flow.type)
        var errors = Validator(fields: facts.fields, mode: .create).errors(in: body)
        checkFlow(flow, body, &errors)
        let relation = body["relation_id"].flatMap { $0.isFilled ? $0.int : nil }
        if let relation, !maySell(to: relation, context) {
            errors.add("relation_id", "Het geselecteerde relation id is ongeldig.")
        }
        guard errors.isEmpty else { return .invalid400(errors, message: "Validation Error.") }
        guard let product = sellable(body["product_id"]), relatedProductsExist(body) else {
            return .failure(400, "Invalid product", code: flow.type == "default" ? "400" : nil)
        }
        let relationID = relation ?? newRelation(for: body, context)
        var fields = storedSale(body, flow: flow, product: product, relation: relationID, now: context.now)
        let created = body.text("initial_created_at").flatMap(Amsterdam.instant)
        let isCompleted = body[SaleSideEffects.emailsUnlessFilled]?.isFilled == true
        fields["history"] = [
            [
                "type": "created", "modified_at": .string(Amsterdam.timestamp(context.now)), "previous_status": nil,
                "new_status": fields["status"] ?? "new", "remark": nil, "user": nil, "type_data": nil,
            ]
        ]
        let id = insert(.sales, fields: fields, owner: context.userID, createdAt: created, now: context.now)
        if !isCompleted { mail(sale: id, fields: fields, now: context.now) }
        return .success(["sale_id": .int(id)], "Sale created successfully.", status: 201)
    }

    private func checkFlow(_ flow: Flow, _ body: JSONObject, _ errors: inout ValidationErrors) {
        for agreement in flow.mandatoryAgreements {
            let answer = body["agreements"]?.object?.text(agreement)
            if answer != "1" { errors.add("agreements.\(agreement)", "\(agreement) moet zijn geaccepteerd.") }
        }
        for question in flow.mandatoryQuestions where body["questionData"]?.object?[question]?.isFilled != true {
            errors.add("questionData.\(question)", "Het veld \(question) is verplicht.")
        }
    }

    /// An Admin may sell to every relation, an Agent to its own.
    private func maySell(to relation: Int, _ context: CallContext) -> Bool {
        guard let row = tables[.relations]?[relation] else { return false }
        return isAdmin(context) || row.owner == context.userID
    }

    private func isAdmin(_ context: CallContext) -> Bool {
        tokens.values.contains { $0.role == .admin && userIDs[$0.name] == context.userID }
    }

    /// The product, when it exists and is active.
    private func sellable(_ value: JSON?) -> Row? {
        guard let row = value?.int.flatMap({ tables[.products]?[$0] }), row.fields.text("active") == "1" else {
            return nil
        }
        return row
    }

    private func relatedProductsExist(_ body: JSONObject) -> Bool {
        Validator.items(body["related_products"]).allSatisfy { item in
            guard let id = item.object?["product_id"], id.isFilled else { return true }
            return sellable(id) != nil
        }
    }

    private mutating func newRelation(for body: JSONObject, _ context: CallContext) -> Int {
        var fields = storedRelation(body)
        fields["user_id"] = nil
        fields["organisation_id"] = nil
        fields["visibility"] = "private"
        return insert(.relations, fields: fields, owner: context.userID, now: context.now)
    }

    private func storedSale(
        _ body: JSONObject, flow: Flow, product: Row, relation: Int, now: Double
    ) -> JSONObject {
        var fields = Normalizer(unkind: options.unkind).stored(body)
        let isOffer = body.text("transaction_type") == "offer"
        let signed = body.text("contract_date").flatMap(Amsterdam.dayNumberDutch)
        fields["relation_id"] = .int(relation)
        fields["product_id"] = .int(product.id)
        fields["business"] = .text(body.text("business"))
        fields["flow_id"] = .int(flow.id)
        fields["flow_type"] = .string(flow.type)
        fields["flow_identifier"] = .string(flow.identifier)
        fields["finalized_at"] = signed.map { .string(Amsterdam.date(day: $0) + " 00:00:00") } ?? .null
        fields["status"] =
            switch (isOffer, signed != nil) {
            case (true, true): "offer_accepted"
            case (false, false): "verification_pending"
            default: "new"
            }
        return fields
    }

    private mutating func mail(sale id: Int, fields: JSONObject, now: Double) {
        let isOffer = fields.text("transaction_type") == "offer"
        commit(
            .mail([
                "sale_id": .int(id), "to": fields["email"] ?? .null,
                "kind": isOffer ? "offer_acceptance" : "order_verification",
                "at": .string(Amsterdam.timestamp(now)), "at_unix": .number("\(now)"),
            ]))
    }
}
