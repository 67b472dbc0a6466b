import ExactJSON
public import Records

/// Reads from batches which record a row is and what it says, as hashes, without making a draft of it.
public struct RowKeyReader: Sendable {
    private let key: [String]
    private let targets: [TransformProgram.Target]?
    /// Of each source file: where the files are that its records name.
    private let folders: [[UInt8]]
    private let seed: Hash128
    private let needsContent: Bool

    /// - Parameters:
    ///   - folders: of each source file; a file's path means another file in another folder.
    ///   - seed: of the hashes.
    public init(_ program: TransformProgram, _ definition: PipelineDefinition, folders: [String], seed: Hash128) {
        self.folders = folders.map { Array($0.utf8) }
        key = definition.key
        targets = program.isIdentity ? nil : program.targets
        self.seed = seed
        needsContent = !program.dedupesByKey
    }

    /// Reads the rows that are still alive in a batch that the transforms have run over.
    public func read(_ batch: RecordBatch) -> RowKeys {
        var keys = RowKeys()
        if key.isEmpty || !needsContent { return keys }
        let columns = key.compactMap { name in batch.column(name).map { batch.columns[$0].cells } }
        guard columns.count == key.count else { return keys }
        keys.hashes = Array(repeating: Hash128(high: 0, low: 0), count: batch.rowCount)
        let bytes = batch.bytes.span
        for row in keys.hashes.indices where batch.states[row] == .live {
            var hash = KeyedHash(seed: seed)
            for column in columns { hash.update(field: bytes.extracting(TextBytes.trimmed(bytes, column[row]))) }
            keys.hashes[row] = hash.finish()
        }
        keys.contents = contents(batch)
        return keys
    }

    /// Reports the living rows that lack a part of their key, with the first part that is missing.
    public func refuseEmpty(_ batch: inout RecordBatch) {
        for name in key {
            for row in emptyRows(name, batch) { batch.report(.emptyKey(field: name), row: row) }
        }
    }

    /// Living rows that have nothing but white space in a column.
    private func emptyRows(_ name: String, _ batch: RecordBatch) -> [Int] {
        guard let column = batch.column(name) else {
            return (0..<batch.rowCount).filter { batch.states[$0] == .live }
        }
        var rows: [Int] = []
        let cells = batch.columns[column].cells
        let bytes = batch.bytes.span
        for row in cells.indices where batch.states[row] == .live && TextBytes.isBlank(bytes, cells[row]) {
            rows.append(row)
        }
        return rows
    }

    /// What each living row says: equal for rows whose drafts are equal.
    private func contents(_ batch: RecordBatch) -> [UInt64] {
        let targets = targets ?? batch.columns.map { .init(name: $0.name) }
        var hashes = [KeyedHash](repeating: KeyedHash(seed: seed), count: batch.rowCount)
        let bytes = batch.bytes.span
        for (index, target) in targets.enumerated() {
            guard let column = batch.column(target.name) else { continue }
            let cells = batch.columns[column].cells
            let isFile = if case .file = target.kind { true } else { false }
            for row in hashes.indices where batch.states[row] == .live {
                let cell = cells[row]
                let trimmed = TextBytes.trimmed(bytes, cell)
                if trimmed.isEmpty { continue }
                let isList = target.kind == .list
                if isList || cell.kind == .json {
                    let value = DraftReader.json(cell, in: batch)
                    let canonical = (isList && value.array == nil ? .array([value]) : value).canonical.bytes
                    hashes[row].update(tag: UInt64(index) << 3 | 7)
                    hashes[row].update(field: canonical.span)
                } else {
                    let file = batch.origins[row].file
                    if isFile, folders.indices.contains(file) {
                        let folder = folders[file]
                        hashes[row].update(field: folder.span)
                    }
                    hashes[row].update(tag: UInt64(index) << 3 | UInt64(cell.kind.rawValue))
                    hashes[row].update(field: bytes.extracting(target.kind == .plain ? cell.range : trimmed))
                }
            }
        }
        return hashes.map { $0.finish().low & KeyTable.valueMax }
    }
}

/// What a batch's living rows are recognised by.
public struct RowKeys: Sendable {
    /// By row, the key's hash; empty when nobody needs it.
    public fileprivate(set) var hashes: [Hash128] = []
    /// By row, a hash of everything the record says, at most `KeyTable.valueMax`; empty when nobody needs it.
    public fileprivate(set) var contents: [UInt64] = []

    /// Of no rows.
    public init() {}
}

extension Issue {
    /// The record can't be recognised.
    public static func emptyKey(field: String) -> Issue {
        Issue(
            code: "key.empty", field: field,
            message: "the key field is empty, so the record could not be recognised in a later run; fill it")
    }

    /// Another row has said something else of the same record.
    ///
    /// - Parameter key: its parts joined by `DraftBuilder.keySeparator`.
    public static func conflictingKey(_ key: String) -> Issue {
        Issue(
            code: "key.conflict",
            message: "an earlier row has the same key and other values; keep one of them, or let dedupe decide",
            value: key.replacing(DraftBuilder.keySeparator, with: " + "))
    }
}
