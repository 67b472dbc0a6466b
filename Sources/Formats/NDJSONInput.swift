/// The lines of an NDJSON file cut into blocks, in a buffer that holds no more than the longest line and a block.
struct NDJSONInput: ~Copyable {
    private var stream: ByteStream
    private let file: String
    private let blockBytes: Int
    private var lines: NDJSONLines
    private var streamEnded = false
    private var line = 0
    private var byteOffset = 0
    /// The same place in the decoded text.
    private var textOffset = 0
    private var problems: [EncodingProblem] = []
    private var readFailure: FormatError?

    /// Most bytes that are moved to a new buffer rather than the block copied out of the old one.
    private static let restBytesMax = 64 << 10

    init(_ stream: consuming ByteStream, file: String, definition: SourceDefinition) {
        self.stream = stream
        self.file = file
        blockBytes = max(1, definition.blockBytes)
        lines = NDJSONLines(lineBytesMax: definition.recordBytesMax)
    }

    /// Bytes that are held between two blocks.
    var heldBytes: Int { lines.bytes.capacity }

    /// The next records, cut but not parsed; `nil` at the end or before a failure.
    ///
    /// - Parameters:
    ///   - rowsMax: most records of the block.
    ///   - bytesMax: bytes of records after which the block ends.
    mutating func nextBlock(rowsMax: Int, bytesMax: Int) -> NDJSONBlock? {
        var block = NDJSONBlock()
        while true {
            let start = lines.used
            var textBytes = 0
            while block.records.count < rowsMax, textBytes < bytesMax, let cut = lines.next(atEnd: streamEnded) {
                guard let record = take(cut, blockStart: start) else { continue }
                textBytes += record.range.count
                block.records.append(record)
            }
            if !block.records.isEmpty {
                block.bytes = lines.takeBytes(from: start, restMax: Self.restBytesMax, spare: spareBytes)
                return block
            }
            if streamEnded || readFailure != nil { return nil }
            fill()
        }
    }

    /// Room for a block, and for what transforms add to it.
    private var spareBytes: Int { blockBytes + blockBytes / 2 }

    /// Passes over a line; its record unless it is blank.
    private mutating func take(_ cut: NDJSONLines.Cut, blockStart: Int) -> NDJSONBlock.Record? {
        line += 1
        let offset = byteOffset
        switch cut {
        case .tooLong(let length):
            textOffset += length
            byteOffset += length
            let here = lines.used - blockStart
            return NDJSONBlock.Record(range: here..<here, line: line, byteOffset: offset, fate: .tooLong(length))
        case .line(let range):
            let whole = range.lowerBound..<lines.used
            let isBroken = !problems.isEmpty && takeProblem(upTo: textOffset + whole.count)
            textOffset += whole.count
            byteOffset += contentLength(of: whole)
            if !isBroken, isBlank(range) { return nil }
            return NDJSONBlock.Record(
                range: range.lowerBound - blockStart..<range.upperBound - blockStart, line: line, byteOffset: offset,
                fate: isBroken ? .broken : .text)
        }
    }

    /// Reads a block more behind the unfinished line.
    private mutating func fill() {
        lines.compact(spare: spareBytes)
        let held = lines.bytes.count
        do throws(FormatError) {
            while lines.bytes.count - held < blockBytes {
                let wanted = blockBytes - (lines.bytes.count - held)
                if try stream.read(into: &lines.bytes, max: wanted) == 0 {
                    streamEnded = true
                    break
                }
            }
        } catch {
            readFailure = error
        }
        if line == 0 { byteOffset = stream.bomBytes }
        problems += stream.takeProblems()
    }

    /// Why the input ended before its end, placed at the line that could not be read.
    var failure: FormatError? {
        readFailure.map { failure in
            FormatError(
                failure.code, failure.message, file: file, line: failure.line ?? line + 1,
                byteOffset: failure.byteOffset)
        }
    }

    private func contentLength(of range: Range<Int>) -> Int {
        if stream.encoding == .utf8 { return range.count }
        return stream.contentLength(of: lines.bytes.span.extracting(range))
    }

    private mutating func takeProblem(upTo end: Int) -> Bool {
        let count = problems.prefix { $0.offset < end }.count
        problems.removeFirst(count)
        return count > 0
    }

    private func isBlank(_ range: Range<Int>) -> Bool {
        for index in range where lines.bytes[index] != 0x20 && lines.bytes[index] != 0x09 && lines.bytes[index] != 0x0D
        {
            return false
        }
        return true
    }
}
