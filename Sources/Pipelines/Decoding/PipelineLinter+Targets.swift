import SalesdockFacts

extension PipelineLinter {
    /// One map entry against the field that it fills.
    func check(_ entry: MapEntry, at path: String, _ facts: TargetFacts, into log: inout DiagnosticLog) {
        let place = mark("\(path)#key")
        let kind = facts.sink.kind.rawValue
        switch facts.resolve(entry.target) {
        case .field(let field): check(entry, field, at: path, into: &log)
        case .member, .remoteID, .ownField(near: nil): return
        case .ownField(let near?):
            log.report(
                "'\(entry.target)' is not documented, so taken as the account's own field; did you mean '\(near)'?",
                at: place, .warning)
        case .object(let members):
            let example = members.isEmpty ? "\(entry.target).some_name" : members.joined(separator: ", ")
            log.report("'\(entry.target)' is an object; map its members: \(example)", at: place)
        case .tariffWithoutEnergy:
            log.report("'\(entry.target)' is a tariff; tariffs are sent with energy: true in the sink", at: place)
        case .unknown where entry.target == SalesdockSink.remoteID:
            log.report(
                "Salesdock gives ids itself; to recognise records by their id, write match: [id] in the sink", at: place
            )
        case .unknown(let near):
            let own = facts.facts.extraFieldPrefix.map { "; fields of the account's own start with \($0)" } ?? ""
            log.report(
                "\(kind) have no field '\(entry.target)'\(near.map { "; did you mean '\($0)'?" } ?? own)", at: place)
        }
    }

    private func check(_ entry: MapEntry, _ field: Field, at path: String, into log: inout DiagnosticLog) {
        if let date = entry.date, case .date(let form) = field.kind, date.to != form.written {
            log.report(
                "'\(entry.target)' takes dates as \(form.written), not \(date.to)", at: mark("\(path).date.to"))
        }
        if case .file(let file) = entry.origin, field.kind == .base64, file.encoding != .base64 {
            log.report("'\(entry.target)' takes base64", at: mark("\(path).file.encoding"))
        }
        // A value that is converted afterwards, or looked up, says nothing yet about what is sent.
        guard entry.ref == nil, entry.lookup == nil, entry.date == nil, entry.number == nil else { return }
        if case .const(let text) = entry.origin, entry.values == nil, entry.apply.isEmpty {
            if let problem = field.problem(withConstant: text) { log.report(problem, at: mark("\(path).const")) }
        }
        for pair in entry.values ?? [] {
            if let problem = field.problem(withListed: pair.to) {
                log.report(problem, at: mark("\(path).values.\(pair.from)"))
            }
        }
        for (key, text) in [("otherwise", entry.otherwise), ("default", entry.fallback)] {
            if let text, let problem = field.problem(withListed: text) {
                log.report(problem, at: mark("\(path).\(key)"))
            }
        }
    }

    /// `lookup` compares with a field that the kind has.
    func checkLookups(into log: inout DiagnosticLog) {
        for (entry, path) in entries {
            guard let lookup = entry.lookup else { continue }
            let fields = TargetFacts(SalesdockSink(kind: lookup.kind)).facts.fields.map(\.name)
            if !fields.contains(lookup.by) {
                let hint = Spelling.hint(for: lookup.by, in: fields, what: "known")
                log.report("\(lookup.kind.rawValue) have no field '\(lookup.by)'\(hint)", at: mark("\(path).by"))
            }
        }
    }

    /// Number forms and regular expressions that cannot be compiled.
    func checkPatterns(into log: inout DiagnosticLog) {
        for (entry, path) in entries {
            guard let number = entry.number else { continue }
            do { _ = try NumberForm(number) } catch { log.report(error.message, at: mark("\(path).number#key")) }
        }
        for (index, transform) in definition.transforms.enumerated() {
            guard case .validate(let fields) = transform else { continue }
            for field in fields {
                checkPatterns(field.checks, at: "transforms[\(index)].validate.\(field.field)", into: &log)
            }
        }
    }

    private func checkPatterns(_ checks: [Check], at path: String, into log: inout DiagnosticLog) {
        // Patterns are decoded in the order in which they stand in the file.
        var places = definition.marks.filter { $0.key.hasPrefix(path) && $0.key.hasSuffix(".pattern") }.map(\.value)
        places.sort()
        for case (let offset, .pattern(let pattern)) in checks.map(\.rule).filter(\.isPattern).enumerated() {
            do {
                _ = try TextPattern(pattern)
            } catch {
                log.report(error.message, at: offset < places.count ? places[offset] : mark(path))
            }
        }
    }

