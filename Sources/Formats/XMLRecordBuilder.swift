internal import Records

/// Turns the events of an XML parser into rows. Knows no parser and does no I/O.
struct XMLRecordBuilder {
    /// Deepest nesting of elements.
    static let depthMax = 256
    /// Most names that are told of what stands where records should.
    static let strangersMax = 6
    /// Most namespace declarations above the record that are repeated on each record's own text.
    static let inheritedMax = 64

    private struct Frame {
        /// Where this element's nodes start in `active`.
        let firstActive: Int
        /// Where its content starts in `raw`.
        var content = 0
        var wantsText = false
        /// The element's own text as a slice of `raw`; empty at -1 when there is none yet.
        var textStart = -1
        var textEnd = -1
        /// Whether the text is in `texts` instead, since it is no slice of `raw`.
        var isSpilled = false
    }

    /// A field's value in the record at hand.
    private struct Value {
        var isSet = false
        var isSpilled = false
        var start = 0
        var length = 0
    }

    private struct Inherited {
        let depth: Int
        let prefix: [UInt8]
        let uri: [UInt8]
    }

    private let definition: SourceDefinition
    private let names: [String]
    private let isList: [Bool]
    private var rows: RowCollector
    private var sealed: [RecordBatch] = []
    private let tree: XMLFieldTree
    private let fileIndex: Int

    private var depth = 0
    private var matched = 0
    /// How far down the record path the file has come, and what stands there instead of its next step.
    private var matchedMax = 0
    private var strangers: [String] = []
    private var inherited: [Inherited] = []
    private var frames: [Frame] = []
    private var active: [Int] = []
    /// The text of elements that is no slice of `raw`, by depth in the record.
    private var texts: [[UInt8]] = []
    private var raw: [UInt8] = []
    private var spill: [UInt8] = []
    private var values: [Value]
    private var lists: [[UInt8]]
    private var repeated: [Int] = []
    private var isTooLarge = false
    /// Length of a record that is too large, as far as it was counted.
    private var droppedBytes = 0
    private var place = RowCollector.Place(file: 0, line: 0, byteOffset: 0)

    /// - Parameters:
    ///   - names: the columns, one a field of the tree.
    ///   - firstRow: number of the first record.
    init(
        _ definition: SourceDefinition, names: [String], isList: [Bool], tree: XMLFieldTree, fileIndex: Int,
        firstRow: Int
    ) {
        self.definition = definition
        self.names = names
        self.isList = isList
        self.tree = tree
        self.fileIndex = fileIndex
        rows = RowCollector(columns: names, firstRow: firstRow)
        values = Array(repeating: Value(), count: names.count)
        lists = Array(repeating: [], count: names.count)
    }

    /// Whether the parser is inside a record, so that names, attributes and text matter.
    var isInRecord: Bool { !frames.isEmpty }

    /// Whether the elements around records are open, and no record.
    var isBetweenRecords: Bool { frames.isEmpty && matched == depth && depth == tree.recordPath.count - 1 }

    /// Whether nothing around records declares a namespace.
    var inheritsNothing: Bool { inherited.isEmpty }

    /// Number of the next record.
    var nextRow: Int { rows.nextRow + rows.count }

    /// Counts records that are read elsewhere, while no rows are held.
    mutating func passRows(_ count: Int) { rows.passRows(count) }

    /// A batch that is full, or any that is there at the end.
    mutating func takeBatch(atEnd: Bool) -> RecordBatch? {
        if !sealed.isEmpty { return sealed.removeFirst() }
        return atEnd ? rows.takeBatch() : nil
    }

    /// Bytes of the record at hand.
    var heldBytes: Int { raw.capacity + spill.capacity + texts.reduce(0) { $0 + $1.capacity } }

    enum Start {
        case outside
        /// The root is not the record path's first step.
        case wrongRoot
        case tooDeep
        /// A record starts; `setPlace` comes next.
        case record
        case inside
    }

