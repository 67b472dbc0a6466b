internal import ExactJSON
public import Records

/// Writes one compact JSON object a line: texts as strings, numbers, flags, lists and objects as they are, no value as
/// `null`. Dotted column names become nested objects.
public struct NDJSONWriter: ~Copyable, BatchWriter {
    private var output: OutputFile
    private var columns: ColumnPicker
    private var shape: [NDJSONShape.Step]?
    private var rows = 0
    private var buffer: [UInt8] = []

    /// Opens the file under a temporary name.
    ///
    /// - Parameters:
    ///   - path: gzipped when it ends in `.gz`; `-` is standard output.
    ///   - columns: what to write, in order; `nil` takes those of the first batch.
    /// - Throws: `unwritable` when the file can't be made.
    public init(path: String, columns: [String]? = nil) throws(FormatError) {
        self.columns = ColumnPicker(columns)
        output = try OutputFile(path: path)
    }

    /// Writes the living rows of a batch.
    ///
    /// - Throws: `unwritable` when the disk is full or the like.
    public mutating func write(_ batch: RecordBatch) throws(FormatError) {
        let cells = columns.pick(batch)
        let shape = shape ?? NDJSONShape.steps(columns: columns.names ?? [])
        self.shape = shape
        let bytes = batch.bytes
        for row in 0..<batch.rowCount where batch.states[row] == .live {
            for step in shape {
                buffer.append(contentsOf: step.text)
                guard let column = step.column else { continue }
                append(row < cells[column].count ? cells[column][row] : .null, of: bytes.span)
            }
            rows += 1
            if buffer.count >= OutputFile.pieceBytes { try flush() }
        }
        try flush()
    }

    /// Publishes the file; on return it is durable under its name.
    ///
    /// - Throws: `unwritable` when it can't be completed; nothing is left of it then.
    public mutating func finish() throws(FormatError) -> WrittenFile {
        try flush()
        return try output.finish(rows: rows)
    }

    private mutating func append(_ cell: Cell, of bytes: Span<UInt8>) {
        switch cell.kind {
        case .null: buffer.append(contentsOf: "null".utf8)
        case .text: NDJSONText.appendString(bytes.extracting(cell.range), to: &buffer)
        case .number, .boolean, .json: appendBytes(of: bytes, cell.range, to: &buffer)
        }
    }

    private mutating func flush() throws(FormatError) {
        try output.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

/// The constant text of a record and where its values go.
enum NDJSONShape {
    /// Text, and the column whose value follows it.
    struct Step: Equatable {
        var text: [UInt8]
        var column: Int?
    }

    private struct Member {
        let name: String
        var column: Int?
        var members: [Member] = []
    }

    /// The steps of one line, its line feed included.
    static func steps(columns: [String]) -> [Step] {
        var root = Member(name: "")
        // A name that is also a prefix of another can't be both a value and an object, so the longer one stays dotted.
        let flat = Set(columns)
        for (column, name) in columns.enumerated() {
            insert(column, path: path(of: name, flat: flat)[...], into: &root.members)
        }
        var steps: [Step] = []
        var text: [UInt8] = []
        write(root.members, text: &text, steps: &steps)
        steps.append(Step(text: text + [0x0A]))
        return steps
    }

    private static func path(of name: String, flat: Set<String>) -> [String] {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        for length in 1..<max(parts.count, 1) where flat.contains(parts[..<length].joined(separator: ".")) {
            return [name]
        }
        return parts
    }

    private static func insert(_ column: Int, path: ArraySlice<String>, into members: inout [Member]) {
        guard let name = path.first else { return }
        if path.count == 1 { return members.append(Member(name: name, column: column)) }
        let index = members.firstIndex { $0.name == name && $0.column == nil } ?? members.count
        if index == members.count { members.append(Member(name: name)) }
        insert(column, path: path.dropFirst(), into: &members[index].members)
    }

    private static func write(_ members: [Member], text: inout [UInt8], steps: inout [Step]) {
        text.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            JSONValue.string(member.name).write(to: &text)
            text.append(UInt8(ascii: ":"))
            if let column = member.column {
                steps.append(Step(text: text, column: column))
                text = []
            } else {
                write(member.members, text: &text, steps: &steps)
            }
        }
        text.append(UInt8(ascii: "}"))
    }
}
