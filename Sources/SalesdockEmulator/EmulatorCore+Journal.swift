/// One change of the emulator's state: what a commit applies, and what a journal line records.
enum Mutation: Sendable {
    case put(TableName, Row)
    case delete(TableName, id: Int)
    case mail(JSON)
    /// Products that an organisation may sell; nil for all.
    case connect(organisation: Int, products: [Int]?)
    /// Forgets everything and starts as this instance.
    case reset(instance: String)
}

/// A journal that does not read as one.
public struct JournalError: Error, CustomStringConvertible {
    /// Which line of the data file cannot be read.
    public let message: String

    public var description: String { message }
}

extension EmulatorCore {
    /// Applies a change, and notes it when there is a journal.
    mutating func commit(_ mutation: Mutation) {
        apply(mutation)
        if keepsJournal { journal.append(EmulatorCore.line(mutation).encoded()) }
    }

    /// The journal lines of the changes since the last call, without line ends, oldest first.
    public mutating func takeJournal() -> [[UInt8]] {
        defer { journal.removeAll(keepingCapacity: true) }
        return journal
    }

    /// Lines that rebuild the present state on an empty core.
    public func journalSnapshot() -> [[UInt8]] {
        var lines = [EmulatorCore.line(.reset(instance: instance)).encoded()]
        for name in TableName.allCases {
            guard let table = tables[name] else { continue }
            lines += table.rows.map { EmulatorCore.line(.put(name, $0)).encoded() }
            if let last = table.rows.last?.id ?? Optional(0), last < table.lastID {
                lines.append(EmulatorCore.line(.delete(name, id: table.lastID)).encoded())
            }
        }
        for (organisation, products) in connections.sorted(by: { $0.key < $1.key }) {
            lines.append(
                EmulatorCore.line(.connect(organisation: organisation, products: products.sorted())).encoded())
        }
        lines += outbox.map { EmulatorCore.line(.mail($0)).encoded() }
        return lines
    }

    /// Replays journal lines. A torn last line, as a killed process leaves it, is passed over.
    /// - Returns: whether the last line was torn.
    /// - Throws: ``JournalError`` when any other line cannot be read, naming its number.
    public mutating func replay(_ lines: [[UInt8]]) throws(JournalError) -> Bool {
        for (index, line) in lines.enumerated() where !line.isEmpty {
            if let mutation = (try? JSON.parse(line)).flatMap(EmulatorCore.mutation) {
                apply(mutation)
            } else if index == lines.count - 1 {
                return true
            } else {
                throw JournalError(message: "line \(index + 1) of the emulator's data file cannot be read")
            }
        }
        let counters = tables.values.map(\.lastID).reduce(0, +)
        random = SplitMix(seed: options.seed &+ UInt64(counters) &* 0x9E37_79B9)
        return false
    }

    private mutating func apply(_ mutation: Mutation) {
        switch mutation {
        case .put(let name, let row): tables[name]?.put(row)
        case .delete(let name, let id):
            tables[name]?.remove(id: id)
            tables[name]?.reserve(id: id)
        case .mail(let mail): outbox.append(mail)
        case .connect(let organisation, let products): connections[organisation] = products.map { Set($0) }
        case .reset(let instance):
            self.instance = instance
            for name in TableName.allCases { tables[name] = Table() }
            outbox = []
            connections = [:]
        }
    }

    private static func line(_ mutation: Mutation) -> JSON {
        switch mutation {
        case .put(let name, let row):
            [
                "put": .string(name.rawValue), "id": .int(row.id), "owner": .int(row.owner),
                "created": .number("\(row.createdAt)"), "updated": .number("\(row.current.updatedAt)"),
                "listed": .number("\(row.listedAt)"), "fields": .object(row.fields),
            ]
        case .delete(let name, let id): ["delete": .string(name.rawValue), "id": .int(id)]
        case .mail(let mail): ["mail": mail]
        case .connect(let organisation, let products):
            ["connect": .int(organisation), "products": products.map { .array($0.map(JSON.int)) } ?? .null]
        case .reset(let instance): ["instance": .string(instance)]
        }
    }

    private static func mutation(_ json: JSON) -> Mutation? {
        guard let line = json.object else { return nil }
        if let instance = line.text("instance") { return .reset(instance: instance) }
        if let mail = line["mail"] { return .mail(mail) }
        if let organisation = line["connect"]?.int {
            return .connect(organisation: organisation, products: line["products"]?.array?.compactMap(\.int))
        }
        guard let id = line["id"]?.int else { return nil }
        if let name = line.text("delete").flatMap(TableName.init(rawValue:)) { return .delete(name, id: id) }
        guard let name = line.text("put").flatMap(TableName.init(rawValue:)), let fields = line["fields"]?.object,
            let owner = line["owner"]?.int, let created = line.text("created").flatMap(Double.init),
            let updated = line.text("updated").flatMap(Double.init),
            let listed = line.text("listed").flatMap(Double.init)
        else { return nil }
        let current = Snapshot(fields: fields, updatedAt: updated, searchText: searchText(name, fields))
        return .put(
            name, Row(id: id, owner: owner, createdAt: created, current: current, previous: nil, listedAt: listed))
    }
}
