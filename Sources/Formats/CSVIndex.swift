/// Where fields end: the delimiters and line ends outside quotes, in order.
struct CSVIndex: Sendable {
    private let bytes: CSVMarkBytes
    /// The first `count` are positions of the text that was indexed last.
    private(set) var ends: [UInt32] = []
    private(set) var count = 0

    /// Room for what 64 bytes can hold, and for eight more that are written whatever there is.
    private static let roomMin = 72

    init(_ bytes: CSVMarkBytes) { self.bytes = bytes }

    /// Indexes a part of a text that begins with a record, ends behind a line end and holds no oddity.
    mutating func index(_ text: Span<UInt8>, _ range: Range<Int>) {
        count = 0
        var base = range.lowerBound
        var inside: UInt64 = 0
        while base < range.upperBound {
            if ends.count < count + Self.roomMin {
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
        while base < end, filled &+ Self.roomMin <= out.count {
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
            let end = filled &+ found.nonzeroBitCount
            // Eight at a time, since how many there are can't be predicted; the rest is overwritten.
            while found != 0 {
                for place in 0..<8 {
                    let position = UInt32(truncatingIfNeeded: base &+ found.trailingZeroBitCount)
                    // Safe because there is room for 64 and eight more behind what was filled before.
                    unsafe out[unchecked: filled &+ place] = position
                    found &= found &- 1
                }
                filled &+= 8
            }
            filled = end
            base &+= width
        }
        count = filled
    }
}
