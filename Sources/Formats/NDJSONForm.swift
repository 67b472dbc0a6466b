internal import CKernels
internal import Records

/// The text of a line around its values, for reading lines that differ from it in their values alone.
///
/// The records of most files have their members in one order. Such a line is read by comparing the text between its
/// values; what has another member, order or spacing, a value with an escape, or a list, is of another form.
struct NDJSONForm: Sendable {
    /// A value of the line that the form is taken from: any but a list or an object.
    struct Leaf {
        /// Where it stands in the line, a text with its quotes.
        let range: Range<Int>
        /// What it fills; -1 for nothing.
        let field: Int
    }

    private struct Step {
        /// What stands before the value: a part of the texts.
        let start: Int
        let count: Int
        let field: Int
    }

    private var texts: [UInt8] = []
    private var steps: [Step] = []
    /// The greatest field that is filled; -1 when none is.
    private var fieldMax = -1
    /// What stands behind the last value.
    private var end = 0..<0

    /// - Parameter leaves: the line's values in their order.
    init(line: Span<UInt8>, leaves: [Leaf]) {
        var start = 0
        for leaf in leaves {
            let text = keep(line, start..<leaf.range.lowerBound)
            steps.append(Step(start: text.lowerBound, count: text.count, field: leaf.field))
            start = leaf.range.upperBound
            fieldMax = max(fieldMax, leaf.field)
        }
        end = keep(line, start..<line.count)
    }

    private mutating func keep(_ line: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        let start = texts.count
        appendBytes(of: line, range, to: &texts)
        return start..<texts.count
    }

    /// Reads a line of this form.
    ///
    /// - Parameters:
    ///   - line: where it stands in the text; behind it, the text ends or a control character follows.
    ///   - cells: gets the values; those of field 0 at `first`, of the next field `stride` further.
    /// - Returns: false for a line of another form; the cells may hold anything then.
    func read(
        _ line: Range<Int>, of text: Span<UInt8>, into cells: inout MutableSpan<Cell>, first: Int, stride: Int
    ) -> Bool {
        precondition(line.lowerBound >= 0 && line.upperBound <= text.count)
        precondition(first >= 0 && stride >= 0 && (fieldMax < 0 || first &+ fieldMax &* stride < cells.count))
        var position = line.lowerBound
        let (texts, steps) = (texts.span, steps.span)
        for index in steps.indices {
            let step = steps[index]
            if step.count > text.count &- position || !Self.isSame(text, position, texts, step) { return false }
            position &+= step.count
            guard position < line.upperBound, let cell = Self.readValue(text, &position) else { return false }
            if step.field >= 0, !cell.isNull {
                // Safe because the last field's cell is one of these, which was checked.
                unsafe cells[unchecked: first &+ step.field &* stride] = cell
            }
        }
        return end.count == line.upperBound &- position && Formats.isSame(text, at: position, as: texts, end)
    }

    /// Whether a step's text stands at a place behind which the line has as many bytes.
    @inline(__always)
    private static func isSame(_ text: Span<UInt8>, _ position: Int, _ texts: Span<UInt8>, _ step: Step) -> Bool {
        // Safe because the step's text lies within the texts, and as many bytes of the line were made sure of; the spans
        // live through the closures.
        unsafe text.withUnsafeBufferPointer { text in
            unsafe texts.withUnsafeBufferPointer { texts in
                guard let one = text.baseAddress, let two = texts.baseAddress else { return step.count == 0 }
                return unsafe dockhand_is_same(one + position, two + step.start, step.count) != 0
            }
        }
    }

    /// Reads a value without escapes; `nil` for any other.
    @inline(__always)
    private static func readValue(_ text: Span<UInt8>, _ position: inout Int) -> Cell? {
        let start = position
        if text[start] == UInt8(ascii: "\"") {
            guard let end = stringEnd(text, from: start &+ 1) else { return nil }
            position = end &+ 1
            return Cell(kind: .text, offset: start &+ 1, length: end &- start &- 1)
        }
        return readOther(text, &position)
    }

    /// Reads a value that is no text.
    private static func readOther(_ text: Span<UInt8>, _ position: inout Int) -> Cell? {
        let start = position
        switch text[start] {
        case UInt8(ascii: "n"): return readWord("null", .null, text, &position)
        case UInt8(ascii: "t"): return readWord("true", .boolean, text, &position)
        case UInt8(ascii: "f"): return readWord("false", .boolean, text, &position)
        default:
            guard let end = NDJSONText.plainNumberEnd(text, from: start), end &- start <= Cell.lengthMax else {
                return nil
            }
            position = end
            return Cell(kind: .number, offset: start, length: end &- start)
        }
    }

    private static func readWord(
        _ word: StaticString, _ kind: Cell.Kind, _ text: Span<UInt8>, _ position: inout Int
    ) -> Cell? {
        guard NDJSONText.has(word, text, at: position) else { return nil }
        defer { position &+= word.utf8CodeUnitCount }
        return kind == .null ? .null : Cell(kind: kind, offset: position, length: word.utf8CodeUnitCount)
    }

    /// The closing quote of a text without escapes; `nil` when there is none, or it is no UTF-8.
    @inline(__always)
    private static func stringEnd(_ text: Span<UInt8>, from start: Int) -> Int? {
        let end = plainEnd(text, from: start)
        if end == text.count { return nil }
        if text[end] != UInt8(ascii: "\"") { return stringEnd(text, from: start, plainTo: end) }
        return end &- start <= Cell.lengthMax ? end : nil
    }

    /// The closing quote of a text that is known to be plain up to a place where something else stands.
    private static func stringEnd(_ text: Span<UInt8>, from start: Int, plainTo end: Int) -> Int? {
        var position = end
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") { return position &- start <= Cell.lengthMax ? position : nil }
            guard byte >= 0x80 else { return nil }
            let length = NDJSONText.sequenceLength(text, position)
            if length == 0 { return nil }
            position = plainEnd(text, from: position &+ length)
        }
        return nil
    }
}

/// The forms that a file's lines were found to have.
struct NDJSONForms: Sendable {
    /// Most forms that are tried.
    private static let formsMax = 4
    /// Most lines in a row that fit none, before no other of their block is tried.
    private static let missesMax = 64

    private var forms: [NDJSONForm] = []
    private var latest = 0
    private var misses = 0

    /// Whether another form is of use.
    var wantsMore: Bool { forms.count < Self.formsMax && misses < Self.missesMax }

    mutating func add(_ form: NDJSONForm) {
        latest = forms.count
        forms.append(form)
    }

    /// Gives lines another chance.
    mutating func beginBlock() { misses = 0 }

    /// Reads a line into the last row if it has one of the forms.
    @inline(__always)
    mutating func read(_ line: Range<Int>, of text: Span<UInt8>, into rows: inout BlockRowBuilder) -> Bool {
        if misses >= Self.missesMax || forms.isEmpty { return false }
        let found = fitting(line, text, &rows)
        if found >= 0 { latest = found }
        misses = found >= 0 ? 0 : misses + 1
        return found >= 0
    }

    /// The form that a line has, whose values are in the last row then; -1 for none.
    private func fitting(_ line: Range<Int>, _ text: Span<UInt8>, _ rows: inout BlockRowBuilder) -> Int {
        let forms = forms.span
        if rows.setRow(line, of: text, by: forms[latest]) { return latest }
        for index in forms.indices where index != latest && rows.setRow(line, of: text, by: forms[index]) {
            return index
        }
        return -1
    }
}
