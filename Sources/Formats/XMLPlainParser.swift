internal import Records

/// Reads records of the plainest form, which most files hold and nothing else: UTF-8, names in ASCII without
/// namespaces, attributes in double quotes, no references but `&amp;`, `&lt;` and `&gt;` in text, no CDATA, comments or
/// instructions.
///
/// It gives up a block at the first thing that is not so, well-formed or not; what it does accept, it reads as libxml2
/// and `XMLRecordBuilder` do, down to the record's own text.
struct XMLPlainParser: Sendable {
    private struct Open {
        /// Its name in the block.
        var name = 0..<0
        /// `none` when no path goes through it.
        var node = -1
        /// Where its content starts in the block.
        var content = 0
        /// Its own text in the rows' bytes; empty at -1 when there is none yet.
        var textStart = -1
        var textEnd = -1
        /// The same text in the block, when it holds references.
        var escaped = 0..<0
    }

    private static let none = -1
    private static let depthMax = 128
    private static let attributesMax = 32

    private let tree: XMLFieldTree
    private let steps: [[UInt8]]
    private let recordName: [UInt8]
    private let names: [String]
    private let fileIndex: Int
    private let recordBytesMax: Int

    private var open: [Open] = []
    private var attributes: [Range<Int>] = []
    /// The record by whose number a field was filled last.
    private var filled: [Int]
    private var record = 0
    private var line = 1
    private var position = 0
    /// The rows' own texts, and up to where they hold the block.
    private var out: [UInt8] = []
    private var copied = 0
    /// Values of the record at hand that are no slices of its text.
    private var spilled: [(field: Int, text: [UInt8])] = []

    /// - Returns: `nil` when the paths ask for namespaces or lists.
    init?(_ plan: XMLPlan) {
        let steps = plan.record.elements + plan.fields.flatMap { $0.elements + ($0.attribute.map { [$0] } ?? []) }
        guard plan.isCuttable, !plan.fields.contains(where: \.isList), let last = plan.record.elements.last,
            steps.allSatisfy({ $0.uri == nil && !$0.name.isEmpty })
        else { return nil }
        var known: [String] = [""]
        tree = XMLFieldTree(record: plan.record, fields: plan.fields) { name in
            if let index = known.firstIndex(of: name) { return XMLNameID(index) }
            known.append(name)
            return XMLNameID(known.count - 1)
        }
        self.steps = known.map { Array($0.utf8) }
        recordName = Array(last.name.utf8)
        names = plan.names
        fileIndex = plan.fileIndex
        recordBytesMax = plan.definition.recordBytesMax
        filled = Array(repeating: 0, count: plan.names.count)
    }

    /// The block's rows; `nil` when it is not of the plainest form.
    mutating func parse(_ block: borrowing XMLBlock) -> RecordBatch? {
        let text = block.bytes.span
        guard isCleanText(text, 0..<text.count) else { return nil }
        var rows = BlockRowBuilder(columns: names.count, rowsMax: block.rowCount, blockBytes: 0)
        out.reserveCapacity(text.count / 4 * 5 + 64)
        line = block.place.line
        position = 0
        while true {
            skipSpace(text)
            if position == text.count { break }
            guard rows.rowCount < block.rowCount, readRecord(text, block, &rows) else { return nil }
        }
        guard rows.rowCount == block.rowCount else { return nil }
        return rows.finish(names: names, block: out)
    }

    /// Whether a character of well-formed UTF-8 that starts with 0xEF is U+FFFE or U+FFFF, which are none in XML.
    @inline(__always)
    private func isNoCharacter(_ text: Span<UInt8>, _ position: Int) -> Bool {
        text[position &+ 1] == 0xBF && text[position &+ 2] >= 0xBE
    }

    private mutating func skipSpace(_ text: Span<UInt8>) {
        while position < text.count {
            let byte = text[position]
            if byte == 0x0A { line += 1 } else if byte != 0x20, byte != 0x09 { return }
            position &+= 1
        }
    }

