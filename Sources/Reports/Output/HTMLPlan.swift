/// Plans as one HTML page: no script, nothing from elsewhere, what would stop a run first.
public struct HTMLPlan {
    let plans: [PlanReport]
    /// Pipelines that could not be planned, and why.
    let failures: [String]
    let masks: Bool
    let unixSeconds: Int64
    /// Seconds that a run of all of them takes.
    let seconds: Double
    let language: Language
    let texts: ReportTexts
    let planTexts: PlanTexts
    let issueTexts: IssueTexts

    /// - Parameters:
    ///   - failures: pipelines that could not be planned, each with the reason.
    ///   - seconds: that a run of all plans takes, one after the other.
    ///   - masks: whether values were hidden.
    ///   - unixSeconds: now, since 1970.
    public init(
        _ plans: [PlanReport], failures: [String] = [], seconds: Double, language: Language, masks: Bool,
        unixSeconds: Int64
    ) {
        self.plans = plans
        self.failures = failures
        self.seconds = seconds
        self.language = language
        self.masks = masks
        self.unixSeconds = unixSeconds
        texts = ReportTexts.of(language)
        planTexts = PlanTexts.of(language)
        issueTexts = IssueTexts(language)
    }

    /// The page, in UTF-8.
    public var bytes: [UInt8] {
        let names = plans.prefix(5).map { VisibleText.visible($0.pipeline) } + (plans.count > 5 ? ["…"] : [])
        return HTMLPage.bytes(language, title: "\(planTexts.title): \(names.joined(separator: ", "))") { page in
            page.element("header") { page in
                page.element("p", ([planTexts.title] + names).joined(separator: " · "), ["class": "kicker"])
                page.element("h1", verdict)
                page.element("p", price, ["class": "lead"])
                if masks { page.element("p", planTexts.masked, ["class": "soft"]) }
            }
            page.element("main") { page in
                note(&page, planTexts.notes, failures, heading: 2)
                for (index, plan) in plans.enumerated() { self.plan(&page, plan, "p\(index + 1)") }
            }
            page.element("footer") { page in
                page.element("p", texts.fill(texts.made, texts.moment(unixSeconds: unixSeconds)))
            }
        }
    }

    private var verdict: String {
        let changes = plans.reduce(0) { $0 + $1.changes }
        return changes == 0 ? planTexts.verdictNothing : texts.count(changes, planTexts.verdict)
    }

    private var price: String {
        let requests = plans.reduce(0) { $0 + $1.requestsTotal }
        let forms = requests == 1 ? planTexts.price.one : planTexts.price.many
        let price = texts.fill(forms, language.number(requests), texts.span(seconds.rounded(.up)))
        let end = unixSeconds + Int64(seconds.rounded(.up))
        return "\(price) \(texts.fill(planTexts.finish, texts.moment(unixSeconds: end)))"
    }

    private func plan(_ page: inout HTMLText, _ plan: PlanReport, _ id: String) {
        page.section(id, VisibleText.visible(plan.pipeline)) { page in
            note(&page, planTexts.guards, plan.guards)
            note(&page, planTexts.notes, plan.messages)
            list(&page, planTexts.sideEffects, sideEffects(plan))
            list(&page, planTexts.drift, drift(plan))
            totals(&page, plan)
            requests(&page, plan)
            for group in plan.groups where !group.records.isEmpty { self.group(&page, group) }
            list(&page, planTexts.assumptions, plan.assumptions)
        }
    }

    private func note(_ page: inout HTMLText, _ title: String, _ lines: [String], heading: Int = 3) {
        if lines.isEmpty { return }
        page.element("div", ["class": "note"]) { page in
            if heading == 2 { page.element("h2", title) } else { page.element("h3", title) }
            for line in lines { page.element("p", VisibleText.visible(line)) }
        }
    }

    private func list(_ page: inout HTMLText, _ title: String, _ lines: [String]) {
        if lines.isEmpty { return }
        page.element("h3", title)
        page.element("ul") { page in
            for line in lines { page.element("li", VisibleText.visible(line)) }
        }
    }

    private func sideEffects(_ plan: PlanReport) -> [String] {
        var lines: [String] = []
        if plan.emails > 0 { lines.append(texts.count(plan.emails, planTexts.emails)) }
        if plan.deactivations > 0 { lines.append(texts.count(plan.deactivations, planTexts.deactivations)) }
        for (field, count) in plan.emptied.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            let forms = count == 1 ? planTexts.emptied.one : planTexts.emptied.many
            lines.append(texts.fill(forms, language.number(count), field))
        }
        return lines
    }

    private func drift(_ plan: PlanReport) -> [String] {
        var lines: [String] = []
        if plan.drifted > 0 { lines.append(texts.count(plan.drifted, planTexts.drifted)) }
        if plan.gone > 0 { lines.append(texts.count(plan.gone, planTexts.gone)) }
        return lines
    }

    private func totals(_ page: inout HTMLText, _ plan: PlanReport) {
        let columns = [
            HTMLColumn(planTexts.action), HTMLColumn(planTexts.records, .number), HTMLColumn(texts.share, .number),
        ]
        page.table(planTexts.totals, label: label(planTexts.totals, plan), columns) { page in
            for group in plan.groups where group.count > 0 {
                page.open("tr")
                page.element("th", planTexts.actions[group.action] ?? group.action, ["scope": "row"])
                page.element("td", language.number(group.count), ["class": "n"])
                // A product that is missing from the source is none of its rows.
                let share = group.action == "deactivate" ? "–" : language.share(group.count, of: plan.read)
                page.element("td", share, ["class": "n"])
                page.close("tr")
            }
        }
    }

    private func requests(_ page: inout HTMLText, _ plan: PlanReport) {
        if plan.requests.isEmpty { return }
        let columns = [HTMLColumn(RunTexts.of(language).call), HTMLColumn(RunTexts.of(language).count, .number)]
        page.table(planTexts.requests, label: label(planTexts.requests, plan), columns) { page in
            for call in plan.requests {
                page.open("tr")
                page.element("th", ["scope": "row"]) { $0.element("code", call.name) }
                page.element("td", language.number(call.count), ["class": "n"])
                page.close("tr")
            }
        }
        let time = texts.span(plan.seconds.rounded(.up))
        page.element("p", texts.fill(planTexts.requestsNote, language.number(plan.limit), time), ["class": "soft"])
    }

    private func label(_ title: String, _ plan: PlanReport) -> String {
        "\(title): \(VisibleText.visible(plan.pipeline))"
    }
}
