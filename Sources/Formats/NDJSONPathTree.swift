/// The wanted paths of an NDJSON source, compiled to a tree of member names for look-up by bytes.
///
/// A path `a.b.c` is found as `a` → `b` → `c`, as `a` → `b.c` and as `a.b.c`; the name that holds more of the path wins
/// (a lower rank), so that a literal member name with a dot goes before nesting.
struct NDJSONPathTree: Sendable {
    /// A field that a node, or something below it, fills.
    struct Target: Sendable {
        let field: Int
        let rank: UInt8
    }

    struct Node: Sendable {
        fileprivate let parent: Int
        fileprivate let nameStart: Int
        fileprivate let nameLength: Int
        /// The field whose value stands here; -1 for none.
        fileprivate(set) var field = -1
        fileprivate(set) var rank: UInt8 = 0
        fileprivate(set) var hasChildren = false
        /// Whether the name stands in JSON as it is, without escapes.
        fileprivate let isPlain: Bool
        fileprivate var targets = 0..<0
        fileprivate var slots = 0
        fileprivate var slotMask = -1
        /// Slots that are taken.
        fileprivate var used = 0
    }

    /// The node of the record itself.
    static let root = 0
    /// What a look-up returns for a name that nobody wants.
    static let none = -1

    private(set) var nodes = [Node(parent: none, nameStart: 0, nameLength: 0, isPlain: false)]
    private var names: [UInt8] = []
    private var slots: [Int32] = []
    private var targets: [Target] = []
    /// Nodes by parent and name, for making the tree.
    private var known: [Place: Int] = [:]

    private struct Place: Hashable {
        let parent: Int
        let name: ArraySlice<UInt8>
    }

    /// - Parameter paths: dotted, unique.
    init(paths: [String]) {
        for (field, path) in paths.enumerated() {
            let path = Array(path.utf8)
            var node = Self.root
            var start = 0
            var rank = UInt8(0)
            while true {
                // The rest of the path as one literal name, then its first step.
                let leaf = adopt(path[start...], under: node)
                nodes[leaf].field = field
                nodes[leaf].rank = rank
                guard let dot = path[start...].firstIndex(of: UInt8(ascii: ".")), rank < .max else { break }
                node = adopt(path[start..<dot], under: node)
                start = dot + 1
                rank += 1
            }
        }
        index()
    }

    /// Makes a name known and unwanted, so that it is reported as unknown once only; false when it was known.
    mutating func ignore(_ name: ArraySlice<UInt8>, under node: Int) -> Bool {
        let before = nodes.count
        _ = adopt(name, under: node)
        if nodes.count == before { return false }
        if !addSlot(before) { index() }
        return true
    }

    /// The dotted path of a node, for messages.
    func path(of node: Int) -> String {
        var steps: [String] = []
        var node = node
        while node > Self.root {
            steps.append(String(decoding: name(of: nodes[node]), as: UTF8.self))
            node = nodes[node].parent
        }
        return steps.reversed().joined(separator: ".")
    }

    /// The fields that a node and all below it fill.
    @inline(__always)
    func targets(below node: Int) -> ArraySlice<Target> { targets[nodes[node].targets] }

    /// The node of a member name below another node, or `none`.
    @inline(__always)
    func child(of node: Int, named name: Range<Int>, in bytes: Span<UInt8>) -> Int {
        let mask = nodes[node].slotMask
        if mask < 0 { return Self.none }
        let first = nodes[node].slots
        var slot = Self.hash(bytes, name, mask)
        while true {
            let candidate = Int(slots[first &+ slot])
            if candidate < 0 { return Self.none }
            if isName(of: candidate, equalTo: name, in: bytes) { return candidate }
            slot = (slot &+ 1) & mask
        }
    }

    /// The place behind the closing quote of a node's name, if that is what stands after the opening quote; else `nil`.
    @inline(__always)
    func end(ofName node: Int, at start: Int, in bytes: Span<UInt8>) -> Int? {
        let length = nodes[node].nameLength
        let end = start &+ length
        guard nodes[node].isPlain, end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
        return isName(of: node, equalTo: start..<end, in: bytes) ? end &+ 1 : nil
    }

    @inline(__always)
    private func isName(of node: Int, equalTo name: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        let start = nodes[node].nameStart
        if nodes[node].nameLength != name.count { return false }
        return isSame(bytes, at: name.lowerBound, as: names.span, start..<start &+ name.count)
    }

    /// Few names are told apart by a few of their bytes; many may differ in any of them.
    @inline(__always)
    private static func hash(_ bytes: Span<UInt8>, _ name: Range<Int>, _ mask: Int) -> Int {
        if name.isEmpty { return 0 }
        if mask > plainMaskMax { return wholeHash(bytes, name) & mask }
        let first = Int(bytes[name.lowerBound])
        let middle = Int(bytes[name.lowerBound &+ name.count >> 1])
        let last = Int(bytes[name.upperBound &- 1])
        return (name.count &* 7 ^ first &* 3 ^ middle &* 13 ^ last &* 31) & mask
    }

    private static let plainMaskMax = 127

    /// FNV-1a.
    private static func wholeHash(_ bytes: Span<UInt8>, _ name: Range<Int>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in name { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }

    private func name(of node: Node) -> ArraySlice<UInt8> { names[node.nameStart..<node.nameStart + node.nameLength] }

    /// The child of that name, made when it is not there.
    private mutating func adopt(_ name: ArraySlice<UInt8>, under parent: Int) -> Int {
        let place = Place(parent: parent, name: name)
        if let node = known[place] { return node }
        let isPlain = !name.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
        known[place] = nodes.count
        nodes.append(Node(parent: parent, nameStart: names.count, nameLength: name.count, isPlain: isPlain))
        names.append(contentsOf: name)
        return nodes.count - 1
    }

    /// Builds the hash tables of child names and the lists of fields below each node.
    private mutating func index() {
        var children = [Int](repeating: 0, count: nodes.count)
        var below = [[Target]](repeating: [], count: nodes.count)
        for node in nodes.dropFirst() {
            children[node.parent] += 1
            if node.field < 0 { continue }
            var above = node.parent
            while above >= Self.root {
                below[above].append(Target(field: node.field, rank: node.rank))
                above = nodes[above].parent
            }
        }
        slots = []
        targets = []
        for node in nodes.indices {
            nodes[node].hasChildren = children[node] > 0
            nodes[node].targets = targets.count..<targets.count + below[node].count
            targets += below[node]
            nodes[node].slotMask = -1
            nodes[node].used = 0
            guard children[node] > 0 else { continue }
            var size = 4
            while size < children[node] * 2 { size *= 2 }
            nodes[node].slots = slots.count
            nodes[node].slotMask = size - 1
            slots.append(contentsOf: repeatElement(-1, count: size))
        }
        for child in nodes.indices.dropFirst() { _ = addSlot(child) }
    }

    /// Enters a node in its parent's table; false when that has no room.
    private mutating func addSlot(_ child: Int) -> Bool {
        let parent = nodes[child].parent
        let mask = nodes[parent].slotMask
        guard mask >= 0, (nodes[parent].used + 1) * 2 <= mask + 1 else { return false }
        nodes[parent].used += 1
        let name = nodes[child].nameStart..<nodes[child].nameStart + nodes[child].nameLength
        var slot = Self.hash(names.span, name, mask)
        while slots[nodes[parent].slots + slot] >= 0 { slot = (slot + 1) & mask }
        slots[nodes[parent].slots + slot] = Int32(truncatingIfNeeded: child)
        return true
    }
}
