import Records

/// Salesdock's rules, compiled against a program's targets.
struct RulesStage: Sendable {
    /// When a rule holds, over columns of cells.
    indirect enum Condition: Sendable {
        case always
        case never
        case value(slot: Int, oneOf: ValueTable)
        /// One of the slots is filled.
        case filled([Int])
        case empty(slot: Int)
        case all([Condition])
        case any([Condition])
    }

    /// How a value must be written.
    enum Form: Sendable {
        case any
        case date(DatePattern)
        case integer
        case decimal
        case flag
    }

    struct Rule: Sendable {
        /// The target's name, for issues.
        var name: String
        /// When the field must be filled.
        var required: Condition
        var requiredMessage: String
        /// When the field must be filled, in signs; none when always.
        var requiredArguments: [String]
        /// When the record carries the field.
        var filled: Condition
        /// The column whose text is checked; `nil` when it becomes an id or a file's content.
        var slot: Int?
        var values: ValueTable?
        var form: Form
        /// Whether the rule applies to a row at all.
        var applies: Condition
    }

    var rules: [Rule]

    /// - Parameter rows: the rows whose targets all got their values.
    func run(_ batch: inout RecordBatch, _ columns: [[Cell]], rows: [Bool]) {
        let known = alreadyReported(batch)
        for rule in rules {
            let context = Context(columns: columns, rows: rows)
            var applying = context.mask(rule.applies, batch.bytes.span)
            for row in known[rule.name] ?? [] { applying[row] = false }
            checkPresence(rule, context, applying, &batch)
            if let slot = rule.slot, rule.checksValues { checkValues(rule, columns[slot], applying, &batch) }
        }
    }

    /// Rows by field of which a declared check has already said why they are rejected.
    private func alreadyReported(_ batch: RecordBatch) -> [String: [Int]] {
        var rows: [String: [Int]] = [:]
        // By place, since a copy of an issue counts references that all threads share.
        for place in batch.issues.indices where batch.issues[place].issue.severity == .error {
            if let field = batch.issues[place].issue.field { rows[field, default: []].append(batch.issues[place].row) }
        }
        return rows
    }

    private func checkPresence(_ rule: Rule, _ context: Context, _ applying: [Bool], _ batch: inout RecordBatch) {
        if case .never = rule.required { return }
        let missing = context.rows(of: applying, without: rule.filled, batch.bytes.span)
        if missing.isEmpty { return }
        let required = context.mask(rule.required, batch.bytes.span)
        for row in missing where required[row] {
            batch.report(
                Issue(
                    code: "salesdock.required", field: rule.name, message: rule.requiredMessage,
                    arguments: rule.requiredArguments), row: row)
        }
    }

    private func checkValues(_ rule: Rule, _ column: [Cell], _ applying: [Bool], _ batch: inout RecordBatch) {
        let failures = failures(rule, column, applying, batch.bytes.span)
        for (row, isValue) in failures {
            batch.report(
                Issue(
                    code: isValue ? "salesdock.values" : rule.form.code, field: rule.name,
                    message: isValue ? rule.valuesMessage : rule.form.message, value: batch.text(column[row]),
                    arguments: isValue ? [rule.shownValues] : rule.form.arguments), row: row)
        }
    }

    /// Rows that fail, and whether by the list of values or by the form.
    private func failures(
        _ rule: Rule, _ column: [Cell], _ applying: [Bool], _ bytes: Span<UInt8>
    ) -> [(row: Int, isValue: Bool)] {
        // A pattern is taken out of the rule once, not once a row.
        return switch rule.form {
        case .date(let pattern): failures(rule, column, applying, bytes) { pattern.read(bytes, $0) != nil }
        default: failures(rule, column, applying, bytes) { rule.form.accepts(bytes, $0) }
        }
    }

    @inline(__always)
    private func failures(
        _ rule: Rule, _ column: [Cell], _ applying: [Bool], _ bytes: Span<UInt8>, _ accepts: (Range<Int>) -> Bool
    ) -> [(row: Int, isValue: Bool)] {
        var failures: [(row: Int, isValue: Bool)] = []
        // Constants and values of a table are the same bytes in many rows.
        var accepted = Cell.null
        for row in applying.indices where applying[row] {
            let cell = column[row]
            if cell == accepted { continue }
            if cell.kind == .json || TextBytes.isBlank(bytes, cell) { continue }
            if !accepts(cell.range) {
                failures.append((row, false))
            } else if let values = rule.values, values.index(of: bytes, cell.range) == nil {
                failures.append((row, true))
            } else {
                accepted = cell
            }
        }
        return failures
    }

