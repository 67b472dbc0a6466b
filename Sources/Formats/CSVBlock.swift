internal import Records

/// Whole records of one CSV file, cut but not parsed: what can be parsed anywhere, at any time.
struct CSVBlock: Sendable {
    /// The records' text lies in `range`, which begins with a record and ends behind a line end.
    var bytes: [UInt8]
    var range: Range<Int>
    /// Records in the block.
    var rowCount: Int
    /// Number of the first record.
    var firstRow: Int
    /// 1-based line on which the first record starts.
    var line: Int
    /// Where the first record starts in the file's content, before decoding.
    var byteOffset: Int
    /// Where the fields end of all records but `oddities`, at a delimiter or line end, in order.
    var fieldEnds: [UInt32] = []
    /// Records whose form is out of the ordinary, in order.
    var oddities: [CSVOddity] = []
    /// Where the decoder met what is no text, as positions in `bytes`, in order.
    var problems: [(kind: EncodingProblem.Kind, position: Int)] = []
    /// What the text was written in.
    var encoding: TextEncoding

    /// What is no text in a part of `bytes`. A file in another encoding than it says has some in every row.
    func problems(in range: Range<Int>) -> ArraySlice<(kind: EncodingProblem.Kind, position: Int)> {
        func place(of position: Int) -> Int {
            var (low, high) = (0, problems.count)
            while low < high {
                let middle = (low + high) / 2
                if problems[middle].position < position { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return problems[place(of: range.lowerBound)..<place(of: range.upperBound)]
    }

    /// Moves every position, as the text has moved.
    mutating func move(by distance: Int) {
        func moved(_ range: Range<Int>) -> Range<Int> { range.lowerBound + distance..<range.upperBound + distance }
        range = moved(range)
        for index in fieldEnds.indices { fieldEnds[index] = UInt32(Int(fieldEnds[index]) + distance) }
        for index in problems.indices { problems[index].position += distance }
        for index in oddities.indices {
            oddities[index].range = moved(oddities[index].range)
            oddities[index].next += distance
            oddities[index].fields = oddities[index].fields.map { $0.moved(by: distance) }
        }
    }
}

/// A record that the marks alone do not explain, as the record parser has read it.
struct CSVOddity: Sendable {
    /// Its text, without its line end; empty when it was too long to hold.
    var range: Range<Int>
    /// Where the next record, or the rest of the line end, starts.
    var next: Int
    var fields: [CSVField] = []
    var fieldCount = 0
    var fault: CSVFault?
    /// Length of a record that was skipped because it was too long to hold.
    var skippedBytes: Int?
}
