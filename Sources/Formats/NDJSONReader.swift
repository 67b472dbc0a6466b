public import Records

/// Reads NDJSON: one JSON object a line, in UTF-8 (or UTF-16 with a BOM), gzipped or not.
///
/// - Fields are dotted paths (`adres.postcode`); a member whose own name holds the dot goes before nesting. Without a
///   list of fields, the columns are the members of the first record, nested objects flattened up to three levels.
/// - Strings are text, unescaped; numbers stay as written; lists and objects are compact JSON; `null` is no value.
/// - Of repeated member names the last wins, with all that its object holds.
/// - Blank lines are no records. A line that isn't a JSON object in valid UTF-8, or holds a NUL, is a row with the
///   issue `ndjson.malformed`; one over the limit is a row with `record.too_large` and no text.
public struct NDJSONReader: ~Copyable, BatchReader {
    /// Most names of unknown members that are reported.
    public static let unknownNamesMax = 100

    private let definition: SourceDefinition
    private let file: String
    private let fileIndex: Int
    private var stream: ByteStream
    private var lines: NDJSONLines
    private var scanner: NDJSONScanner
    private var rows: RowCollector
    private var knowsColumns: Bool
    private var unknownNames = 0
    private var streamEnded = false
    private var line = 0
    private var byteOffset = 0
    /// The same place in the decoded text.
    private var textOffset = 0
    private var problems: [EncodingProblem] = []
    private var failure: FormatError?

    /// - Parameters:
    ///   - source: decoded to UTF-8 and without BOM.
    ///   - file: the file as messages name it.
    ///   - fileIndex: its place in the source's list.
    ///   - firstRow: number of its first record.
    ///   - columns: the columns when the definition names no fields and an earlier file has decided them.
    /// - Throws: `malformed` for a field with an empty path.
    public init(
        source: consuming ByteStream, file: String, fileIndex: Int, firstRow: Int, definition: SourceDefinition,
        columns: [String]? = nil
    ) throws(FormatError) {
        precondition(definition.format == .ndjson)
        if definition.fields?.contains("") == true {
            throw FormatError(.malformed, "a field has an empty path; name the member that it reads", file: file)
        }
        self.definition = definition
        self.file = file
        self.fileIndex = fileIndex
        stream = source
        lines = NDJSONLines(lineBytesMax: definition.recordBytesMax)
        let wanted = definition.fields ?? columns
        var seen: Set<String> = []
        let fields = (wanted ?? []).filter { seen.insert($0).inserted }
        knowsColumns = wanted != nil
        scanner = NDJSONScanner(
            tree: NDJSONPathTree(paths: fields), fields: fields.count,
            reportsUnknown: definition.fields == nil && columns != nil)
        rows = RowCollector(columns: fields, firstRow: firstRow)
    }

    /// The columns; empty before the first record with members was read, when the definition names no fields.
    public var columnNames: [String] { rows.columns }

    /// Bytes of the input that are held between two batches.
    var heldBytes: Int { lines.bytes.capacity }

    /// The next batch, or `nil` at the end of the file.
    ///
    /// - Throws: `unreadable` or `malformed` when the file can't be read on; all records before were delivered.
    public mutating func next() throws(FormatError) -> RecordBatch? {
        if let failure { throw failure }
        do {
            while !rows.isFull(definition), let cut = try nextCut() { take(cut) }
        } catch {
            failure = error
            if rows.isEmpty { throw error }
        }
        return rows.takeBatch()
    }

    private mutating func nextCut() throws(FormatError) -> NDJSONLines.Cut? {
        while true {
            if let cut = lines.next(atEnd: streamEnded) { return cut }
            if streamEnded { return nil }
            try fill()
        }
    }

