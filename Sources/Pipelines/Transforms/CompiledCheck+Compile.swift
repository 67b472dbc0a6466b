extension CompiledCheck {
    /// Compiles a check.
    ///
    /// - Parameters:
    ///   - dateForms: the forms in which the field's dates may stand.
    ///   - today: what `today` means.
    /// - Throws: `PatternProblem` for a bad expression or bound.
    init(_ check: Check, dateForms: [DatePattern], today: () throws(PatternProblem) -> CivilDate) throws(PatternProblem)
    {
        isWarning = check.isWarning
        switch check.rule {
        case .required:
            test = .required
            message = "the field is empty and must be filled"
        case .email:
            test = .email
            message = "the value is not an e-mail address such as name@company.example; correct or empty it"
        case .pattern(let text):
            test = .pattern(try TextPattern(text))
            message = "the value does not match the pattern \(text)"
            arguments = [text]
        case .oneOf(let values):
            if values.isEmpty { throw PatternProblem(message: "`one_of` lists no values, so no value would ever pass") }
            test = .oneOf(ValueTable(values.map { ValuePair(from: $0, to: "") }))
            let shown = values.prefix(10).map { "'\($0)'" }.joined(separator: ", ") + (values.count > 10 ? ", …" : "")
            message = "the value is none of \(shown)"
            arguments = [shown]
        case .length(let least, let most):
            if let least, let most, least > most {
                throw PatternProblem(message: "the least length \(least) is more than the greatest, \(most)")
            }
            test = .length(min: least ?? 0, max: most ?? Int.max)
            message = "the value must have \(Self.bounds(least.map(String.init), most.map(String.init))) characters"
            arguments = [Self.signs(least.map(String.init), most.map(String.init))]
        case .number(let least, let most):
            let bounds = (try Self.bound(least), try Self.bound(most))
            if let low = bounds.0, let high = bounds.1, high.isLess(than: low) {
                throw PatternProblem(message: "the least number \(low.text) is more than the greatest, \(high.text)")
            }
            test = .number(min: bounds.0, max: bounds.1)
            message = "the value must be a number \(Self.bounds(least, most)), with a decimal point"
            arguments = [Self.signs(least, most)]
        case .date(let after, let before):
            test = .date(forms: dateForms, after: try Self.day(after, today), before: try Self.day(before, today))
            let form = dateForms.first ?? .iso
            let range = [after.map { " on or after \($0)" }, before.map { " on or before \($0)" }].compactMap(\.self)
            message =
                "the value must be an existing date of the form \(form.text), such as \(form.example)"
                + (range.isEmpty ? "" : "," + range.joined(separator: " and"))
            func day(_ text: String?) throws(PatternProblem) -> String? {
                text == "today" ? try today().description : text
            }
            arguments = [form.text, form.example, Self.signs(try day(after), try day(before))]
        }
    }

    private static func bounds(_ least: String?, _ most: String?) -> String {
        switch (least, most) {
        case (let least?, let most?): least == most ? "exactly \(least)" : "from \(least) to \(most)"
        case (let least?, nil): "of at least \(least)"
        case (nil, let most?): "of at most \(most)"
        case (nil, nil): "of any size"
        }
    }

    /// Bounds in signs, which need no translation: `≥ 2`, `2 – 10`; empty for none.
    private static func signs(_ least: String?, _ most: String?) -> String {
        switch (least, most) {
        case (let least?, let most?): least == most ? "= \(least)" : "\(least) – \(most)"
        case (let least?, nil): "≥ \(least)"
        case (nil, let most?): "≤ \(most)"
        case (nil, nil): ""
        }
    }

    private static func bound(_ text: String?) throws(PatternProblem) -> DecimalBound? {
        guard let text else { return nil }
        guard let bound = DecimalBound(text) else {
            throw PatternProblem(message: "'\(text)' is not a number; write it with a decimal point, such as 10.50")
        }
        return bound
    }

    private static func day(_ text: String?, _ today: () throws(PatternProblem) -> CivilDate) throws(PatternProblem)
        -> CivilDate?
    {
        guard let text else { return nil }
        if text == "today" { return try today() }
        guard let day = CivilDate(iso: text) else {
            throw PatternProblem(message: "'\(text)' is not an existing date; write yyyy-MM-dd, or today")
        }
        return day
    }
}
