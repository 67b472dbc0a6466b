/// Records as columns of slices into one buffer: what crosses from stage to stage.
///
/// Transforms add columns and append bytes; they never change bytes that are there, since rejects need the source's own
/// text and one source field may feed two targets.
public struct RecordBatch: Sendable {
    /// One named column; as many cells as the batch has rows.
    public struct Column: Sendable {
        /// The field's name; unique in the batch.
        public let name: String
        /// One a row.
        public var cells: [Cell]

        /// A column whose cells point into the bytes of the batch that it will be part of.
        public init(name: String, cells: [Cell]) {
            self.name = name
            self.cells = cells
        }
    }

    /// What has become of a row inside the transforms.
    public enum RowState: UInt8, Sendable {
        /// Goes on to the next stage.
        case live
        /// A rule is broken; one of the issues says which.
        case rejected
        /// A `filter` leaves it out.
        case filtered
        /// A `dedupe` keeps another row in its place.
        case duplicate
    }

    /// The text of all cells and raw records.
    public var bytes: [UInt8]
    /// In source order, then in the order transforms added them. Names are unique.
    public private(set) var columns: [Column]
    /// One a row.
    public private(set) var origins: [RecordOrigin]
    /// One a row.
    public private(set) var states: [RowState]
    /// Every problem found so far, in row order within a stage.
    public private(set) var issues: [RowIssue] = []

    /// A batch of living rows, but for those that an error among the issues rejects; every column has a cell for each
    /// origin.
    public init(bytes: [UInt8], columns: [Column], origins: [RecordOrigin], issues: [RowIssue] = []) {
        precondition(columns.allSatisfy { $0.cells.count == origins.count })
        self.bytes = bytes
        self.columns = columns
        self.origins = origins
        states = Array(repeating: .live, count: origins.count)
        for issue in issues { report(issue.issue, row: issue.row) }
    }

    /// Rows of any state.
    public var rowCount: Int { origins.count }

    /// Index of a column by name.
    public func column(_ name: String) -> Int? { columns.firstIndex { $0.name == name } }

    /// Records a problem; an error rejects the row.
    public mutating func report(_ issue: Issue, row: Int) {
        issues.append(RowIssue(row: row, issue: issue))
        if issue.severity == .error { states[row] = .rejected }
    }

    /// Takes a row out of the batch's living rows. A rejected row stays rejected.
    public mutating func drop(row: Int, as state: RowState) {
        if states[row] != .rejected { states[row] = state }
    }

    /// Takes away all rows behind the first ones.
    public mutating func keepFirst(rows: Int) {
        let surplus = rowCount - rows
        guard surplus > 0 else { return }
        origins.removeLast(surplus)
        states.removeLast(surplus)
        issues.removeAll { $0.row >= rows }
        for index in columns.indices { columns[index].cells.removeLast(surplus) }
    }

    /// Adds a column, or replaces the one of that name.
    public mutating func set(_ column: Column) {
        precondition(column.cells.count == rowCount)
        if let index = self.column(column.name) { columns[index] = column } else { columns.append(column) }
    }

    /// Appends text to the batch's bytes and returns the cell for it.
    public mutating func store(_ text: some Sequence<UInt8>, kind: Cell.Kind = .text) -> Cell {
        let start = bytes.count
        bytes.append(contentsOf: text)
        return Cell(kind: kind, offset: start, length: bytes.count - start)
    }

    /// The bytes of a cell.
    public func slice(_ cell: Cell) -> ArraySlice<UInt8> { bytes[cell.range] }

    /// A cell as text; `nil` when there is no value. For messages and single writes, not for hot loops.
    public func text(_ cell: Cell) -> String? {
        cell.isNull ? nil : String(decoding: bytes[cell.range], as: UTF8.self)
    }

    /// The text of one field of one row; `nil` when there is no such column or no value.
    public func text(row: Int, column name: String) -> String? {
        column(name).flatMap { text(columns[$0].cells[row]) }
    }

    /// The record as it stood in the source, as UTF-8 without its line end.
    public func raw(row: Int) -> ArraySlice<UInt8> { bytes[origins[row].raw] }
}
