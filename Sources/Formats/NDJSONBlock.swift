/// Whole lines of one NDJSON file, cut but not parsed: what can be parsed anywhere, at any time.
struct NDJSONBlock: Sendable {
    /// One line that is a record, or was meant to be one.
    struct Record: Sendable {
        /// Its text in the block's bytes, without its line end; empty when it was too long to hold.
        let range: Range<Int>
        /// 1-based.
        let line: Int
        /// Where it starts in the file's content, before decoding.
        let byteOffset: Int
        var fate = Fate.text
    }

    /// What is known of a record before it is parsed.
    enum Fate: Sendable {
        case text
        /// The decoder met what is no text in it.
        case broken
        /// It was too long to hold; its length in bytes.
        case tooLong(Int)
    }

    var bytes: [UInt8] = []
    var records: [Record] = []
    /// Number of the first record.
    var firstRow = 1
}
