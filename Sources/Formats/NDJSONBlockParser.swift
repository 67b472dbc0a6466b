internal import Records

/// Parses blocks of one NDJSON file into batches.
///
/// With columns that are declared, a batch is a function of its block alone, and any copy of the parser gives the same.
/// Otherwise the first record decides the columns, and later ones what is reported as unknown: then one parser must see
/// every block in order.
struct NDJSONBlockParser: Sendable {
    private let recordBytesMax: Int
    private let fileIndex: Int
    private(set) var columns: [String]
    private var scanner: NDJSONScanner
    private var forms = NDJSONForms()
    private var knowsColumns: Bool
    private var unknownNames = 0
    /// Whether blocks can be parsed in any order.
    let isOrderFree: Bool

    /// - Parameter columns: the columns when the definition names no fields and an earlier file has decided them.
    init(_ definition: SourceDefinition, fileIndex: Int, columns known: [String]?) {
        recordBytesMax = definition.recordBytesMax
        self.fileIndex = fileIndex
        let wanted = definition.fields ?? known
        var seen: Set<String> = []
        columns = (wanted ?? []).filter { seen.insert($0).inserted }
        knowsColumns = wanted != nil
        isOrderFree = definition.fields != nil
        scanner = NDJSONScanner(
            tree: NDJSONPathTree(paths: columns), fields: columns.count,
            reportsUnknown: definition.fields == nil && known != nil)
    }

    mutating func parse(_ block: consuming NDJSONBlock) -> RecordBatch {
        let rows = rows(of: block)
        // Taken out, since the block's text is the batch's from here on.
        var bytes: [UInt8] = []
        swap(&bytes, &block.bytes)
        return rows.finish(names: columns, block: consume bytes)
    }

    private mutating func rows(of block: borrowing NDJSONBlock) -> BlockRowBuilder {
        var rows = BlockRowBuilder(
            columns: columns.count, rowsMax: block.records.count, blockBytes: block.bytes.count)
        let bytes = block.bytes.span
        forms.beginBlock()
        // What is no text somewhere is looked at line by line.
        let isClean = isCleanText(bytes, 0..<bytes.count)
        for index in block.records.indices {
            let record = block.records[index]
            rows.beginRow(
                RecordOrigin(
                    file: fileIndex, row: block.firstRow + index, line: record.line, byteOffset: record.byteOffset,
                    raw: record.range))
            if case .tooLong(let length) = record.fate {
                rows.report(Issue.recordTooLarge(bytes: length, line: record.line, max: recordBytesMax))
            } else {
                if knowsColumns, isClean, case .text = record.fate, forms.read(record.range, of: bytes, into: &rows) {
                    continue
                }
                take(record, block, bytes.extracting(record.range), &rows, learning: isClean)
            }
        }
        return rows
    }

    private mutating func take(
        _ record: NDJSONBlock.Record, _ block: borrowing NDJSONBlock, _ text: Span<UInt8>,
        _ rows: inout BlockRowBuilder, learning: Bool
    ) {
        if let rejected = NDJSONRejectedLine.record(in: text) { return take(rejected: rejected, &rows) }
        do throws(NDJSONFault) {
            if case .broken = record.fate { throw NDJSONFault(reason: .utf16, position: 0) }
            scanner.isLearning = learning && knowsColumns && forms.wantsMore
            try scanner.scan(text)
            if !knowsColumns { try discoverColumns(block.bytes[record.range], text, &rows) }
        } catch {
            let message = error.message(line: block.bytes[record.range])
            return rows.report(Issue(code: "ndjson.malformed", message: message))
        }
        rows.setRow(scanner.cells, textStart: record.range.lowerBound, textLength: text.count, spill: scanner.spill)
        if let form = scanner.form(of: text) { forms.add(form) }
        if !scanner.unknown.isEmpty { reportUnknown(&rows) }
    }

    /// Takes a record that stands as text in a line of a rejects file.
    private mutating func take(rejected text: [UInt8], _ rows: inout BlockRowBuilder) {
        do throws(NDJSONFault) {
            try scanner.scan(text.span)
            if !knowsColumns { try discoverColumns(text[...], text.span, &rows, isRejects: true) }
        } catch {
            return rows.report(Issue(code: "ndjson.malformed", message: error.message(line: text[...])))
        }
        // Nothing of it is a slice of the line, which has it with escapes.
        rows.setRow(scanner.cells, textStart: 0, textLength: 0, spill: text + scanner.spill)
        if !scanner.unknown.isEmpty { reportUnknown(&rows) }
    }

    /// Takes the columns from the first record that has members, and scans it again for them.
    private mutating func discoverColumns(
        _ record: ArraySlice<UInt8>, _ text: Span<UInt8>, _ rows: inout BlockRowBuilder, isRejects: Bool = false
    ) throws(NDJSONFault) {
        guard let found = NDJSONColumns(firstRecord: record) else { return }
        knowsColumns = true
        var tree = NDJSONPathTree(paths: found.paths)
        if isRejects || found.hasRejectColumns {
            for name in NDJSONColumns.rejectColumns where !found.paths.contains(name) {
                _ = tree.ignore(Array(name.utf8)[...], under: NDJSONPathTree.root)
            }
        }
        scanner = NDJSONScanner(tree: tree, fields: found.paths.count, reportsUnknown: true)
        columns = found.paths
        rows.setColumns(count: columns.count)
        try scanner.scan(text)
    }

    private mutating func reportUnknown(_ rows: inout BlockRowBuilder) {
        let max = NDJSONReader.unknownNamesMax
        for member in scanner.unknown where unknownNames < max {
            guard let path = scanner.ignore(member) else { continue }
            unknownNames += 1
            let message =
                member.isFlat
                ? "is an object in the first record and none here; its value is left out from here on"
                : "is not in the first record, which decides the columns; it is left out from here on"
            rows.report(Issue(.warning, code: "ndjson.unknown_member", field: path, message: message))
        }
        if unknownNames == max { scanner.reportsUnknown = false }
    }
}
