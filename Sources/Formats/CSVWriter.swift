public import Records

/// Writes RFC 4180 CSV in UTF-8 with LF line ends; values are quoted only where they must be.
///
/// No value and an empty text are both an empty field, since CSV knows no difference.
public struct CSVWriter: ~Copyable, BatchWriter {
    private var output: OutputFile
    private var columns: ColumnPicker
    private let delimiter: UInt8
    private var needsHeader: Bool
    private var rows = 0
    private var buffer: [UInt8] = []

    /// Opens the file under a temporary name.
    ///
    /// - Parameters:
    ///   - path: gzipped when it ends in `.gz`; `-` is standard output.
    ///   - columns: what to write, in order; `nil` takes those of the first batch.
    ///   - delimiter: one ASCII byte.
    ///   - header: whether the first line names the columns.
    /// - Throws: `unwritable` when the file can't be made.
    public init(
        path: String, columns: [String]? = nil, delimiter: UInt8 = UInt8(ascii: ","), header: Bool = true
    ) throws(FormatError) {
        precondition(delimiter < 0x80 && delimiter != UInt8(ascii: "\"") && delimiter != 0x0A && delimiter != 0x0D)
        self.columns = ColumnPicker(columns)
        self.delimiter = delimiter
        needsHeader = header
        output = try OutputFile(path: path)
    }

    /// Writes the living rows of a batch.
    ///
    /// - Throws: `unwritable` when the disk is full or the like.
    public mutating func write(_ batch: RecordBatch) throws(FormatError) {
        let cells = columns.pick(batch)
        writeHeader()
        let bytes = batch.bytes
        for row in 0..<batch.rowCount where batch.states[row] == .live {
            for index in cells.indices {
                if index > 0 { buffer.append(delimiter) }
                if row < cells[index].count { append(bytes.span.extracting(cells[index][row].range)) }
            }
            endLine(columnCount: cells.count)
            rows += 1
            if buffer.count >= OutputFile.pieceBytes { try flush() }
        }
        try flush()
    }

    /// Publishes the file; on return it is durable under its name.
    ///
    /// - Throws: `unwritable` when it can't be completed; nothing is left of it then.
    public mutating func finish() throws(FormatError) -> WrittenFile {
        writeHeader()
        try flush()
        return try output.finish(rows: rows)
    }

    private mutating func writeHeader() {
        guard needsHeader, let names = columns.names else { return }
        needsHeader = false
        for (index, name) in names.enumerated() {
            if index > 0 { buffer.append(delimiter) }
            append(Array(name.utf8).span)
        }
        endLine(columnCount: names.count)
    }

    /// A line without any byte would be a blank line and no record.
    private mutating func endLine(columnCount: Int) {
        if columnCount == 1, buffer.isEmpty || buffer.last == 0x0A {
            buffer.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: "\"")])
        }
        buffer.append(0x0A)
    }

    private mutating func append(_ text: Span<UInt8>) {
        guard needsQuotes(text) else { return appendBytes(of: text, text.indices, to: &buffer) }
        buffer.append(UInt8(ascii: "\""))
        var start = 0
        for index in text.indices where text[index] == UInt8(ascii: "\"") {
            appendBytes(of: text, start..<index + 1, to: &buffer)
            start = index
        }
        appendBytes(of: text, start..<text.count, to: &buffer)
        buffer.append(UInt8(ascii: "\""))
    }

    private func needsQuotes(_ text: Span<UInt8>) -> Bool {
        for index in text.indices {
            let byte = text[index]
            if byte == delimiter || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D { return true }
        }
        // A BOM's bytes at the start of a file would be taken for one.
        return text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
    }

    private mutating func flush() throws(FormatError) {
        try output.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