    /// An element starts; its namespaces and attributes follow, then `endStartTag`.
    mutating func startElement(_ name: XMLNameID, _ uri: XMLNameID, prefix: Span<UInt8>, local: Span<UInt8>) -> Start {
        depth += 1
        if depth > Self.depthMax { return .tooDeep }
        if isInRecord {
            startInside(name, uri)
            writeName("<", prefix, local)
            return .inside
        }
        guard matched == depth - 1, matched < tree.recordPath.count, tree.recordPath[matched].matches(name, uri) else {
            noteStranger(prefix, local)
            return depth == 1 ? .wrongRoot : .outside
        }
        matched = depth
        if matched > matchedMax { (matchedMax, strangers) = (matched, []) }
        guard matched == tree.recordPath.count else { return .outside }
        startRecord()
        writeName("<", prefix, local)
        return .record
    }

    private mutating func noteStranger(_ prefix: Span<UInt8>, _ local: Span<UInt8>) {
        guard matched == depth - 1, matched == matchedMax, strangers.count < Self.strangersMax else { return }
        var name = NDJSONText.copy(prefix, prefix.indices)
        if !name.isEmpty { name.append(UInt8(ascii: ":")) }
        let text = String(decoding: name + NDJSONText.copy(local, local.indices), as: UTF8.self)
        if !strangers.contains(text) { strangers.append(text) }
    }

    /// What stands where the record path leads on, in a file in which no record has come; `nil` when nothing does.
    var absence: (steps: Int, names: [String])? { strangers.isEmpty ? nil : (matchedMax, strangers) }

    /// Where the record that just started stands.
    mutating func setPlace(line: Int, byteOffset: Int) {
        place = RowCollector.Place(file: fileIndex, line: line, byteOffset: byteOffset)
    }

    /// A namespace declaration of the element that just started.
    mutating func namespace(prefix: Span<UInt8>, uri: Span<UInt8>) {
        if isInRecord {
            writeNamespace(prefix, uri)
        } else if matched == depth, inherited.count < Self.inheritedMax {
            inherited.append(
                Inherited(
                    depth: depth, prefix: NDJSONText.copy(prefix, prefix.indices),
                    uri: NDJSONText.copy(uri, uri.indices)))
        }
    }

    /// Repeats what the record inherits, after its own namespaces; `declared` tells whether a prefix is its own.
    mutating func inheritNamespaces(declared: (Span<UInt8>) -> Bool) {
        for (index, namespace) in inherited.enumerated() where !declared(namespace.prefix.span) {
            if inherited[(index + 1)...].contains(where: { $0.prefix == namespace.prefix }) { continue }
            writeNamespace(namespace.prefix.span, namespace.uri.span)
        }
    }

    /// An attribute of the element that just started; its value with character references resolved.
    mutating func attribute(
        _ name: XMLNameID, _ uri: XMLNameID, prefix: Span<UInt8>, local: Span<UInt8>, value: Span<UInt8>
    ) {
        guard !overflows(adding: nameLength(prefix, local) + value.count + 4) else { return }
        writeName(" ", prefix, local)
        raw.append(contentsOf: [UInt8(ascii: "="), UInt8(ascii: "\"")])
        let start = raw.count
        let isPlain = XMLText.escape(attribute: value, to: &raw)
        if overflows(adding: 1) { return }
        if let frame = frames.last {
            for node in active[frame.firstActive...] {
                for wanted in tree.attributes[tree.nodes[node].attributes] where wanted.name.matches(name, uri) {
                    if isPlain {
                        set(wanted.field, raw: start..<raw.count)
                    } else {
                        set(wanted.field, text: value)
                    }
                }
            }
        }
        raw.append(UInt8(ascii: "\""))
    }

    mutating func endStartTag() {
        guard isInRecord, !isTooLarge else { return }
        raw.append(UInt8(ascii: ">"))
        frames[frames.count - 1].content = raw.count
    }

