import Records

extension HTMLReport {
    /// A table of all columns, then each column's values.
    func fields(_ page: inout HTMLText) {
        if report.fields.isEmpty || report.balance.read == 0 { return }
        page.element("section", ["aria-labelledby": "fields"]) { page in
            page.element("h2", texts.fields, ["id": "fields"])
            page.element(
                "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": texts.fieldsCaption]
            ) { page in overview(&page) }
            for field in report.fields where !field.frequent.isEmpty || field.histogram != nil {
                self.field(&page, field)
            }
        }
    }

    private func overview(_ page: inout HTMLText) {
        page.element("table") { page in
            page.element("caption", texts.fieldsCaption)
            page.element("thead") { page in
                page.open("tr")
                page.element("th", texts.column, ["scope": "col"])
                for title in [texts.filled, texts.distinct, texts.length] {
                    page.element("th", title, ["scope": "col", "class": "n"])
                }
                page.element("th", texts.shortest, ["scope": "col", "class": "wide"])
                page.element("th", texts.longest, ["scope": "col", "class": "wide"])
                page.close("tr")
            }
            page.element("tbody") { page in
                for field in report.fields { row(&page, field) }
            }
        }
    }

    private func row(_ page: inout HTMLText, _ field: FieldProfile) {
        page.open("tr")
        page.element("th", VisibleText.visible(field.name), ["scope": "row"])
        page.element("td", language.share(field.filled, of: field.rows), ["class": "n"])
        let distinct = language.number(field.distinct)
        page.element(
            "td", field.hasExactCounts ? distinct : texts.fill(texts.estimate, distinct), ["class": "n"])
        let lengths = [field.shortest?.length, field.longest?.length].compactMap { $0.map(language.number) }
        page.element("td", Set(lengths).count == 1 ? lengths[0] : lengths.joined(separator: "–"), ["class": "n"])
        for extreme in [field.shortest, field.longest] {
            page.element("td") { page in
                if let extreme { page.value(clipped(extreme.text, extreme.length)) }
            }
        }
        page.close("tr")
    }

    private func field(_ page: inout HTMLText, _ field: FieldProfile) {
        page.fixed("<details>")
        page.element("summary") { $0.element("h3", VisibleText.visible(field.name)) }
        page.element("div") { page in
            if let histogram = field.histogram { self.histogram(&page, histogram, field.name) }
            if !field.frequent.isEmpty { frequent(&page, field) }
        }
        page.close("details")
    }

    private func frequent(_ page: inout HTMLText, _ field: FieldProfile) {
        page.element("table") { page in
            page.element("caption", texts.frequent)
            page.element("thead") { page in
                page.open("tr")
                page.element("th", texts.value, ["scope": "col"])
                page.element("th", texts.times, ["scope": "col", "class": "n"])
                page.element("th", texts.share, ["scope": "col", "class": "n"])
                page.close("tr")
            }
            page.element("tbody") { page in
                for value in field.frequent {
                    page.open("tr")
                    page.element("td") { $0.value(value.text) }
                    let count = language.number(value.count)
                    page.element(
                        "td", field.hasExactCounts ? count : texts.fill(texts.estimate, count), ["class": "n"])
                    page.element("td", language.share(value.count, of: field.rows), ["class": "n"])
                    page.close("tr")
                }
            }
        }
    }

    /// Bars as a picture, whose text says the same.
    private func histogram(_ page: inout HTMLText, _ histogram: Histogram, _ name: String) {
        let (width, height) = (600.0, 96.0)
        let tallest = Double(histogram.bars.map(\.count).max() ?? 1)
        let title = texts.fill(texts.spread, VisibleText.visible(name))
        let spoken = histogram.bars.map { "\(label($0)): \(language.number($0.count))" }.joined(separator: "; ")
        page.element("figure") { page in
            page.open("svg", ["viewBox": "0 0 600 100", "role": "img", "aria-label": "\(title). \(spoken)"])
            let step = width / Double(histogram.bars.count)
            for (index, bar) in histogram.bars.enumerated() where bar.count > 0 {
                let tall = max(1, Double(bar.count) / tallest * height)
                page.open(
                    "rect",
                    [
                        "class": "bar", "x": tenths(Double(index) * step + 1), "y": tenths(98 - tall),
                        "width": tenths(max(1, step - 2)), "height": tenths(tall),
                    ])
                page.element("title", "\(label(bar)): \(language.number(bar.count))")
                page.close("rect")
            }
            page.open("line", ["class": "base", "x1": "0", "x2": "600", "y1": "98.5", "y2": "98.5"])
            page.close("line")
            page.close("svg")
            page.element("figcaption") { page in
                page.element("div", ["class": "ends"]) { page in
                    if let first = histogram.bars.first, let last = histogram.bars.last {
                        page.element("span", label(first))
                        page.element("span", label(last))
                    }
                }
                page.element("div", title)
                if histogram.others > 0 {
                    page.element("div", texts.fill(texts.unlike, language.number(histogram.others)))
                }
            }
        }
    }

    private func label(_ bar: Histogram.Bar) -> String {
        switch (bar.from, bar.to) {
        case (let from?, let to?): "\(from) – \(to)"
        case (let from?, nil): texts.fill(texts.from, from)
        case (nil, let to?): texts.fill(texts.below, to)
        case (nil, nil): ""
        }
    }

    private func clipped(_ text: String, _ length: Int) -> String {
        length > TopValues.scalarsMax ? text + "…" : text
    }
}
