import Records

/// A report as one HTML page: no script, nothing from elsewhere, the verdict first.
public struct HTMLReport {
    /// Bytes after which no more examples are shown, so that the page stays under 2 MB.
    static let exampleBytesMax = 1_200_000
    /// Kinds of problem that are shown; `report.json` has all.
    static let groupsMax = 100

    let report: ValidationReport
    let texts: ReportTexts
    let issueTexts: IssueTexts
    let runTexts: RunTexts
    var language: Language { report.settings.language }

    /// The page of a report; made when its bytes are asked for.
    public init(_ report: ValidationReport) {
        self.report = report
        texts = ReportTexts.of(report.settings.language)
        issueTexts = IssueTexts(report.settings.language)
        runTexts = RunTexts.of(report.settings.language)
    }

    /// The page, in UTF-8.
    public var bytes: [UInt8] {
        HTMLPage.bytes(language, title: "\(title): \(VisibleText.visible(report.settings.pipeline))") { page in
            header(&page)
            page.element("main") { page in
                messages(&page)
                doubts(&page)
                corrections(&page)
                problems(&page, .error, texts.problems)
                problems(&page, .warning, texts.warnings)
                balance(&page)
                writes(&page)
                requests(&page)
                duplicates(&page)
                load(&page)
                fields(&page)
                source(&page)
                run(&page)
            }
            page.element("footer") { page in
                page.element("p", texts.fill(texts.made, texts.moment(unixSeconds: report.unixSeconds)))
            }
        }
    }

    private var title: String { report.run == nil ? texts.title : runTexts.title }

    private func header(_ page: inout HTMLText) {
        page.element("header") { page in
            let files = report.source.files.prefix(3).map { VisibleText.visible($0.name) }
            let more = report.source.files.count > 3 ? ["…"] : []
            let names = [title, VisibleText.visible(report.settings.pipeline)] + (files + more)
            page.element("p", names.joined(separator: " · "), ["class": "kicker"])
            page.element("h1", verdict)
            var sentences = texts.runSentences(report)
            if report.toCorrect > 0 { sentences.append(texts.count(report.toCorrect, texts.needCorrection)) }
            if report.leftOut > 0 { sentences.append(texts.count(report.leftOut, texts.leftOut)) }
            if report.warningCount > 0 { sentences.append(texts.count(report.warningCount, texts.warned)) }
            if report.toCorrect == 0, report.messages.isEmpty, report.run == nil { sentences.append(texts.nothingToDo) }
            page.element("p", sentences.joined(separator: " "), ["class": "lead"])
            if report.settings.masks { page.element("p", texts.masked, ["class": "soft"]) }
            if report.run?.isFromLedger == true { page.element("p", runTexts.fromLedger, ["class": "soft"]) }
            balanceBar(&page)
        }
    }

    var verdict: String { texts.verdict(report) }

    private func messages(_ page: inout HTMLText) {
        if report.messages.isEmpty { return }
        page.element("section", ["class": "note", "aria-labelledby": "note"]) { page in
            page.element("h2", texts.stopped, ["id": "note"])
            for message in report.messages { page.element("p", VisibleText.visible(message)) }
        }
    }

    private func corrections(_ page: inout HTMLText) {
        guard report.rejectsFile != nil || report.problemsFile != nil, report.toCorrect > 0 else { return }
        page.element("section", ["aria-labelledby": "howto"]) { page in
            page.element("h2", texts.howTo, ["id": "howto"])
            if let rejects = report.rejectsFile {
                page.element("ol") { page in
                    page.element("li") { page in sentence(&page, texts.howToRejects, link: rejects) }
                    page.element("li", report.source.format == .csv ? texts.howToKeepColumns : texts.howToKeepNotes)
                    page.element("li", texts.howToReturn)
                }
            }
            if let problems = report.problemsFile {
                page.element("p") { page in sentence(&page, texts.problemsFile, link: problems) }
            }
        }
    }

    /// A sentence whose place `{0}` is a link to a file beside the report.
    func sentence(_ page: inout HTMLText, _ sentence: String, link: String) {
        let parts = sentence.split(separator: "{0}", maxSplits: 1, omittingEmptySubsequences: false)
        page.text(String(parts.first ?? ""))
        page.open("a", ["href": link])
        page.text(link)
        page.fixed("</a>")
        page.text(parts.count > 1 ? String(parts[1]) : "")
    }
}

extension ReportTexts {
    /// The verdict in one sentence.
    func verdict(_ report: ValidationReport) -> String {
        let (good, all) = (report.loadable, report.balance.read)
        if all == 0 { return verdictEmpty }
        guard report.run == nil else { return runVerdict(report, good, all) }
        if all == 1 { return good == 1 ? verdictOnly.good : verdictOnly.bad }
        let some = good == 1 ? verdictSome.one : verdictSome.many
        let sentence = good == all ? verdictAll : good == 0 ? verdictNone : some
        return fill(sentence, language.number(good == all ? all : good), language.number(all))
    }

    private func runVerdict(_ report: ValidationReport, _ good: Int, _ all: Int) -> String {
        let run = RunTexts.of(language)
        if report.run?.id == nil { return run.verdictRefused }
        if all == 1 { return good == 1 ? run.verdictOnly.good : run.verdictOnly.bad }
        let some = good == 1 ? run.verdictSome.one : run.verdictSome.many
        let sentence = good == all ? run.verdictAll : good == 0 ? run.verdictNone : some
        return fill(sentence, language.number(good == all ? all : good), language.number(all))
    }

    /// What a run did with the rows, a sentence for each fate.
    func runSentences(_ report: ValidationReport) -> [String] {
        guard report.run != nil else { return [] }
        let run = RunTexts.of(language)
        let told: [(Fate, (one: String, many: String))] = [
            (.created, run.created), (.updated, run.updated), (.unchanged, run.unchanged), (.parked, run.parked),
            (.failed, run.failed), (.inDoubt, run.doubtful), (.pending, run.pending),
        ]
        return told.filter { report.balance[$0.0] > 0 }.map { count(report.balance[$0.0], $0.1) }
    }

    /// A span of time in at most two units.
    func span(_ seconds: Double) -> String {
        let text = Quantity.duration(seconds: seconds)
        return language == .dutch ? text.replacing(".", with: ",").replacing(" h", with: " u") : text
    }
}
