import Records

extension RecordBatch {
    /// Changes the case of a column's values, as `edit` with `lowercase` or `uppercase` would.
    ///
    /// - Parameter first: the first of the 26 ASCII letters that change.
    mutating func changeCase(_ cells: inout [Cell], rows: [Bool], of operation: TextOperation, from first: UInt8) {
        let others = flipCase(of: &cells, rows: rows, from: first)
        if others.contains(true) {
            _ = edit(&cells, rows: others) { bytes, range, out in operation.run(bytes, range, &out) }
        }
    }
}
