internal import CKernels

/// The partitions of one key table, in pages of their own.
///
/// At first all stand side by side in one mapping, with as much room each, and when one is full, all move to a larger one:
/// few and large pages, since each page that is touched for the first time costs more than a hundred keys. When the mapping
/// has its full size, only the one that is full grows, where it stands or by moving its pages, and takes no memory before it
/// needs it.
///
/// Safe because `KeyTable` changes it only while nobody else knows it, and copies it otherwise.
@safe
final class KeyPartitions: @unchecked Sendable {
    private let partitions: UnsafeMutablePointer<KeyPartition>
    /// Bytes that each has in the mapping that they share; 0 before there is one.
    private var sharedRoom = 0

    private static let number = 256
    /// For some thousand keys in all, as nearly every table has.
    private static let sharedRoomMin = 1 << 10
    /// All of them fill one large page of the usual size.
    private static let sharedRoomLarge = 8 << 10
    private static let sharedRoomMax = 64 << 10

    init() {
        unsafe partitions = .allocate(capacity: Self.number)
        unsafe partitions.initialize(repeating: KeyPartition(), count: Self.number)
    }

    init(copying other: KeyPartitions) {
        unsafe partitions = .allocate(capacity: Self.number)
        unsafe partitions.initialize(repeating: KeyPartition(), count: Self.number)
        if other.sharedRoom == 0 { return }
        share(room: other.sharedRoom)
        stopWasting()
        for index in 0..<Self.number { unsafe partitions[index].copy(other.partitions[index]) }
    }

    deinit {
        unshare()
        unsafe partitions.deallocate()
    }

    var memoryBytes: Int { (0..<Self.number).reduce(0) { unsafe $0 + partitions[$1].bytes } }

    func value(_ key: Hash128) -> UInt64? { unsafe partitions[Self.index(key)].value(KeySlot(key, 0)) }

    @inline(__always)
    func warm(_ key: Hash128) { unsafe partitions[Self.index(key)].warm(key) }

    func put(_ key: Hash128, _ value: UInt64, overwriting: Bool) -> UInt64? {
        let index = Self.index(key)
        let slot = KeySlot(key, value)
        while true {
            switch unsafe partitions[index].put(slot, overwriting) {
            case .added: return nil
            case .found(let existing): return existing
            case .full: break
            }
            if sharedRoom == Self.sharedRoomMax { unsafe partitions[index].grow() } else { widen() }
        }
    }

    /// Moves all partitions to a mapping where each has more room.
    private func widen() {
        let old = (0..<Self.number).map { unsafe partitions[$0] }
        let oldRoom = sharedRoom
        share(room: oldRoom == 0 ? Self.sharedRoomMin : max(Self.sharedRoomLarge, oldRoom * 2))
        if oldRoom == 0 { return }
        for index in 0..<Self.number { unsafe partitions[index].fill(from: old[index]) }
        unsafe dockhand_free_pages(old[0].slots, Self.number &* oldRoom)
        stopWasting()
    }

    /// Has partitions that grow from here on take no more than they need; all must be where they were put together.
    private func stopWasting() {
        if sharedRoom < Self.sharedRoomMax { return }
        unsafe dockhand_prefer_small_pages(partitions[0].slots, Self.number &* sharedRoom)
    }

    /// Gives every partition its part of one mapping, without a key.
    private func share(room: Int) {
        guard let pages = unsafe dockhand_zero_pages(Self.number &* room) else { preconditionFailure("out of memory") }
        sharedRoom = room
        for index in 0..<Self.number { unsafe partitions[index] = KeyPartition(at: pages + index &* room, room: room) }
    }

    /// Gives all pages back; neighbours that never grew out of their room at once.
    private func unshare() {
        var index = 0
        while index < Self.number {
            let first = unsafe partitions[index]
            var count = 1
            while first.room == sharedRoom, index + count < Self.number,
                unsafe partitions[index + count].room == sharedRoom
            {
                count += 1
            }
            unsafe dockhand_free_pages(first.slots, first.room &* count)
            index += count
        }
    }

    /// At most 255.
    @inline(__always)
    private static func index(_ key: Hash128) -> Int { Int(truncatingIfNeeded: key.high &>> 56) }
}

/// 120 bits of hash and 40 of value in 20 bytes; the first eight are zero when it is free.
private struct KeySlot {
    static let bytes = 20