    private mutating func readRecord(
        _ text: Span<UInt8>, _ block: borrowing XMLBlock, _ rows: inout BlockRowBuilder
    ) -> Bool {
        let firstLine = line
        let first = position
        let start = out.count
        record += 1
        copied = position
        rows.beginRow(
            RecordOrigin(
                file: fileIndex, row: block.firstRow + rows.rowCount, line: firstLine, byteOffset: 0, raw: 0..<0))
        guard readStartTag(text, isRecord: true, start, &rows) else { return false }
        while !open.isEmpty {
            guard readText(text) else { return false }
            let isEnd = position &+ 1 < text.count && text[position &+ 1] == UInt8(ascii: "/")
            guard isEnd ? readEndTag(text, start, &rows) : readStartTag(text, isRecord: false, start, &rows) else {
                return false
            }
        }
        flush(text, to: position)
        guard out.count - start <= recordBytesMax else { return false }
        rows.replaceOrigin(
            RecordOrigin(
                file: fileIndex, row: block.firstRow + rows.rowCount - 1, line: firstLine,
                byteOffset: block.place.byteOffset + first, raw: start..<out.count))
        for value in spilled {
            rows.set(value.field, Cell(kind: .text, offset: out.count, length: value.text.count))
            out.append(contentsOf: value.text)
        }
        spilled.removeAll(keepingCapacity: true)
        return true
    }

    /// Where a place of the block is, or will be, in the rows' bytes.
    @inline(__always)
    private func outPosition(_ position: Int) -> Int { out.count &+ position &- copied }

    private mutating func flush(_ text: Span<UInt8>, to end: Int) {
        appendBytes(of: text, copied..<end, to: &out)
        copied = end
    }

    @inline(__always)
    private mutating func readName(_ text: Span<UInt8>) -> Range<Int>? {
        let start = position
        guard start < text.count, isNameStart(text[start]) else { return nil }
        while position < text.count, isNamePart(text[position]) { position &+= 1 }
        return start..<position
    }