    /// Character data, in pieces of any size.
    mutating func text(_ text: Span<UInt8>) {
        guard isInRecord, !overflows(adding: text.count) else { return }
        let start = raw.count
        let isPlain = XMLText.escape(text: text, to: &raw)
        if overflows(adding: 0) { return }
        let top = frames.count - 1
        guard frames[top].wantsText else { return }
        if !frames[top].isSpilled, isPlain, frames[top].textStart < 0 || frames[top].textEnd == start {
            if frames[top].textStart < 0 { frames[top].textStart = start }
            frames[top].textEnd = raw.count
        } else {
            spillText(text, frame: top)
        }
    }

    mutating func endElement(prefix: Span<UInt8>, local: Span<UInt8>) {
        defer { depth -= 1 }
        guard let frame = frames.last else {
            if matched == depth { matched -= 1 }
            while let last = inherited.last, last.depth >= depth { inherited.removeLast() }
            return
        }
        if !isTooLarge {
            if frame.wantsText { setText(of: frame) }
            writeEndTag(prefix, local, isEmpty: frame.content == raw.count)
        }
        active.removeSubrange(frame.firstActive...)
        frames.removeLast()
        if frames.isEmpty {
            finishRecord()
            matched -= 1
        }
    }

    private mutating func startRecord() {
        active.append(XMLFieldTree.root)
        pushFrame(firstActive: 0)
    }

    private mutating func startInside(_ name: XMLNameID, _ uri: XMLNameID) {
        let parent = frames[frames.count - 1].firstActive..<active.count
        let first = active.count
        for index in parent {
            for child in tree.nodes[active[index]].children where tree.nodes[child].name.matches(name, uri) {
                active.append(child)
            }
        }
        pushFrame(firstActive: first)
    }

    private mutating func pushFrame(firstActive: Int) {
        var frame = Frame(firstActive: firstActive)
        for node in active[firstActive...] where !tree.nodes[node].text.isEmpty { frame.wantsText = true }
        frames.append(frame)
        if texts.count < frames.count { texts.append([]) }
    }

    private mutating func finishRecord() {
        _ = overflows(adding: 0)
        let row = rows.append(raw: raw[...], origin: place)
        if isTooLarge {
            let bytes = droppedBytes
            rows.report(.recordTooLarge(bytes: bytes, line: place.line, max: definition.recordBytesMax), row: row)
        } else {
            rows.setLast(cells(), spill: spill)
            for field in repeated {
                let message =
                    "occurs more than once in the record; the first one counts (`[]` after its name makes a list)"
                rows.report(Issue(.warning, code: "xml.repeated", field: names[field], message: message), row: row)
            }
        }
        clearRecord()
        if rows.isFull(definition), let batch = rows.takeBatch() { sealed.append(batch) }
    }

    private mutating func clearRecord() {
        frames.removeAll(keepingCapacity: true)
        active.removeAll(keepingCapacity: true)
        raw.removeAll(keepingCapacity: true)
        spill.removeAll(keepingCapacity: true)
        repeated.removeAll(keepingCapacity: true)
        for field in values.indices {
            values[field].isSet = false
            if isList[field] { lists[field].removeAll(keepingCapacity: true) }
        }
        isTooLarge = false
    }

    /// The record's cells, counted from the start of `raw`, with `spill` behind it.
    private mutating func cells() -> [Cell] {
        values.indices.map { field in
            if isList[field] {
                guard !lists[field].isEmpty else { return .null }
                let start = raw.count + spill.count
                spill.append(contentsOf: lists[field])
                spill.append(UInt8(ascii: "]"))
                return Cell(kind: .json, offset: start, length: lists[field].count + 1)
            }
            let value = values[field]
            guard value.isSet else { return .null }
            return Cell(
                kind: .text, offset: value.isSpilled ? raw.count + value.start : value.start, length: value.length)
        }
    }

