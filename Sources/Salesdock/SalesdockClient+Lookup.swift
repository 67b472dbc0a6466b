internal import ExactJSON
internal import SalesdockFacts

/// Which server it is, so that what was learned of one is not believed of another.
public struct HostIdentity: Sendable, Hashable, CustomStringConvertible {
    /// Host and port.
    public let host: String
    /// The account's name.
    public let domain: String
    /// The emulator's instance; `nil` for Salesdock itself.
    public let instance: String?

    public var description: String { "\(host)/\(domain)" + (instance.map { "#\($0)" } ?? "") }
}

extension SalesdockClient {
    /// Asks the server who it is with one cheap read, which also proves address, domain, scope and token.
    public func probe() async throws(SalesdockError) -> HostIdentity {
        _ = try await read(APIRequest(.flowsList))
        return HostIdentity(host: connection.host, domain: connection.domain, instance: instance)
    }

    /// Relations that Salesdock's free-text search finds; it looks at names, e-mail and postcode.
    public func searchRelations(q text: String) async throws(SalesdockError) -> [RemoteRelation] {
        var request = APIRequest(.relationsList)
        request.add("q", text)
        return try await list(request, RemoteRecords.relation)
    }

    /// Relations created from one day to another, both included; without days, all.
    /// - Parameters:
    ///   - first: `yyyy-mm-dd` in Salesdock's time zone.
    ///   - last: as `first`.
    public func relations(
        createdFrom first: String? = nil, to last: String? = nil
    ) async throws(SalesdockError) -> [RemoteRelation] {
        var request = APIRequest(.relationsList)
        request.addPeriod(first, last)
        return try await list(request, RemoteRecords.relation)
    }

    /// One relation with its extra fields, which only the scope `account` can read.
    /// - Returns: `nil` when there is none of that id.
    public func relation(_ id: Int) async throws(SalesdockError) -> RemoteRelation? {
        try await one(APIRequest(.relationGet, id: id), RemoteRecords.relation)
    }

    /// Products, the active or the inactive ones; without `active` Salesdock returns the active ones.
    public func products(active: Bool? = nil) async throws(SalesdockError) -> [RemoteProduct] {
        var request = APIRequest(.productsList)
        request.add("active", active.map { $0 ? "1" : "0" })
        return try await list(request, RemoteRecords.product)
    }

    /// One product with its prices and own fields.
    /// - Returns: `nil` when there is none of that id.
    public func product(_ id: Int) async throws(SalesdockError) -> RemoteProduct? {
        try await one(APIRequest(.productGet, id: id), RemoteRecords.product)
    }

    /// All suppliers.
    public func suppliers() async throws(SalesdockError) -> [RemoteSupplier] {
        try await list(APIRequest(.suppliersList), RemoteRecords.supplier)
    }

    /// One supplier.
    /// - Returns: `nil` when there is none of that id.
    public func supplier(_ id: Int) async throws(SalesdockError) -> RemoteSupplier? {
        try await one(APIRequest(.supplierGet, id: id), RemoteRecords.supplier)
    }

    /// Offers and orders created from one day to another, both included, as for `relations`.
    public func sales(
        from first: String? = nil, to last: String? = nil, extended: Bool = false
    ) async throws(SalesdockError) -> [RemoteSale] {
        var request = APIRequest(.salesList)
        request.addPeriod(first.map { $0 + " 00:00:00" }, last.map { $0 + " 23:59:59" })
        if extended { request.add("extended", "true") }
        return try await list(request, RemoteRecords.sale)
    }

    /// One offer or order.
    /// - Returns: `nil` when there is none of that id.
    public func sale(_ id: Int) async throws(SalesdockError) -> RemoteSale? {
        try await one(APIRequest(.saleGet, id: id), RemoteRecords.sale)
    }

    /// All flows that the token may use.
    public func flows() async throws(SalesdockError) -> [RemoteFlow] {
        try await list(APIRequest(.flowsList), RemoteRecords.flow)
    }

    /// Relations on the server, and on a page, by the list's first page.
    public func relationsCount() async throws(SalesdockError) -> (total: Int, perPage: Int) {
        let data = try await read(APIRequest(.relationsList))
        let rows = data["data"]?.array ?? data.array ?? []
        return (data["total"]?.int ?? rows.count, max(1, data["per_page"]?.int ?? Assumptions.relationsPageSize))
    }

    private func list<Record>(
        _ request: APIRequest, _ decode: (JSONValue) -> Record?
    ) async throws(SalesdockError) -> [Record] {
        var records: [Record] = []
        for row in try await all(request) {
            guard let record = decode(row) else {
                throw SalesdockError(.badAnswer, "A record in the answer to \(request.call.name) can not be read.")
            }
            records.append(record)
        }
        return records
    }

    private func one<Record>(
        _ request: APIRequest, _ decode: (JSONValue) -> Record?
    ) async throws(SalesdockError) -> Record? {
        let data: JSONValue
        do {
            data = try await read(request)
        } catch {
            if error.code == .rejected, error.status == 404 { return nil }
            throw error
        }
        guard let record = decode(data) else {
            throw SalesdockError(.badAnswer, "The answer to \(request.call.name) can not be read.")
        }
        return record
    }
}

extension APIRequest {
    fileprivate mutating func addPeriod(_ first: String?, _ last: String?) {
        guard first != nil || last != nil else { return }
        add("period_filter_on", "created_date")
        add("period", "custom")
        add("period_start", first)
        add("period_end", last)
    }
}
