import Records

/// What a run did.
extension HTMLReport {
    /// Writes of which a person must say whether they happened.
    func doubts(_ page: inout HTMLText) {
        guard let run = report.run, run.doubtsCount > 0 else { return }
        page.section("doubts", runTexts.doubts) { page in
            page.element("p", runTexts.doubtsNote)
            page.element("p", runTexts.doubtsHow)
            page.element("p") { $0.element("code", "dockhand resolve KEY --as ID") }
            let columns = [HTMLColumn(texts.key), HTMLColumn(runTexts.reason, .wide)]
            page.table(runTexts.doubtsCaption, columns) { page in
                for doubt in run.doubts {
                    page.open("tr")
                    page.element("td") { $0.value(VisibleText.visible(doubt.key)) }
                    page.element("td", VisibleText.visible(ReasonTexts.text(doubt.note ?? "", language)))
                    page.close("tr")
                }
            }
            capped(&page, run.doubts.count, of: run.doubtsCount)
        }
    }

    /// The records that were written, with their ids.
    func writes(_ page: inout HTMLText) {
        guard let run = report.run, run.writesCount > 0 else { return }
        page.section("writes", runTexts.writes) { page in
            if let file = run.writesFile {
                page.element("p") { page in sentence(&page, runTexts.writesFile, link: file) }
            }
            let hasKey = run.writes.contains { $0.key != nil }
            let columns =
                (hasKey ? [HTMLColumn(texts.key)] : [])
                + [HTMLColumn(runTexts.id, .number), HTMLColumn(runTexts.call), HTMLColumn(runTexts.outcome)]
            page.table(runTexts.writesCaption, columns) { page in
                for write in run.writes {
                    page.open("tr")
                    if hasKey { page.element("td") { $0.value(VisibleText.visible(write.key ?? "")) } }
                    // An id is a name, whose digits are not grouped.
                    page.element("td", write.id.map(String.init) ?? "–", ["class": "n"])
                    page.element("td") { $0.element("code", VisibleText.visible(write.call)) }
                    page.element("td", outcome(write.state))
                    page.close("tr")
                }
            }
            capped(&page, run.writes.count, of: run.writesCount)
        }
    }

    /// Requests, waits and the slowest answers.
    func requests(_ page: inout HTMLText) {
        guard let run = report.run, run.sent > 0 else { return }
        page.section("requests", runTexts.requests) { page in
            page.element(
                "p",
                texts.fill(
                    runTexts.requestsSum, language.number(run.sent), texts.span(run.seconds),
                    language.number(run.retried), language.number(run.throttled)))
            timeline(&page)
            calls(&page, run)
            waits(&page, run)
            slowest(&page, run)
        }
    }

    private func calls(_ page: inout HTMLText, _ run: RunFacts) {
        if run.calls.isEmpty { return }
        page.table(runTexts.callsCaption, [HTMLColumn(runTexts.call), HTMLColumn(runTexts.count, .number)]) { page in
            for call in run.calls {
                page.open("tr")
                page.element("th", ["scope": "row"]) { $0.element("code", VisibleText.visible(call.name)) }
                page.element("td", language.number(call.count), ["class": "n"])
                page.close("tr")
            }
        }
    }

    private func waits(_ page: inout HTMLText, _ run: RunFacts) {
        let waits = RunFacts.waitNames.filter { run.waits[$0, default: 0] >= Self.waitSecondsMin }
        if !waits.isEmpty {
            let columns = [HTMLColumn(runTexts.wait), HTMLColumn(runTexts.time, .number)]
            page.table(runTexts.waitsCaption, columns) { page in
                for wait in waits {
                    page.open("tr")
                    page.element("th", runTexts.waits[wait] ?? wait, ["scope": "row"])
                    page.element("td", texts.span(run.waits[wait] ?? 0), ["class": "n"])
                    page.close("tr")
                }
            }
            page.element("p", runTexts.waitsNote, ["class": "soft"])
        }
        if run.retryAfterCount > 0 {
            let forms = run.retryAfterCount == 1 ? runTexts.retryAfter.one : runTexts.retryAfter.many
            page.element(
                "p",
                texts.fill(forms, language.number(run.retryAfterCount), texts.span(run.retryAfterLongestSeconds)))
        }
    }

    /// A shorter wait in all is none.
    private static let waitSecondsMin = 0.1

    private func slowest(_ page: inout HTMLText, _ run: RunFacts) {
        if run.slowest.isEmpty { return }
        let columns = [
            HTMLColumn(runTexts.call), HTMLColumn(runTexts.took, .number), HTMLColumn(runTexts.after, .number),
            HTMLColumn(runTexts.outcome),
        ]
        page.table(runTexts.slowestCaption, columns) { page in
            for slow in run.slowest {
                page.open("tr")
                page.element("th", ["scope": "row"]) { $0.element("code", VisibleText.visible(slow.call)) }
                page.element("td", texts.span(slow.seconds), ["class": "n"])
                page.element("td", texts.span(slow.startSeconds), ["class": "n"])
                page.element("td", outcome(slow.outcome))
                page.close("tr")
            }
        }
    }

    /// Which run it was.
    func run(_ page: inout HTMLText) {
        guard let run = report.run else { return }
        page.section("run", runTexts.run) { page in
            page.element("dl") { page in
                if let id = run.id { term(&page, runTexts.number, String(id)) }
                term(&page, runTexts.target, VisibleText.visible(run.target))
                if let started = run.startedUnixSeconds {
                    term(&page, runTexts.started, texts.moment(unixSeconds: started))
                }
                term(&page, runTexts.duration, texts.span(run.seconds))
                if let exit = run.exit { term(&page, runTexts.exit, String(exit)) }
            }
        }
    }

    /// What became of a request, in words.
    private func outcome(_ name: String) -> String { runTexts.outcomes[name] ?? VisibleText.visible(name) }

    private func capped(_ page: inout HTMLText, _ shown: Int, of all: Int) {
        if shown >= all { return }
        page.element("p", texts.fill(texts.firstOf, language.number(shown), language.number(all)), ["class": "soft"])
    }
}
