import Formats
import Foundation
import Pipelines
import Records

extension Property {
    /// What transforms make of a text is what Swift's `String` makes of it. Each line is one value.
    static let transforms = Property("transforms") { input in
        // A NUL makes a row of its own kind, and is one below an accent, too.
        let values = input.text.unicodeScalars.split(separator: "\n").filter { !$0.contains("\0") }.prefix(200)
            .map(String.init)
        if values.isEmpty { return }
        let rows = try transformed(values)
        try require(rows.rowCount == values.count, "\(rows.rowCount) rows of \(values.count) values")
        for (row, value) in values.enumerated() {
            for operation in TextOperation.allCases {
                let got = rows.text(row: row, column: operation.rawValue) ?? ""
                let expected = plain(operation, value)
                // Swift's own equality holds for different spellings.
                try require(
                    Array(got.utf8) == Array(expected.utf8),
                    "\(operation) of \(value.debugDescription) is \(got.debugDescription)")
            }
            let fails = rows.issues.contains { $0.row == row && $0.issue.code == "email" }
            let isBlank = value.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
            try require(
                fails != (isBlank || isEmail(value)),
                "\(value.debugDescription) is \(fails ? "no" : "an") e-mail address")
        }
    }
}

private func transformed(_ values: [String]) throws -> RecordBatch {
    let definition = PipelineDefinition(
        name: "values", file: "values.yaml", key: [], source: .csv(.init(paths: ["values.csv"])),
        transforms: [
            .map(
                TextOperation.allCases.map {
                    var entry = MapEntry(target: $0.rawValue, origin: .field("value"))
                    entry.apply = [$0]
                    return entry
                }),
            .validate([FieldChecks(field: "value", checks: [Check(.email)])]),
        ],
        sink: .csv(path: "out.csv", delimiter: ","))
    guard let today = CivilDate(year: 2024, month: 2, day: 29) else {
        return RecordBatch(bytes: [], columns: [], origins: [])
    }
    let program = try TransformProgram(definition, rules: nil, today: today)
    var state = program.makeState(seed: Hash128(high: 1, low: 2))
    let quote = UInt8(ascii: "\"")
    var text: [UInt8] = []
    for value in values {
        text.append(quote)
        for byte in value.utf8 { text.append(contentsOf: byte == quote ? [quote, quote] : [byte]) }
        text.append(contentsOf: [quote, 0x0A])
    }
    var dialect = CSVDialect()
    dialect.columns = ["value"]
    let source = SourceDefinition(format: .csv(dialect), paths: ["values.csv"])
    let stream = ByteStream(MemoryBytes(text), file: "values.csv", encoding: .utf8)
    var reader = try CSVReader(
        source: stream, file: "values.csv", fileIndex: 0, firstRow: 1, definition: source)
    guard var batch = try reader.next() else { throw Violation(description: "no rows of \(values)") }
    try program.apply(&batch, state: &state)
    return batch
}

private func plain(_ operation: TextOperation, _ value: String) -> String {
    let scalars = value.unicodeScalars
    switch operation {
    case .lowercase: return value.lowercased()
    case .uppercase: return value.uppercased()
    case .trim:
        let start = scalars.drop { $0.properties.isWhitespace }
        return String(String.UnicodeScalarView(start.reversed().drop { $0.properties.isWhitespace }.reversed()))
    case .removeSpaces: return String(String.UnicodeScalarView(scalars.filter { !$0.properties.isWhitespace }))
    case .collapseSpaces:
        var out = String.UnicodeScalarView()
        var wasSpace = false
        for scalar in scalars {
            if !scalar.properties.isWhitespace { out.append(scalar) } else if !wasSpace { out.append(" ") }
            wasSpace = scalar.properties.isWhitespace
        }
        return String(out)
    case .digitsOnly: return String(String.UnicodeScalarView(scalars.filter { ("0"..."9").contains($0) }))
    case .nfc: return value.precomposedStringWithCanonicalMapping
    }
}

private func isEmail(_ value: String) -> Bool {
    let scalars = Array(value.unicodeScalars)
    if scalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7F }) { return false }
    let parts = scalars.split(separator: "@", omittingEmptySubsequences: false)
    guard value.utf8.count <= 254, parts.count == 2, let local = parts.first, let domain = parts.last else {
        return false
    }
    let localBytes = local.reduce(0) { $0 + UTF8.width($1) }
    return !local.isEmpty && localBytes <= 64 && domain.dropFirst().dropLast().contains(".")
}
