import ExactJSON
import Ledgers
import Pipelines
import Salesdock
import SalesdockFacts

/// Everything that is read from Salesdock on behalf of a run: matches for new rows, look-ups of lost attempts, and the
/// controls that show that a look-up works.
actor RemoteDirectory {
    let client: SalesdockClient
    let sink: SalesdockSink
    private let time: any TimeSource
    /// One reader at a time, so that several lost attempts share one reading of a list.
    private let gate = FairGate()
    var index: [String: [Int]]?
    /// Fields of the records that a plan has seen; `nil` where nobody needs them.
    var seen: [Int: [String: String?]]?
    private var own: [String: [Int]] = [:]
    private var lists: [String: (readAt: BootTime, candidates: [Candidate])] = [:]
    private var flowNames: [Int: String]?
    /// What was read of records that rows name by their id, until it is compared.
    private var read: [Int: [String: String?]] = [:]
    /// Every customer's id, where single customers can't be read.
    private var ids: Set<Int>?
    /// Every record, once a rebuild has read them.
    private var all: [Candidate]?

    init(client: SalesdockClient, sink: SalesdockSink, time: any TimeSource) {
        self.client = client
        self.sink = sink
        self.time = time
    }

    // Ids of existing entities that rows name by another value.
    static func lookupTable(_ spec: LookupSpec, _ client: SalesdockClient) async throws -> [String: Int] {
        func table(_ rows: [(id: Int, fields: [String: String?])]) -> [String: Int] {
            var table: [String: Int] = [:]
            for row in rows { if let value = row.fields[spec.by] ?? nil { table[value] = row.id } }
            return table
        }
        switch spec.kind {
        case .suppliers: return table(try await client.suppliers().map { ($0.id, $0.fields) })
        case .products: return table(try await products(client).map { ($0.id, $0.fields) })
        case .customers: return table(try await client.relations().map { ($0.id, $0.fields) })
        case .offers: return [:]
        }
    }

    static func products(_ client: SalesdockClient) async throws -> [RemoteProduct] {
        let active = try await client.products(active: true)
        if client.connection.scope == .user { return active }
        return active + (try await client.products(active: false))
    }

    /// Reads the list once, when that costs fewer requests than one search a row.
    ///
    /// - Parameter rows: how many rows have no id yet.
    func prepareMatching(rows: Int) async throws {
        guard !sink.match.isEmpty, !sink.matchesByID, rows > 0, index == nil else { return }
        switch sink.kind {
        case .customers:
            let (total, perPage) = try await client.relationsCount()
            let pages = (total + perPage - 1) / perPage
            if pages < rows || searchField == nil {
                index = table(try await client.relations().map { ($0.id, $0.fields) })
            }
        case .suppliers: index = table(try await client.suppliers().map { ($0.id, $0.fields) })
        case .products: index = table(try await Self.products(client).map { ($0.id, $0.fields) })
        case .offers: break
        }
    }

    /// The highest id that is there, whichever way the lists are sorted.
    func highestID() async throws -> Int {
        switch sink.kind {
        case .suppliers: return try await client.suppliers().map(\.id).max() ?? 0
        case .products: return try await Self.products(client).map(\.id).max() ?? 0
        case .customers: return try await highest(APIRequest(.relationsList))
        case .offers: return try await highest(APIRequest(.salesList))
        }
    }

    /// Of a list in pages: it is sorted by age, so the highest id is on the first page or on the last.
    private func highest(_ request: APIRequest) async throws -> Int {
        func ids(_ page: JSONValue) -> [Int] { (page["data"]?.array ?? page.array ?? []).compactMap { $0["id"]?.int } }
        let first = try await client.read(request)
        guard let last = first["last_page"]?.int, last > 1 else { return ids(first).max() ?? 0 }
        return (ids(first) + ids(try await client.read(request.with("page", String(last))))).max() ?? 0
    }

    func table(_ rows: [(id: Int, fields: [String: String?])]) -> [String: [Int]] {
        var table: [String: [Int]] = [:]
        for row in rows {
            if let key = MatchKey.of(sink.match, { row.fields[$0] ?? nil }) { table[key, default: []].append(row.id) }
        }
        return table
    }

    /// The match field that free-text search knows.
    var searchField: String? {
        ["email", "company_name", "lastname", "postcode"].first(where: sink.match.contains)
    }

    /// Whether each row that the ledger does not know is searched for by itself.
    var searchesForMatches: Bool { sink.kind == .customers && index == nil && searchField != nil }

    /// Ids of the records that carry these match values, ours of this run included.
    func match(_ values: [String]) async throws -> [Int] {
        if sink.matchesByID { return try await existing(values[0]).map { [$0] } ?? [] }
        let named = Dictionary(zip(sink.match, values), uniquingKeysWith: { first, _ in first })
        guard let key = MatchKey.of(sink.match, { named[$0] }) else { return [] }
        var ids = own[key] ?? []
        if let index {
            ids += index[key] ?? []
        } else if sink.kind == .customers, let field = searchField, let text = named[field] {
            let found = try await client.searchRelations(q: text)
            ids += table(found.map { ($0.id, $0.fields) })[key] ?? []
            if seen != nil { for relation in found { seen?[relation.id] = relation.fields } }
        }
        return Array(Set(ids)).sorted()
    }

    /// The id that a row names, if Salesdock has a record of it.
    private func existing(_ text: String) async throws -> Int? {
        guard let id = Int(text), id > 0 else { return nil }
        if sink.kind == .customers, client.connection.scope == .user {
            if ids == nil { ids = Set(try await client.relations().map(\.id)) }
            return ids?.contains(id) == true ? id : nil
        }
        guard let fields = try await fields(id) else { return nil }
        read[id] = fields
        return id
    }

    /// What Salesdock has of a record, by the names used in writing; costs one request.
    private func fields(_ id: Int) async throws -> [String: String?]? {
        switch sink.kind {
        case .customers: return client.connection.scope == .account ? try await client.relation(id)?.fields : nil
        case .suppliers: return try await client.supplier(id)?.fields
        case .products: return try await client.product(id)?.fields
        case .offers: return try await client.sale(id)?.written
        }
    }

    /// Unclaimed records that share what identifies one and contradict a payload in nothing, of every age.
    ///
    /// - Returns: their ids, and the id of a customer that may be it and can be reached in a way that the payload doesn't
    ///   know of.
    func recordsLike(_ payload: JSONValue, isClaimed: @Sendable (Int) throws -> Bool) async throws
        -> (ids: [Int], richer: Int?)
    {
        try await gate.enter()
        defer { gate.leave() }
        if all == nil { all = try await everyRecord() }
        let decision = LookUpDecision(
            kind: sink.kind, payload: try await identified(payload), highestIDSeen: 0, days: .any, others: [])
        let found = try decision.fitting(all ?? [], isClaimed: isClaimed)
        let richer = found.first { candidate in
            sink.kind == .customers
                && ["email", "phone"].contains { candidate.fields[$0] ?? nil != nil && payload[$0]?.scalarText == nil }
        }
        return (found.map(\.id), richer?.id)
    }

    private func everyRecord() async throws -> [Candidate] {
        switch sink.kind {
        case .customers:
            return try await client.relations().map { Candidate(id: $0.id, fields: $0.fields, createdAt: $0.createdAt) }
        case .offers:
            let names = try await flows()
            return try await client.sales().map { Candidate(sale: $0, flowNames: names) }
        case .products:
            return try await Self.products(client).map {
                Candidate(id: $0.id, fields: $0.fields, createdAt: $0.createdAt)
            }
        case .suppliers:
            return try await client.suppliers().map {
                Candidate(id: $0.id, fields: $0.fields, createdAt: $0.createdAt)
            }
        }
    }

    /// Remembers a record of this run, which a search may not know yet.
    func noteOwn(_ values: [String]?, id: Int) {
        guard let values else { return }
        let named = Dictionary(zip(sink.match, values), uniquingKeysWith: { first, _ in first })
        if let key = MatchKey.of(sink.match, { named[$0] }) { own[key, default: []].append(id) }
    }

    /// What Salesdock has of a record; costs one read, unless the match has just made it, and none where that can't be
    /// told.
    func look(at id: Int) async throws -> RemoteSight {
        if sink.kind == .customers, client.connection.scope == .user { return .unread }
        if let known = read.removeValue(forKey: id) { return .fields(known) }
        return try await fields(id).map(RemoteSight.fields) ?? .gone
    }

    /// What a match by id has read of a record, once.
    func matched(_ id: Int) -> RemoteSight? { read.removeValue(forKey: id).map(RemoteSight.fields) }

    /// Whether a lost attempt has made a record.
    ///
    /// - Parameters:
    ///   - readAfter: a list that was read earlier is read again.
    ///   - others: payloads of the other open creates.
    func lookUp(
        _ intent: Intent, readAfter: BootTime, others: @Sendable () throws -> [JSONObject],
        isClaimed: @Sendable (Int) throws -> Bool
    ) async throws -> LookUp {
        let days = LookUpDays(sentUnixSeconds: intent.sentAt.unixSeconds, payload: intent.payload)
        let payload = try await identified(intent.payload)
        let candidates = try await candidates(for: payload, days, readAfter: readAfter)
        return try decide(intent, payload, days, candidates, others, isClaimed)
    }

    /// Meanwhile other creates come to their end, so both they and the claims must be as of one moment.
    private func decide(
        _ intent: Intent, _ payload: JSONObject, _ days: LookUpDays, _ candidates: [Candidate],
        _ others: () throws -> [JSONObject], _ isClaimed: (Int) throws -> Bool
    ) throws -> LookUp {
        var open = try others()
        while true {
            let decision = LookUpDecision(
                kind: sink.kind, payload: payload, highestIDSeen: intent.highestIDSeen, days: days, others: open)
            let found = try decision.decide(candidates, isClaimed: isClaimed)
            let stillOpen = try others()
            if stillOpen == open { return found }
            open = stillOpen
        }
    }

    /// Looks once more whether a lost attempt has made a record, and whether the same reading of the lists shows one that
    /// is known to be there.
    ///
    /// The days are the attempt's, and those up to the control's where it was made on others: a reading that leaves the
    /// attempt's own days out shows nothing of the attempt.
    func lookUp(
        _ intent: Intent, beside control: Control, readAfter: BootTime, others: @Sendable () throws -> [JSONObject],
        isClaimed: @Sendable (Int) throws -> Bool
    ) async throws -> (found: LookUp, showsControl: Bool?) {
        let days = LookUpDays(sentUnixSeconds: intent.sentAt.unixSeconds, payload: intent.payload)
        let controls = LookUpDays(sentUnixSeconds: control.sentUnixSeconds, payload: control.payload)
        let apart = abs(control.sentUnixSeconds - intent.sentAt.unixSeconds) / 86_400
        let read = days.joined(controls, isNear: apart <= Self.controlDaysMax)
        let payload = try await identified(intent.payload)
        let listed = try await candidates(for: payload, read, readAfter: readAfter, searches: false)
        let found = try decide(intent, payload, days, listed, others, isClaimed)
        let isShown = listed.contains { $0.id == control.remoteID }
        // Not to be in what was not read says nothing.
        return (found, isShown || read.covers(controls) ? isShown : nil)
    }

    /// Most days between an attempt and a control that are read to see both.
    private static let controlDaysMax = 10

    /// An offer is told apart by its flow as well, which its body does not name.
    private func identified(_ payload: JSONValue) async throws -> JSONObject {
        var object = payload.object ?? JSONObject()
        if sink.kind == .offers, let flow = sink.flow { object["flow"] = .string(flow) }
        return object
    }

    private func candidates(for payload: JSONObject, _ days: LookUpDays, readAfter: BootTime, searches: Bool = true)
        async throws
        -> [Candidate]
    {
        try await gate.enter()
        defer { gate.leave() }
        switch sink.kind {
        case .suppliers:
            return try await list("suppliers", readAfter) {
                try await $0.suppliers().map { Candidate(id: $0.id, fields: $0.fields, createdAt: $0.createdAt) }
            }
        case .products:
            return try await list("products", readAfter) {
                try await Self.products($0).map { Candidate(id: $0.id, fields: $0.fields, createdAt: $0.createdAt) }
            }
        case .customers:
            let made = try await list("relations \(days.first) \(days.last)", readAfter) {
                try await $0.relations(createdFrom: days.first, to: days.last)
                    .map { Candidate(id: $0.id, fields: $0.fields, createdAt: $0.createdAt) }
            }
            let text = ["email", "company_name", "lastname"].lazy.compactMap { payload[$0]?.scalarText }.first
            guard searches, let text else { return made }
            let found = try await client.searchRelations(q: text)
            return made + found.map { Candidate(id: $0.id, fields: $0.fields, createdAt: $0.createdAt) }
        case .offers: return try await sales(days, readAfter)
        }
    }

    private func sales(_ days: LookUpDays, _ readAfter: BootTime) async throws -> [Candidate] {
        let names = try await flows()
        var found: [Candidate] = []
        for (first, last) in [(days.first, days.last)] + days.claimed.map({ ($0, $0) }) {
            found += try await list("sales \(first) \(last)", readAfter) {
                try await $0.sales(from: first, to: last).map { Candidate(sale: $0, flowNames: names) }
            }
        }
        return found
    }

    private func flows() async throws -> [Int: String] {
        if let flowNames { return flowNames }
        let flows = try await client.flows()
        let names = Dictionary(
            flows.map { ($0.id, "\($0.type)/\($0.identifier)") }, uniquingKeysWith: { first, _ in first })
        flowNames = names
        return names
    }

    private func list(_ name: String, _ readAfter: BootTime, _ read: (SalesdockClient) async throws -> [Candidate])
        async throws
        -> [Candidate]
    {
        if let known = lists[name], known.readAt >= readAfter { return known.candidates }
        let readAt = time.now()
        let candidates = try await read(client)
        lists[name] = (readAt, candidates)
        return candidates
    }
}

extension Candidate {
    init(id: Int, fields: [String: String?], createdAt: String?) {
        self.init(id: id, fields: fields, createdOn: createdAt.map { String($0.prefix(10)) })
    }

    /// The fields of a sale that a create names alike; the rest of the answer uses the same names for other things.
    private static let saleFields: Set<String> = [
        "firstname", "lastname", "email", "phone", "postcode", "housenumber", "company_name", "connection_postcode",
        "connection_housenumber",
    ]

    init(sale: RemoteSale, flowNames: [Int: String]) {
        var fields = sale.fields.filter { Self.saleFields.contains($0.key) }
        fields["relation_id"] = sale.relationID.map(String.init)
        fields["product_id"] = sale.productID.map(String.init)
        if let flow = sale.flowID.flatMap({ flowNames[$0] }) { fields["flow"] = flow }
        self.init(id: sale.id, fields: fields, createdAt: sale.createdAt)
    }
}
