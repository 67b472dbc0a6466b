import Records

extension HTMLReport {
    /// The rows by fate as one bar; the table below says the same in numbers.
    func balanceBar(_ page: inout HTMLText) {
        let read = report.balance.read
        guard read > 0 else { return }
        let fates = barOrder.filter { report.balance[$0] > 0 }
        let spoken = fates.map { "\(name($0)): \(language.number(report.balance[$0]))" }.joined(separator: ", ")
        page.open("div", ["class": "stack"])
        page.open(
            "svg", ["viewBox": "0 0 1000 10", "preserveAspectRatio": "none", "role": "img", "aria-label": spoken])
        var left = 0.0
        for fate in fates {
            // What is there can be seen, however little it is.
            let width = max(4, Double(report.balance[fate]) * 1000 / Double(read))
            let place = tenths(left)
            page.open(
                "rect", ["class": shade(fate), "x": place, "y": "0", "width": tenths(width), "height": "10"])
            page.close("rect")
            left += width
        }
        page.close("svg")
        page.close("div")
    }

    /// Every fate that a row has, and the sum.
    func balance(_ page: inout HTMLText) {
        page.element("section", ["aria-labelledby": "balance"]) { page in
            page.element("h2", texts.balance, ["id": "balance"])
            page.element("table") { page in
                page.element("caption", texts.balanceCaption)
                page.element("thead") { page in
                    page.open("tr")
                    page.element("th", texts.fate, ["scope": "col"])
                    page.element("th", texts.rows, ["scope": "col", "class": "n"])
                    page.element("th", texts.share, ["scope": "col", "class": "n"])
                    page.close("tr")
                }
                page.element("tbody") { page in
                    for fate in barOrder where report.balance[fate] > 0 {
                        page.open("tr")
                        page.element("th", name(fate), ["scope": "row"])
                        page.element("td", language.number(report.balance[fate]), ["class": "n"])
                        page.element(
                            "td", language.share(report.balance[fate], of: report.balance.read), ["class": "n"])
                        page.close("tr")
                    }
                }
            }
            page.element("p") { $0.element("code", report.balance.equation) }
        }
    }

    private var barOrder: [Fate] {
        [.valid] + Fate.allCases.filter { $0 != .valid && $0.isGood } + Fate.allCases.filter { !$0.isGood }
    }

    private func name(_ fate: Fate) -> String {
        if fate == .pending, report.run != nil { return runTexts.notDone }
        return texts.fates[fate.rawValue] ?? fate.rawValue
    }

    private func shade(_ fate: Fate) -> String {
        switch fate {
        case .valid, .created, .updated, .unchanged: "f-good"
        case .duplicate, .filtered: "f-left"
        case .parked, .pending: "f-open"
        case .rejected, .failed, .inDoubt: "f-bad"
        }
    }

    func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
