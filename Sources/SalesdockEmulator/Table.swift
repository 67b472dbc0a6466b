#if canImport(Glibc)
    private import Glibc
#else
    private import Darwin
#endif

/// The kinds of record that the emulator holds.
enum TableName: String, Sendable, CaseIterable {
    case relations, suppliers, products, sales
}

/// One state of a record.
struct Snapshot: Sendable {
    var fields: JSONObject
    var updatedAt: Double
    /// Lower-cased text that a search looks in.
    var searchText: [CChar]
}

/// One record: its state now, and the state that lists still show.
struct Row: Sendable {
    let id: Int
    /// Id of the user whose record it is.
    var owner: Int
    var createdAt: Double
    var current: Snapshot
    /// What lists show until `listedAt`; nil while a new record is not listed at all.
    var previous: Snapshot?
    /// When lists and searches catch up with `current`.
    var listedAt: Double

    var fields: JSONObject { current.fields }

    /// The state that a list or search sees.
    func listed(at now: Double) -> Snapshot? { now >= listedAt ? current : previous }
}

/// The records of one kind by ascending id, with an index of identifiers.
struct Table: Sendable {
    private(set) var rows: [Row] = []
    private var slots: [Int: Int] = [:]
    private var identifiers: [String: Int] = [:]
    /// Highest id ever given out, deleted ones included.
    private(set) var lastID = 0

    subscript(id: Int) -> Row? { slots[id].map { rows[$0] } }

    /// Id of the record with that `identifier`.
    func id(ofIdentifier identifier: String) -> Int? { identifiers[identifier] }

    /// Reserves ids up to this one.
    mutating func reserve(id: Int) { lastID = max(lastID, id) }

    /// Adds the record, or replaces the one of that id.
    mutating func put(_ row: Row) {
        lastID = max(lastID, row.id)
        if let slot = slots[row.id] {
            forgetIdentifier(of: rows[slot])
            rows[slot] = row
        } else if let last = rows.last, last.id > row.id {
            let slot = rows.firstIndex { $0.id > row.id } ?? rows.endIndex
            rows.insert(row, at: slot)
            reindex(from: slot)
        } else {
            slots[row.id] = rows.count
            rows.append(row)
        }
        if let identifier = row.fields.text("identifier") { identifiers[identifier] = row.id }
    }

    mutating func remove(id: Int) {
        guard let slot = slots.removeValue(forKey: id) else { return }
        forgetIdentifier(of: rows[slot])
        rows.remove(at: slot)
        reindex(from: slot)
    }

    private mutating func reindex(from slot: Int) {
        for index in slot..<rows.count { slots[rows[index].id] = index }
    }

    private mutating func forgetIdentifier(of row: Row) {
        guard let identifier = row.fields.text("identifier"), identifiers[identifier] == row.id else { return }
        identifiers[identifier] = nil
    }
}

/// A free-text search: every word must occur.
///
/// Texts are kept as C strings, because a search walks the text of every record and the C library's scan is quick.
struct SearchQuery: Sendable {
    let words: [[CChar]]

    init(_ text: String) {
        words = text.lowercased().split(whereSeparator: \.isWhitespace).map { SearchQuery.cString(String($0)) }
    }

    func matches(_ text: [CChar]) -> Bool {
        guard text.last == 0 else { return words.isEmpty }
        return words.allSatisfy { word in
            unsafe text.withUnsafeBufferPointer { hay in
                unsafe word.withUnsafeBufferPointer { needle in
                    guard let hayBase = hay.baseAddress, let needleBase = needle.baseAddress else { return false }
                    return unsafe strstr(hayBase, needleBase) != nil
                }
            }
        }
    }

    /// The text to search in, from the values that count.
    static func text(_ values: [String?]) -> [CChar] {
        cString(values.compactMap { $0 }.joined(separator: "\n").lowercased())
    }

    private static func cString(_ text: String) -> [CChar] {
        text.utf8.filter { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
    }
}
