import Formats
import Records

extension Property {
    /// Any cutting gives the same rows; they are those of the plain reference parser; and a row's own text, read again,
    /// gives the same values.
    static let csv = Property("csv") { input in
        var dialect = CSVDialect()
        dialect.delimiter = input.choose([0x2C, 0x3B, 0x09, 0x7C])
        dialect.quote = input.choose([0x22, 0x27, nil])
        dialect.columns = input.choose([["a", "b", "c", "d"], nil])
        dialect.ragged = input.choose([.reject, .pad])
        dialect.encoding = input.choose(TextEncoding.allCases)
        let recordBytesMax = input.choose([16 << 20, 16 << 20, 40])
        let isPacked = input.flag()
        let cutting = Cutting(&input)
        let bytes = isPacked ? try gzipped(input.rest) : input.rest
        let whole = read(bytes, dialect, recordBytesMax, Cutting())
        try whole.requireOrder()
        let difference = read(bytes, dialect, recordBytesMax, cutting).difference(from: whole)
        try require(difference == nil, "\(cutting): \(difference ?? "")")
        if bytes.count > referenceBytesMax || recordBytesMax < referenceBytesMax || whole.failure != nil { return }
        if dialect.columns != nil { try compareWithReference(whole, bytes, dialect) }
        try readAgain(whole, dialect)
    }
}

private func read(_ bytes: [UInt8], _ dialect: CSVDialect, _ recordBytesMax: Int, _ cutting: Cutting) -> ReadResult {
    var definition = SourceDefinition(format: .csv(dialect), paths: ["in.csv"])
    definition.recordBytesMax = recordBytesMax
    cutting.apply(to: &definition)
    return .all { () throws(FormatError) in
        let stream = ByteStream(
            MemoryBytes(bytes, pieceBytesMax: cutting.pieceBytes), file: "in.csv", encoding: dialect.encoding)
        return try CSVReader(source: stream, file: "in.csv", fileIndex: 0, firstRow: 1, definition: definition)
    }
}

private func compareWithReference(_ result: ReadResult, _ bytes: [UInt8], _ dialect: CSVDialect) throws {
    var stream = ByteStream(MemoryBytes(bytes), file: "in.csv", encoding: dialect.encoding)
    var decoded: [UInt8] = []
    while try stream.read(into: &decoded, max: 1 << 20) > 0 {}
    // What the reference has no word for.
    let isClean = !result.issues.contains { $0.code.hasPrefix("encoding.") || $0.code == "csv.nul" }
    guard isClean, let text = String(validating: decoded, as: UTF8.self) else { return }
    let delimiter = Character(Unicode.Scalar(dialect.delimiter))
    let rows = CSVReference.rows(
        text, delimiter: delimiter, quote: dialect.quote.map { Character(Unicode.Scalar($0)) })
    try require(rows.count == result.rows.count, "\(result.rows.count) rows, and \(rows.count) by the reference")
    let columns = dialect.columns ?? []
    for (row, expected) in zip(result.rows, rows) {
        // Behind the notes of a rejects file without a header, which the reference doesn't know.
        if expected.fields.count == columns.count + 5, expected.fields.prefix(2).allSatisfy(isInteger) { continue }
        try require(row.line == expected.line && row.raw == expected.raw, "\(row)\nis not\n\(expected)")
        let isShort = dialect.ragged == .reject && expected.fields.count < columns.count
        let isRagged = isShort || expected.fields.count > columns.count
        let code = expected.fault ?? (isRagged ? "csv.ragged" : nil)
        try require(row.issues.map(\.code) == (code.map { [$0] } ?? []), "\(row)\nis not\n\(expected)")
        for (index, name) in columns.enumerated() {
            let value = expected.fields.indices.contains(index) ? expected.fields[index] : nil
            try require(row.values[name] == value, "\(name) of \(row)\nis not\n\(expected)")
        }
    }
}

/// Rejected rows are mended and fed back, so what is kept of a row must mean what the row meant.
private func readAgain(_ result: ReadResult, _ dialect: CSVDialect) throws {
    var plain = dialect
    plain.encoding = .utf8
    plain.columns = result.columns
    // A first row, so that no text is taken for a byte order mark.
    let kept = ["x"] + result.good.map(\.raw)
    let text = kept.joined(separator: "\n") + "\n"
    let again = read(Array(text.utf8), plain, 16 << 20, Cutting())
    let values = again.rows.dropFirst().map(\.values)
    try require(values == result.good.map(\.values), "read again: \(values)\nis not\n\(result.good)")
}

private func isInteger(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { 0x30...0x39 ~= $0 } }
