import SalesdockFacts

/// What can be said of a pipeline without its data: mapping targets against Salesdock's fields, names against what is
/// known to exist, and combinations that would do harm.
public struct PipelineLinter {
    let definition: PipelineDefinition
    let scope: ProjectDefinition.Scope?
    /// The source's fields, when they are known.
    let sourceFields: [String]?
    /// Whether no part of the file was left out; what is missing is reported only then.
    let isWhole: Bool
    /// Map entries of all stages with their paths, in order.
    let entries: [(entry: MapEntry, path: String)]

    init(
        _ definition: PipelineDefinition, scope: ProjectDefinition.Scope?, sourceFields: [String]?, isWhole: Bool
    ) {
        self.definition = definition
        self.scope = scope
        self.isWhole = isWhole
        self.sourceFields = Self.statedFields(definition.source) ?? sourceFields
        entries = definition.transforms.enumerated().flatMap { index, transform in
            guard case .map(let entries) = transform else { return [(entry: MapEntry, path: String)]() }
            return entries.map { ($0, "transforms[\(index)].map.\($0.target)") }
        }
    }

    func diagnostics() -> [Diagnostic] {
        var log = DiagnosticLog(file: definition.file)
        checkSource(into: &log)
        checkKey(into: &log)
        checkMissing(into: &log)
        checkNames(into: &log)
        checkLookups(into: &log)
        checkPatterns(into: &log)
        if case .salesdock(let sink) = definition.sink {
            checkSink(sink, into: &log)
            let facts = TargetFacts(sink)
            for (entry, path) in entries { check(entry, at: path, facts, into: &log) }
            if isWhole { checkPresence(facts, into: &log) }
        }
        return log.sorted
    }

    /// The place of a part, or of the nearest part around it that the file has.
    func mark(_ path: String) -> Mark? {
        var path = path
        while true {
            if let mark = definition.marks[path] { return mark }
            guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { return nil }
            path = String(path[..<end])
        }
    }

    private static func statedFields(_ source: SourceSpec) -> [String]? {
        switch source {
        case .csv(let spec): spec.columns
        case .xml(let spec): spec.fields.map(\.name)
        case .ndjson, .salesdock: nil
        }
    }

    // MARK: Source

    private func checkSource(into log: inout DiagnosticLog) {
        guard case .csv(let spec) = definition.source else { return }
        if spec.quote == spec.delimiter {
            log.report(
                "quote and delimiter are the same character, so no field could end; make one of them another",
                at: mark(definition.marks["source.csv.quote"] == nil ? "source.csv.delimiter" : "source.csv.quote"))
        }
        var seen: Set<String> = []
        for (index, name) in (spec.columns ?? []).enumerated() where !seen.insert(name).inserted {
            log.report("'header' names the column '\(name)' twice; rename one", at: mark("source.csv.header[\(index)]"))
        }
    }

    // MARK: Key and missing

    private func checkKey(into log: inout DiagnosticLog) {
        if case .salesdock = definition.sink, definition.key.isEmpty, isWhole {
            log.report(
                "'key' is required: the source field that identifies a record from run to run",
                at: mark("pipeline#key"))
        }
        guard let sourceFields else { return }
        let known = sourceFields + entries.map(\.entry.target)
        for (index, name) in definition.key.enumerated() where !known.contains(name) {
            let place = definition.marks["key[\(index)]"] ?? mark("key")
            let hint = Spelling.hint(for: name, in: known, what: "known")
            log.report(
                "the key '\(name)' is neither a field of the source nor a mapping target\(hint)", at: place)
        }
    }

    private func checkMissing(into log: inout DiagnosticLog) {
        guard definition.missing == .deactivate else { return }
        if case .salesdock(let sink) = definition.sink, sink.kind == .products { return }
        log.report("'missing: deactivate' is only for a salesdock.products sink", at: mark("missing"))
    }

    // MARK: Sink

    private func checkSink(_ sink: SalesdockSink, into log: inout DiagnosticLog) {
        let path = "sink.salesdock.\(sink.kind.rawValue)"
        let targets = entries.map(\.entry.target)
        for (index, name) in sink.match.enumerated() where isWhole && !targets.contains(name) {
            let place = definition.marks["\(path).match[\(index)]"] ?? mark("\(path).match")
            let hint = Spelling.hint(for: name, in: targets, what: "known")
            log.report("'match' names '\(name)', which no map entry sets\(hint)", at: place)
        }
        if sink.matchesByID, sink.match.count > 1 {
            log.report("'id' tells a record by itself; write match: [id]", at: mark("\(path).match"))
        }
        switch sink.kind {
        case .customers: checkCustomers(sink, path, into: &log)
        case .suppliers, .products: checkScope(sink, path, into: &log)
        case .offers: checkOffers(sink, path, targets, into: &log)
        }
    }

    private func checkCustomers(_ sink: SalesdockSink, _ path: String, into log: inout DiagnosticLog) {
        if sink.match.isEmpty {
            log.report(
                "without 'match', customers that Salesdock has already are created again; "
                    + "write for example match: [email]", at: mark("\(path)#key"), .warning)
        }
        let isStated = definition.marks["\(path).existing"] != nil
        if scope == .user, sink.existing == .update, isStated || !sink.match.isEmpty {
            log.report(
                "'existing: update' needs scope account: Salesdock offers the update of customers to Admin tokens "
                    + "only; write existing: skip, or use an Admin's token", at: mark("\(path).existing"))
        }
    }

    private func checkScope(_ sink: SalesdockSink, _ path: String, into log: inout DiagnosticLog) {
        guard scope == .user else { return }
        log.report(
            "\(sink.kind.rawValue) can be written with an Admin's token only (scope: account)", at: mark("\(path)#key"))
    }

    private func checkOffers(_ sink: SalesdockSink, _ path: String, _ targets: [String], into log: inout DiagnosticLog)
    {
        for (index, name) in sink.match.enumerated() where name != SalesdockSink.remoteID {
            log.report(
                "offers have no field to be recognised by but Salesdock's own id: write match: [id], or leave it out",
                at: mark("\(path).match[\(index)]"))
        }
        if let flow = sink.flow {
            let parts = flow.split(separator: "/", omittingEmptySubsequences: false)
            if parts.count != 2 || parts.contains("") {
                log.report("'flow' is written type/identifier, such as default/default", at: mark("\(path).flow"))
            } else if FlowType.of(String(parts[0])) == nil {
                let hint = Spelling.hint(for: String(parts[0]), in: FlowType.all.map(\.identifier), what: "known")
                log.report(
                    "the flow type '\(parts[0])' is not documented, so its own fields are not checked\(hint)",
                    at: mark("\(path).flow"), .warning)
            }
        }
        guard isWhole else { return }
        if !targets.contains(SaleSideEffects.createsCustomerUnlessFilled) {
            log.report(
                "offers need a map entry for 'relation_id', such as { from: customer_number, ref: customers }: "
                    + "without it Salesdock makes a customer that nobody tracks", at: mark("\(path)#key"))
        }
        if !targets.contains(SaleSideEffects.emailsUnlessFilled) {
            log.report(
                "no map entry sets 'contract_date': Salesdock e-mails every one of these offers to its customer",
                at: mark("\(path)#key"), .warning)
        }
    }
}
