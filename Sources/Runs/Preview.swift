import Formats
public import Pipelines
public import Records

/// The first records of a source, before and after the transforms.
public struct Preview: Sendable {
    /// Cells by column; `nil` where there is no value.
    public struct Table: Sendable {
        /// In the order they are shown.
        public var columns: [String]
        /// A cell for each column; as many rows as were read.
        public var rows: [[String?]]
    }

    /// What became of a row, and what is wrong with it.
    public struct Row: Sendable {
        /// Its 1-based number in the source.
        public var number: Int
        /// The line on which it begins, counted from 1.
        public var line: Int
        /// What became of it in the transforms.
        public var state: RecordBatch.RowState
        /// What is wrong with it, warnings included.
        public var issues: [Issue]
    }

    /// As the source has them.
    public var before: Table
    /// As they leave the transforms: the mapping targets, or all columns without a `map`.
    public var after: Table
    /// One for each row of the tables.
    public var rows: [Row]

    /// Reads the first rows of a pipeline's source.
    public static func read(
        _ definition: PipelineDefinition, rows limit: Int, places: RunPlaces, environment: RunEnvironment
    ) throws -> Preview {
        let prepared = try PreparedPipeline(definition, environment: environment, spoolFolder: places.state)
        defer { prepared.source.close() }
        let gate = prepared.gate
        var state = try prepared.startState(rowsMax: limit, stop: environment.stop)
        var reader = try SourceReader(prepared.source.definition)
        var preview = Preview(before: Table(columns: [], rows: []), after: Table(columns: [], rows: []), rows: [])
        while preview.rows.count < limit, var batch = try reader.next() {
            let count = min(batch.rowCount, limit - preview.rows.count)
            preview.before.append(batch, batch.columns.map(\.name), rows: count)
            batch.keepFirst(rows: count)
            try gate.apply(&batch, state: &state, seed: prepared.seed)
            preview.after.append(
                batch, prepared.program.isIdentity ? batch.columns.map(\.name) : prepared.program.targets.map(\.name),
                rows: count)
            for row in 0..<count {
                preview.rows.append(
                    Row(
                        number: batch.origins[row].row, line: batch.origins[row].line, state: batch.states[row],
                        issues: batch.issues.filter { $0.row == row }.map(\.issue)))
            }
        }
        return preview
    }
}

extension Preview.Table {
    mutating func append(_ batch: RecordBatch, _ names: [String], rows count: Int) {
        if columns.isEmpty { columns = names }
        for row in 0..<count { rows.append(columns.map { batch.text(row: row, column: $0) }) }
    }
}
