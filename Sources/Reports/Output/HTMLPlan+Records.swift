extension HTMLPlan {
    /// Longest value that is shown, in Unicode scalars.
    private static let valueScalarsMax = 120
    /// Actions that need no attention: of their records only those are shown of which something is to be said.
    private static let quiet: Set = ["unchanged", "duplicate", "filtered"]

    /// The records to which the same happens, as far as they are shown.
    func group(_ page: inout HTMLText, _ group: PlanReport.Group) {
        let title = "\(planTexts.actions[group.action] ?? group.action): \(language.number(group.count))"
        let isQuiet = Self.quiet.contains(group.action)
        let shown = group.records.prefix(PlanReport.recordsMax)
        if group.action == "update" { page.fixed("<details open>") } else { page.fixed("<details>") }
        page.element("summary") { $0.element("h3", title) }
        page.element("div") { page in
            let caption =
                isQuiet
                ? planTexts.quietCaption
                : texts.fill(texts.firstOf, language.number(shown.count), language.number(group.count))
            // Of what is new, there is neither an id nor a change.
            let hasID = shown.contains { $0.id != nil }
            let hasDetails = shown.contains { !isPlain($0) }
            let columns =
                [HTMLColumn(texts.key), HTMLColumn(texts.row, .number)]
                + (hasID ? [HTMLColumn(planTexts.id, .number)] : [])
                + (hasDetails ? [HTMLColumn(what(group), .wide)] : [])
            page.table(caption, label: title, columns) { page in
                for record in shown { self.record(&page, record, hasID: hasID, hasDetails: hasDetails) }
            }
            if isQuiet || shown.count < group.count { page.element("p", planTexts.capped, ["class": "soft"]) }
        }
        page.close("details")
    }

    private func what(_ group: PlanReport.Group) -> String {
        let isChange = group.records.contains { !$0.changes.isEmpty || !$0.drift.isEmpty }
        return isChange
            ? "\(planTexts.what) (\(planTexts.was) → \(planTexts.becomes))" : RunTexts.of(language).reason
    }

    private func record(_ page: inout HTMLText, _ record: PlanReport.Record, hasID: Bool, hasDetails: Bool) {
        page.open("tr")
        page.element("th", ["scope": "row"]) { page in
            if let key = record.key { page.value(cut(key)) } else { page.text(planTexts.noKey) }
        }
        page.element("td", record.row.map(language.number) ?? "–", ["class": "n"])
        // An id is a name, whose digits are not grouped.
        if hasID { page.element("td", record.id.map(String.init) ?? "–", ["class": "n"]) }
        if hasDetails {
            page.element("td") { page in
                if isPlain(record) { return page.text("–") }
                page.element("ul", ["class": "plain"]) { page in details(&page, record) }
            }
        }
        page.close("tr")
    }

    private func isPlain(_ record: PlanReport.Record) -> Bool {
        record.changes.isEmpty && record.drift.isEmpty && record.problems.isEmpty && !record.isGone
    }

    private func details(_ page: inout HTMLText, _ record: PlanReport.Record) {
        for change in record.changes.prefix(PlanReport.changesMax) { self.change(&page, change, nil) }
        more(&page, record.changes.count)
        for change in record.drift.prefix(PlanReport.changesMax) { self.change(&page, change, planTexts.edited) }
        more(&page, record.drift.count)
        if record.isGone { page.element("li", planTexts.isGone) }
        for problem in record.problems { self.problem(&page, problem) }
    }

    private func more(_ page: inout HTMLText, _ count: Int) {
        let hidden = count - PlanReport.changesMax
        if hidden > 0 { page.element("li", texts.count(hidden, planTexts.moreFields), ["class": "soft"]) }
    }

    private func change(_ page: inout HTMLText, _ change: PlanReport.Change, _ note: String?) {
        page.element("li") { page in
            if let note { page.text(note + ": ") }
            page.element("code", VisibleText.visible(change.field))
            page.text(" ")
            page.element("del") { value(&$0, change.was) }
            page.text(" → ")
            page.element("ins") { value(&$0, change.becomes) }
        }
    }

    private func value(_ page: inout HTMLText, _ value: PlanReport.Value?) {
        switch value {
        case nil: page.text("(\(planTexts.nothing))")
        case .plain(let text): if text.isEmpty { page.text("(\(planTexts.nothing))") } else { page.value(cut(text)) }
        case .reference(let pipeline, let key): page.text(texts.fill(planTexts.reference, cut(pipeline), cut(key)))
        case .lookup(let kind, let by, let value):
            page.text(texts.fill(planTexts.lookup, cut(kind), cut(by), cut(value)))
        }
    }

    private func problem(_ page: inout HTMLText, _ problem: PlanReport.Problem) {
        page.element("li") { page in
            if let field = problem.field {
                page.element("code", VisibleText.visible(field))
                page.text(" ")
            }
            page.text(issueTexts.text(problem.code)?.title ?? cut(problem.message))
            if let value = problem.value, !value.isEmpty {
                page.text(": ")
                page.element("mark") { $0.value(cut(value)) }
            }
        }
    }

    /// The beginning of a text of the source, made visible.
    private func cut(_ text: String) -> String {
        let head = VisibleText.prefix(Array(text.utf8)[...], scalarsMax: Self.valueScalarsMax)
        return VisibleText.visible(head) + (head.utf8.count < text.utf8.count ? "…" : "")
    }
}
