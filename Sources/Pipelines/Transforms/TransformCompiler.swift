import SalesdockFacts

/// Turns a pipeline's transforms into stages over numbered columns (*slots*). A name means whatever the last map made
/// of it, or else a source field; each target gets a slot of its own, so no stage overwrites what another reads.
struct TransformCompiler {
    let definition: PipelineDefinition
    let rules: SalesdockRules?
    let today: () throws(PatternProblem) -> CivilDate

    private(set) var diagnostics: [Diagnostic] = []
    private(set) var stages: [TransformProgram.Stage] = []
    private(set) var inputs: [TransformProgram.Input] = []
    private(set) var slotCount = 0
    private(set) var targets: [(target: TransformProgram.Target, slot: Int)] = []
    private(set) var dedupes: [DedupeSpec] = []
    private(set) var dedupesByKey = false

    private var scope: [String: Int] = [:]
    /// Forms in which a field's dates stand.
    private var dateForms: [String: [DatePattern]] = [:]

    init(
        _ definition: PipelineDefinition, rules: SalesdockRules?,
        today: @escaping () throws(PatternProblem) -> CivilDate
    ) {
        self.definition = definition
        self.rules = rules
        self.today = today
    }

    var hasMap: Bool {
        definition.transforms.contains { if case .map(let entries) = $0 { !entries.isEmpty } else { false } }
    }

    mutating func compile() {
        let specs = definition.transforms
        let rulesAt = 1 + (specs.lastIndex { if case .dedupe = $0 { false } else { true } } ?? -1)
        for (index, spec) in specs.enumerated() {
            if index == rulesAt { addRules() }
            switch spec {
            case .map(let entries): if !entries.isEmpty { addMap(entries, "transforms[\(index)].map") }
            case .filter(let text): addFilter(text, "transforms[\(index)].filter")
            case .validate(let fields): addValidate(fields, "transforms[\(index)].validate")
            case .dedupe(let spec): addDedupe(spec, "transforms[\(index)].dedupe")
            }
        }
        if rulesAt == specs.count { addRules() }
        markDedupeByKey(Set(definition.key.map { resolve($0) }))
        for message in Payload.conflicts(targets.map(\.target.name)) { report("transforms", message) }
    }

    private mutating func newSlot() -> Int {
        slotCount += 1
        return slotCount - 1
    }

    /// The slot of a name; a name that no map made is a source field.
    private mutating func resolve(_ name: String, isOptional: Bool = false) -> Int {
        if let slot = scope[name] {
            if !isOptional, let index = inputs.firstIndex(where: { $0.slot == slot }) {
                inputs[index].isOptional = false
            }
            return slot
        }
        let slot = newSlot()
        scope[name] = slot
        inputs.append(TransformProgram.Input(name: name, slot: slot, isOptional: isOptional))
        return slot
    }

