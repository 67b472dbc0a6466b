internal import CKernels
internal import Records

/// Reads ordinary rows off their field ends.
struct CSVPlainRows {
    private let delimiter: UInt8
    private let quote: UInt8?

    init(_ dialect: CSVDialect) {
        delimiter = dialect.delimiter
        quote = dialect.quote
    }

    /// Sets one row's cells; `nil` when it has not as many fields as there are columns, or one with doubled quotes, and its
    /// cells then are nothing yet.
    ///
    /// - Parameters:
    ///   - at: where its text starts.
    ///   - first: its first field end. As many as there are columns follow from there, and lie within the text.
    ///   - starts: where each column's cells start, −1 for a column that is not wanted.
    ///   - number: the row's place among the cells of a column, all of which have room for it.
    @inline(__always) @unsafe
    func take(
        _ at: Int, _ bytes: Span<UInt8>, _ ends: Span<UInt32>, from first: Int, _ starts: Span<Int>, number: Int,
        to cells: inout MutableSpan<Cell>
    ) -> CSVRow? {
        let columns = starts.count
        // As safe as what was passed: the kernel checks none of it. A `Cell` stands in memory as the kernel's.
        let taken = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe ends.withUnsafeBufferPointer { ends in
                unsafe starts.withUnsafeBufferPointer { starts in
                    unsafe cells.withUnsafeMutableBytes { cells in
                        unsafe dockhand_csv_take_row(
                            bytes.baseAddress, at, ends.baseAddress.map { unsafe $0 + first },
                            cells.baseAddress?.assumingMemoryBound(to: dockhand_cell.self), number,
                            starts.baseAddress, columns, Int32(delimiter), quote.map(Int32.init) ?? -1)
                    }
                }
            }
        }
        if taken.is_plain == 0 { return nil }
        var row = CSVRow(start: at)
        row.end = taken.end
        row.fieldCount = columns
        row.lineBreaks = taken.breaks
        return row
    }
}