    private mutating func readStartTag(
        _ text: Span<UInt8>, isRecord: Bool, _ recordStart: Int, _ rows: inout BlockRowBuilder
    ) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: "<"), open.count < Self.depthMax else {
            return false
        }
        position &+= 1
        guard let name = readName(text) else { return false }
        var element = Open(name: name)
        if isRecord {
            guard isEqual(text, name, recordName) else { return false }
            element.node = XMLFieldTree.root
        } else {
            element.node = child(of: open[open.count &- 1].node, text, name)
        }
        guard position < text.count else { return false }
        if text[position] == UInt8(ascii: " ") {
            guard readAttributes(text, node: element.node, &rows) else { return false }
        }
        guard position < text.count else { return false }
        if text[position] == UInt8(ascii: "/") {
            position &+= 1
            guard position < text.count, text[position] == UInt8(ascii: ">") else { return false }
            position &+= 1
            return setText(of: element, text, recordStart, &rows)
        }
        guard text[position] == UInt8(ascii: ">") else { return false }
        position &+= 1
        element.content = position
        open.append(element)
        return true
    }

    @inline(__always)
    private func child(of node: Int, _ text: Span<UInt8>, _ name: Range<Int>) -> Int {
        guard node >= 0 else { return Self.none }
        for child in tree.nodes[node].children where isEqual(text, name, steps[Int(tree.nodes[child].name.name)]) {
            return child
        }
        return Self.none
    }

    @inline(__always)
    private func isEqual(_ text: Span<UInt8>, _ range: Range<Int>, _ name: [UInt8]) -> Bool {
        if range.count != name.count { return false }
        for index in name.indices where text[range.lowerBound &+ index] != name[index] { return false }
        return true
    }

    /// Reads attributes in double quotes, one space before each, and drops spaces behind the last.
    private mutating func readAttributes(_ text: Span<UInt8>, node: Int, _ rows: inout BlockRowBuilder) -> Bool {
        attributes.removeAll(keepingCapacity: true)
        while position < text.count, text[position] == UInt8(ascii: " ") {
            let end = position
            position &+= 1
            guard position < text.count else { return false }
            if !isNameStart(text[position]) {
                while position < text.count, text[position] == UInt8(ascii: " ") { position &+= 1 }
                guard position < text.count, text[position] == UInt8(ascii: ">") || text[position] == UInt8(ascii: "/")
                else { return false }
                flush(text, to: end)
                copied = position
                return true
            }
            guard let name = readName(text), position &+ 1 < text.count, text[position] == UInt8(ascii: "="),
                text[position &+ 1] == UInt8(ascii: "\""), attributes.count < Self.attributesMax, isNew(name, text)
            else { return false }
            attributes.append(name)
            position &+= 2
            guard readAttributeValue(text, name, node: node, &rows) else { return false }
        }
        return true
    }

    private func isNew(_ name: Range<Int>, _ text: Span<UInt8>) -> Bool {
        for earlier in attributes where earlier.count == name.count {
            var isSame = true
            for index in 0..<name.count where text[earlier.lowerBound + index] != text[name.lowerBound + index] {
                isSame = false
            }
            if isSame { return false }
        }
        return !isEqual(text, name, Array("xmlns".utf8))
    }

    private mutating func readAttributeValue(
        _ text: Span<UInt8>, _ name: Range<Int>, node: Int, _ rows: inout BlockRowBuilder
    ) -> Bool {
        let start = position
        while true {
            guard position < text.count else { return false }
            let byte = text[position]
            if byte == UInt8(ascii: "\"") { break }
            if byte < 0x20 || byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") { return false }
            if byte == 0xEF, isNoCharacter(text, position) { return false }
            position &+= 1
        }
        position &+= 1
        guard node >= 0 else { return true }
        for wanted in tree.attributes[tree.nodes[node].attributes]
        where isEqual(text, name, steps[Int(wanted.name.name)]) {
            guard claim(wanted.field) else { return false }
            rows.set(
                wanted.field, Cell(kind: .text, offset: outPosition(start), length: position &- 1 &- start))
        }
        return true
    }

    /// Reads text up to the next tag.
    @inline(__always)
    private mutating func readText(_ text: Span<UInt8>) -> Bool {
        let start = position
        var isEscaped = false
        while true {
            guard position < text.count else { return false }
            let byte = text[position]
            if byte == UInt8(ascii: "<") { break }
            if byte > UInt8(ascii: ">") || byte >= 0x27 && byte < 0x3C {
                if byte == 0xEF, isNoCharacter(text, position) { return false }
            } else if byte == UInt8(ascii: "&") {
                isEscaped = true
                let length = Self.referenceLength(text, position)
                if length == 0 { return false }
                position &+= length &- 1
            } else if byte == 0x0A {
                line &+= 1
            } else if byte == UInt8(ascii: ">") || byte < 0x20 && byte != 0x09 {
                return false
            }
            position &+= 1
        }
        let top = open.count &- 1
        guard position > start, open[top].node >= 0, !tree.nodes[open[top].node].text.isEmpty else { return true }
        // Text in several pieces is no slice.
        guard open[top].textStart < 0 else { return false }
        open[top].textStart = outPosition(start)
        open[top].textEnd = outPosition(position)
        if isEscaped { open[top].escaped = start..<position }
        return true
    }

    /// Length of `&amp;`, `&lt;` or `&gt;`; 0 when it is none of them.
    private static func referenceLength(_ text: Span<UInt8>, _ position: Int) -> Int {
        guard position + 4 < text.count else { return 0 }
        let second = text[position + 2]
        switch text[position + 1] {
        case UInt8(ascii: "l"), UInt8(ascii: "g"):
            return second == UInt8(ascii: "t") && text[position + 3] == UInt8(ascii: ";") ? 4 : 0
        case UInt8(ascii: "a"):
            return second == UInt8(ascii: "m") && text[position + 3] == UInt8(ascii: "p")
                && text[position + 4] == UInt8(ascii: ";") ? 5 : 0
        default: return 0
        }
    }

    private mutating func readEndTag(_ text: Span<UInt8>, _ recordStart: Int, _ rows: inout BlockRowBuilder) -> Bool {
        let element = open[open.count &- 1]
        let start = position
        let end = start &+ 2 &+ element.name.count
        guard end < text.count, text[end] == UInt8(ascii: ">") else { return false }
        for index in 0..<element.name.count
        where text[start &+ 2 &+ index] != text[element.name.lowerBound &+ index] { return false }
        position = end &+ 1
        guard setText(of: element, text, recordStart, &rows) else { return false }
        open.removeLast()
        if element.content == start {
            // An empty element is written short.
            flush(text, to: start &- 1)
            out.append(UInt8(ascii: "/"))
            out.append(UInt8(ascii: ">"))
            copied = position
        }
        return true
    }

    @inline(__always)
    private mutating func setText(
        of element: Open, _ text: Span<UInt8>, _ recordStart: Int, _ rows: inout BlockRowBuilder
    ) -> Bool {
        guard element.node >= 0 else { return true }
        for field in tree.textFields[tree.nodes[element.node].text] {
            guard claim(field) else { return false }
            if !element.escaped.isEmpty {
                spilled.append((field, XMLText.unescape(text.extracting(element.escaped))))
            } else if element.textStart < 0 {
                rows.set(field, Cell(kind: .text, offset: recordStart, length: 0))
            } else {
                rows.set(
                    field,
                    Cell(kind: .text, offset: element.textStart, length: element.textEnd &- element.textStart))
            }
        }
        return true
    }

    /// Whether a field has no value in this record yet.
    @inline(__always)
    private mutating func claim(_ field: Int) -> Bool {
        if filled[field] == record { return false }
        filled[field] = record
        return true
    }
}
