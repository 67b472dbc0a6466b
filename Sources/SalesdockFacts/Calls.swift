extension Call {
    /// One page of the account's or the user's relations.
    public static let relationsList = Call("relations.list", .get, "{scope}/relations", .always)
    /// One relation, nested; account scope only.
    public static let relationGet = Call("relations.get", .get, "account/relations/{id}", .always, adminOnly: true)
    /// Creates a relation; answers 201 with `relation_id`.
    public static let relationCreate = Call("relations.create", .post, "{scope}/relations", .afterRead)
    /// Updates a relation; account scope only.
    public static let relationUpdate = Call(
        "relations.update", .put, "account/relations/{id}", .always, adminOnly: true)

    /// All products in one unpaged array.
    public static let productsList = Call("products.list", .get, "{scope}/products", .always)
    /// One product with prices, own fields and image.
    public static let productGet = Call("products.get", .get, "{scope}/products/{id}", .always)
    /// Creates a product; answers with `product_id`.
    public static let productCreate = Call("products.create", .post, "account/products", .afterRead, adminOnly: true)
    /// Deletes a product.
    public static let productDelete = Call(
        "products.delete", .delete, "account/products/{id}", .always, adminOnly: true)
    /// Tariffs and own fields of an energy product.
    public static let energyTariffsUpdate = Call(
        "products.energy.update", .put, "account/products/{id}/energy", .always, adminOnly: true)

    /// The update of a product. A body whose `attachments` hold an `add` would add them twice when sent twice.
    public static func productUpdate(addsAttachments: Bool) -> Call {
        Call(
            "products.update", .put, "account/products/{id}", addsAttachments ? .afterRead : .always, adminOnly: true)
    }

    /// All suppliers in one unpaged array.
    public static let suppliersList = Call("suppliers.list", .get, "{scope}/suppliers", .always)
    /// One supplier with its contractor data and logo.
    public static let supplierGet = Call("suppliers.get", .get, "{scope}/suppliers/{id}", .always)
    /// Creates a supplier; answers 201 with `supplier_id`.
    public static let supplierCreate = Call("suppliers.create", .post, "account/suppliers", .afterRead, adminOnly: true)
    /// Updates a supplier; the example answers 201 here too.
    public static let supplierUpdate = Call(
        "suppliers.update", .put, "account/suppliers/{id}", .always, adminOnly: true)
    /// Deletes a supplier.
    public static let supplierDelete = Call(
        "suppliers.delete", .delete, "account/suppliers/{id}", .always, adminOnly: true)

    /// Which products an organisation may sell; without `products` all of them, with an empty list none.
    public static let organisationConnect = Call(
        "organisations.connect", .post, "account/connect-organisation-to-products/{id}", .afterRead, adminOnly: true)
    /// Which organisations may sell a product; without `organisations` all of them, with an empty list none.
    public static let productConnect = Call(
        "products.connect", .post, "account/connect-product-to-organisations/{id}", .afterRead, adminOnly: true)

    /// The flows that the token may use.
    public static let flowsList = Call("flows.list", .get, "{scope}/flows", .always)
    /// One flow with its settings and sections.
    public static let flowGet = Call("flows.get", .get, "{scope}/flows/{id}", .always)
    /// The product questions, whose identifiers are the members of `questionData`.
    public static let productQuestionsList = Call("productquestions.list", .get, "{scope}/productquestions", .always)
    /// One product question with its rules.
    public static let productQuestionGet = Call("productquestions.get", .get, "{scope}/productquestions/{id}", .always)
    /// The agreements, whose identifiers are the members of `agreements`.
    public static let agreementsList = Call("agreements.list", .get, "{scope}/agreements", .always)
    /// One agreement.
    public static let agreementGet = Call("agreements.get", .get, "{scope}/agreements/{id}", .always)
    /// Statuses; the query `status_source` is `sale`, `lead` or `form`.
    public static let statusesList = Call("statuses.list", .get, "{scope}/statuses", .always)

    /// An offer or an order; the path has no scope.
    public static let saleCreate = Call("sales.create", .post, "sales/flow/{flow_type}/{flow_identifier}", .afterRead)
    /// One page of sales, offers and orders alike.
    public static let salesList = Call("sales.list", .get, "{scope}/sales", .always)
    /// One sale, nested.
    public static let saleGet = Call("sales.get", .get, "{scope}/sales/{id}", .always)
    /// The products of a sale with their prices.
    public static let saleProducts = Call("sales.products", .get, "{scope}/sales/{id}/products", .always)
    /// What happened to a sale.
    public static let saleHistory = Call(
        "sales.history", .get, "account/sales/{id}/history", .always, adminOnly: true)
    /// The documents of a sale.
    public static let saleDocuments = Call(
        "sales.documents", .get, "account/sales/{id}/documents", .always, adminOnly: true)

    /// The update of an open offer. A body that names products (`flow_default.products` and its kin of other flows)
    /// would add them twice when sent twice.
    public static func proposalUpdate(changesProducts: Bool) -> Call {
        Call("proposals.update", .patch, "{scope}/proposal/{id}", changesProducts ? .afterRead : .always)
    }

    /// The update of an accepted offer or a direct order; the same body as `proposalUpdate`.
    public static func finalizedSaleUpdate(changesProducts: Bool) -> Call {
        Call(
            "sales.update", .patch, "account/sales/{id}", changesProducts ? .afterRead : .always, adminOnly: true)
    }

    /// Every call, each once.
    public static let all: [Call] = [
        relationsList, relationGet, relationCreate, relationUpdate,
        productsList, productGet, productCreate, productUpdate(addsAttachments: false), productDelete,
        energyTariffsUpdate, suppliersList, supplierGet, supplierCreate, supplierUpdate, supplierDelete,
        organisationConnect, productConnect, flowsList, flowGet, productQuestionsList, productQuestionGet,
        agreementsList, agreementGet, statusesList, saleCreate, salesList, saleGet, saleProducts, saleHistory,
        saleDocuments, proposalUpdate(changesProducts: false), finalizedSaleUpdate(changesProducts: false),
    ]
}