    let low: UInt64
    /// 56 bits of hash, under the upper eight of the value.
    let high: UInt64
    /// The lower 32 bits of the value.
    let rest: UInt32

    /// A low half of zero marks a free slot, so that one lives under another, as likely as any to be somebody else's.
    @inline(__always)
    init(_ key: Hash128, _ value: UInt64) {
        low = key.low == 0 ? 1 : key.low
        high = key.high & (1 &<< 56 &- 1) | (value &>> 32) &<< 56
        rest = UInt32(truncatingIfNeeded: value)
    }

    @inline(__always)
    init(at place: UnsafeMutableRawPointer) {
        low = unsafe place.loadUnaligned(as: UInt64.self)
        high = unsafe place.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        rest = unsafe place.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
    }

    @inline(__always)
    func store(at place: UnsafeMutableRawPointer) {
        unsafe place.storeBytes(of: low, as: UInt64.self)
        unsafe place.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
        unsafe place.storeBytes(of: rest, toByteOffset: 16, as: UInt32.self)
    }

    var value: UInt64 { (high &>> 56) &<< 32 | UInt64(rest) }

    /// Order among the slots of one low half.
    @inline(__always)
    var rank: UInt64 { high & (1 &<< 56 &- 1) }
}

/// One open-addressing table.
///
/// Slots stand in the order of their hashes, so that looking for a key that is not there, as nearly always, ends at the
/// first greater one, and so that growing moves every slot forward.
///
/// All pointers stay within `bytes` of the slots' first byte: a search starts at a home, which is below `capacity`, and
/// ends at a free slot at the latest, and the last slot is always free.
@safe
private struct KeyPartition {
    /// `nil` while the whole table is empty.
    private(set) var slots: UnsafeMutableRawPointer?
    /// Bytes that are there for the slots, of which those behind `bytes` were never touched.
    private(set) var room = 0
    /// Slots that a hash can point at; some more follow for what is shifted past the last. None before it has pages.
    private var capacity = 0
    private var used = 0

    /// Slots behind the capacity. Keys that share the lower half of their hash share a home, and more of them than this
    /// could have no room; of a hash that nobody can aim at, no two ever will.
    private static let spare = 32
    private static let pageBytes = 4096
    /// Bytes of the cache from a key's home on, as far as its slot and those that it moves reach, mostly.
    private static let warmBytes = 128
    private static let lineBytes = 64

    /// That the slots take.
    var bytes: Int { capacity == 0 ? 0 : (capacity &+ Self.spare) &* KeySlot.bytes }

    /// One without pages, which is always full.
    init() {}

    /// One in some pages, all of them zero, that are all for its slots.
    init(at pages: UnsafeMutableRawPointer, room: Int) {
        unsafe slots = pages
        self.room = room
        capacity = Self.capacity(in: room)
        // Read first, a page would be given twice: one that all share, and one of its own.
        unsafe KeySlot.free.store(at: pages)
    }

    /// Becomes another, in its own place.
    mutating func copy(_ other: KeyPartition) {
        makeRoom(other.bytes)
        (capacity, used) = (other.capacity, other.used)
        if let source = unsafe other.slots { unsafe slots?.copyMemory(from: source, byteCount: other.bytes) }
    }

    @inline(__always)
    func warm(_ key: Hash128) {
        guard let slots = unsafe slots else { return }
        let home = unsafe slots + home(key.low)
        for offset in stride(from: 0, to: Self.warmBytes, by: Self.lineBytes) {
            unsafe dockhand_prefetch(home + offset)
        }
    }

    func value(_ key: KeySlot) -> UInt64? {
        guard capacity > 0, let slots = unsafe slots else { return nil }
        let found = unsafe KeySlot(at: slots + place(key, slots))
        return found.isSameKey(as: key) ? found.value : nil
    }

    /// What has become of a key.
    enum Put {
        case added
        /// It was there, with this value.
        case found(UInt64)
        /// There is no room before the partition has grown.
        case full
    }

