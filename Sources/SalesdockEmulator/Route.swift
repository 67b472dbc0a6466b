/// The calls that the emulator knows.
enum Endpoint: String, Sendable {
    case relationList, relationGet, relationCreate, relationUpdate
    case supplierList, supplierGet, supplierCreate, supplierUpdate, supplierDelete
    case productList, productGet, productCreate, productUpdate, productDelete, energyUpdate
    case organisationConnect, productConnect
    case flowList, flowGet, questionList, questionGet, agreementList, agreementGet, statusList
    case saleCreate, saleList, saleGet, saleProducts, saleHistory, saleDocuments, saleContract, saleAnswers
    case proposalUpdate, saleUpdate, saleStatusUpdate, saleCancel
    case organisationList, userList
}

/// A call's method and path pattern.
struct Route: Sendable {
    let method: String
    let segments: [String]
    let endpoint: Endpoint

    init(_ method: String, _ path: String, _ endpoint: Endpoint) {
        self.method = method
        self.segments = path.split(separator: "/").map(String.init)
        self.endpoint = endpoint
    }

    /// Method and path without the scope: how requests are counted by call.
    var callName: String {
        let named = segments.filter { !["{scope}", "account", "user"].contains($0) }
        return "\(method) \(named.joined(separator: "/"))"
    }

    /// Whether the path fits; `{id}` takes digits only.
    func fits(_ path: [Substring]) -> Bool {
        guard path.count == segments.count else { return false }
        return zip(segments, path).allSatisfy { pattern, segment in
            switch pattern {
            case "{scope}": segment == "user" || segment == "account"
            case "{id}": !segment.isEmpty && segment.utf8.allSatisfy { (0x30...0x39).contains($0) }
            case "{name}": !segment.isEmpty
            default: segment == pattern
            }
        }
    }

    static let all: [Route] = [
        Route("GET", "{scope}/relations", .relationList),
        Route("POST", "{scope}/relations", .relationCreate),
        Route("GET", "account/relations/{id}", .relationGet),
        Route("PUT", "account/relations/{id}", .relationUpdate),
        Route("GET", "{scope}/suppliers", .supplierList),
        Route("GET", "{scope}/suppliers/{id}", .supplierGet),
        Route("POST", "account/suppliers", .supplierCreate),
        Route("PUT", "account/suppliers/{id}", .supplierUpdate),
        Route("DELETE", "account/suppliers/{id}", .supplierDelete),
        Route("GET", "{scope}/products", .productList),
        Route("GET", "{scope}/products/{id}", .productGet),
        Route("POST", "account/products", .productCreate),
        Route("PUT", "account/products/{id}", .productUpdate),
        Route("DELETE", "account/products/{id}", .productDelete),
        Route("PUT", "account/products/{id}/energy", .energyUpdate),
        Route("POST", "account/connect-organisation-to-products/{id}", .organisationConnect),
        Route("POST", "account/connect-product-to-organisations/{id}", .productConnect),
        Route("GET", "{scope}/flows", .flowList),
        Route("GET", "{scope}/flows/{id}", .flowGet),
        Route("GET", "{scope}/productquestions", .questionList),
        Route("GET", "{scope}/productquestions/{id}", .questionGet),
        Route("GET", "{scope}/agreements", .agreementList),
        Route("GET", "{scope}/agreements/{id}", .agreementGet),
        Route("GET", "{scope}/statuses", .statusList),
        Route("POST", "sales/flow/{name}/{name}", .saleCreate),
        Route("GET", "{scope}/sales", .saleList),
        Route("GET", "{scope}/sales/{id}", .saleGet),
        Route("PATCH", "account/sales/{id}", .saleUpdate),
        Route("GET", "{scope}/sales/{id}/products", .saleProducts),
        Route("GET", "account/sales/{id}/history", .saleHistory),
        Route("GET", "account/sales/{id}/documents", .saleDocuments),
        Route("GET", "account/sales/contract/{id}", .saleContract),
        Route("GET", "{scope}/sales/answers/{id}", .saleAnswers),
        Route("PATCH", "{scope}/proposal/{id}", .proposalUpdate),
        Route("POST", "account/sales/updatestatus/{id}", .saleStatusUpdate),
        Route("POST", "user/sales/cancel/{id}", .saleCancel),
        Route("GET", "account/organisations", .organisationList),
        Route("GET", "account/users", .userList),
    ]
}

/// A request that was let in: who asks for what.
struct AdmittedCall: Sendable {
    let request: EmulatorRequest
    let route: Route
    /// Path segments after `v1`.
    let path: [String]
    let userID: Int

    /// Whether the scope is the whole account.
    var isAccount: Bool { path.first == "account" }

    /// Path after `v1/`.
    var pathText: String { path.joined(separator: "/") }

    /// The record id in the path; patterns have at most one.
    var id: Int {
        let index = route.segments.firstIndex(of: "{id}")
        return index.flatMap { Int(path[$0]) } ?? 0
    }

    /// The call as seen at one instant, with its body read.
    func context(at now: Double) -> CallContext? {
        guard let body = bodyObject else { return nil }
        return CallContext(call: self, now: now, body: body)
    }

    private var bodyObject: JSONObject? {
        guard !request.body.isEmpty else { return JSONObject() }
        if request.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true {
            return FormText.object(FormText.items(String(decoding: request.body, as: UTF8.self)))
        }
        return (try? JSON.parse(request.body))?.object
    }
}

/// One call being answered.
struct CallContext {
    let call: AdmittedCall
    let now: Double
    let body: JSONObject

    var request: EmulatorRequest { call.request }
    var id: Int { call.id }
    var userID: Int { call.userID }

    /// Whether the caller may see a record of that owner: everything with the scope `account`, else only its own.
    func mayRead(owner: Int) -> Bool { call.isAccount || owner == call.userID }
}
