import Pipelines
import Records

/// Which row stands for each key: the first that is accepted. A second row of one key is a duplicate when it says the same,
/// and a conflict when it does not.
struct KeyClaims: Sendable {
    /// Content by key.
    private var keys = KeyTable()
    /// The first row of each key; kept only where somebody looks at batches.
    private var firstRows: FirstRows?
    /// Of the batch's repeated rows, the first row of their key, as far as it is known.
    private(set) var repeated: [Int: Int] = [:]

    /// - Parameter isObserved: whether `repeated` will be asked.
    init(isObserved: Bool) { firstRows = isObserved ? FirstRows() : nil }

    /// - Parameter hashes: of the keys that come next.
    mutating func beginBatch(_ hashes: [Hash128] = []) {
        repeated = [:]
        for hash in hashes { keys.warm(hash) }
    }

    /// Lets a living row stand for its key, or drops or rejects it.
    ///
    /// - Parameters:
    ///   - content: of what the row says, at most `KeyTable.valueMax`.
    ///   - text: the key, for a message.
    /// - Returns: whether the row stays.
    mutating func claim(
        _ key: Hash128, _ content: UInt64, row: Int, of batch: inout RecordBatch, text: (RecordBatch) -> String
    ) -> Bool {
        guard let known = keys.insert(key, content) else {
            firstRows?.note(key, row: batch.origins[row].row)
            return true
        }
        if known == content {
            batch.drop(row: row, as: .duplicate)
            if let firstRows { repeated[row] = firstRows.row(key) }
        } else {
            batch.report(.conflictingKey(text(batch)), row: row)
        }
        return false
    }
}
