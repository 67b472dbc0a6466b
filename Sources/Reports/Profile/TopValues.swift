/// The values that a column holds most often, in bounded memory, by the space-saving scheme: rare values give way, and a
/// value that was not held can have occurred `floor` times at most.
struct TopValues: Sendable {
    private struct Entry: Sendable {
        var hash: UInt64
        /// Seen since it is held.
        var count: Int
        /// It can have occurred this often before.
        var before: Int
        /// Kept at its second occurrence, since single values are nobody's top.
        var text: String?
    }

    private static let slotsMax = 2048
    private static let entriesMax = 1024
    /// Longest text that is kept, in Unicode scalars.
    static let scalarsMax = 60

    private var slots = [Int16](repeating: -1, count: slotsMax)
    private var entries: [Entry] = []
    private var floor = 0

    /// Whether no value had to give way, so that counts, and the number of distinct values, are exact.
    var isExact: Bool { floor == 0 }
    /// Values held; the number of distinct values while `isExact`.
    var count: Int { entries.count }

    mutating func add(_ hash: UInt64, _ text: () -> String) {
        if entries.count == Self.entriesMax { prune() }
        var slot = Int(hash & UInt64(Self.slotsMax - 1))
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if entries[index].hash == hash {
                entries[index].count += 1
                if entries[index].text == nil { entries[index].text = text() }
                return
            }
            slot = (slot + 1) & (Self.slotsMax - 1)
        }
        slots[slot] = Int16(truncatingIfNeeded: entries.count)
        entries.append(Entry(hash: hash, count: 1, before: floor, text: nil))
    }

    /// The most frequent values that occur more than once, and in one of a thousand rows, the most frequent first; their
    /// counts are at least these.
    func top(_ most: Int, ofRows rows: Int) -> [(text: String, count: Int)] {
        let repeated = entries.filter { $0.count > max(1, $0.before, rows / 1000) }
        let sorted = repeated.sorted { ($1.count, $0.text ?? "") < ($0.count, $1.text ?? "") }
        return sorted.prefix(most).compactMap { entry in entry.text.map { ($0, entry.count) } }
    }

    private mutating func prune() {
        let sorted = entries.map { $0.count + $0.before }.sorted()
        floor = sorted[sorted.count / 2]
        entries.removeAll { $0.count + $0.before <= floor }
        slots = [Int16](repeating: -1, count: Self.slotsMax)
        for (index, entry) in entries.enumerated() {
            var slot = Int(entry.hash & UInt64(Self.slotsMax - 1))
            while slots[slot] >= 0 { slot = (slot + 1) & (Self.slotsMax - 1) }
            slots[slot] = Int16(truncatingIfNeeded: index)
        }
    }
}
