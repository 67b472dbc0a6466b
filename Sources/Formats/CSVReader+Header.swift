extension CSVReader {
    /// Reads the first record that is not blank as the names of the columns, trimmed.
    static func readHeader(
        _ input: inout CSVInput, dialect: CSVDialect, file: String
    ) throws(FormatError) -> (names: [String], line: Int) {
        guard let record = input.next() else {
            if let failure = input.failure { throw failure }
            throw FormatError(.malformed, "is empty, expected a header", file: file)
        }
        let problem: String? =
            if record.skippedBytes != nil {
                "the header is longer than the longest record allowed; is this a CSV file?"
            } else if input.parser.fieldCount > CSVColumns.countMax {
                "the header has \(input.parser.fieldCount) columns, at most \(CSVColumns.countMax) are allowed"
            } else {
                switch input.parser.fault {
                case .textAfterQuote: "the header has text after a closing quote; double the quotes inside a name"
                case .unterminatedQuote: "the header has a quote that is never closed"
                case nil: nil
                }
            }
        if let problem { throw FormatError(.malformed, problem, file: file, line: record.line) }
        if let position = input.badText(in: record.range) {
            throw FormatError(
                .malformed,
                "the header is not \(input.encoding.rawValue) text; declare the file's encoding", file: file,
                line: record.line,
                byteOffset: record.byteOffset + input.contentLength(record.range.lowerBound..<position))
        }
        var names: [String] = []
        for field in input.parser.fields { names.append(input.name(field, quote: dialect.quote)) }
        return (names, record.line)
    }
}

extension CSVInput {
    /// The first byte of the range that is NUL or no text in the source's encoding.
    fileprivate mutating func badText(in range: Range<Int>) -> Int? {
        if let problem = problems(in: range).first { return problem.position }
        if let position = firstInvalidUTF8(in: buffer.span, range) { return position }
        return range.first { buffer[$0] == 0 }
    }

    /// A header field without blanks around it.
    fileprivate func name(_ field: CSVField, quote: UInt8?) -> String {
        var bytes: [UInt8] = []
        var position = field.start
        while position < field.end {
            bytes.append(buffer[position])
            position += field.isEscaped && buffer[position] == quote ? 2 : 1
        }
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || 0x09...0x0D ~= $0 }
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.count
        let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
