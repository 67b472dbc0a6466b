internal import Records

/// Checks one line against the whole JSON grammar in a single pass and picks the wanted values out of it.
///
/// Values are slices of the line where the text allows; only strings with escapes and lists or objects with white space
/// are written anew, into `spill`.
struct NDJSONScanner {
    /// Deepest nesting of lists and objects.
    static let depthMax = 128

    /// A member that the paths don't know, as it stands below a node that they do.
    struct UnknownMember {
        let node: Int
        let name: ArraySlice<UInt8>
        /// Whether the name is known and its value is no object, though its columns lie below it.
        let isFlat: Bool
    }

    var tree: NDJSONPathTree
    /// The values of the last scanned line, one a field; their offsets count from the line's first byte, with `spill`
    /// right behind the line.
    private(set) var cells: [Cell]
    /// Text of the last scanned line that is no slice of it.
    private(set) var spill: [UInt8] = []
    /// Members of the last scanned line that no path knows; empty unless `reportsUnknown`.
    private(set) var unknown: [UnknownMember] = []
    /// Whether members that no path knows are collected.
    var reportsUnknown: Bool
    /// Whether the form of lines is looked at.
    var isLearning = false

    private var ranks: [UInt8]
    private var seenOnLine: [Int]
    /// The node that came after a node, or first below it, the last time: most objects have their members in one order.
    private var nextAfter: [Int]
    private var firstBelow: [Int]
    private var flatNodes: Set<Int> = []
    private var line = 0
    private var position = 0
    private var whitespace = 0
    private var spillBase = 0
    /// The values of the last scanned line, when its form was looked at.
    private var leaves: [NDJSONForm.Leaf] = []
    /// Whether what the last scanned line fills is told by its form alone.
    private var isOfForm = false

    init(tree: NDJSONPathTree, fields: Int, reportsUnknown: Bool = false) {
        self.tree = tree
        self.reportsUnknown = reportsUnknown
        cells = Array(repeating: .null, count: fields)
        ranks = Array(repeating: .max, count: fields)
        seenOnLine = Array(repeating: 0, count: tree.nodes.count)
        nextAfter = Array(repeating: NDJSONPathTree.none, count: tree.nodes.count)
        firstBelow = nextAfter
    }

    /// Scans one line, without its line end.
    mutating func scan(_ bytes: Span<UInt8>) throws(NDJSONFault) {
        begin(bytes.count)
        skipWhitespace(bytes)
        guard position < bytes.count else { throw fault(.empty) }
        switch bytes[position] {
        case UInt8(ascii: "{"): try scanObject(bytes, node: NDJSONPathTree.root, depth: 1)
        case UInt8(ascii: "["): throw fault(.list)
        case 0: throw fault(.nul)
        case 0x80...: throw fault(NDJSONText.sequenceLength(bytes, position) == 0 ? .utf8 : .notAnObject)
        default: throw fault(.notAnObject)
        }
        skipWhitespace(bytes)
        if position < bytes.count { throw fault(bytes[position] == 0 ? .nul : .afterObject) }
    }

    /// The form of the last scanned line; `nil` when others of it would not fill the same fields.
    func form(of line: Span<UInt8>) -> NDJSONForm? {
        // Of two members for one field the better one that is not null counts, which no form says.
        let fields = leaves.map(\.field).filter { $0 >= 0 }
        guard isLearning, isOfForm, unknown.isEmpty, Set(fields).count == fields.count else { return nil }
        return NDJSONForm(line: line, leaves: leaves)
    }

    /// Stops reporting a member as unknown; its dotted path, or `nil` when that had happened before.
    mutating func ignore(_ member: UnknownMember) -> String? {
        if member.isFlat {
            if !flatNodes.insert(member.node).inserted { return nil }
            return tree.path(of: member.node)
        }
        guard tree.ignore(member.name, under: member.node) else { return nil }
        seenOnLine.append(0)
        nextAfter.append(NDJSONPathTree.none)
        firstBelow.append(NDJSONPathTree.none)
        return tree.path(of: tree.nodes.count - 1)
    }

