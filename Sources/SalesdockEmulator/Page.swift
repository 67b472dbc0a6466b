import SalesdockFacts

/// Salesdock's paginator object around one page of a list.
struct Page {
    let size: Int
    /// Whether links carry `page`, as those of sales do.
    let linksNamePage: Bool
    let previousLabel: String
    let nextLabel: String

    static let relations = Page(
        size: Assumptions.relationsPageSize, linksNamePage: false, previousLabel: "<< Vorige", nextLabel: "Volgende >>")
    static let sales = Page(
        size: Assumptions.salesPageSize, linksNamePage: true, previousLabel: "<< Previous", nextLabel: "Next >>")

    /// The slice of `count` records that the request asks for.
    func range(of count: Int, request: EmulatorRequest) -> (page: Int, range: Range<Int>) {
        let page = max(1, request.queryValue("page").flatMap { Int($0) } ?? 1)
        let (start, overflow) = (page - 1).multipliedReportingOverflow(by: size)
        let first = overflow ? count : min(start, count)
        return (page, first..<min(first + size, count))
    }

    func json(page: Int, range: Range<Int>, total: Int, rows: [JSON], request: EmulatorRequest) -> JSON {
        let base = "http://\(request.headers["host"] ?? "127.0.0.1")\(request.path)"
        let last = max(1, (total + size - 1) / size)
        func url(_ number: Int?) -> JSON { number.map { .string("\(base)?page=\($0)") } ?? .null }
        let previous = page > 1 ? page - 1 : nil
        let next = page < last ? page + 1 : nil
        var links: [JSON] = [link(url(previous), previousLabel, previous, active: false)]
        for number in max(1, page - 3)...max(max(1, page - 3), min(last, page + 3)) {
            links.append(link(url(number), String(number), number, active: number == page))
        }
        links.append(link(url(next), nextLabel, next, active: false))
        return [
            "current_page": .int(page), "first_page_url": url(1),
            "from": range.isEmpty ? .null : .int(range.lowerBound + 1),
            "last_page": .int(last), "last_page_url": url(last), "links": .array(links),
            "next_page_url": url(next), "path": .string(base), "per_page": .int(size), "prev_page_url": url(previous),
            "to": range.isEmpty ? .null : .int(range.upperBound), "total": .int(total), "data": .array(rows),
        ]
    }

    private func link(_ url: JSON, _ label: String, _ page: Int?, active: Bool) -> JSON {
        var link: JSONObject = ["url": url, "label": .string(label)]
        if linksNamePage { link["page"] = page.map(JSON.int) ?? .null }
        link["active"] = .bool(active)
        return .object(link)
    }
}
