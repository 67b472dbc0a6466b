import Records

/// Which row was the first of its key, for telling what a repeated one is a duplicate of. Knows the first keys only, so that
/// its memory does not grow with the input; of a later key it says nothing.
struct FirstRows: Sendable {
    /// Keys that are known, which take 16 MB.
    static let keysMax = 400_000

    private var rows = KeyTable()

    mutating func note(_ key: Hash128, row: Int) {
        guard rows.count < Self.keysMax, row >= 0, row <= KeyTable.valueMax else { return }
        _ = rows.insert(key, UInt64(row))
    }

    /// The number of the key's first row; `nil` when it is not known.
    func row(_ key: Hash128) -> Int? { rows.value(key).map { Int($0) } }
}
