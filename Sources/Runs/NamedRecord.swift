public import ExactJSON
public import Ledgers
import Pipelines
public import Salesdock

/// What Salesdock says of a record whose id a person names.
public enum NamedRecord: Sendable, Equatable {
    /// It is there; the fields in which it differs from what was sent.
    case there(conflicts: [String])
    /// Salesdock has no record of that id.
    case missing
    /// Salesdock was not asked, or did not answer; why, where a person should know.
    case unasked(String?)

    /// Most requests of one look.
    public static let requestsMax = 4

    /// Looks once, by one read.
    ///
    /// - Parameters:
    ///   - identity: where the record belongs; another server's answer says nothing.
    ///   - payload: what was sent.
    public static func look(
        up id: Int, _ identity: TargetIdentity, payload: JSONValue, _ client: SalesdockClient
    ) async -> NamedRecord {
        let host = identity.host.prefix { $0 != "#" }
        guard client.connection.host == host, client.connection.domain == identity.domain else {
            return .unasked("the connection leads to \(client.connection.host), and the record is at \(identity.title)")
        }
        guard let kind = SalesdockKind(rawValue: identity.resource) else { return .unasked("no such kind of record") }
        if kind == .customers, client.connection.scope == .user {
            return .unasked("only the scope account can read a single customer")
        }
        do throws(SalesdockError) {
            let fields = try await fields(kind, id, client)
            if host + (client.instance.map { "#\($0)" } ?? "") != identity.host {
                return .unasked("the server is another emulator than the one that the record belongs to")
            }
            guard let fields else { return .missing }
            return .there(
                conflicts: FieldComparison.conflicts(ours: payload.object ?? JSONObject(), remote: fields).sorted())
        } catch {
            return .unasked(error.description)
        }
    }

    private static func fields(_ kind: SalesdockKind, _ id: Int, _ client: SalesdockClient)
        async throws(SalesdockError) -> [String: String?]?
    {
        switch kind {
        case .customers: try await client.relation(id)?.fields
        case .suppliers: try await client.supplier(id)?.fields
        case .products: try await client.product(id)?.fields
        case .offers: try await client.sale(id).map { Candidate(sale: $0, flowNames: [:]).fields }
        }
    }

    /// Names of the fields in which it differs from what was sent, sorted; none unless it is there.
    public var conflicts: [String] { if case .there(let conflicts) = self { conflicts } else { [] } }

    /// Whether Salesdock has shown that it is there.
    public var isChecked: Bool { if case .there = self { true } else { false } }

    /// What a person should hear; never a value of the record.
    public var warning: String? {
        switch self {
        case .there(let conflicts):
            conflicts.isEmpty
                ? nil : "the record in Salesdock differs from what was sent in \(conflicts.joined(separator: ", "))"
        case .missing: nil
        case .unasked(let why): why.map { "not looked up in Salesdock: \($0)" }
        }
    }
}

extension TargetIdentity {
    /// The account, for messages.
    fileprivate var title: String { "\(host), account \(domain)" }
}
