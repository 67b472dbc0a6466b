package import Formats
package import Records

/// One row of any source, as a test looks at it.
package struct ReadRow: Equatable {
    package var values: [String: String]
    package var kinds: [String: Cell.Kind]
    package var row: Int
    package var line: Int
    package var byteOffset: Int
    package var raw: String
    package var state: RecordBatch.RowState
    package var issues: [Issue]
}

/// What a reader delivered up to its end or its failure.
package struct ReadResult: Equatable {
    package var columns: [String] = []
    package var rows: [ReadRow] = []
    package var batchRows: [Int] = []
    package var failure: FormatError?

    package init() {}

    /// Rows without any problem.
    package var good: [ReadRow] { rows.filter { $0.state == .live } }
    package var issues: [Issue] { rows.flatMap(\.issues) }

    package mutating func add(_ batch: RecordBatch) {
        columns = batch.columns.map(\.name)
        batchRows.append(batch.rowCount)
        for row in 0..<batch.rowCount {
            var values: [String: String] = [:]
            var kinds: [String: Cell.Kind] = [:]
            for column in batch.columns {
                kinds[column.name] = column.cells[row].kind
                if let text = batch.text(column.cells[row]) { values[column.name] = text }
            }
            let origin = batch.origins[row]
            rows.append(
                ReadRow(
                    values: values, kinds: kinds, row: origin.row, line: origin.line, byteOffset: origin.byteOffset,
                    raw: String(decoding: batch.raw(row: row), as: UTF8.self), state: batch.states[row],
                    issues: batch.issues.filter { $0.row == row }.map(\.issue)))
        }
    }

    /// Opens a reader and reads to the end, or to the failure.
    static func all<Reader: BatchReader & ~Copyable>(
        opening open: () throws(FormatError) -> Reader
    ) -> ReadResult {
        do throws(FormatError) {
            return all(try open())
        } catch {
            var result = ReadResult()
            result.failure = error
            return result
        }
    }

    /// Reads to the end, or to the failure.
    package static func all(_ reader: consuming some BatchReader & ~Copyable) -> ReadResult {
        var result = ReadResult()
        do {
            while let batch = try reader.next() { result.add(batch) }
        } catch {
            result.failure = error
        }
        return result
    }
}
