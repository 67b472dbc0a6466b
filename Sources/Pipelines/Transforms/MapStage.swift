import Records

/// One `map`, compiled. Every entry reads the row as it was before the map, so entries do not depend on their order.
struct MapStage: Sendable {
    enum Origin: Sendable {
        case slot(Int)
        case const([UInt8])
        /// The template and the slots of its fields.
        case template(TextTemplate, [Int])
    }

    struct Entry: Sendable {
        var target: String
        var origin: Origin
        var apply: [TextOperation] = []
        var values: ValueTable?
        var otherwise: [UInt8]?
        var date: (from: DatePattern, to: DatePattern)?
        var number: NumberForm?
        var fallback: [UInt8]?
        /// Whether a list or object may go into the target.
        var takesStructure: Bool
        /// Where the result goes.
        var slot: Int
    }

    var entries: [Entry]

    func run(_ batch: inout RecordBatch, _ slots: inout [[Cell]]) {
        let rows = batch.liveRows
        for entry in entries { slots[entry.slot] = entry.run(&batch, slots, rows) }
    }
}

extension MapStage.Entry {
    fileprivate func run(_ batch: inout RecordBatch, _ slots: [[Cell]], _ rows: [Bool]) -> [Cell] {
        var cells = start(&batch, slots, rows)
        if !takesStructure { rejectStructures(&batch, &cells, rows) }
        for operation in apply {
            switch operation {
            case .trim: batch.trim(&cells, rows: rows)
            case .removeSpaces: batch.removeSpaces(&cells, rows: rows)
            case .lowercase: batch.changeCase(&cells, rows: rows, of: operation, from: UInt8(ascii: "A"))
            case .uppercase: batch.changeCase(&cells, rows: rows, of: operation, from: UInt8(ascii: "a"))
            default: _ = batch.edit(&cells, rows: rows) { bytes, range, out in operation.run(bytes, range, &out) }
            }
        }
        if let values { look(up: values, &batch, &cells, rows) }
        if let date { convert(date, &batch, &cells, rows) }
        if let number { convert(number, &batch, &cells, rows) }
        if let fallback { fill(with: fallback, &batch, &cells, rows) }
        return cells
    }

    private func start(_ batch: inout RecordBatch, _ slots: [[Cell]], _ rows: [Bool]) -> [Cell] {
        switch origin {
        case .slot(let slot): return slots[slot]
        case .const(let text): return Array(repeating: batch.store(text), count: batch.rowCount)
        case .template(let template, let fields):
            var out: [UInt8] = []
            let base = batch.bytes.count
            var cells = [Cell](repeating: .null, count: rows.count)
            do {
                let bytes = batch.bytes.span
                for row in cells.indices where rows[row] {
                    // Nothing but the template's own words is nothing to send.
                    if !fields.isEmpty, fields.allSatisfy({ slots[$0][row].isEmpty }) { continue }
                    let start = out.count
                    for part in template.parts {
                        switch part {
                        case .text(let text): out.append(contentsOf: text)
                        case .field(let index): for at in slots[fields[index]][row].range { out.append(bytes[at]) }
                        }
                    }
                    cells[row] = Cell(kind: .text, offset: base + start, length: out.count - start)
                }
            }
            batch.bytes.append(contentsOf: out)
            return cells
        }
    }

    private func rejectStructures(_ batch: inout RecordBatch, _ cells: inout [Cell], _ rows: [Bool]) {
        var structures = 0
        for cell in cells where cell.isJSON { structures &+= 1 }
        if structures == 0 { return }
        for row in cells.indices where rows[row] && cells[row].kind == .json {
            let value = batch.text(cells[row])
            cells[row] = .null
            batch.report(
                Issue(
                    code: "value.structure", field: target,
                    message:
                        "the value is a list or object and the field takes one value; map a field inside it, or use "
                        + "`\(target)[]` if the field takes a list",
                    value: value), row: row)
        }
    }

    private func look(up table: ValueTable, _ batch: inout RecordBatch, _ cells: inout [Cell], _ rows: [Bool]) {
        let results = otherwise.map { table.results + [$0] } ?? table.results
        var stored = [Range<Int>?](repeating: nil, count: results.count)
        let base = batch.bytes.count
        let failures = batch.edit(&cells, rows: rows) { bytes, range, out in
            let index = table.index(of: bytes, range)
            if index == nil, range.isEmpty { return .slice(range) }
            guard let index = index ?? (otherwise == nil ? nil : results.count - 1) else { return .failed }
            if let range = stored[index] { return .slice(range) }
            let start = base + out.count
            out.append(contentsOf: results[index])
            stored[index] = start..<base + out.count
            return .written
        }
        report(failures, "values.unknown", &batch) {
            let names = table.names
            let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
            return (
                "the value is not in the `values` table (\(shown)); add it there, or give the entry an `otherwise`",
                [shown]
            )
        }
    }

    private func convert(
        _ form: (from: DatePattern, to: DatePattern), _ batch: inout RecordBatch, _ cells: inout [Cell], _ rows: [Bool]
    ) {
        let failures = batch.edit(&cells, rows: rows) { bytes, range, out in
            let range = TextBytes.trimmed(bytes, range)
            if range.isEmpty { return .slice(range) }
            guard let date = form.from.read(bytes, range) else { return .failed }
            form.to.write(date, to: &out)
            return .written
        }
        report(failures, "date.invalid", &batch) {
            (
                "the value is not an existing date of the form \(form.from.text), such as \(form.from.example); correct "
                    + "it, or change `date: { from: … }`", [form.from.text, form.from.example]
            )
        }
    }

    private func convert(_ form: NumberForm, _ batch: inout RecordBatch, _ cells: inout [Cell], _ rows: [Bool]) {
        let failures = batch.edit(&cells, rows: rows, kind: .number) { bytes, range, out in
            let range = TextBytes.trimmed(bytes, range)
            if range.isEmpty { return .null }
            return form.normalise(bytes, range, to: &out) ? .written : .failed
        }
        report(failures, "number.invalid", &batch) {
            (
                "the value is not a number of the declared form, such as \(form.example); correct it, or change `number`",
                [form.example]
            )
        }
    }

    private func fill(with text: [UInt8], _ batch: inout RecordBatch, _ cells: inout [Cell], _ rows: [Bool]) {
        var filler: Cell?
        for row in cells.indices where rows[row] && cells[row].isEmpty {
            let cell = filler ?? batch.store(text)
            filler = cell
            cells[row] = cell
        }
    }

    private func report(
        _ failures: [(row: Int, cell: Cell)], _ code: String, _ batch: inout RecordBatch,
        message: () -> (text: String, arguments: [String])
    ) {
        if failures.isEmpty { return }
        let (text, arguments) = message()
        for (row, cell) in failures {
            batch.report(
                Issue(code: code, field: target, message: text, value: batch.text(cell), arguments: arguments), row: row
            )
        }
    }
}
