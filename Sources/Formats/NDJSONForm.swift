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

    /// What stands before and between the values, and room to read past it.
    private var texts: [UInt8] = []
    private var steps: [dockhand_form_step] = []
    /// The greatest field that is filled; -1 when none is.
    private var fieldMax = -1
    /// What stands behind the last value.
    private var end = dockhand_form_step()

    /// Bytes that are compared at once.
    private static let width = 16

    /// - Parameter leaves: the line's values in their order.
    init(line: Span<UInt8>, leaves: [Leaf]) {
        var start = 0
        for leaf in leaves {
            steps.append(keep(line, start..<leaf.range.lowerBound, before: leaf.field))
            start = leaf.range.upperBound
            fieldMax = max(fieldMax, leaf.field)
        }
        end = keep(line, start..<line.count, before: -1)
        texts += Array(repeating: 0, count: Self.width)
    }

    private mutating func keep(_ line: Span<UInt8>, _ range: Range<Int>, before field: Int) -> dockhand_form_step {
        let start = texts.count
        appendBytes(of: line, range, to: &texts)
        return dockhand_form_step(start: UInt32(start), count: UInt32(range.count), field: Int32(field))
    }

    /// Reads a line of this form.
    ///
    /// - Parameters:
    ///   - line: where it stands in the text, which is well-formed UTF-8; behind it, the text ends or a control character
    ///     follows.
    ///   - cells: gets the values; those of field 0 at `first`, of the next field `stride` further.
    /// - Returns: false for a line of another form; the cells may hold anything then.
    func read(
        _ line: Range<Int>, of text: Span<UInt8>, into cells: inout MutableSpan<Cell>, first: Int, stride: Int
    ) -> Bool {
        if text.count > Cell.lengthMax { return false }
        precondition(line.lowerBound >= 0 && line.upperBound <= text.count)
        precondition(first >= 0 && stride >= 0 && (fieldMax < 0 || first &+ fieldMax &* stride < cells.count))
        // Safe because the kernel reads within the text and what the steps name of the texts, with a vector's width behind
        // it, and writes the cells of the row up to the greatest field, which are there; and a `Cell` stands in memory as
        // the kernel's.
        return unsafe text.withUnsafeBufferPointer { text in
            unsafe texts.withUnsafeBufferPointer { texts in
                unsafe steps.withUnsafeBufferPointer { steps in
                    unsafe cells.withUnsafeMutableBytes { cells in
                        var form = unsafe dockhand_form(
                            texts: texts.baseAddress, steps: steps.baseAddress, step_count: steps.count, end: end)
                        return unsafe dockhand_form_read(
                            text.baseAddress, text.count, line.lowerBound, line.upperBound, &form,
                            cells.baseAddress?.assumingMemoryBound(to: dockhand_cell.self), first, stride) != 0
                    }
                }
            }
        }
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