    /// Evaluates conditions over whole columns.
    private struct Context {
        var columns: [[Cell]]
        var rows: [Bool]

        func mask(_ condition: Condition, _ bytes: Span<UInt8>) -> [Bool] {
            switch condition {
            case .always: return rows
            case .never: return Array(repeating: false, count: rows.count)
            case .value(let slot, let table):
                return narrowed(rows, columns[slot]) { table.index(of: bytes, $0.range) != nil }
            case .filled(let slots):
                guard let first = slots.first else { return Array(repeating: false, count: rows.count) }
                let mask = narrowed(rows, columns[first]) { !TextBytes.isBlank(bytes, $0) }
                return slots.dropFirst().reduce(into: mask) { mask, slot in
                    let column = columns[slot]
                    for row in mask.indices where rows[row] && !mask[row] {
                        mask[row] = !TextBytes.isBlank(bytes, column[row])
                    }
                }
            case .empty(let slot):
                return narrowed(rows, columns[slot]) { TextBytes.isBlank(bytes, $0) }
            case .all(let conditions):
                var mask = rows
                for condition in conditions {
                    let other = self.mask(condition, bytes)
                    for row in mask.indices where !other[row] { mask[row] = false }
                }
                return mask
            case .any(let conditions):
                var mask = [Bool](repeating: false, count: rows.count)
                for condition in conditions {
                    let other = self.mask(condition, bytes)
                    for row in mask.indices where other[row] { mask[row] = true }
                }
                return mask
            }
        }

        /// Rows of some for which a condition does not hold.
        func rows(of asked: [Bool], without condition: Condition, _ bytes: Span<UInt8>) -> [Int] {
            var missing: [Int] = []
            // One column, as nearly always, needs no mask.
            if case .filled(let slots) = condition, slots.count == 1 {
                let column = columns[slots[0]]
                for row in asked.indices where asked[row] && TextBytes.isBlank(bytes, column[row]) {
                    missing.append(row)
                }
            } else {
                let holds = mask(condition, bytes)
                for row in asked.indices where asked[row] && !holds[row] { missing.append(row) }
            }
            return missing
        }

        /// The rows whose value holds.
        @inline(__always)
        private func narrowed(_ rows: [Bool], _ column: [Cell], _ holds: (Cell) -> Bool) -> [Bool] {
            var mask = rows
            // Writing through a span costs one check of uniqueness in all.
            var span = mask.mutableSpan
            for row in span.indices where span[row] { span[row] = holds(column[row]) }
            return mask
        }
    }
}

extension RulesStage.Rule {
    /// Whether it looks at anything.
    var isOfUse: Bool {
        if case .never = required { return slot != nil && checksValues }
        return true
    }

    fileprivate var checksValues: Bool {
        if case .any = form { values != nil } else { true }
    }

    fileprivate var valuesMessage: String {
        "Salesdock takes only \(shownValues) here; translate the value with `values`"
    }

    fileprivate var shownValues: String {
        let names = values?.names ?? []
        return names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
    }
}

extension RulesStage.Form {
    var code: String {
        switch self {
        case .any: "salesdock.values"
        case .date: "salesdock.date"
        case .integer: "salesdock.integer"
        case .decimal: "salesdock.decimal"
        case .flag: "salesdock.flag"
        }
    }

    /// What the message names.
    var arguments: [String] {
        if case .date(let pattern) = self { [pattern.text, pattern.example] } else { [] }
    }

    var message: String {
        switch self {
        case .any: ""
        case .date(let pattern):
            "Salesdock takes an existing date of the form \(pattern.text), such as \(pattern.example); convert it with "
                + "`date: { from: …, to: \(pattern.text) }`"
        case .integer: "Salesdock takes a whole number here, without separators"
        case .decimal:
            "Salesdock takes a number with a decimal point here, such as 12.50; convert it with "
                + "`number: { decimal: \",\" }`"
        case .flag: "Salesdock takes 1 or 0 here; translate the value with `values`"
        }
    }

    func accepts(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        switch self {
        case .any: return true
        case .date(let pattern): return pattern.read(bytes, range) != nil
        case .decimal: return DecimalText(bytes, range) != nil
        case .integer:
            let digits = bytes[range.lowerBound] == UInt8(ascii: "-") ? range.dropFirst() : range
            return !digits.isEmpty && digits.allSatisfy { bytes[$0].isDigit }
        case .flag:
            return range.count == 1
                && (bytes[range.lowerBound] == UInt8(ascii: "0") || bytes[range.lowerBound] == UInt8(ascii: "1"))
                || ["true", "false"].contains(TextBytes.string(bytes, range))
        }
    }
}
