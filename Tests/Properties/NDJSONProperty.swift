import ExactJSON
import Formats
import Records

extension Property {
    /// Any cutting gives the same rows; a line is malformed exactly when a whole JSON parser says so; and every path
    /// gives what is there.
    static let ndjson = Property("ndjson") { input in
        let fields = input.choose([["a", "b", "adres.postcode", "a.b", "é"], nil])
        let recordBytesMax = input.choose([16 << 20, 16 << 20, 40])
        let isPacked = input.flag()
        let cutting = Cutting(&input)
        let bytes = isPacked ? try gzipped(input.rest) : input.rest
        let whole = read(bytes, fields, recordBytesMax, Cutting())
        try whole.requireOrder()
        let difference = read(bytes, fields, recordBytesMax, cutting).difference(from: whole)
        try require(difference == nil, "\(cutting): \(difference ?? "")")
        if input.rest.count > referenceBytesMax || recordBytesMax < referenceBytesMax { return }
        // UTF-16 and a byte order mark are the decoder's business.
        if let fields, whole.failure == nil, input.rest.first ?? 0 < 0x80 {
            try compareWithParser(whole, input.rest, fields)
        }
    }
}

private func read(_ bytes: [UInt8], _ fields: [String]?, _ recordBytesMax: Int, _ cutting: Cutting) -> ReadResult {
    var definition = SourceDefinition(format: .ndjson, paths: ["in.ndjson"], fields: fields)
    definition.recordBytesMax = recordBytesMax
    cutting.apply(to: &definition)
    return .all { () throws(FormatError) in
        let stream = ByteStream(
            MemoryBytes(bytes, pieceBytesMax: cutting.pieceBytes), file: "in.ndjson", encoding: .utf8)
        return try NDJSONReader(source: stream, file: "in.ndjson", fileIndex: 0, firstRow: 1, definition: definition)
    }
}

private func compareWithParser(_ result: ReadResult, _ bytes: [UInt8], _ fields: [String]) throws {
    if bytes.starts(with: [0x1F, 0x8B]) { return }
    let blanks: [UInt8] = [0x20, 0x09, 0x0D]
    let lines = bytes.split(separator: 0x0A).filter { !$0.allSatisfy(blanks.contains) }
    try require(lines.count == result.rows.count, "\(result.rows.count) rows of \(lines.count) lines")
    for (line, row) in zip(lines, result.rows) {
        let text = String(decoding: line, as: UTF8.self)
        // No system downstream takes a NUL, and a parser does.
        if text.contains("\\u0000") || line.contains(0) { continue }
        let value = try? JSONParser.parse(Array(line))
        try require((value?.object != nil) == row.issues.isEmpty, "\(row.issues) of \(text)")
        guard let value, value.object != nil else { continue }
        for field in fields { try compare(row, field, find(field, in: value), text) }
    }
}

private func compare(_ row: ReadRow, _ field: String, _ expected: JSONValue?, _ text: String) throws {
    switch expected {
    case nil, .null: try require(row.values[field] == nil, "\(field) of \(text) is \(row.values[field] ?? "")")
    case .string(let value): try require(row.values[field] == value, "\(field) of \(text) is \(row.values)")
    case .number, .bool: try require(row.values[field] == expected?.text, "\(field) of \(text) is \(row.values)")
    case .array, .object:
        let got = try JSONParser.parse(row.values[field] ?? "")
        try require(got == expected && row.kinds[field] == .json, "\(field) of \(text) is \(row.values)")
    }
}

/// What a path means, by the parsed value alone.
private func find(_ path: String, in value: JSONValue) -> JSONValue? {
    if let literal = value[path] { return literal }
    let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2, let inner = value[parts[0]] else { return nil }
    return find(parts[1], in: inner)
}
