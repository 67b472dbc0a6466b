import Pipelines
import Records

/// A cell as tests write it.
enum Value: ExpressibleByStringLiteral, ExpressibleByNilLiteral, Equatable {
    case null
    case text(String)
    case number(String)
    case flag(String)
    case json(String)

    init(stringLiteral value: String) { self = .text(value) }
    init(nilLiteral: ()) { self = .null }

    var kindAndText: (Cell.Kind, String) {
        switch self {
        case .null: (.null, "")
        case .text(let text): (.text, text)
        case .number(let text): (.number, text)
        case .flag(let text): (.boolean, text)
        case .json(let text): (.json, text)
        }
    }
}

/// Builds batches, as a reader would deliver them.
func makeBatch(_ names: [String], _ rows: [[Value]], firstRow: Int = 1) -> RecordBatch {
    var bytes = Array("left over from another record;".utf8)
    var columns = names.map { RecordBatch.Column(name: $0, cells: []) }
    var origins: [RecordOrigin] = []
    for (index, row) in rows.enumerated() {
        let start = bytes.count
        for (column, value) in row.enumerated() {
            let (kind, text) = value.kindAndText
            let offset = bytes.count
            bytes.append(contentsOf: text.utf8)
            columns[column].cells.append(
                kind == .null ? .null : Cell(kind: kind, offset: offset, length: bytes.count - offset))
        }
        origins.append(
            RecordOrigin(
                file: 0, row: firstRow + index, line: firstRow + index + 1, byteOffset: start, raw: start..<bytes.count)
        )
    }
    return RecordBatch(bytes: bytes, columns: columns, origins: origins)
}

/// A pipeline around some transforms.
func makePipeline(
    _ transforms: [TransformSpec], key: [String] = [], sink: SinkSpec = .ndjson(path: "-"), marks: [String: Mark] = [:]
) -> PipelineDefinition {
    PipelineDefinition(
        name: "test", file: "test.yaml", key: key, source: .ndjson(paths: ["rows.ndjson"]), transforms: transforms,
        sink: sink, marks: marks)
}

let testSeed = Hash128(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)

/// 29 February 2024.
let testToday = [CivilDate(iso: "2024-02-29")].compactMap(\.self)[0]

func compile(
    _ transforms: [TransformSpec], key: [String] = [], rules: SalesdockRules? = nil
) throws(DiagnosticsError) -> TransformProgram {
    try TransformProgram(makePipeline(transforms, key: key), rules: rules, today: testToday)
}

/// Compiles and runs transforms over one batch.
func transform(
    _ transforms: [TransformSpec], _ names: [String], _ rows: [[Value]], rules: SalesdockRules? = nil
) throws -> RecordBatch {
    let program = try compile(transforms, rules: rules)
    var state = program.makeState(seed: testSeed)
    var batch = makeBatch(names, rows)
    try program.apply(&batch, state: &state)
    return batch
}

/// The messages of a definition that does not compile.
func problems(_ transforms: [TransformSpec], rules: SalesdockRules? = nil) -> [String] {
    do {
        _ = try compile(transforms, rules: rules)
        return []
    } catch {
        return error.diagnostics.map(\.message)
    }
}

extension RecordBatch {
    /// A column as tests write it.
    func values(_ name: String) -> [Value] {
        guard let index = column(name) else { return [] }
        return columns[index].cells.map { cell in
            let text = text(cell) ?? ""
            return switch cell.kind {
            case .null: .null
            case .text: .text(text)
            case .number: .number(text)
            case .boolean: .flag(text)
            case .json: .json(text)
            }
        }
    }

    /// `row:field:code` of every issue.
    var codes: [String] { issues.map { "\($0.row):\($0.issue.field ?? ""):\($0.issue.code)" } }
}

extension MapEntry {
    /// An entry that reads one field.
    static func from(_ field: String, to target: String, _ change: (inout MapEntry) -> Void = { _ in }) -> MapEntry {
        var entry = MapEntry(target: target, origin: .field(field))
        change(&entry)
        return entry
    }
}
