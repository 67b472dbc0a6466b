import Records

extension HTMLReport {
    /// Problems of one severity, grouped, each group with its first examples.
    func problems(_ page: inout HTMLText, _ severity: Issue.Severity, _ title: String) {
        let groups = report.problems.filter { $0.severity == severity }
        if groups.isEmpty { return }
        let id = severity == .error ? "problems" : "warnings"
        page.element("section", ["aria-labelledby": id]) { page in
            page.element("h2", title, ["id": id])
            if severity == .warning { page.element("p", texts.warningsNote, ["class": "soft"]) }
            for (index, group) in groups.prefix(Self.groupsMax).enumerated() {
                problem(&page, group, isOpen: index < 3 && severity == .error)
            }
            if groups.count > Self.groupsMax {
                let (shown, all) = (language.number(Self.groupsMax), language.number(groups.count))
                page.element("p", texts.fill(texts.firstOf, shown, all), ["class": "soft"])
            }
        }
    }

    private func problem(_ page: inout HTMLText, _ group: ProblemGroup, isOpen: Bool) {
        let text = issueTexts.text(group.code)
        if isOpen { page.fixed("<details open>") } else { page.fixed("<details>") }
        page.element("summary") { page in
            page.element("h3") { page in
                page.text(text?.title ?? VisibleText.visible(group.message))
                page.text(" ")
                page.element("span", facts(group), ["class": "soft"])
            }
        }
        page.element("div") { page in
            page.element("p") { page in
                page.element("strong", texts.whatToDo + ":")
                page.text(" " + (text?.remedy ?? ""))
            }
            if let detail = detail(group, text) { page.element("p", detail, ["class": "soft"]) }
            if page.html.utf8.count > Self.exampleBytesMax {
                page.element("p", texts.samplesLeftOut, ["class": "soft"])
            } else {
                examples(&page, group)
            }
        }
        page.close("details")
    }

    /// Where it is, how often, and in which share of the rows.
    private func facts(_ group: ProblemGroup) -> String {
        let label = group.column == nil ? texts.field : texts.column
        let place = (group.column ?? group.field).map { "\(label) \(VisibleText.visible($0))" }
        let share = language.share(group.count, of: report.balance.read)
        return [place, texts.count(group.count, texts.occurrences), share].compactMap(\.self).joined(separator: " · ")
    }

    /// The particulars that all examples share; `nil` when they have none, or differ.
    private func detail(_ group: ProblemGroup, _ text: IssueTexts.Entry?) -> String? {
        guard let text, let first = group.samples.first?.arguments, !first.isEmpty,
            group.samples.allSatisfy({ $0.arguments == first })
        else { return nil }
        let message = VisibleText.visible(text.message(first))
        return message == text.title ? nil : message + "."
    }

    private func examples(_ page: inout HTMLText, _ group: ProblemGroup) {
        let hasKey = group.samples.contains { $0.key != nil }
        let hasFile = report.source.files.count > 1
        let differs = Set(group.samples.map(\.arguments)).count > 1
        let title = issueTexts.text(group.code)?.title ?? VisibleText.visible(group.message)
        page.element("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": label(title, group)]) {
            page in
            page.element("table") { page in
                let shown = texts.fill(
                    texts.firstOf, language.number(group.samples.count), language.number(group.count))
                page.element("caption", shown)
                page.element("thead") { page in
                    page.open("tr")
                    if hasFile { page.element("th", texts.file, ["scope": "col"]) }
                    page.element("th", texts.row, ["scope": "col", "class": "n"])
                    page.element("th", texts.line, ["scope": "col", "class": "n"])
                    if hasKey { page.element("th", texts.key, ["scope": "col"]) }
                    page.element("th", texts.value, ["scope": "col", "class": "wide"])
                    if !report.settings.masks { page.element("th", texts.inItsRow, ["scope": "col", "class": "wide"]) }
                    if differs { page.element("th", texts.problem, ["scope": "col", "class": "wide"]) }
                    page.close("tr")
                }
                page.element("tbody") { page in
                    for sample in group.samples {
                        example(&page, sample, group.code, hasKey: hasKey, hasFile: hasFile, differs: differs)
                    }
                }
            }
        }
    }

    private func label(_ title: String, _ group: ProblemGroup) -> String {
        guard let place = group.column ?? group.field else { return title }
        return "\(title): \(VisibleText.visible(place))"
    }

    private func example(
        _ page: inout HTMLText, _ sample: ProblemSample, _ code: String, hasKey: Bool, hasFile: Bool, differs: Bool
    ) {
        page.open("tr")
        if hasFile {
            let files = report.source.files
            page.element("td") {
                $0.value(files.indices.contains(sample.file) ? VisibleText.visible(files[sample.file].name) : "")
            }
        }
        page.element("td", language.number(sample.row), ["class": "n"])
        page.element("td", language.number(sample.line), ["class": "n"])
        if hasKey { page.element("td") { $0.value(sample.key ?? "") } }
        page.element("td") { page in
            value(&page, sample)
            if sample.valueLength > ReportCollector.valueScalarsMax {
                page.text(" ")
                let length = texts.fill(texts.characters, language.number(sample.valueLength))
                page.element("span", "(\(length))", ["class": "soft"])
            }
        }
        if !report.settings.masks {
            page.element("td") { page in
                guard let context = sample.context else { return }
                page.open("bdi")
                page.text(context.before)
                if context.holdsValue { value(&page, sample) }
                page.text(context.after)
                page.fixed("</bdi>")
            }
        }
        if differs {
            page.element("td", VisibleText.visible(issueTexts.text(code)?.message(sample.arguments) ?? ""))
        }
        page.close("tr")
    }

    private func value(_ page: inout HTMLText, _ sample: ProblemSample) {
        guard let value = sample.value else { return page.text("–") }
        if value.isEmpty {
            page.open("mark", ["class": "empty"])
            page.text(texts.empty)
        } else {
            page.open("mark")
            page.open("bdi")
            page.text(sample.valueLength > ReportCollector.valueScalarsMax ? value + "…" : value)
            page.fixed("</bdi>")
        }
        page.fixed("</mark>")
    }
}
