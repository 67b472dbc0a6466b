import Records

extension HTMLReport {
    /// Rows that another row stands for.
    func duplicates(_ page: inout HTMLText) {
        let facts = report.duplicates
        if facts.rows == 0 { return }
        page.element("section", ["aria-labelledby": "duplicates"]) { page in
            page.element("h2", texts.duplicates, ["id": "duplicates"])
            page.element("p", texts.duplicatesNote)
            if !facts.groups.isEmpty {
                page.element(
                    "div",
                    ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": texts.duplicatesCaption]
                ) { page in groups(&page, facts) }
            }
            if facts.others > 0 {
                page.element("p", texts.fill(texts.moreDuplicates, language.number(facts.others)), ["class": "soft"])
            }
        }
    }

    private func groups(_ page: inout HTMLText, _ facts: DuplicateFacts) {
        let hasKey = facts.groups.contains { $0.key != nil }
        page.element("table") { page in
            page.element("caption", texts.duplicatesCaption)
            page.element("thead") { page in
                page.open("tr")
                page.element("th", texts.fate, ["scope": "col"])
                if hasKey { page.element("th", texts.key, ["scope": "col"]) }
                page.element("th", texts.rows, ["scope": "col", "class": "n"])
                page.element("th", texts.leftOutRows, ["scope": "col", "class": "wide"])
                page.close("tr")
            }
            page.element("tbody") { page in
                for group in facts.groups {
                    page.open("tr")
                    let stays = group.survivor.map { texts.fill(texts.staysRow, language.number($0)) }
                    page.element("th", stays ?? texts.staysEarlier, ["scope": "row"])
                    if hasKey { page.element("td") { $0.value(group.key ?? "") } }
                    page.element("td", language.number(group.count), ["class": "n"])
                    let rows = group.rows.map {
                        "\(texts.row) \(language.number($0.row)) (\(texts.line.lowercased()) \(language.number($0.line)))"
                    }
                    page.element("td", rows.joined(separator: ", ") + (group.count > rows.count ? ", …" : ""))
                    page.close("tr")
                }
            }
        }
    }

    /// Requests and minutes.
    func load(_ page: inout HTMLText) {
        guard report.run == nil, let price = report.price, report.loadable > 0 else { return }
        page.element("section", ["aria-labelledby": "load"]) { page in
            page.element("h2", texts.load, ["id": "load"])
            page.element(
                "p", texts.fill(texts.loadWrites, language.number(price.writes), language.number(report.loadable)))
            if price.lookUpsMax > 0 {
                page.element("p", texts.fill(texts.loadLookUps, language.number(price.lookUpsMax)))
            }
            let (least, most) = (price.seconds(price.writes), price.seconds(price.writes + price.lookUpsMax))
            let times = [texts.duration(seconds: least), texts.duration(seconds: most)]
            page.element(
                "p",
                texts.fill(
                    texts.loadTime, language.number(price.limit), "\(price.windowSeconds)",
                    times[0] == times[1] ? times[0] : times.joined(separator: " – ")))
        }
    }

    /// How the source is written.
    func source(_ page: inout HTMLText) {
        let source = report.source
        // The ledger does not remember it.
        if report.run?.isFromLedger == true { return }
        page.element("section", ["aria-labelledby": "source"]) { page in
            page.element("h2", texts.source, ["id": "source"])
            page.element("dl") { page in
                term(&page, texts.format, source.format.rawValue.uppercased())
                term(&page, texts.rows, language.number(report.balance.read))
                if let delimiter = source.delimiter {
                    term(&page, texts.delimiter, delimiter == "\t" ? "tab" : delimiter)
                    term(&page, texts.quote, source.quote ?? texts.none)
                }
                if let hasHeader = source.hasHeader { term(&page, texts.header, hasHeader ? texts.yes : texts.no) }
            }
            page.element(
                "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": texts.filesCaption]
            ) { page in files(&page) }
        }
    }

    /// Files that are listed.
    private static let filesMax = 50

    private func files(_ page: inout HTMLText) {
        page.element("table") { page in
            page.element("caption", texts.filesCaption)
            page.element("thead") { page in
                page.open("tr")
                for title in [texts.file, texts.encoding, texts.lineEnds] {
                    page.element("th", title, ["scope": "col"])
                }
                page.element("th", texts.size, ["scope": "col", "class": "n"])
                page.close("tr")
            }
            page.element("tbody") { page in
                for file in report.source.files.prefix(Self.filesMax) {
                    page.open("tr")
                    page.element("th", VisibleText.visible(file.name), ["scope": "row"])
                    let marks = [
                        file.encoding, file.hasByteOrderMark ? texts.byteOrderMark : nil, file.isGzip ? "gzip" : nil,
                    ]
                    page.element("td", marks.compactMap(\.self).joined(separator: ", "))
                    page.element("td", file.lineEnds.names.joined(separator: ", "))
                    page.element("td", file.bytes.map(texts.size) ?? "–", ["class": "n"])
                    page.close("tr")
                }
            }
        }
        if report.source.files.count > Self.filesMax {
            let (shown, all) = (language.number(Self.filesMax), language.number(report.source.files.count))
            page.element("p", texts.fill(texts.firstOf, shown, all), ["class": "soft"])
        }
    }

    func term(_ page: inout HTMLText, _ term: String, _ text: String) {
        page.element("dt", term)
        page.element("dd", text)
    }
}

extension SourceFacts.LineEnds {
    /// The kinds that occur, the most frequent first.
    var names: [String] {
        [("LF", lf), ("CRLF", crlf), ("CR", cr)].filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }.map(\.0)
    }
}
