import Formats
public import Pipelines
public import Records

/// The first records of a source, before and after the transforms.
public struct Preview: Sendable {
    /// Cells by column; `nil` where there is no value.
    public struct Table: Sendable {
        public var columns: [String]
        public var rows: [[String?]]
    }

    /// What became of a row, and what is wrong with it.
    public struct Row: Sendable {
        public var number: Int
        public var line: Int
        public var state: RecordBatch.RowState
        public var issues: [Issue]
    }

    public var before: Table
    public var after: Table
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