    private mutating func begin(_ count: Int) {
        line &+= 1
        position = 0
        whitespace = 0
        spillBase = count
        spill.removeAll(keepingCapacity: true)
        if reportsUnknown { unknown.removeAll(keepingCapacity: true) }
        if isLearning {
            leaves.removeAll(keepingCapacity: true)
            isOfForm = true
        }
        for field in cells.indices {
            cells[field] = .null
            ranks[field] = .max
        }
    }

    private func fault(_ reason: NDJSONFault.Reason) -> NDJSONFault { NDJSONFault(reason: reason, position: position) }

    private func fault(_ reason: NDJSONFault.Reason, at position: Int) -> NDJSONFault {
        NDJSONFault(reason: reason, position: position)
    }

    private mutating func scanObject(_ bytes: Span<UInt8>, node: Int, depth: Int) throws(NDJSONFault) {
        if depth > Self.depthMax { throw fault(.depth) }
        position &+= 1
        skipWhitespace(bytes)
        if position < bytes.count, bytes[position] == UInt8(ascii: "}") {
            position &+= 1
            return
        }
        var before = NDJSONPathTree.none
        while true {
            let child = try scanMember(bytes, node: node, before: &before)
            skipWhitespace(bytes)
            guard position < bytes.count else { throw fault(.unclosedObject) }
            if bytes[position] != UInt8(ascii: ":") { throw fault(.colon) }
            position &+= 1
            skipWhitespace(bytes)
            try scanValue(bytes, node: child, depth: depth)
            skipWhitespace(bytes)
            guard position < bytes.count else { throw fault(.unclosedObject) }
            let byte = bytes[position]
            if byte == UInt8(ascii: "}") { break }
            if byte != UInt8(ascii: ",") { throw fault(byte == 0 ? .nul : .memberEnd) }
            position &+= 1
            skipWhitespace(bytes)
        }
        position &+= 1
    }

    /// Reads a member's name and returns its node below the object's.
    ///
    /// - Parameter before: the last member that a path knows.
    @inline(__always)
    private mutating func scanMember(_ bytes: Span<UInt8>, node: Int, before: inout Int) throws(NDJSONFault) -> Int {
        if node < 0 { return try scanName(bytes, node: node) }
        let guess = before < 0 ? firstBelow[node] : nextAfter[before]
        var child = guess
        if guess >= 0, position < bytes.count, bytes[position] == UInt8(ascii: "\""),
            let end = tree.end(ofName: guess, at: position &+ 1, in: bytes)
        {
            position = end
        } else {
            child = try scanName(bytes, node: node)
            if child < 0 { return child }
            if before < 0 { firstBelow[node] = child } else { nextAfter[before] = child }
        }
        before = child
        if tree.nodes[child].hasChildren { enter(child) }
        return child
    }

    private mutating func scanName(_ bytes: Span<UInt8>, node: Int) throws(NDJSONFault) -> Int {
        guard position < bytes.count else { throw fault(.unclosedObject) }
        if bytes[position] != UInt8(ascii: "\"") { throw fault(bytes[position] == 0 ? .nul : .name) }
        let start = position &+ 1
        let isEscaped = try skipString(bytes)
        if node < 0 { return NDJSONPathTree.none }
        let name = start..<position &- 1
        let child: Int
        if isEscaped {
            let text = NDJSONText.unescape(bytes, name)
            child = tree.child(of: node, named: 0..<text.count, in: text.span)
            if reportsUnknown, child < 0 { reportUnknown(text[...], node: node) }
        } else {
            child = tree.child(of: node, named: name, in: bytes)
            if reportsUnknown, child < 0 { reportUnknown(NDJSONText.copy(bytes, name)[...], node: node) }
        }
        return child
    }

    /// Forgets what an earlier member of the same name filled: the last one wins, with all below it.
    private mutating func enter(_ node: Int) {
        if seenOnLine[node] == line {
            isOfForm = false
            for target in tree.targets(below: node) where ranks[target.field] == target.rank {
                cells[target.field] = .null
                ranks[target.field] = .max
            }
        }
        seenOnLine[node] = line
    }

    private mutating func reportUnknown(_ name: ArraySlice<UInt8>, node: Int) {
        unknown.append(UnknownMember(node: node, name: name, isFlat: false))
    }

