/// Where fields end: the delimiters and line ends outside quotes, in order.
struct CSVIndex: Sendable {
    private let bytes: CSVMarkBytes
    /// The first `count` are positions of the text that was indexed last.
    private(set) var ends: [UInt32] = []
    private(set) var count = 0

    init(_ bytes: CSVMarkBytes) { self.bytes = bytes }

    /// Indexes a part of a text that begins with a record, ends behind a line end and holds no oddity.
    mutating func index(_ text: Span<UInt8>, _ range: Range<Int>) {
        count = 0
        var base = range.lowerBound
        var inside: UInt64 = 0
        while base < range.upperBound {
            if ends.count < count + 64 {
                // Fields of about eight bytes, as most are.
                ends.append(contentsOf: repeatElement(0, count: max(4096, (range.upperBound - base) / 8 + 64)))
            }
            run(text, &base, end: range.upperBound, &inside)
        }
    }

    /// Goes on until the text ends or the room does.
    private mutating func run(_ text: Span<UInt8>, _ base: inout Int, end: Int, _ inside: inout UInt64) {
        var filled = count
        let bytes = bytes
        var out = ends.mutableSpan
        while base < end, filled &+ 64 <= out.count {
            let width = min(64, end - base)
            let marks = bytes.marks(text, at: base, count: width)
            var found = marks.delimiters | marks.lineEnds
            if marks.quotes != 0 {
                let open = prefixParity(marks.quotes) ^ inside
                found &= ~open
                inside = 0 &- (open &>> 63)
            } else {
                found &= ~inside
            }
            while found != 0 {
                out[filled] = UInt32(truncatingIfNeeded: base &+ found.trailingZeroBitCount)
                filled &+= 1
                found &= found &- 1
            }
            base &+= width
        }
        count = filled
    }
}
