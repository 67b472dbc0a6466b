import Pipelines
public import Records

/// The keys that will have a Salesdock id once a plan has been carried out, so that rows of later pipelines that refer
/// to them are planned as well. About 28 bytes a key.
public struct PlannedParents: Sendable {
    private let seed: Hash128
    private var tables: [String: KeyTable] = [:]
    /// Of the pipeline that is being planned: duplicates, by the row that stands for them.
    private var duplicates: [(key: Hash128, row: Int)] = []
    /// A bit for each row whose record has an id, or gets one.
    private var rows: [UInt64] = []

    /// - Parameter seed: of the hashes that stand for keys.
    public init(seed: Hash128) { self.seed = seed }

    /// Whether a key of a pipeline gets an id by the plan.
    func contains(_ key: String, of pipeline: String) -> Bool {
        tables[pipeline]?.value(hash(key)) != nil
    }

    /// Begins a pipeline; one that is planned without a record has an empty table.
    mutating func begin(_ pipeline: String) {
        tables[pipeline] = KeyTable()
        duplicates = []
        rows = []
    }

    /// A row whose record has an id, or gets one.
    ///
    /// - Parameter isNew: whether the plan brings the id about.
    mutating func take(_ key: String, row: Int, isNew: Bool, of pipeline: String) {
        if isNew {
            let hash = hash(key)
            _ = tables[pipeline]?.insert(hash, 1)
        }
        while rows.count <= row / 64 { rows.append(0) }
        rows[row / 64] |= 1 << UInt64(row % 64)
    }

    /// A row that another one stands for, which may come later.
    mutating func takeDuplicate(_ key: String, ofRow row: Int) { duplicates.append((hash(key), row)) }

    /// Ends a pipeline: duplicates are known once the rows that stand for them are.
    mutating func end(_ pipeline: String) {
        for duplicate in duplicates where has(duplicate.row) {
            _ = tables[pipeline]?.insert(duplicate.key, 1)
        }
        duplicates = []
        rows = []
    }

    private func has(_ row: Int) -> Bool {
        rows.indices.contains(row / 64) && rows[row / 64] & (1 << UInt64(row % 64)) != 0
    }

    private func hash(_ key: String) -> Hash128 { KeyedHash.hash(Array(key.utf8).span, seed: seed) }
}
