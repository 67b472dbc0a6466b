internal import CKernels

extension RecordBatch {
    /// Gives the asked rows' values the other case of the 26 ASCII letters from one on; a number or flag becomes text.
    ///
    /// - Parameters:
    ///   - cells: of this batch, one a row.
    ///   - rows: which are asked.
    ///   - first: `A` or `a`.
    /// - Returns: the rows whose values are not all ASCII, which stay as they are.
    public mutating func flipCase(of cells: inout [Cell], rows: [Bool], from first: UInt8) -> [Bool] {
        precondition(rows.count == cells.count)
        var room = Self.vectorBytes
        for row in cells.indices where rows[row] && !cells[row].isNull && !cells[row].isJSON {
            room += cells[row].length
        }
        let count = bytes.count
        bytes.append(addingCapacity: room) { $0.append(repeating: 0, count: room) }
        var others = [Bool](repeating: false, count: rows.count)
        var end = count
        // Safe because there is room for all values and a vector more behind the bytes that were there, and the kernel writes
        // nowhere else and marks rows with 0 and 1.
        unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            unsafe cells.withUnsafeMutableBytes { cells in
                unsafe rows.withUnsafeBytes { rows in
                    unsafe others.withUnsafeMutableBytes { others in
                        unsafe end = dockhand_flip_column(
                            bytes.baseAddress, count,
                            cells.baseAddress?.assumingMemoryBound(to: dockhand_cell.self),
                            rows.baseAddress?.assumingMemoryBound(to: UInt8.self), rows.count, first,
                            others.baseAddress?.assumingMemoryBound(to: UInt8.self))
                    }
                }
            }
        }
        precondition(end <= UInt32.max, "a cell can name no more bytes")
        bytes.removeLast(bytes.count - end)
        return others
    }

    private static let vectorBytes = 16
}
