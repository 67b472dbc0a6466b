public import Records

/// A table from 128-bit hashes to 64-bit values that grows in small steps.
///
/// 256 partitions by the hash's top byte, each an open-addressing table of 24-byte slots that grows by a fifth when it
/// is nine tenths full: about 28 bytes a key, and growing never holds a second copy of more than one partition.
public struct KeyTable: Sendable {
    private var partitions: [Partition]
    /// Number of keys held.
    public private(set) var count = 0

    /// An empty table.
    public init() { partitions = Array(repeating: Partition(), count: 256) }

    /// The value held for a key.
    public func value(_ key: Hash128) -> UInt64? {
        let key = Self.nonzero(key)
        return partitions[Self.partition(key)].value(key)
    }

    /// Holds `value` for the key unless it has one; returns the value that was there.
    public mutating func insert(_ key: Hash128, _ value: UInt64) -> UInt64? {
        let key = Self.nonzero(key)
        let existing = partitions[Self.partition(key)].insert(key, value, overwriting: false)
        if existing == nil { count += 1 }
        return existing
    }

    /// Holds `value` for the key in place of any other; returns the value that was there.
    @discardableResult
    public mutating func update(_ key: Hash128, _ value: UInt64) -> UInt64? {
        let key = Self.nonzero(key)
        let existing = partitions[Self.partition(key)].insert(key, value, overwriting: true)
        if existing == nil { count += 1 }
        return existing
    }

    /// Bytes that the slots take.
    public var memoryBytes: Int { partitions.reduce(0) { $0 + $1.slotBytes } }

    /// Zero marks a free slot, so the hash zero lives under another, as likely as any to be somebody else's.
    private static func nonzero(_ key: Hash128) -> Hash128 {
        key.high | key.low == 0 ? Hash128(high: 0, low: 1) : key
    }

    private static func partition(_ key: Hash128) -> Int { Int(truncatingIfNeeded: key.high >> 56) }
}

private struct Partition: Sendable {
    /// Three words a slot: high, low, value.
    private var words: [UInt64] = []
    private var capacity = 0
    private var used = 0

    var slotBytes: Int { words.capacity * 8 }

    func value(_ key: Hash128) -> UInt64? {
        if capacity == 0 { return nil }
        let at = place(key)
        return words[at] | words[at + 1] == 0 ? nil : words[at + 2]
    }

    mutating func insert(_ key: Hash128, _ value: UInt64, overwriting: Bool) -> UInt64? {
        if used * 10 >= capacity * 9 { grow() }
        let at = place(key)
        if words[at] | words[at + 1] != 0 {
            let existing = words[at + 2]
            if overwriting { words[at + 2] = value }
            return existing
        }
        words[at] = key.high
        words[at + 1] = key.low
        words[at + 2] = value
        used += 1
        return nil
    }

    /// First word of the key's slot, or of the free slot where it belongs.
    private func place(_ key: Hash128) -> Int {
        var slot = Int(truncatingIfNeeded: key.low.multipliedFullWidth(by: UInt64(truncatingIfNeeded: capacity)).high)
        while true {
            let at = slot &* 3
            let high = words[at]
            let low = words[at &+ 1]
            if high | low == 0 || (high == key.high && low == key.low) { return at }
            slot &+= 1
            if slot == capacity { slot = 0 }
        }
    }

    private mutating func grow() {
        let old = words
        capacity = max(16, capacity + capacity / 5)
        words = Array(repeating: 0, count: capacity * 3)
        for at in stride(from: 0, to: old.count, by: 3) where old[at] | old[at + 1] != 0 {
            let place = place(Hash128(high: old[at], low: old[at + 1]))
            words[place] = old[at]
            words[place + 1] = old[at + 1]
            words[place + 2] = old[at + 2]
        }
    }
}
