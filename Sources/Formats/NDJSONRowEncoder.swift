public import Records

/// Writes a batch's living rows as JSON lines into memory, sixteen bytes at a time.
public struct NDJSONRowEncoder: Sendable {
    private let names: [String]
    /// The constant text of a line, in one piece with room to read past its end.
    private let texts: [UInt8]
    /// Text, and the column whose value follows it; −1 for none.
    private let steps: [(text: Range<Int>, column: Int)]

    /// - Parameter columns: what to write, in order; dotted names become nested objects.
    public init(columns: [String]) {
        names = columns
        var texts: [UInt8] = []
        steps = NDJSONShape.steps(columns: columns).map { step in
            let start = texts.count
            texts += step.text
            return (start..<texts.count, step.column ?? -1)
        }
        self.texts = texts + Array(repeating: 0, count: JSONBytes.width)
    }

    /// Encodes the rows that are alive.
    ///
    /// - Parameter buffer: memory to use again, whatever is in it.
    public func encode(_ batch: RecordBatch, reusing buffer: consuming [UInt8] = []) -> EncodedRows {
        let cells = cells(of: batch)
        var rows = EncodedRows(bytes: buffer, ends: [])
        rows.ends.reserveCapacity(batch.rowCount)
        if rows.bytes.isEmpty { rows.grow(by: batch.bytes.count * 2 + 4096) }
        let source = batch.bytes
        while rows.ends.count < batch.rowCount {
            write(batch, source.span, cells, &rows)
            if rows.ends.count < batch.rowCount { rows.grow(by: rows.bytes.count / 2) }
        }
        return rows
    }

    /// The cells to write, column by column.
    private func cells(of batch: RecordBatch) -> [Cell] {
        var cells: [Cell] = []
        cells.reserveCapacity(names.count * batch.rowCount)
        for name in names {
            if let column = batch.column(name) {
                cells.append(contentsOf: batch.columns[column].cells)
            } else {
                cells.append(contentsOf: repeatElement(.null, count: batch.rowCount))
            }
        }
        return cells
    }

    /// Writes rows as long as there is room.
    private func write(_ batch: RecordBatch, _ source: Span<UInt8>, _ cells: [Cell], _ rows: inout EncodedRows) {
        let first = rows.ends.count
        var ends: [Int] = []
        ends.reserveCapacity(batch.rowCount - first)
        let (steps, texts, states, rowCount) = (steps, texts, batch.states, batch.rowCount)
        rows.count = JSONBytes.fill(&rows.bytes, at: rows.count, from: source, texts.span) { lent in
            // A copy can live in registers.
            var writer = lent
            defer { lent.position = writer.position }
            for row in first..<rowCount {
                let start = writer.position
                if states[row] == .live {
                    for step in steps {
                        let isWritten =
                            step.column < 0
                            ? writer.text(step.text)
                            : writer.member(step.text, cells[step.column &* rowCount &+ row])
                        if !isWritten {
                            writer.position = start
                            return
                        }
                    }
                }
                ends.append(writer.position)
            }
        }
        rows.ends += ends
    }
}

/// Rows as JSON lines, one after the other.
public struct EncodedRows: Sendable {
    /// Memory; the first `count` bytes are the rows.
    public fileprivate(set) var bytes: [UInt8]
    /// Bytes of `bytes` that are rows.
    public fileprivate(set) var count = 0
    /// By row of the batch, where its line ends; where the one before ends for a row that was left out.
    public fileprivate(set) var ends: [Int]

    fileprivate mutating func grow(by more: Int) { bytes.append(contentsOf: repeatElement(0, count: more)) }

    /// Where the lines of the wanted rows stand, as few ranges as there can be.
    public func runs(rows: Int, where isWanted: (Int) -> Bool) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var run = 0..<0
        for row in 0..<min(rows, ends.count) where isWanted(row) {
            let line = (row == 0 ? 0 : ends[row - 1])..<ends[row]
            if line.lowerBound == run.upperBound {
                run = run.lowerBound..<line.upperBound
            } else {
                if !run.isEmpty { runs.append(run) }
                run = line
            }
        }
        if !run.isEmpty { runs.append(run) }
        return runs
    }
}