    /// Reports a problem at the nearest place that is known: `a.b.c`, else `a.b`, else `a`.
    private mutating func report(_ path: String, _ message: String) {
        var path = path[...]
        while definition.marks[String(path)] == nil, let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) {
            path = path[..<end]
        }
        diagnostics.append(Diagnostic(file: definition.file, mark: definition.marks[String(path)], message: message))
    }

    /// The result, or `nil` with a diagnostic.
    private mutating func attempt<T>(_ path: String, _ make: () throws(PatternProblem) -> T) -> T? {
        do {
            return try make()
        } catch {
            report(path, error.message)
            return nil
        }
    }

    private mutating func addMap(_ entries: [MapEntry], _ path: String) {
        var compiled: [MapStage.Entry] = []
        var names: Set<String> = []
        for entry in entries {
            let entryPath = "\(path).\(entry.target)"
            if !names.insert(entry.target).inserted {
                report(entryPath, "the target '\(entry.target)' is mapped twice; remove one")
                continue
            }
            if let result = mapEntry(entry, entryPath) { compiled.append(result) }
        }
        for (index, entry) in compiled.enumerated() {
            compiled[index].slot = newSlot()
            scope[entry.target] = compiled[index].slot
        }
        for entry in entries {
            guard let result = compiled.first(where: { $0.target == entry.target }) else { continue }
            addTarget(entry, slot: result.slot)
            dateForms[entry.target] = result.date.map { [$0.to] }
        }
        stages.append(.map(MapStage(entries: compiled)))
    }

    private mutating func addTarget(_ entry: MapEntry, slot: Int) {
        let target = TransformProgram.Target(name: entry.target, kind: kind(entry))
        if let index = targets.firstIndex(where: { $0.target.name == entry.target }) {
            targets[index] = (target, slot)
        } else {
            targets.append((target, slot))
        }
    }

    private func kind(_ entry: MapEntry) -> TransformProgram.Target.Kind {
        if let pipeline = entry.ref { return .reference(pipeline) }
        if let lookup = entry.lookup { return .lookup(lookup) }
        if case .file(let spec) = entry.origin { return .file(spec) }
        return entry.target.hasSuffix("[]") ? .list : .plain
    }

    private mutating func mapEntry(_ entry: MapEntry, _ path: String) -> MapStage.Entry? {
        let before = diagnostics.count
        var takesStructure = rules?.takesStructure(entry.target) ?? true
        let origin: MapStage.Origin
        switch entry.origin {
        case .field(let name): origin = .slot(resolve(name))
        case .file(let spec):
            origin = .slot(resolve(spec.from))
            takesStructure = false
        case .const(let text): origin = .const(Array(text.utf8))
        case .template(let text):
            guard let template = attempt(path, { () throws(PatternProblem) in try TextTemplate(text) }) else {
                return nil
            }
            var slots: [Int] = []
            for field in template.fields { slots.append(resolve(field)) }
            origin = .template(template, slots)
        }
        if entry.ref != nil || entry.lookup != nil { takesStructure = false }
        var result = MapStage.Entry(target: entry.target, origin: origin, takesStructure: takesStructure, slot: 0)
        result.apply = entry.apply
        result.values = table(entry.values, path)
        result.otherwise = entry.otherwise.map { Array($0.utf8) }
        result.fallback = entry.fallback.map { Array($0.utf8) }
        if let date = entry.date {
            let from = attempt("\(path).date.from") { () throws(PatternProblem) in try DatePattern(date.from) }
            let to = attempt("\(path).date.to") { () throws(PatternProblem) in try DatePattern(date.to) }
            if let from, let to { result.date = (from, to) }
        }
        if let number = entry.number {
            result.number = attempt("\(path).number") { () throws(PatternProblem) in try NumberForm(number) }
        }
        return diagnostics.count == before ? result : nil
    }

    private mutating func table(_ pairs: [ValuePair]?, _ path: String) -> ValueTable? {
        guard let pairs else { return nil }
        var seen: Set<String> = []
        for pair in pairs where !seen.insert(pair.from).inserted {
            report("\(path).values.\(pair.from)", "`values` lists '\(pair.from)' twice; remove one")
        }
        return ValueTable(pairs)
    }

    private mutating func addFilter(_ text: String, _ path: String) {
        do {
            let expression = try FilterExpression(text)
            var slots: [Int] = []
            for field in expression.fields { slots.append(resolve(field)) }
            stages.append(.filter(FilterStage(expression: expression, slots: slots)))
        } catch {
            report(path, "the filter is wrong \(error.description)")
        }
    }

    private mutating func addValidate(_ fields: [FieldChecks], _ path: String) {
        var compiled: [ValidateStage.Field] = []
        let today = today
        for field in fields {
            let forms = dateForms(of: field.field)
            var checks: [CompiledCheck] = []
            for check in field.checks {
                let result = attempt("\(path).\(field.field)") { () throws(PatternProblem) in
                    try CompiledCheck(check, dateForms: forms, today: today)
                }
                if let result { checks.append(result) }
            }
            compiled.append(ValidateStage.Field(name: field.field, slot: resolve(field.field), checks: checks))
        }
        stages.append(.validate(ValidateStage(fields: compiled)))
    }

    /// How a field's dates are written: as its map writes them, as Salesdock wants them, or as a map will read them.
    private func dateForms(of name: String) -> [DatePattern] {
        if let forms = dateForms[name] { return forms }
        if let field = rules?.field(name), case .date(let form) = field.kind { return [.of(form)] }
        for case .map(let entries) in definition.transforms {
            for entry in entries where entry.origin == .field(name) {
                if let date = entry.date, let pattern = try? DatePattern(date.from) { return [pattern] }
            }
        }
        return [.iso, .dutch, .timestamp]
    }

    private mutating func addDedupe(_ spec: DedupeSpec, _ path: String) {
        if spec.by.isEmpty { report("\(path).by", "`dedupe` needs the fields by which rows are the same: by: [email]") }
        if spec.keep == .last, dedupes.contains(where: { $0.keep == .last }) {
            report("\(path).keep", "only one `dedupe` of a pipeline can keep last rows; make this one keep: first")
        }
        var slots: [Int] = []
        for field in spec.by { slots.append(resolve(field)) }
        stages.append(.dedupe(DedupeStage(spec: spec, slots: slots, table: dedupes.count)))
        dedupes.append(spec)
    }

    /// A `dedupe` by the fields of the key decides what two rows of one key come to.
    private mutating func markDedupeByKey(_ key: Set<Int>) {
        if key.isEmpty { return }
        for index in stages.indices {
            guard case .dedupe(var stage) = stages[index], Set(stage.slots) == key else { continue }
            stage.isByKey = true
            stages[index] = .dedupe(stage)
            dedupesByKey = true
        }
    }

    private mutating func addRules() {
        guard let rules else { return }
        var slots: [String: Int] = [:]
        var plain: Set<String> = []
        if hasMap {
            for (target, slot) in targets {
                let name = target.name.hasSuffix("[]") ? String(target.name.dropLast(2)) : target.name
                slots[name] = slot
                if target.kind == .plain { plain.insert(name) }
            }
        } else {
            let fields =
                rules.facts.fields.map(\.name)
                + (rules.energy?.fields.map { SalesdockRules.energyPrefix + $0.name } ?? [])
            for name in fields where !name.contains("[]") {
                slots[name] = resolve(name, isOptional: true)
                plain.insert(name)
            }
        }
        stages.append(.rules(RulesCompiler(slots: slots, plain: plain).compile(rules)))
    }
}