    private mutating func spillText(_ text: Span<UInt8>, frame top: Int) {
        let level = top
        if !frames[top].isSpilled {
            texts[level].removeAll(keepingCapacity: true)
            if frames[top].textStart >= 0 {
                texts[level].append(contentsOf: raw[frames[top].textStart..<frames[top].textEnd])
            }
            frames[top].isSpilled = true
        }
        appendBytes(of: text, text.indices, to: &texts[level])
    }

    private mutating func setText(of frame: Frame) {
        let level = frames.count - 1
        for node in active[frame.firstActive...] {
            for field in tree.textFields[tree.nodes[node].text] {
                if frame.isSpilled {
                    let text = texts[level]
                    set(field, text: text.span)
                } else {
                    set(field, raw: frame.textStart < 0 ? 0..<0 : frame.textStart..<frame.textEnd)
                }
            }
        }
    }

    private mutating func set(_ field: Int, raw range: Range<Int>) {
        if isList[field] {
            let raw = raw
            XMLText.appendListElement(raw.span.extracting(range), to: &lists[field])
        } else if claim(field) {
            values[field] = Value(isSet: true, isSpilled: false, start: range.lowerBound, length: range.count)
        }
    }

    private mutating func set(_ field: Int, text: Span<UInt8>) {
        if isList[field] {
            XMLText.appendListElement(text, to: &lists[field])
        } else if claim(field) {
            values[field] = Value(isSet: true, isSpilled: true, start: spill.count, length: text.count)
            appendBytes(of: text, text.indices, to: &spill)
        }
    }

    /// Whether a field has no value yet; notes a repetition otherwise.
    private mutating func claim(_ field: Int) -> Bool {
        if !values[field].isSet { return true }
        if !repeated.contains(field) { repeated.append(field) }
        return false
    }

    /// Whether the record passes its limit; what was held of it is dropped then.
    private mutating func overflows(adding count: Int) -> Bool {
        if isTooLarge {
            droppedBytes += count
            return true
        }
        guard raw.count + count > definition.recordBytesMax else { return false }
        isTooLarge = true
        droppedBytes = raw.count + count
        raw = []
        spill = []
        texts = texts.map { _ in [] }
        lists = lists.map { _ in [] }
        return true
    }

    private mutating func writeName(_ before: Unicode.Scalar, _ prefix: Span<UInt8>, _ local: Span<UInt8>) {
        guard !overflows(adding: nameLength(prefix, local) + 1) else { return }
        raw.append(UInt8(ascii: before))
        appendName(prefix, local)
    }

    private mutating func writeEndTag(_ prefix: Span<UInt8>, _ local: Span<UInt8>, isEmpty: Bool) {
        guard !overflows(adding: isEmpty ? 1 : nameLength(prefix, local) + 3) else { return }
        if isEmpty {
            raw[raw.count - 1] = UInt8(ascii: "/")
        } else {
            raw.append(contentsOf: [UInt8(ascii: "<"), UInt8(ascii: "/")])
            appendName(prefix, local)
        }
        raw.append(UInt8(ascii: ">"))
    }

    private func nameLength(_ prefix: Span<UInt8>, _ local: Span<UInt8>) -> Int {
        prefix.isEmpty ? local.count : prefix.count + 1 + local.count
    }

    private mutating func appendName(_ prefix: Span<UInt8>, _ local: Span<UInt8>) {
        if !prefix.isEmpty {
            appendBytes(of: prefix, prefix.indices, to: &raw)
            raw.append(UInt8(ascii: ":"))
        }
        appendBytes(of: local, local.indices, to: &raw)
    }

    private mutating func writeNamespace(_ prefix: Span<UInt8>, _ uri: Span<UInt8>) {
        guard !overflows(adding: nameLength(prefix, uri) + 9) else { return }
        raw.append(contentsOf: " xmlns".utf8)
        if !prefix.isEmpty { raw.append(UInt8(ascii: ":")) }
        appendBytes(of: prefix, prefix.indices, to: &raw)
        raw.append(contentsOf: "=\"".utf8)
        _ = XMLText.escape(attribute: uri, to: &raw)
        raw.append(UInt8(ascii: "\""))
    }
}