    private mutating func scanArray(_ bytes: Span<UInt8>, depth: Int) throws(NDJSONFault) {
        if depth > Self.depthMax { throw fault(.depth) }
        position &+= 1
        skipWhitespace(bytes)
        if position < bytes.count, bytes[position] == UInt8(ascii: "]") {
            position &+= 1
            return
        }
        while true {
            try scanValue(bytes, node: NDJSONPathTree.none, depth: depth)
            skipWhitespace(bytes)
            guard position < bytes.count else { throw fault(.unclosedList) }
            let byte = bytes[position]
            if byte == UInt8(ascii: "]") { break }
            if byte != UInt8(ascii: ",") { throw fault(byte == 0 ? .nul : .elementEnd) }
            position &+= 1
            skipWhitespace(bytes)
        }
        position &+= 1
    }

    private mutating func scanValue(_ bytes: Span<UInt8>, node: Int, depth: Int) throws(NDJSONFault) {
        guard position < bytes.count else { throw fault(.empty) }
        let start = position
        switch bytes[position] {
        case UInt8(ascii: "\""):
            let isEscaped = try skipString(bytes)
            if node >= 0 { try keepText(bytes, start &+ 1..<position &- 1, isEscaped: isEscaped, node: node) }
        case UInt8(ascii: "{"):
            let before = whitespace
            let inner = node >= 0 && tree.nodes[node].hasChildren ? node : NDJSONPathTree.none
            try scanObject(bytes, node: inner, depth: depth &+ 1)
            if node >= 0 { try keepJSON(bytes, start..<position, isCompact: before == whitespace, node: node) }
        case UInt8(ascii: "["):
            let before = whitespace
            try scanArray(bytes, depth: depth &+ 1)
            if node >= 0 { try keepJSON(bytes, start..<position, isCompact: before == whitespace, node: node) }
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try skipNumber(bytes)
            if node >= 0 { try keep(.number, offset: start, length: position &- start, node: node) }
        case UInt8(ascii: "t"):
            try skipLiteral(bytes, "true")
            if node >= 0 { try keep(.boolean, offset: start, length: 4, node: node) }
        case UInt8(ascii: "f"):
            try skipLiteral(bytes, "false")
            if node >= 0 { try keep(.boolean, offset: start, length: 5, node: node) }
        case UInt8(ascii: "n"):
            try skipLiteral(bytes, "null")
            if node >= 0 { try keep(.null, offset: 0, length: 0, node: node) }
        case 0: throw fault(.nul)
        default: throw fault(.value)
        }
        if reportsUnknown, node >= 0, tree.nodes[node].field < 0 { reportFlat(bytes[start], node: node) }
        if isLearning { learn(bytes[start], start..<position, node: node) }
    }

    private mutating func learn(_ first: UInt8, _ range: Range<Int>, node: Int) {
        if first == UInt8(ascii: "{") {
            // A kept object's own text is different on every line.
            if node >= 0, tree.nodes[node].field >= 0 { isOfForm = false }
            return
        }
        // Values in a list come in any number; one in an object's place leaves that object's fields empty.
        if first == UInt8(ascii: "[") { isOfForm = false }
        if node >= 0, tree.nodes[node].hasChildren { isOfForm = false }
        leaves.append(NDJSONForm.Leaf(range: range, field: node < 0 ? NDJSONPathTree.none : tree.nodes[node].field))
    }

    private mutating func reportFlat(_ byte: UInt8, node: Int) {
        if tree.nodes[node].hasChildren, byte != UInt8(ascii: "{"), byte != UInt8(ascii: "n"), !flatNodes.contains(node)
        {
            unknown.append(UnknownMember(node: node, name: [], isFlat: true))
        }
    }

    private mutating func keep(_ kind: Cell.Kind, offset: Int, length: Int, node: Int) throws(NDJSONFault) {
        let field = tree.nodes[node].field
        guard field >= 0 else { return }
        if ranks[field] != .max { isOfForm = false }
        guard tree.nodes[node].rank <= ranks[field] else { return }
        if length > Cell.lengthMax { throw fault(.length) }
        ranks[field] = tree.nodes[node].rank
        cells[field] = Cell(kind: kind, offset: offset, length: length)
    }