    @inline(__always)
    mutating func put(_ slot: KeySlot, _ overwriting: Bool) -> Put {
        guard used &* 6 < capacity &* 5, let slots = unsafe slots else { return .full }
        let at = unsafe place(slot, slots)
        let found = unsafe KeySlot(at: slots + at)
        if found.isSameKey(as: slot) {
            if overwriting { unsafe slot.store(at: slots + at) }
            return .found(found.value)
        }
        var free = at
        while unsafe Self.low(slots + free) != 0 { free &+= KeySlot.bytes }
        // The last slot stays free, so that every search ends.
        if free &+ KeySlot.bytes >= bytes { return .full }
        if free > at { unsafe (slots + at + KeySlot.bytes).copyMemory(from: slots + at, byteCount: free &- at) }
        unsafe slot.store(at: slots + at)
        used &+= 1
        return .added
    }

    /// The byte where the slots of a hash start; lower hashes stand before.
    @inline(__always)
    private func home(_ low: UInt64) -> Int {
        Int(truncatingIfNeeded: low.multipliedFullWidth(by: UInt64(truncatingIfNeeded: capacity)).high)
            &* KeySlot.bytes
    }

    @inline(__always)
    private static func low(_ place: UnsafeMutableRawPointer) -> UInt64 { unsafe place.loadUnaligned(as: UInt64.self) }

    /// First byte of the key's slot, or of the slot where it belongs.
    @inline(__always)
    private func place(_ key: KeySlot, _ slots: UnsafeMutableRawPointer) -> Int {
        var at = home(key.low)
        while true {
            let low = unsafe Self.low(slots + at)
            // A free slot's zero becomes the greatest number.
            if low &- 1 >= key.low &- 1 {
                if low != key.low { return at }
                if unsafe KeySlot(at: slots + at).rank >= key.rank { return at }
            }
            at &+= KeySlot.bytes
        }
    }

    /// Slots that a hash can point at in so many bytes.
    private static func capacity(in bytes: Int) -> Int { bytes / KeySlot.bytes - spare }

    /// Takes the slots of a smaller one, in order, into its own, which are all free.
    ///
    /// There is room for all, and the last one stays free: none moves by more than there are new slots, for the same reason
    /// as in `grow`.
    mutating func fill(from other: KeyPartition) {
        guard let slots = unsafe slots, let source = unsafe other.slots else { return }
        var next = 0
        for at in stride(from: 0, to: other.bytes, by: KeySlot.bytes) {
            let slot = unsafe KeySlot(at: source + at)
            if slot.low == 0 { continue }
            next = max(home(slot.low), next)
            unsafe slot.store(at: slots + next)
            next &+= KeySlot.bytes
        }
        used = other.used
    }

    /// Adds slots at the end, which are all zero, and moves every slot to where it then belongs.
    ///
    /// First all move as far as there are new slots, then each in order back to its home or behind the one before it,
    /// which is never behind where it then stands: a home moves by no more than there are new slots.
    mutating func grow() {
        let old = bytes
        let wanted = old + old / 8
        makeRoom(wanted)
        guard let slots = unsafe slots else { return }
        capacity = Self.capacity(in: (wanted + Self.pageBytes - 1) / Self.pageBytes * Self.pageBytes)
        let shift = bytes - old
        unsafe (slots + shift).copyMemory(from: slots, byteCount: old)
        var next = 0
        for at in stride(from: shift, to: bytes, by: KeySlot.bytes) {
            let slot = unsafe KeySlot(at: slots + at)
            if slot.low == 0 { continue }
            let target = max(home(slot.low), next)
            while next < target {
                unsafe KeySlot.free.store(at: slots + next)
                next &+= KeySlot.bytes
            }
            unsafe slot.store(at: slots + next)
            next &+= KeySlot.bytes
        }
        unsafe (slots + next).initializeMemory(as: UInt8.self, repeating: 0, count: bytes - next)
    }

    /// Sees to it that so many bytes, rounded up to whole pages, are there for the slots.
    private mutating func makeRoom(_ wanted: Int) {
        var larger = room
        while larger < wanted { larger &*= 2 }
        guard larger > room, let old = unsafe slots else { return }
        guard let moved = unsafe dockhand_grow_pages(old, room, larger) else { preconditionFailure("out of memory") }
        unsafe slots = moved
        room = larger
    }
}

extension KeySlot {
    fileprivate static let free = KeySlot()

    private init() { (low, high, rest) = (0, 0, 0) }

    @inline(__always)
    fileprivate func isSameKey(as other: KeySlot) -> Bool { low == other.low && rank == other.rank }
}
