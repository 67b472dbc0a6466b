internal import CKernels
public import Records

/// Writes a batch's living rows as JSON lines into memory, many bytes at a time.
///
/// `unsafe` is confined to what lends the kernel memory that lives as long as the call.
@safe
public struct NDJSONRowEncoder: Sendable {
    private let names: [String]
    /// The constant text of a line, in one piece with room to read past its end.
    private let texts: [UInt8]
    private let steps: [dockhand_json_step]

    /// Most bytes that are read and written at once.
    private static let width = 32

    /// - Parameter columns: what to write, in order; dotted names become nested objects.
    public init(columns: [String]) {
        names = columns
        var texts: [UInt8] = []
        steps = NDJSONShape.steps(columns: columns).map { step in
            let start = texts.count
            texts += step.text + [UInt8(ascii: "\"")]
            return dockhand_json_step(
                offset: UInt32(start), count: UInt32(step.text.count), column: Int32(step.column ?? -1))
        }
        self.texts = texts + Array(repeating: 0, count: Self.width)
    }

    /// Encodes the rows that are alive.
    ///
    /// - Parameter buffer: memory to use again, whatever is in it.
    public func encode(_ batch: RecordBatch, reusing buffer: consuming [UInt8] = []) -> EncodedRows {
        unsafe encode(batch, reusing: buffer, with: dockhand_json_rows)
    }

    /// What writes rows: `dockhand_json_rows`, or what it would be on another processor.
    typealias Kernel = (
        UnsafePointer<dockhand_json_work>?, UnsafeMutablePointer<UInt8>?, Int, Int, Int, UnsafeMutablePointer<Int>?
    ) -> dockhand_json_progress

    func encode(_ batch: RecordBatch, reusing buffer: consuming [UInt8] = [], with kernel: Kernel) -> EncodedRows {
        let missing = [Cell](repeating: .null, count: batch.rowCount)
        let columns = names.map { name in batch.column(name).map { batch.columns[$0].cells } ?? missing }
        let wanted = batch.states.map { $0 == .live }
        var bytes = buffer
        if bytes.isEmpty { Self.grow(&bytes, by: batch.bytes.count / 2 * 3 + 4096) }
        var count = 0
        var ends: [Int] = []
        ends.reserveCapacity(batch.rowCount)
        unsafe Self.lend(columns) { columns in
            while true {
                unsafe write(columns, wanted, batch.bytes.span, to: &bytes, &count, &ends, kernel)
                if ends.count == batch.rowCount { return }
                Self.grow(&bytes, by: bytes.count / 2)
            }
        }
        return EncodedRows(bytes: bytes, count: count, ends: ends)
    }

    /// Lends all columns at once, which are equally long.
    private static func lend(_ columns: [[Cell]], to body: ([UnsafePointer<dockhand_cell>?]) -> Void) {
        var lent: [UnsafePointer<dockhand_cell>?] = unsafe []
        if columns.count <= lentMax { return unsafe lend(columns[...], &lent, to: body) }
        let rows = columns.first?.count ?? 0
        // Safe because a `Cell` stands in memory as the kernel's, and all are lent while the body runs.
        unsafe columns.flatMap(\.self).withUnsafeBytes { cells in
            let cells = unsafe cells.baseAddress?.assumingMemoryBound(to: dockhand_cell.self)
            for column in columns.indices { unsafe lent.append(cells.map { unsafe $0 + column * rows }) }
            unsafe body(lent)
        }
    }

    /// Most columns that are lent one inside the other, which saves a copy and takes stack.
    private static let lentMax = 64

    private static func lend(
        _ columns: ArraySlice<[Cell]>, _ lent: inout [UnsafePointer<dockhand_cell>?],
        to body: ([UnsafePointer<dockhand_cell>?]) -> Void
    ) {
        guard let first = columns.first else { return unsafe body(lent) }
        // Safe because a `Cell` stands in memory as the kernel's, and each column is lent while the rest are.
        unsafe first.withUnsafeBytes { cells in
            unsafe lent.append(cells.baseAddress?.assumingMemoryBound(to: dockhand_cell.self))
            unsafe lend(columns.dropFirst(), &lent, to: body)
        }
    }

    private static func grow(_ bytes: inout [UInt8], by more: Int) {
        bytes.append(addingCapacity: more) { $0.append(repeating: 0, count: more) }
    }

    /// Writes rows as long as there is room, from the first that has no end yet.
    ///
    /// - Parameter columns: as many cells each as there are rows.
    private func write(
        _ columns: [UnsafePointer<dockhand_cell>?], _ wanted: [Bool], _ source: Span<UInt8>,
        to bytes: inout [UInt8], _ count: inout Int, _ ends: inout [Int], _ kernel: Kernel
    ) {
        let (texts, steps, first, position) = (texts, steps, ends.count, count)
        var progress = dockhand_json_progress()
        // Safe because the kernel checks every cell against the source and every step against the room, the steps name
        // columns that are there and text with a vector's width behind it, and there is room for one end a row.
        unsafe bytes.withUnsafeMutableBufferPointer { out in
            unsafe source.withUnsafeBufferPointer { source in
                unsafe columns.withUnsafeBufferPointer { columns in
                    unsafe wanted.withUnsafeBytes { wanted in
                        unsafe texts.withUnsafeBufferPointer { texts in
                            unsafe steps.withUnsafeBufferPointer { steps in
                                var work = unsafe dockhand_json_work(
                                    source: source.baseAddress, source_count: source.count, texts: texts.baseAddress,
                                    steps: steps.baseAddress, step_count: steps.count, columns: columns.baseAddress,
                                    row_count: wanted.count,
                                    wanted: wanted.baseAddress?.assumingMemoryBound(to: UInt8.self))
                                ends.append(addingCapacity: wanted.count - first) { ends in
                                    unsafe ends.withUnsafeMutableBufferPointer { ends, done in
                                        unsafe progress = kernel(
                                            &work, out.baseAddress, out.count, position, first, ends.baseAddress)
                                        done = progress.row - first
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        precondition(progress.is_astray == 0, "a cell lies within its batch")
        count = progress.position
    }
}

/// Rows as JSON lines, one after the other.
public struct EncodedRows: Sendable {
    /// Memory; the first `count` bytes are the rows.
    public let bytes: [UInt8]
    /// Bytes of `bytes` that are rows.
    public let count: Int
    /// By row of the batch, where its line ends; where the one before ends for a row that was left out.
    public let ends: [Int]

    fileprivate init(bytes: [UInt8], count: Int, ends: [Int]) {
        self.bytes = bytes
        self.count = count
        self.ends = ends
    }

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
