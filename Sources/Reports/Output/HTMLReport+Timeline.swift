extension HTMLReport {
    /// The requests of each minute against the limit, as a picture whose text says the same.
    func timeline(_ page: inout HTMLText) {
        guard let line = report.run?.timeline else { return }
        let (minutes, limits) = (line.minutes, line.knownLimits)
        let most = minutes.max() ?? 0
        let limit = limits.compactMap(\.self).max()
        let scale = 90 / max(most, Double(limit ?? 0), 1)
        let spoken = texts.fill(
            runTexts.timelineSpoken, language.number(Int(most.rounded())), limit.map(language.number) ?? "–")
        page.element("figure") { page in
            page.open(
                "svg", ["viewBox": "0 0 600 100", "role": "img", "aria-label": "\(runTexts.timeline). \(spoken)"])
            let step = 600 / Double(minutes.count)
            for (index, count) in minutes.enumerated() where count > 0 {
                let tall = max(0.5, count * scale)
                page.open(
                    "rect",
                    [
                        "class": "bar", "x": tenths(Double(index) * step), "y": tenths(98 - tall),
                        "width": tenths(max(0.5, step - (step > 4 ? 1 : 0))), "height": tenths(tall),
                    ])
                page.close("rect")
            }
            limitLine(&page, limits, step, scale)
            page.open("line", ["class": "base", "x1": "0", "x2": "600", "y1": "98.5", "y2": "98.5"])
            page.close("line")
            page.close("svg")
            page.element("figcaption") { page in
                page.element("div", ["class": "ends"]) { page in
                    page.element("span", texts.span(0))
                    page.element("span", texts.span(Double(minutes.count * line.bucketSeconds)))
                }
                page.element("div", runTexts.timeline)
                if line.bucketSeconds > 60 {
                    page.element("div", texts.fill(runTexts.timelineMean, language.number(line.bucketSeconds / 60)))
                }
                page.element("div", limit == nil ? spoken : "\(runTexts.limitLine) \(spoken)")
            }
        }
    }

    /// The limit as steps, one piece for each time in which it stayed the same.
    private func limitLine(_ page: inout HTMLText, _ limits: [Int?], _ step: Double, _ scale: Double) {
        var start = 0
        for index in 1...limits.count where index == limits.count || limits[index] != limits[start] {
            if let limit = limits[start] {
                let height = tenths(98 - Double(limit) * scale)
                page.open(
                    "line",
                    [
                        "class": "limit", "x1": tenths(Double(start) * step), "x2": tenths(Double(index) * step),
                        "y1": height, "y2": height,
                    ])
                page.close("line")
            }
            start = index
        }
    }
}