    // MARK: Mandatory fields

    /// Mandatory fields that no entry sets.
    func checkPresence(_ facts: TargetFacts, into log: inout DiagnosticLog) {
        let place = mark("sink.salesdock.\(facts.sink.kind.rawValue)#key")
        guard !entries.isEmpty else {
            log.report("only mapping targets are written to Salesdock, and there is no map", at: place)
            return
        }
        for field in facts.facts.fields {
            checkPresence(of: field, prefix: "", facts, facts.sink.kind.rawValue, place, into: &log)
        }
        for field in facts.tariffs?.fields ?? [] where !isMapped(field.name) {
            checkPresence(of: field, prefix: SalesdockRules.energyPrefix, facts, "tariffs", place, into: &log)
        }
    }

    private func checkPresence(
        of field: Field, prefix: String, _ facts: TargetFacts, _ kind: String, _ place: Mark?,
        into log: inout DiagnosticLog
    ) {
        let name = prefix + field.name
        // An object that is mapped as a whole has been reported.
        let isInside = entries.contains { name.hasPrefix($0.entry.target + ".") }
        guard !isMapped(name), !isInside else { return }
        // Rows that name a record by its id need no more than an update does; only new records need the rest.
        if facts.sink.matchesByID, prefix.isEmpty, !facts.facts.mandatoryOnUpdate.contains(field.name) { return }
        switch field.presence {
        case .optional: return
        case .mandatory:
            // An object or list may be empty, and then needs no entry.
            guard field.kind != .object, field.kind != .list else { return }
            log.report("'\(name)' is mandatory for \(kind), and no map entry sets it", at: place)
        case .mandatoryIf(let condition):
            switch holds(condition) {
            case true: log.report("'\(name)' is mandatory here, and no map entry sets it", at: place)
            case false: return
            case nil:
                log.report(
                    "'\(name)' is mandatory when \(condition.words), and no map entry sets it: such rows are rejected",
                    at: place, .warning)
            }
        }
    }

    /// Whether an entry sets the target or a member of it.
    private func isMapped(_ name: String) -> Bool {
        entries.contains { entry, _ in
            entry.target == name || entry.target == name + "[]" || entry.target.hasPrefix(name + ".")
                || entry.target.hasPrefix(name + "[].")
        }
    }

    /// `nil` when it depends on the data.
    private func holds(_ condition: Condition) -> Bool? {
        switch condition {
        case .field(let name, let texts):
            guard let possible = possibleTexts(of: name) else { return nil }
            if possible.allSatisfy(texts.contains) { return !possible.isEmpty }
            return possible.contains(where: texts.contains) ? nil : false
        case .filled(let name):
            guard isMapped(name) else { return false }
            guard let possible = possibleTexts(of: name), !possible.isEmpty else { return nil }
            return possible.allSatisfy { !$0.isEmpty } ? true : nil
        case .all(let conditions):
            let results = conditions.map(holds)
            if results.contains(false) { return false }
            return results.contains(nil) ? nil : true
        case .any(let conditions):
            let results = conditions.map(holds)
            if results.contains(true) { return true }
            return results.contains(nil) ? nil : false
        }
    }

    /// Everything that a target's value can be; none when nothing sets it, `nil` when the data decides.
    private func possibleTexts(of name: String) -> [String]? {
        guard let entry = entries.last(where: { $0.entry.target == name })?.entry else {
            return isMapped(name) ? nil : []
        }
        guard entry.date == nil, entry.number == nil else { return nil }
        if let values = entry.values {
            return values.map(\.to) + [entry.otherwise, entry.fallback].compactMap(\.self)
        }
        if case .const(let text) = entry.origin, entry.apply.isEmpty { return [text] }
        return nil
    }
}

extension Condition {
    /// For messages.
    var words: String {
        switch self {
        case .field(let name, let texts): "'\(name)' is \(texts.joined(separator: " or "))"
        case .filled(let name): "'\(name)' is filled"
        case .all(let conditions): conditions.map(\.words).joined(separator: " and ")
        case .any(let conditions): conditions.map(\.words).joined(separator: " or ")
        }
    }
}

extension Check.Rule {
    fileprivate var isPattern: Bool { if case .pattern = self { true } else { false } }
}
