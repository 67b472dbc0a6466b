/// A table from 128-bit hashes to 40-bit values that grows in small steps.
///
/// 256 partitions by the hash's top byte, each an open-addressing table of 20-byte slots, since the top byte needs no
/// storing. A partition grows by a tenth when it is seven eighths full: about 24 bytes a key, and growing never holds a
/// second copy of more than one partition. Slots stand in the order of their hashes, so that looking for a key that is
/// not there, as nearly always, ends at the first greater one.
public struct KeyTable: Sendable {
    /// Most that a value can be.
    public static let valueMax: UInt64 = 1 << 40 - 1

    private var partitions: [Partition]
    /// Number of keys held.
    public private(set) var count = 0
    /// Keeps `warm` from being optimised away.
    private var warmth: UInt32 = 0

    /// An empty table.
    public init() { partitions = Array(repeating: Partition(), count: 256) }

    /// The value held for a key.
    public func value(_ key: Hash128) -> UInt64? { partitions[Slot.partition(key)].value(Slot(key, 0)) }

    /// Holds `value` for the key unless it has one; returns the value that was there.
    public mutating func insert(_ key: Hash128, _ value: UInt64) -> UInt64? {
        precondition(value <= Self.valueMax)
        let existing = partitions[Slot.partition(key)].insert(Slot(key, value), overwriting: false)
        if existing == nil { count += 1 }
        return existing
    }

    /// Holds `value` for the key in place of any other; returns the value that was there.
    @discardableResult
    public mutating func update(_ key: Hash128, _ value: UInt64) -> UInt64? {
        precondition(value <= Self.valueMax)
        let existing = partitions[Slot.partition(key)].insert(Slot(key, value), overwriting: true)
        if existing == nil { count += 1 }
        return existing
    }

    /// Brings the slots of keys that are asked for next into the cache: memory then delivers many at a time, where one
    /// look-up after the other would wait for each.
    public mutating func warm(_ keys: [Hash128]) {
        var sum: UInt32 = 0
        for key in keys { sum &+= partitions[Slot.partition(key)].touch(key) }
        warmth = sum
    }

    /// Bytes that the slots take.
    public var memoryBytes: Int { partitions.reduce(0) { $0 + $1.slotBytes } }
}

/// 120 bits of hash and 40 of value in five words; the first two are zero when it is free.
private struct Slot {
    static let words = 5

    let low: UInt64
    /// 56 bits of hash.
    let high: UInt64
    let value: UInt64

    static func partition(_ key: Hash128) -> Int { Int(truncatingIfNeeded: key.high >> 56) }

    /// A low half of zero marks a free slot, so that one lives under another, as likely as any to be somebody else's.
    @inline(__always)
    init(_ key: Hash128, _ value: UInt64) {
        low = key.low == 0 ? 1 : key.low
        high = key.high & (1 << 56 - 1)
        self.value = value
    }

    @inline(__always)
    init(_ words: [UInt32], at: Int) {
        low = UInt64(words[at]) << 32 | UInt64(words[at &+ 1])
        high = UInt64(words[at &+ 2] & 0xFF_FFFF) << 32 | UInt64(words[at &+ 3])
        value = UInt64(words[at &+ 2] >> 24) << 32 | UInt64(words[at &+ 4])
    }

    @inline(__always)
    func write(_ words: inout [UInt32], at: Int) {
        words[at] = UInt32(truncatingIfNeeded: low >> 32)
        words[at &+ 1] = UInt32(truncatingIfNeeded: low)
        words[at &+ 2] = UInt32(truncatingIfNeeded: high >> 32) | UInt32(truncatingIfNeeded: value >> 32) << 24
        words[at &+ 3] = UInt32(truncatingIfNeeded: high)
        words[at &+ 4] = UInt32(truncatingIfNeeded: value)
    }

    @inline(__always)
    func hasKey(of other: Slot) -> Bool { low == other.low && high == other.high }
}

private struct Partition: Sendable {
    private var words: [UInt32] = []
    /// Slots that a hash can point at; some more follow for what is shifted past the last.
    private var capacity = 0
    private var used = 0

