import ExactJSON
import Pipelines
import Salesdock
import SalesdockFacts

/// How much of Salesdock is read before a plan is made.
public enum PlanRefresh: String, Sendable, Hashable, CaseIterable {
    /// Nothing: the ledger alone.
    case none
    /// What lists and searches show.
    case list
    /// Each record.
    case full
}

/// What a refresh will read, once it is known which way is cheaper.
struct RefreshWork: Sendable, Hashable {
    var readsList: Bool
    /// Requests that are still to come.
    var requests: Int
    /// Customers in Salesdock, where they were counted.
    var customers: Int?
}

extension RemoteDirectory {
    /// Decides how to read, and what that costs. Customers are counted first, which is one request.
    ///
    /// - Parameters:
    ///   - fresh: rows whose record the ledger does not know.
    ///   - named: rows that name the id of such a record, each of which is read.
    ///   - known: rows whose record has an id.
    func refreshWork(_ refresh: PlanRefresh, fresh: Int, named: Int, known: Int) async throws -> RefreshWork {
        let matches = sink.match.isEmpty || sink.matchesByID ? 0 : fresh
        let looks = refresh == .list ? matches + known : matches
        let reads = (refresh == .full ? known : 0) + named
        seen = [:]
        switch sink.kind {
        case .offers: return RefreshWork(readsList: false, requests: named)
        case .suppliers, .products:
            let lists = sink.kind == .suppliers || client.connection.scope == .user ? 1 : 2
            return RefreshWork(readsList: looks > 0, requests: (looks > 0 ? lists : 0) + reads)
        case .customers:
            let (total, perPage) = try await client.relationsCount()
            let pages = (total + perPage - 1) / perPage
            let readsList = looks > 0 && (pages <= looks || searchField == nil)
            return RefreshWork(readsList: readsList, requests: (readsList ? pages : looks) + reads, customers: total)
        }
    }

    /// Reads the list, where that was found to be cheaper.
    func load(_ work: RefreshWork) async throws {
        guard work.readsList else { return }
        let rows: [(id: Int, fields: [String: String?])]
        switch sink.kind {
        case .customers: rows = try await client.relations().map { ($0.id, $0.fields) }
        case .suppliers: rows = try await client.suppliers().map { ($0.id, $0.fields) }
        case .products: rows = try await Self.products(client).map { ($0.id, $0.fields) }
        case .offers: return
        }
        index = table(rows)
        seen = Dictionary(rows.map { ($0.id, $0.fields) }, uniquingKeysWith: { first, _ in first })
    }

    /// What can be seen of a record that is known, at the depth of a refresh.
    ///
    /// - Parameter written: its last applied payload, by which it is searched where the list was not read.
    func sight(of id: Int, _ refresh: PlanRefresh, written: JSONObject?) async throws -> RemoteSight {
        if let matched = matched(id) { return matched }
        switch refresh {
        case .none: return .unread
        case .full: return sink.kind == .offers ? .unread : try await look(at: id)
        case .list:
            if let fields = seen?[id] { return .fields(fields) }
            guard index == nil, sink.kind == .customers else { return .unread }
            let text = ["email", "company_name", "lastname"].lazy.compactMap { written?[$0]?.scalarText }.first
            guard let text else { return .unread }
            // Lists and searches lag behind, so that what is not in them may be there all the same.
            return try await client.searchRelations(q: text).first { $0.id == id }.map { .fields($0.fields) } ?? .unread
        }
    }
}
