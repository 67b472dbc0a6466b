import Records

/// One declared check, ready to run over a column.
struct CompiledCheck: Sendable {
    enum Test: Sendable {
        case required
        case email
        case pattern(TextPattern)
        case oneOf(ValueTable)
        case length(min: Int, max: Int)
        case number(min: DecimalBound?, max: DecimalBound?)
        case date(forms: [DatePattern], after: CivilDate?, before: CivilDate?)
    }

    var test: Test
    var isWarning: Bool
    /// What is wrong with a value that fails, and what to do.
    var message: String
    /// What the message names, for other languages.
    var arguments: [String] = []

    /// Also the code.
    var code: String {
        switch test {
        case .required: "required"
        case .email: "email"
        case .pattern: "pattern"
        case .oneOf: "one_of"
        case .length: "length"
        case .number: "number"
        case .date: "date"
        }
    }

    /// A blank value is an empty one, of which only `required` says anything.
    func passes(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        if case .required = test { return !TextBytes.isBlank(bytes, range) }
        return holds(bytes, range) || TextBytes.isBlank(bytes, range)
    }

    private func holds(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        switch test {
        case .required: return true
        case .email: return EmailCheck.accepts(bytes, range)
        case .pattern(let pattern): return pattern.matches(bytes, range)
        case .oneOf(let table): return table.index(of: bytes, range) != nil
        case .length(let least, let most):
            // A scalar takes one to four bytes, so most values need no counting.
            if range.count < least || most < Cell.lengthMax && range.count > most * 4 { return false }
            let count = TextBytes.scalarCount(bytes, range)
            return count >= least && count <= most
        case .number(let least, let most):
            guard let number = DecimalText(bytes, range) else { return false }
            if let least, least.order(of: number, bytes) < 0 { return false }
            if let most, most.order(of: number, bytes) > 0 { return false }
            return true
        case .date(let forms, let after, let before):
            for form in forms {
                guard let date = form.read(bytes, range)?.date else { continue }
                if let after, date < after { return false }
                if let before, date > before { return false }
                return true
            }
            return false
        }
    }
}