    /// Slots behind the capacity.
    private static let spare = 32
    /// Lines of the cache from a key's home on, as far as its slot and those that it moves reach, mostly.
    private static let touchedLines = 4
    private static let lineWords = 16

    var slotBytes: Int { words.capacity * 4 }

    @inline(__always)
    func touch(_ key: Hash128) -> UInt32 {
        let home = key.low.multipliedFullWidth(by: UInt64(truncatingIfNeeded: capacity)).high
        if capacity == 0 { return 0 }
        let at = Int(truncatingIfNeeded: home) &* Slot.words
        var sum: UInt32 = 0
        for line in 0..<Self.touchedLines { sum &+= words[min(at &+ line &* Self.lineWords, words.count &- 1)] }
        return sum
    }

    func value(_ key: Slot) -> UInt64? {
        if capacity == 0 { return nil }
        let at = place(key)
        if isFree(at) { return nil }
        let found = Slot(words, at: at)
        return found.hasKey(of: key) ? found.value : nil
    }

    mutating func insert(_ slot: Slot, overwriting: Bool) -> UInt64? {
        if used * 8 >= capacity * 7 { grow() }
        while true {
            let at = place(slot)
            if !isFree(at) {
                let found = Slot(words, at: at)
                if found.hasKey(of: slot) {
                    if overwriting { slot.write(&words, at: at) }
                    return found.value
                }
                guard shift(from: at) else {
                    grow()
                    continue
                }
            } else if at + Slot.words >= words.count {
                grow()
                continue
            }
            slot.write(&words, at: at)
            used += 1
            return nil
        }
    }

    /// First word of the key's slot, or of the slot where it belongs.
    @inline(__always)
    private func place(_ key: Slot) -> Int {
        let home = key.low.multipliedFullWidth(by: UInt64(truncatingIfNeeded: capacity)).high
        var at = Int(truncatingIfNeeded: home) &* Slot.words
        while true {
            // The last slot stays free, so that every search ends.
            let low = low(at)
            if low == 0 || low > key.low { return at }
            if low == key.low, Slot(words, at: at).high >= key.high { return at }
            at &+= Slot.words
        }
    }

    @inline(__always)
    private func low(_ at: Int) -> UInt64 { UInt64(words[at]) << 32 | UInt64(words[at &+ 1]) }

    @inline(__always)
    private func isFree(_ at: Int) -> Bool { words[at] | words[at &+ 1] == 0 }

    /// Moves the slots from a place on by one, into the next free one; false when there is no room behind.
    private mutating func shift(from at: Int) -> Bool {
        var free = at
        while !isFree(free) { free += Slot.words }
        if free + Slot.words >= words.count { return false }
        // Safe because both ranges lie in the array: `free` and the slot behind it do.
        unsafe words.withUnsafeMutableBufferPointer { words in
            guard let base = words.baseAddress else { return }
            unsafe (base + at + Slot.words).update(from: base + at, count: free - at)
        }
        return true
    }

    private mutating func grow() {
        let old = words
        repeat {
            capacity += max(8, capacity / 10)
            words = Array(repeating: 0, count: (capacity + Self.spare) * Slot.words)
        } while !place(old.span)
    }

    /// Places the slots of a smaller table, which stand in the order of their hashes and need no searching: each goes to
    /// its home, or behind the one before it. False when they crowd past the end.
    private mutating func place(_ old: Span<UInt32>) -> Bool {
        let capacity = UInt64(truncatingIfNeeded: capacity)
        var target = words.mutableSpan
        var next = 0
        for at in stride(from: 0, to: old.count, by: Slot.words) {
            let low = UInt64(old[at]) << 32 | UInt64(old[at &+ 1])
            if low == 0 { continue }
            let home = Int(truncatingIfNeeded: low.multipliedFullWidth(by: capacity).high) &* Slot.words
            next = max(home, next)
            // The last slot stays free, so that every search ends.
            if next + Slot.words >= target.count { return false }
            // Safe because both slots lie in their tables: this one was read, and the next was compared with the end.
            for word in 0..<Slot.words { unsafe target[unchecked: next &+ word] = old[unchecked: at &+ word] }
            next &+= Slot.words
        }
        return true
    }
}
