import Formats
import Properties
import Records

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
