internal import CKernels

/// The partitions of one key table, side by side in pages of their own.
///
/// Pages that nothing was written to take no memory, so that each partition has room to grow where it stands. When one needs
/// more, all move to where there is twice as much, as pages and not as copies.
///
/// Safe because `KeyTable` changes it only while nobody else knows it, and copies it otherwise.
@safe
final class KeyPartitions: @unchecked Sendable {
    private let partitions: UnsafeMutablePointer<KeyPartition>
    /// `nil` while no key is held.
    private var base: UnsafeMutableRawPointer?
    /// Bytes from one partition's start to the next's.
    private var stride = 64 << 10

    private static let number = 256
    private static let pageBytes = 4096

    init() {
        unsafe partitions = .allocate(capacity: Self.number)
        unsafe partitions.initialize(repeating: KeyPartition(), count: Self.number)
    }

    init(copying other: KeyPartitions) {
        unsafe partitions = .allocate(capacity: Self.number)
        unsafe partitions.initialize(from: other.partitions, count: Self.number)
        stride = other.stride
        guard let source = unsafe other.base else { return }
        unsafe base = Self.pages(stride)
        for index in 0..<Self.number {
            unsafe slots(index)?.copyMemory(from: source + index &* stride, byteCount: partitions[index].bytes)
        }
    }

    deinit {
        unsafe dockhand_free_pages(base, Self.number &* stride)
        unsafe partitions.deallocate()
    }

    var memoryBytes: Int { (0..<Self.number).reduce(0) { unsafe $0 + partitions[$1].bytes } }

    func value(_ key: Hash128) -> UInt64? {
        let index = Self.index(key)
        guard let slots = unsafe slots(index) else { return nil }
        return unsafe partitions[index].value(KeySlot(key, 0), slots)
    }

    @inline(__always)
    func warm(_ key: Hash128) {
        let index = Self.index(key)
        if let slots = unsafe slots(index) { unsafe partitions[index].warm(key, slots) }
    }

    func put(_ key: Hash128, _ value: UInt64, overwriting: Bool) -> UInt64? {
        let index = Self.index(key)
        let slot = KeySlot(key, value)
        while true {
            if let slots = unsafe slots(index) {
                switch unsafe partitions[index].put(slot, slots, overwriting) {
                case .added: return nil
                case .found(let existing): return existing
                case .full: break
                }
            }
            grow(index)
        }
    }

    private func grow(_ index: Int) {
        if unsafe base == nil { unsafe base = Self.pages(stride) }
        let pages = unsafe partitions[index].pagesToGrow(pageBytes: Self.pageBytes)
        while pages &* Self.pageBytes > stride { spread() }
        if let slots = unsafe slots(index) { unsafe partitions[index].grow(to: pages &* Self.pageBytes, slots) }
    }

    /// Gives every partition twice the room.
    private func spread() {
        guard let old = unsafe base else { return }
        let wider = unsafe Self.pages(stride &* 2)
        for index in 0..<Self.number {
            let bytes = unsafe (partitions[index].bytes &+ Self.pageBytes &- 1) / Self.pageBytes &* Self.pageBytes
            if bytes == 0 { continue }
            let isMoved = unsafe dockhand_move_pages(old + index &* stride, bytes, wider + index &* stride &* 2)
            precondition(isMoved != 0, "out of memory")
        }
        unsafe dockhand_free_pages(old, Self.number &* stride)
        unsafe base = wider
        stride &*= 2
    }

    @inline(__always)
    private func slots(_ index: Int) -> UnsafeMutableRawPointer? { unsafe base.map { unsafe $0 + index &* stride } }

    /// Room for all partitions.
    private static func pages(_ stride: Int) -> UnsafeMutableRawPointer {
        guard let pages = unsafe dockhand_pages(number &* stride) else { preconditionFailure("out of memory") }
        return unsafe pages
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

/// One open-addressing table, without its slots.
///
/// Slots stand in the order of their hashes, so that looking for a key that is not there, as nearly always, ends at the
/// first greater one, and so that growing moves every slot forward.
///
/// All pointers stay within `bytes` of the slots' first byte: a search starts at a home, which is below `capacity`, and
/// ends at a free slot at the latest, and the last slot is always free.
private struct KeyPartition {
    /// Slots that a hash can point at; some more follow for what is shifted past the last. None before it has grown.
    private var capacity = 0
    private var used = 0

    /// Slots behind the capacity.
    private static let spare = 32
    /// Up to here a partition grows by half, since all of them are small beside the process.
    private static let smallBytes = 64 << 10
    /// Bytes of the cache from a key's home on, as far as its slot and those that it moves reach, mostly.
    private static let warmBytes = 256
    private static let lineBytes = 64

    /// That the slots take.
    var bytes: Int { capacity == 0 ? 0 : (capacity &+ Self.spare) &* KeySlot.bytes }

    @inline(__always)
    func warm(_ key: Hash128, _ slots: UnsafeMutableRawPointer) {
        let home = unsafe slots + home(key.low)
        for offset in stride(from: 0, to: Self.warmBytes, by: Self.lineBytes) {
            unsafe dockhand_prefetch(home + offset)
        }
    }

    func value(_ key: KeySlot, _ slots: UnsafeMutableRawPointer) -> UInt64? {
        if capacity == 0 { return nil }
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
    mutating func put(_ slot: KeySlot, _ slots: UnsafeMutableRawPointer, _ overwriting: Bool) -> Put {
        if used &* 6 >= capacity &* 5 { return .full }
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

    /// What it grows to.
    func pagesToGrow(pageBytes: Int) -> Int {
        let more = bytes / (bytes < Self.smallBytes ? 2 : 8)
        return (bytes + max(more, 1) + pageBytes - 1) / pageBytes
    }

    /// Adds slots at the end, which are all zero, and moves every slot to where it then belongs.
    ///
    /// First all move as far as there are new slots, then each in order back to its home or behind the one before it,
    /// which is never behind where it then stands: a home moves by less than there are new slots.
    mutating func grow(to room: Int, _ slots: UnsafeMutableRawPointer) {
        let old = bytes
        capacity = room / KeySlot.bytes - Self.spare
        if old == 0 {
            // Read first, a page would be given twice: one that all share, and one of its own.
            return unsafe KeySlot.free.store(at: slots)
        }
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
}

extension KeySlot {
    fileprivate static let free = KeySlot()

    private init() { (low, high, rest) = (0, 0, 0) }

    @inline(__always)
    fileprivate func isSameKey(as other: KeySlot) -> Bool { low == other.low && rank == other.rank }
}
