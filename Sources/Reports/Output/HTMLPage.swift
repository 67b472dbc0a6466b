/// The frame of every page: no script, nothing from elsewhere.
enum HTMLPage {
    /// The page, in UTF-8.
    static func bytes(_ language: Language, title: String, body: (inout HTMLText) -> Void) -> [UInt8] {
        var page = HTMLText()
        page.fixed("<!DOCTYPE html>\n")
        page.element("html", ["lang": language.rawValue]) { page in
            head(&page, title)
            page.element("body", content: body)
        }
        return Array(page.html.utf8)
    }

    private static func head(_ page: inout HTMLText, _ title: String) {
        page.element("head") { page in
            page.fixed("<meta charset=\"utf-8\">\n")
            page.fixed("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
            page.fixed(
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            )
            page.fixed("<meta name=\"color-scheme\" content=\"light dark\">\n")
            page.fixed("<meta name=\"robots\" content=\"noindex\">\n")
            page.element("title", title)
            page.fixed("<style>")
            page.fixed(ReportStyle.css)
            page.fixed("</style>\n")
        }
    }
}

/// A column of a table.
struct HTMLColumn {
    enum Kind {
        case text, number, wide
    }

    let title: String
    let kind: Kind

    init(_ title: String, _ kind: Kind = .text) {
        self.title = title
        self.kind = kind
    }
}

extension HTMLText {
    /// Appends a table that can be scrolled sideways.
    mutating func table(
        _ caption: String, label: String? = nil, _ columns: [HTMLColumn], rows: (inout HTMLText) -> Void
    ) {
        element(
            "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": label ?? caption]
        ) { page in
            page.element("table") { page in
                page.element("caption", caption)
                page.element("thead") { page in
                    page.open("tr")
                    for column in columns {
                        switch column.kind {
                        case .text: page.element("th", column.title, ["scope": "col"])
                        case .number: page.element("th", column.title, ["scope": "col", "class": "n"])
                        case .wide: page.element("th", column.title, ["scope": "col", "class": "wide"])
                        }
                    }
                    page.close("tr")
                }
                page.element("tbody", content: rows)
            }
        }
    }

    /// Appends a section with a heading.
    mutating func section(_ id: String, _ title: String, content: (inout HTMLText) -> Void) {
        element("section", ["aria-labelledby": id]) { page in
            page.element("h2", title, ["id": id])
            content(&page)
        }
    }
}
