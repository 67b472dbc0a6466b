import Records

/// One `validate`, compiled. All checks of all fields report on every row that reached the stage.
struct ValidateStage: Sendable {
    struct Field: Sendable {
        var name: String
        var slot: Int
        var checks: [CompiledCheck]
    }

    var fields: [Field]

    func run(_ batch: inout RecordBatch, _ columns: [[Cell]]) {
        let rows = batch.liveRows
        for field in fields {
            for check in field.checks { run(check, field, columns[field.slot], rows, &batch) }
        }
    }

    private func run(
        _ check: CompiledCheck, _ field: Field, _ column: [Cell], _ rows: [Bool], _ batch: inout RecordBatch
    ) {
        for row in failures(check, column, rows, batch.bytes.span) {
            batch.report(
                Issue(
                    check.isWarning ? .warning : .error, code: check.code, field: field.name, message: check.message,
                    value: batch.text(column[row]), arguments: check.arguments), row: row)
        }
    }

    private func failures(
        _ check: CompiledCheck, _ column: [Cell], _ rows: [Bool], _ bytes: Span<UInt8>
    ) -> [Int] {
        switch check.test {
        case .required: failing(column, rows) { !TextBytes.isBlank(bytes, $0) }
        case .email: failing(column, rows) { EmailCheck.accepts(bytes, $0.range) || TextBytes.isBlank(bytes, $0) }
        case .pattern(let pattern):
            if let automaton = pattern.automaton {
                failing(column, rows) {
                    $0.isEmpty || automaton.matches(bytes, $0.range) || TextBytes.isBlank(bytes, $0)
                }
            } else {
                failing(column, rows) { $0.isEmpty || pattern.matches(bytes, $0.range) || TextBytes.isBlank(bytes, $0) }
            }
        default: failing(column, rows) { $0.isEmpty || check.passes(bytes, $0.range) }
        }
    }

    @inline(__always)
    private func failing(_ column: [Cell], _ rows: [Bool], _ passes: (Cell) -> Bool) -> [Int] {
        var failures: [Int] = []
        for row in rows.indices where rows[row] && !passes(column[row]) { failures.append(row) }
        return failures
    }
}
