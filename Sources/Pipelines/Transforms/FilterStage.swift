import Records

/// One `filter`, compiled: each node of the expression becomes a column of flags.
struct FilterStage: Sendable {
    var expression: FilterExpression
    /// Slots of the expression's fields.
    var slots: [Int]

    func run(_ batch: inout RecordBatch, _ columns: [[Cell]]) {
        let rows = batch.liveRows
        let passes = evaluate(expression.root, batch.bytes, columns, rows)
        for row in rows.indices where rows[row] && !passes[row] { batch.drop(row: row, as: .filtered) }
    }

    private func evaluate(_ node: FilterNode, _ bytes: [UInt8], _ columns: [[Cell]], _ rows: [Bool]) -> [Bool] {
        switch node {
        case .not(let inner): return evaluate(inner, bytes, columns, rows).map { !$0 }
        case .and(let a, let b):
            // The right side only looks at rows that the left side left open.
            let left = evaluate(a, bytes, columns, rows)
            let open = zip(rows, left).map { $0 && $1 }
            return zip(left, evaluate(b, bytes, columns, open)).map { $0 && $1 }
        case .or(let a, let b):
            let left = evaluate(a, bytes, columns, rows)
            let open = zip(rows, left).map { $0 && !$1 }
            return zip(left, evaluate(b, bytes, columns, open)).map { $0 || $1 }
        case .empty(let operand): return each(operand, bytes, columns, rows) { _, range in range.isEmpty }
        case .matches(let operand, let pattern):
            return each(operand, bytes, columns, rows) { pattern.matches($0, $1) }
        case .oneOf(let operand, let items):
            return each(operand, bytes, columns, rows) { text, range in
                items.contains { TextBytes.equal(text, range, $0.span, 0..<$0.count) }
            }
        case .compare(let comparison, let a, let b): return compare(comparison, a, b, bytes, columns, rows)
        }
    }

    private func each(
        _ operand: FilterOperand, _ bytes: [UInt8], _ columns: [[Cell]], _ rows: [Bool],
        _ test: (Span<UInt8>, Range<Int>) -> Bool
    ) -> [Bool] {
        var result = [Bool](repeating: false, count: rows.count)
        switch operand {
        case .text(let literal), .number(let literal):
            result = Array(repeating: test(literal.span, 0..<literal.count), count: rows.count)
        case .field(let index):
            let column = columns[slots[index]]
            let bytes = bytes.span
            for row in rows.indices where rows[row] { result[row] = test(bytes, column[row].range) }
        }
        return result
    }

    private func compare(
        _ comparison: FilterOperator, _ a: FilterOperand, _ b: FilterOperand, _ bytes: [UInt8], _ columns: [[Cell]],
        _ rows: [Bool]
    ) -> [Bool] {
        let isNumeric = a.isNumber || b.isNumber
        switch (a, b) {
        case (.field(let left), .field(let right)):
            let left = columns[slots[left]]
            let right = columns[slots[right]]
            let bytes = bytes.span
            return rows.indices.map {
                rows[$0] && comparison.holds(bytes, left[$0].range, bytes, right[$0].range, isNumeric: false)
            }
        case (_, .text(let literal)), (_, .number(let literal)):
            return each(a, bytes, columns, rows) {
                comparison.holds($0, $1, literal.span, 0..<literal.count, isNumeric: isNumeric)
            }
        case (.text(let literal), _), (.number(let literal), _):
            return each(b, bytes, columns, rows) {
                comparison.holds(literal.span, 0..<literal.count, $0, $1, isNumeric: isNumeric)
            }
        }
    }
}

extension FilterOperand {
    var isNumber: Bool { if case .number = self { true } else { false } }
}

extension FilterOperator {
    /// - Parameter isNumeric: whether one side is a bare number, so that only numbers are compared.
    func holds(
        _ a: Span<UInt8>, _ aRange: Range<Int>, _ b: Span<UInt8>, _ bRange: Range<Int>, isNumeric: Bool
    ) -> Bool {
        switch self {
        case .contains: return TextBytes.contains(a, aRange, b, bRange)
        case .startsWith: return TextBytes.has(a, aRange, b, bRange, at: 0)
        case .endsWith: return TextBytes.has(a, aRange, b, bRange, at: aRange.count - bRange.count)
        case .equal, .notEqual:
            let isEqual =
                isNumeric
                ? Self.order(a, aRange, b, bRange, isNumeric: true) == 0 : TextBytes.equal(a, aRange, b, bRange)
            return isEqual == (self == .equal)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let order = Self.order(a, aRange, b, bRange, isNumeric: isNumeric) else { return false }
            return switch self {
            case .less: order < 0
            case .lessOrEqual: order <= 0
            case .greater: order > 0
            default: order >= 0
            }
        }
    }

    /// `nil` when numbers are asked for and one side is none.
    private static func order(
        _ a: Span<UInt8>, _ aRange: Range<Int>, _ b: Span<UInt8>, _ bRange: Range<Int>, isNumeric: Bool
    ) -> Int? {
        if let left = DecimalText(a, aRange), let right = DecimalText(b, bRange) {
            return DecimalText.compare(left, a, right, b)
        }
        if isNumeric { return nil }
        if TextBytes.equal(a, aRange, b, bRange) { return 0 }
        return TextBytes.isLess(a, aRange, b, bRange) ? -1 : 1
    }
}