    private mutating func keepText(
        _ bytes: Span<UInt8>, _ range: Range<Int>, isEscaped: Bool, node: Int
    ) throws(NDJSONFault) {
        if isEscaped, tree.nodes[node].field >= 0 {
            let start = spill.count
            NDJSONText.unescape(bytes, range, into: &spill)
            try keep(.text, offset: spillBase &+ start, length: spill.count &- start, node: node)
        } else {
            try keep(.text, offset: range.lowerBound, length: range.count, node: node)
        }
    }

    private mutating func keepJSON(
        _ bytes: Span<UInt8>, _ range: Range<Int>, isCompact: Bool, node: Int
    ) throws(NDJSONFault) {
        if !isCompact, tree.nodes[node].field >= 0 {
            let start = spill.count
            NDJSONText.compact(bytes, range, into: &spill)
            try keep(.json, offset: spillBase &+ start, length: spill.count &- start, node: node)
        } else {
            try keep(.json, offset: range.lowerBound, length: range.count, node: node)
        }
    }

    @inline(__always)
    private mutating func skipWhitespace(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            let byte = bytes[position]
            if byte > 0x20 || (byte != 0x20 && byte != 0x09 && byte != 0x0D && byte != 0x0A) { return }
            position &+= 1
            whitespace &+= 1
        }
    }

    private mutating func skipLiteral(_ bytes: Span<UInt8>, _ literal: StaticString) throws(NDJSONFault) {
        guard NDJSONText.has(literal, bytes, at: position) else { throw fault(.value) }
        position &+= literal.utf8CodeUnitCount
    }

    private mutating func skipNumber(_ bytes: Span<UInt8>) throws(NDJSONFault) {
        if bytes[position] == UInt8(ascii: "-") { position &+= 1 }
        guard position < bytes.count else { throw fault(.number) }
        if bytes[position] == UInt8(ascii: "0") {
            position &+= 1
            if isDigit(bytes) { throw fault(.leadingZero) }
        } else {
            try skipDigits(bytes)
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position &+= 1
            try skipDigits(bytes)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position &+= 1
            }
            try skipDigits(bytes)
        }
    }

    private func isDigit(_ bytes: Span<UInt8>) -> Bool { position < bytes.count && bytes[position] &- 0x30 < 10 }

    private mutating func skipDigits(_ bytes: Span<UInt8>) throws(NDJSONFault) {
        if !isDigit(bytes) { throw fault(.number) }
        while isDigit(bytes) { position &+= 1 }
    }

    /// Passes over a string with its quotes and tells whether it holds escapes.
    @inline(__always)
    private mutating func skipString(_ bytes: Span<UInt8>) throws(NDJSONFault) -> Bool {
        position &+= 1
        var isEscaped = false
        while true {
            position = plainEnd(bytes, from: position)
            guard position < bytes.count else { throw fault(.unclosedString) }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try skipEscape(bytes)
            } else if byte >= 0x80 {
                let length = NDJSONText.sequenceLength(bytes, position)
                if length == 0 { throw fault(.utf8) }
                position &+= length
            } else {
                throw fault(byte == 0 ? .nul : .control)
            }
        }
        position &+= 1
        return isEscaped
    }

    private mutating func skipEscape(_ bytes: Span<UInt8>) throws(NDJSONFault) {
        let start = position
        guard position &+ 1 < bytes.count else { throw fault(.unclosedString) }
        switch bytes[position &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position &+= 2
        case UInt8(ascii: "u"):
            guard let unit = NDJSONText.hexQuad(bytes, position &+ 2) else { throw fault(.hex) }
            position &+= 6
            if unit == 0 { throw fault(.nul, at: start) }
            if unit & 0xF800 == 0xD800 { try skipLowSurrogate(bytes, after: unit, start: start) }
        default: throw fault(.escape)
        }
    }

    private mutating func skipLowSurrogate(_ bytes: Span<UInt8>, after unit: UInt32, start: Int) throws(NDJSONFault) {
        guard unit < 0xDC00, position &+ 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position &+ 1] == UInt8(ascii: "u"), let low = NDJSONText.hexQuad(bytes, position &+ 2),
            low & 0xFC00 == 0xDC00
        else { throw fault(.surrogate, at: start) }
        position &+= 6
    }
}
