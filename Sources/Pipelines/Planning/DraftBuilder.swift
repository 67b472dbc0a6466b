import ExactJSON
public import Records

/// Makes drafts of the rows that have left the transforms.
public struct DraftBuilder: Sendable {
    /// A row's draft, or why it has none.
    public enum Outcome: Sendable, Hashable {
        /// It can go on to the ledger.
        case draft(Draft)
        /// A part of its key is missing or empty.
        case rejected(Issue)
    }

    /// Between the parts of a composite key.
    public static let keySeparator = "\u{1F}"

    private let key: [String]
    private let targets: [TransformProgram.Target]?
    private let isOffer: Bool

    /// - Parameter program: of the same definition.
    public init(_ program: TransformProgram, _ definition: PipelineDefinition) {
        key = definition.key
        targets = program.isIdentity ? nil : program.targets
        if case .salesdock(let sink) = definition.sink { isOffer = sink.kind == .offers } else { isOffer = false }
    }

    /// The draft of one row. For many rows of a batch, `reader(of:)` looks the columns up once.
    public func draft(row: Int, in batch: RecordBatch) -> Outcome { reader(of: batch).draft(row: row) }

    /// Reads the drafts of a batch that the transforms have run over.
    public func reader(of batch: RecordBatch) -> DraftReader {
        DraftReader(batch: batch, key: key, targets: targets ?? batch.columns.map { .init(name: $0.name) })
    }

    /// Whether creating this record makes Salesdock e-mail a customer.
    public func emailsCustomer(_ draft: Draft) -> Bool { isOffer && SideEffects.emailsCustomer(draft) }
}

/// One batch's drafts.
public struct DraftReader: Sendable {
    private let batch: RecordBatch
    private let keyNames: [String]
    private let keyColumns: [Int?]
    private let columns: [(target: TransformProgram.Target, column: Int)]

    init(batch: RecordBatch, key: [String], targets: [TransformProgram.Target]) {
        self.batch = batch
        keyNames = key
        keyColumns = key.map { batch.column($0) }
        columns = targets.compactMap { target in batch.column(target.name).map { (target, $0) } }
    }

    /// The draft of a row: its key, and the fields that have something to send. Text of white space alone has nothing.
    public func draft(row: Int) -> DraftBuilder.Outcome {
        var parts: [String] = []
        for (name, column) in zip(keyNames, keyColumns) {
            guard let column, let part = trimmed(row, column) else {
                return .rejected(.emptyKey(field: name))
            }
            parts.append(part)
        }
        let fields = columns.compactMap { target, column in
            value(target.kind, row, column).map { Draft.Field(target: target.name, value: $0) }
        }
        return .draft(Draft(key: parts.joined(separator: DraftBuilder.keySeparator), fields: fields))
    }

    /// The record's key, even of a row that was rejected; `nil` when a part of it is empty.
    public func key(row: Int) -> String? {
        var parts: [String] = []
        for column in keyColumns {
            guard let column, let part = trimmed(row, column) else { return nil }
            parts.append(part)
        }
        return parts.isEmpty ? nil : parts.joined(separator: DraftBuilder.keySeparator)
    }

    private func value(_ kind: TransformProgram.Target.Kind, _ row: Int, _ column: Int) -> Draft.Value? {
        guard let text = trimmed(row, column) else { return nil }
        switch kind {
        case .reference(let pipeline): return .reference(pipeline: pipeline, key: text)
        case .lookup(let spec): return .lookup(spec, value: text)
        case .file(let spec): return .file(spec, path: text)
        case .plain: return .json(Self.json(batch.columns[column].cells[row], in: batch))
        case .list:
            let value = Self.json(batch.columns[column].cells[row], in: batch)
            return .json(value.array == nil ? .array([value]) : value)
        }
    }

    static func json(_ cell: Cell, in batch: RecordBatch) -> JSONValue {
        let text = batch.text(cell) ?? ""
        switch cell.kind {
        case .null: return .null
        case .text: return .string(text)
        case .number: return JSONNumber(text).map(JSONValue.number) ?? .string(text)
        case .boolean: return .bool(text == "true")
        case .json: return (try? JSONParser.parse(text)) ?? .string(text)
        }
    }

    /// The cell's text without surrounding white space; `nil` when nothing is left.
    private func trimmed(_ row: Int, _ column: Int) -> String? {
        let cell = batch.columns[column].cells[row]
        let bytes = batch.bytes.span
        let range = TextBytes.trimmed(bytes, cell.range)
        return range.isEmpty ? nil : TextBytes.string(bytes, range)
    }
}