    private mutating func fill() throws(FormatError) {
        lines.compact()
        let count: Int
        do {
            count = try stream.read(into: &lines.bytes, max: ByteStream.blockBytes)
        } catch {
            throw FormatError(
                error.code, error.message, file: file, line: error.line ?? line + 1, byteOffset: error.byteOffset)
        }
        if line == 0 { byteOffset = stream.bomBytes }
        problems += stream.takeProblems()
        if count == 0 { streamEnded = true }
    }

    private mutating func take(_ cut: NDJSONLines.Cut) {
        line += 1
        switch cut {
        case .tooLong(let length):
            let issue = Issue.recordTooLarge(bytes: length, line: line, max: definition.recordBytesMax)
            rows.report(issue, row: rows.append(raw: [], origin: place))
            textOffset += length
            byteOffset += length
        case .line(let range):
            let isBroken = takeProblem(upTo: textOffset + lines.used - range.lowerBound)
            if isBroken || !isBlank(range) { takeRecord(range, isBroken: isBroken) }
            let whole = range.lowerBound..<lines.used
            textOffset += whole.count
            byteOffset += contentLength(of: whole)
        }
    }

    private func contentLength(of range: Range<Int>) -> Int {
        let bytes = lines.bytes
        return stream.contentLength(of: bytes.span.extracting(range))
    }

    private var place: RowCollector.Place {
        RowCollector.Place(file: fileIndex, line: line, byteOffset: byteOffset)
    }

    private mutating func takeProblem(upTo end: Int) -> Bool {
        let count = problems.prefix { $0.offset < end }.count
        problems.removeFirst(count)
        return count > 0
    }

    private func isBlank(_ range: Range<Int>) -> Bool {
        for index in range where lines.bytes[index] != 0x20 && lines.bytes[index] != 0x09 && lines.bytes[index] != 0x0D
        {
            return false
        }
        return true
    }

    private mutating func takeRecord(_ range: Range<Int>, isBroken: Bool) {
        let row = rows.append(raw: lines.bytes[range], origin: place)
        do throws(NDJSONFault) {
            if isBroken { throw NDJSONFault(reason: .utf16, position: 0) }
            try scan(range)
            if !knowsColumns { try discoverColumns(range) }
        } catch {
            let message = error.message(line: lines.bytes[range])
            rows.report(Issue(code: "ndjson.malformed", message: message), row: row)
            return
        }
        rows.setLast(scanner.cells, spill: scanner.spill)
        if !scanner.unknown.isEmpty { reportUnknown(row: row) }
    }

    /// Takes the columns from the first record that has members, and scans it again for them.
    private mutating func discoverColumns(_ range: Range<Int>) throws(NDJSONFault) {
        guard let columns = NDJSONColumns(firstRecord: lines.bytes[range]) else { return }
        knowsColumns = true
        var tree = NDJSONPathTree(paths: columns.paths)
        if columns.hasRejectColumns {
            for name in NDJSONColumns.rejectColumns where !columns.paths.contains(name) {
                _ = tree.ignore(Array(name.utf8)[...], under: NDJSONPathTree.root)
            }
        }
        scanner = NDJSONScanner(tree: tree, fields: columns.paths.count, reportsUnknown: true)
        rows.setColumns(columns.paths)
        try scan(range)
    }

    private mutating func scan(_ range: Range<Int>) throws(NDJSONFault) {
        let bytes = lines.bytes
        try scanner.scan(bytes.span.extracting(range))
    }

    private mutating func reportUnknown(row: Int) {
        for member in scanner.unknown where unknownNames < Self.unknownNamesMax {
            guard let path = scanner.ignore(member) else { continue }
            unknownNames += 1
            let message =
                member.isFlat
                ? "is an object in the first record and none here; its value is left out from here on"
                : "is not in the first record, which decides the columns; it is left out from here on"
            rows.report(Issue(.warning, code: "ndjson.unknown_member", field: path, message: message), row: row)
        }
        if unknownNames == Self.unknownNamesMax { scanner.reportsUnknown = false }
    }
}
