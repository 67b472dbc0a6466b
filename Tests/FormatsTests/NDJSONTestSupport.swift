import Records

@testable import Formats

/// One row of any source, as a test looks at it.
struct ReadRow: Equatable {
    var values: [String: String]
    var kinds: [String: Cell.Kind]
    var row: Int
    var line: Int
    var byteOffset: Int
    var raw: String
    var state: RecordBatch.RowState
    var issues: [Issue]
}

/// What a reader delivered up to its end or its failure.
struct ReadResult: Equatable {
    var columns: [String] = []
    var rows: [ReadRow] = []
    var batchRows: [Int] = []
    var failure: FormatError?

    /// Rows without any problem.
    var good: [ReadRow] { rows.filter { $0.state == .live } }
    var issues: [Issue] { rows.flatMap(\.issues) }

    mutating func add(_ batch: RecordBatch) {
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

    /// Reads to the end, or to the failure.
    static func all(_ reader: consuming some BatchReader & ~Copyable) -> ReadResult {
        var result = ReadResult()
        do {
            while let batch = try reader.next() { result.add(batch) }
        } catch {
            result.failure = error
        }
        return result
    }
}

/// Reads NDJSON from memory.
func readNDJSON(
    _ bytes: [UInt8], fields: [String]? = nil, piece: Int = .max, tune: (inout SourceDefinition) -> Void = { _ in }
) throws -> ReadResult {
    var definition = SourceDefinition(format: .ndjson, paths: ["test.ndjson"], fields: fields)
    tune(&definition)
    let stream = ByteStream(MemoryBytes(bytes, pieceBytesMax: piece), file: "test.ndjson", encoding: .utf8)
    return .all(
        try NDJSONReader(source: stream, file: "test.ndjson", fileIndex: 0, firstRow: 1, definition: definition))
}

func readNDJSON(_ text: String, fields: [String]? = nil, piece: Int = .max) throws -> ReadResult {
    try readNDJSON(Array(text.utf8), fields: fields, piece: piece)
}

/// Reads XML from memory.
func readXML(
    _ bytes: [UInt8], record: String = "/klanten/klant", fields: [(String, String)], piece: Int = .max,
    namespaces: [String: String] = [:], tune: (inout SourceDefinition) -> Void = { _ in }
) throws -> ReadResult {
    let shape = XMLShape(
        record: record, fields: fields.map { XMLShape.Field(name: $0.0, path: $0.1) }, namespaces: namespaces)
    var definition = SourceDefinition(format: .xml(shape), paths: ["test.xml"])
    tune(&definition)
    let stream = ByteStream(MemoryBytes(bytes, pieceBytesMax: piece), file: "test.xml", encoding: nil)
    return .all(try XMLReader(source: stream, file: "test.xml", fileIndex: 0, firstRow: 1, definition: definition))
}

func readXML(_ text: String, record: String = "/klanten/klant", fields: [(String, String)]) throws -> ReadResult {
    try readXML(Array(text.utf8), record: record, fields: fields)
}
