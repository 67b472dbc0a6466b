extension EmulatorCore {
    func table(_ name: TableName) -> Table { tables[name] ?? Table() }

    /// Adds a record with the next id and returns the id. Ids ascend with gaps, as other accounts use the same counter.
    mutating func insert(
        _ name: TableName, fields: JSONObject, owner: Int, createdAt: Double? = nil, now: Double
    ) -> Int {
        let id = max(table(name).lastID, EmulatorCore.firstID[name] ?? 0) + random.upTo(9)
        let current = Snapshot(fields: fields, updatedAt: now, searchText: EmulatorCore.searchText(name, fields))
        commit(
            .put(
                name,
                Row(
                    id: id, owner: owner, createdAt: createdAt ?? now, current: current, previous: nil,
                    listedAt: now + options.lag)))
        return id
    }

    /// Replaces a record's fields. Lists go on showing what they showed until they catch up; a record that they do not
    /// show yet comes when it would have come.
    mutating func replace(_ name: TableName, _ row: Row, fields: JSONObject, now: Double) {
        var next = row
        next.previous = row.listed(at: now)
        next.current = Snapshot(fields: fields, updatedAt: now, searchText: EmulatorCore.searchText(name, fields))
        next.listedAt = next.previous == nil ? row.listedAt : now + options.lag
        commit(.put(name, next))
    }

    /// What lists show, newest first.
    func listed(
        _ name: TableName, _ context: CallContext, ownOnly: Bool, where fits: (Row, JSONObject) -> Bool
    ) -> [(row: Row, shown: Snapshot)] {
        var found: [(row: Row, shown: Snapshot)] = []
        guard let rows = tables[name]?.rows else { return found }
        let period = PeriodFilter(context.request, now: context.now)
        let search = context.request.queryValue("q").map(SearchQuery.init)
        for row in rows.reversed() {
            if ownOnly, !context.mayRead(owner: row.owner) { continue }
            guard let shown = row.listed(at: context.now) else { continue }
            if let search, !search.matches(shown.searchText) { continue }
            if let period, !period.contains(EmulatorCore.instant(of: period.on, row, shown)) { continue }
            if fits(row, shown.fields) { found.append((row, shown)) }
        }
        return found
    }

    /// The instant that a period filter looks at.
    private static func instant(of name: String, _ row: Row, _ shown: Snapshot) -> Double? {
        switch name {
        case "created_date": row.createdAt
        case "updated_date": shown.updatedAt
        case "finalized_at": shown.fields.text("finalized_at").flatMap(Amsterdam.instant)
        case "cancelled_date": shown.fields.text("cancelled_at").flatMap(Amsterdam.instant)
        case "sent_date": shown.fields.text("outgoing_at").flatMap(Amsterdam.instant)
        default: nil
        }
    }

    /// Text that `q` looks in.
    static func searchText(_ name: TableName, _ fields: JSONObject) -> [CChar] {
        switch name {
        case .relations:
            let person = [fields.text("firstname"), fields.text("lastname")].compactMap { $0 }.joined(separator: " ")
            return SearchQuery.text([
                person, fields.text("company_name"), fields.text("email"), fields.text("postcode"),
            ])
        case .products: return SearchQuery.text([fields.text("name"), fields.text("identifier")])
        case .suppliers, .sales: return []
        }
    }

    /// Where ids start: an account of some age.
    private static let firstID: [TableName: Int] = [
        .relations: 2_325_000, .suppliers: 1_700, .products: 38_000, .sales: 3_141_000,
    ]
}
