import SalesdockFacts

/// Compiles Salesdock's rules against the targets that a program fills.
struct RulesCompiler {
    /// The slot of each target; a final `[]` is left out of the name.
    let slots: [String: Int]
    /// Targets whose own text is what is sent.
    let plain: Set<String>

    func compile(_ rules: SalesdockRules) -> RulesStage {
        var compiled = rules.facts.fields.compactMap { field -> RulesStage.Rule? in
            let isHarmful = rules.neverEmpty.contains(field.name)
            var rule = rule(
                field, prefix: "", applies: .always, inherits: false, required: isHarmful ? .always : nil)
            if isHarmful { rule?.requiredMessage = Self.harmMessage }
            if rules.matchesByID, !rules.facts.mandatoryOnUpdate.contains(field.name), let required = rule?.required {
                rule?.required = onCreate(required)
            }
            return rule
        }
        if let energy = rules.energy {
            let tariffs = energy.fields.filter { SalesdockRules.isTariff($0.name) }
            let anyTariff = RulesStage.Condition.filled(
                tariffs.compactMap { slots[SalesdockRules.energyPrefix + $0.name] })
            compiled += energy.fields.compactMap {
                rule($0, prefix: SalesdockRules.energyPrefix, applies: anyTariff, inherits: true)
            }
        }
        return RulesStage(rules: compiled.filter(\.isOfUse))
    }

    /// - Parameter inherits: whether the record's own field of the same name stands in for a missing one.
    ///   - demanded: when the field must be filled, where that is not Salesdock's own rule.
    private func rule(
        _ field: Field, prefix: String, applies: RulesStage.Condition, inherits: Bool,
        required demanded: RulesStage.Condition? = nil
    ) -> RulesStage.Rule? {
        let name = prefix + field.name
        // Members of a list's items have no column; the list is checked as a whole.
        if name.contains("[]") { return nil }
        let slot = plain.contains(name) ? slots[name] : nil
        // An object or list that must be there may be empty, and is sent so when nothing of it is filled.
        let canBeEmpty = field.presence == .mandatory && (field.kind == .object || field.kind == .list)
        let required = demanded ?? (canBeEmpty ? .never : condition(field.presence, prefix))
        if slot == nil, case .never = required { return nil }
        // Inside a list or object that comes as one value, nothing is known of the members.
        let ancestors = slots.filter { name.hasPrefix($0.key + ".") }.map(\.value)
        let inherited = inherits ? filledSlots(field.name) : []
        return RulesStage.Rule(
            name: name, required: required,
            requiredMessage: message(field.presence, prefix, isMapped: slots[name] != nil),
            requiredArguments: arguments(field.presence, prefix),
            filled: .filled(filledSlots(name) + ancestors + inherited), slot: slot, values: table(field),
            form: form(field),
            applies: applies)
    }

    /// A record that is named by its id is there already and may keep what it has.
    private func onCreate(_ required: RulesStage.Condition) -> RulesStage.Condition {
        guard case .never = required else {
            return slots[SalesdockSink.remoteID].map { .all([required, .empty(slot: $0)]) } ?? required
        }
        return .never
    }

    private static let harmMessage =
        "without this field Salesdock makes a customer that nobody tracks; fill it in the source or leave the row out"

    /// A field is filled by its own target, or by any target inside it.
    private func filledSlots(_ name: String) -> [Int] {
        slots.filter { $0.key == name || $0.key.hasPrefix(name + ".") }.map(\.value).sorted()
    }

    private func condition(_ presence: Presence, _ prefix: String) -> RulesStage.Condition {
        switch presence {
        case .optional: .never
        case .mandatory: .always
        case .mandatoryIf(let condition): self.condition(condition, prefix)
        }
    }

    private func condition(_ condition: Condition, _ prefix: String) -> RulesStage.Condition {
        switch condition {
        case .field(let name, let values):
            slots[prefix + name].map { .value(slot: $0, oneOf: ValueTable(values.map { ValuePair(from: $0, to: "") })) }
                ?? .never
        case .filled(let name): .filled(filledSlots(prefix + name))
        case .all(let conditions): .all(conditions.map { self.condition($0, prefix) })
        case .any(let conditions): .any(conditions.map { self.condition($0, prefix) })
        }
    }

    private func table(_ field: Field) -> ValueTable? {
        if field.values.isEmpty || field.kind == .list { return nil }
        let accepted = field.kind == .flag ? field.values + flagSpellings(field.values) : field.values
        return ValueTable(accepted.map { ValuePair(from: $0, to: "") })
    }

    private func flagSpellings(_ values: [String]) -> [String] {
        values.compactMap { $0 == "1" ? "true" : $0 == "0" ? "false" : nil }
    }

    private func form(_ field: Field) -> RulesStage.Form {
        switch field.kind {
        case .text, .base64, .object, .list: .any
        case .integer: .integer
        case .decimal: .decimal
        case .flag: .flag
        case .date(let form): .date(.of(form))
        }
    }

    private func message(_ presence: Presence, _ prefix: String, isMapped: Bool) -> String {
        let remedy = isMapped ? "fill it in the source or give it a `default`" : "no target fills it; add it to the map"
        guard case .mandatoryIf(let condition) = presence else { return "Salesdock requires this field; \(remedy)" }
        return "Salesdock requires this field when \(describe(condition, prefix)); \(remedy)"
    }

    private func arguments(_ presence: Presence, _ prefix: String) -> [String] {
        if case .mandatoryIf(let condition) = presence { [signs(condition, prefix)] } else { [] }
    }

    /// A condition in signs, which need no translation.
    private func signs(_ condition: Condition, _ prefix: String) -> String {
        switch condition {
        case .field(let name, let values):
            // The words for 1 and 0 say nothing more.
            "\(prefix)\(name) = \(values.filter { $0 != "true" && $0 != "false" }.joined(separator: " | "))"
        case .filled(let name): "\(prefix)\(name) ≠ \"\""
        case .all(let conditions): conditions.map { signs($0, prefix) }.joined(separator: " & ")
        case .any(let conditions): conditions.map { signs($0, prefix) }.joined(separator: " | ")
        }
    }

    private func describe(_ condition: Condition, _ prefix: String) -> String {
        switch condition {
        case .field(let name, let values): "\(prefix)\(name) is \(values.joined(separator: " or "))"
        case .filled(let name): "\(prefix)\(name) is filled"
        case .all(let conditions): conditions.map { describe($0, prefix) }.joined(separator: " and ")
        case .any(let conditions): conditions.map { describe($0, prefix) }.joined(separator: " or ")
        }
    }
}
