import ExactJSON
import Ledgers
import Records
import Runs

/// What `explain` tells of one record.
struct RecordStory {
    /// How a record came by its Salesdock id.
    enum Origin {
        /// A create of dockhand's, answered.
        case created(HistoryEntry)
        /// A create whose answer was lost, found afterwards.
        case found(HistoryEntry)
        /// A person said that a create happened.
        case decided(HistoryEntry)
        /// It was there already, and the sink's `match` recognised it.
        case matched

        /// For programs.
        var name: String {
            switch self {
            case .created: "created"
            case .found: "looked_up"
            case .decided: "resolved"
            case .matched: "matched"
            }
        }
    }

    let found: FoundRecord
    let history: [HistoryEntry]
    let isMasked: Bool
    /// `nil` while it has no id.
    let origin: Origin?
    /// Keys that are duplicates of this one, at most `duplicatesMax`.
    let duplicates: [String]
    /// Records that name its id.
    let references: [PipelineCount]
    /// Records that wait for it.
    let waiting: [PipelineCount]
    /// The record that it waits for, and how that one stands.
    let parent: Parent?

    struct Parent {
        let note: ParkedNote
        /// `nil` when the ledger does not know it.
        let record: LedgerRecord?
    }

    /// Most duplicates that are named.
    static let duplicatesMax = 50
    /// By which field other records name one of a resource.
    private static let referenceFields = [
        "customers": "relation_id", "suppliers": "supplier_id", "products": "product_id",
    ]

    init(_ found: FoundRecord, _ ledger: SQLiteLedger, isMasked: Bool) throws {
        self.found = found
        self.isMasked = isMasked
        let (identity, record) = (found.identity, found.record)
        let history = try ledger.history(found.target, key: record.key)
        self.history = history
        origin = record.remoteID.map { Self.origin(of: $0, history) }
        duplicates = try ledger.duplicates(of: record.key, in: found.target, limit: Self.duplicatesMax)
        if let id = record.remoteID, let field = Self.referenceFields[identity.resource] {
            references = try ledger.references(to: id, field: field, host: identity.host, domain: identity.domain)
        } else {
            references = []
        }
        waiting = try ledger.parked(
            note: ParkedNote(pipeline: identity.pipeline, key: record.key).text, host: identity.host,
            domain: identity.domain)
        let waitsFor = record.fate == .parked ? record.note.flatMap(ParkedNote.init) : nil
        parent = try waitsFor.map { note in
            let target = try ledger.targets(host: identity.host, domain: identity.domain)
                .first { $0.1.pipeline == note.pipeline }?.0
            return Parent(note: note, record: try target.flatMap { try ledger.record($0, key: note.key) })
        }
    }

    private static func origin(of id: Int, _ history: [HistoryEntry]) -> Origin {
        let create = history.last { $0.remoteID == id && $0.state == .applied && $0.call.hasSuffix(".create") }
        guard let create else { return .matched }
        let note = create.note ?? ""
        if note.hasSuffix(AttemptNote.decidedApplied) { return .decided(create) }
        return note.hasSuffix(AttemptNote.found) ? .found(create) : .created(create)
    }

    /// The try that a person must decide, or that the next run looks up.
    var open: HistoryEntry? { history.last { $0.state.isOpen } }
}
