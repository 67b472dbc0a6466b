/// A table from 128-bit hashes to 40-bit values that grows in small steps once it is large.
///
/// 256 partitions by the hash's top byte, each an open-addressing table of 20-byte slots, since the top byte needs no
/// storing. Up to 16 MB in all, they grow together, by doubling. Beyond, a partition grows by an eighth when it is five sixths
/// full, and its pages are moved rather than copied: 24 to 27 bytes a key, and no second copy of anything.
public struct KeyTable: Sendable {
    /// Most that a value can be.
    public static let valueMax: UInt64 = 1 << 40 - 1

    private var partitions: KeyPartitions
    /// Number of keys held.
    public private(set) var count = 0

    /// What all empty tables share, so that one costs nothing.
    private static let nothing = KeyPartitions()

    /// An empty table.
    public init() { partitions = Self.nothing }

    /// The value held for a key.
    public func value(_ key: Hash128) -> UInt64? { partitions.value(key) }

    /// Holds `value` for the key unless it has one; returns the value that was there.
    public mutating func insert(_ key: Hash128, _ value: UInt64) -> UInt64? { put(key, value, overwriting: false) }

    /// Holds `value` for the key in place of any other; returns the value that was there.
    @discardableResult
    public mutating func update(_ key: Hash128, _ value: UInt64) -> UInt64? { put(key, value, overwriting: true) }

    /// Brings the slots of a key into the cache some keys before its turn; otherwise each look-up waits for memory.
    public func warm(_ key: Hash128) { partitions.warm(key) }

    /// How many keys ahead `warm` is of most use.
    public static let warmAhead = 16

    /// Bytes that the slots take.
    public var memoryBytes: Int { partitions.memoryBytes }

    private mutating func put(_ key: Hash128, _ value: UInt64, overwriting: Bool) -> UInt64? {
        precondition(value <= Self.valueMax)
        if !isKnownUniquelyReferenced(&partitions) { partitions = KeyPartitions(copying: partitions) }
        let existing = partitions.put(key, value, overwriting: overwriting)
        if existing == nil { count += 1 }
        return existing
    }
}
