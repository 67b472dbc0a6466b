import ExactJSON
import Pipelines
import Records
import Salesdock
import SalesdockFacts

/// Salesdock's records as a batch, by the names that are used in writing, so that an export can be read back.
struct RemoteBatch {
    /// The columns of an export: the id, the fields that can be written, then whatever else Salesdock returns.
    private(set) var columns: [String]
    /// Members that appeared after the columns were fixed.
    private(set) var unknown: Set<String> = []
    private let facts: ResourceFacts
    private var nextRow = 1

    init(_ kind: SalesdockKind, wanted: [String]?, firstPage: [JSONValue]) {
        facts =
            switch kind {
            case .customers: .customers
            case .suppliers: .suppliers
            case .products: .products
            case .offers: .of(.offers)
            }
        if let wanted {
            columns = wanted
            return
        }
        columns = ["id"]
        for record in firstPage {
            for (name, _) in Self.fields(record, facts) where !columns.contains(name) { columns.append(name) }
        }
    }

    /// One page as a batch.
    mutating func batch(_ page: [JSONValue], reportsUnknown: Bool) -> RecordBatch {
        var bytes: [UInt8] = []
        var cells = columns.map { _ in [Cell]() }
        var origins: [RecordOrigin] = []
        for record in page {
            let start = bytes.count
            record.write(to: &bytes)
            let fields = Dictionary(Self.fields(record, facts), uniquingKeysWith: { first, _ in first })
            if reportsUnknown { unknown.formUnion(Set(fields.keys).subtracting(columns)) }
            origins.append(RecordOrigin(file: 0, row: nextRow, line: nextRow, byteOffset: 0, raw: start..<bytes.count))
            nextRow += 1
            for (index, name) in columns.enumerated() {
                cells[index].append(Self.store(fields[name] ?? .null, in: &bytes))
            }
        }
        return RecordBatch(
            bytes: bytes, columns: zip(columns, cells).map { RecordBatch.Column(name: $0, cells: $1) }, origins: origins
        )
    }

    private static func store(_ value: JSONValue, in bytes: inout [UInt8]) -> Cell {
        let start = bytes.count
        let kind: Cell.Kind
        switch value {
        case .null: return .null
        case .string(let text):
            bytes.append(contentsOf: text.utf8)
            kind = .text
        case .number:
            value.write(to: &bytes)
            kind = .number
        case .bool:
            value.write(to: &bytes)
            kind = .boolean
        case .array, .object:
            value.write(to: &bytes)
            kind = .json
        }
        return Cell(kind: kind, offset: start, length: bytes.count - start)
    }

    /// A record's values: at their names in writing where they have one, at their own path otherwise.
    private static func fields(_ record: JSONValue, _ facts: ResourceFacts) -> [(String, JSONValue)] {
        var names: [String: String] = [:]
        for field in facts.fields {
            names[facts.listPath(field.name)] = field.name
            names[facts.singleReadPath(field.name)] = field.name
        }
        return PayloadPaths.leaves(record.object ?? JSONObject()).map { (names[$0.path] ?? $0.path, $0.value) }
    }
}
