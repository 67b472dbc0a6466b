import CZlib
import Formats
import Records

/// One record as a test sees it: everything that must not depend on how the bytes were cut.
struct SeenRecord: Equatable, CustomStringConvertible {
    var values: [String?]
    var raw: [UInt8]
    var row: Int
    var line: Int
    var byteOffset: Int
    var isRejected: Bool
    var issues: [Issue]

    var description: String {
        "\(row)@\(line)+\(byteOffset) \(values) raw '\(String(decoding: raw, as: UTF8.self))' \(issues.map(\.code))"
    }
}

/// What a reader delivered, and the error it ended with.
struct Seen: Equatable {
    var records: [SeenRecord] = []
    var columns: [String] = []
    var error: FormatError?
    var batchBytesMax = 0
    var batches = 0

    var values: [[String?]] { records.map(\.values) }
    var codes: [[String]] { records.map { $0.issues.map(\.code) } }

    /// How the records came in batches is no part of what was read.
    static func == (a: Seen, b: Seen) -> Bool {
        a.records == b.records && a.columns == b.columns && a.error == b.error
    }

    mutating func take(_ batch: RecordBatch) {
        batches += 1
        batchBytesMax = max(batchBytesMax, batch.bytes.count)
        columns = batch.columns.map(\.name)
        for row in 0..<batch.rowCount {
            let origin = batch.origins[row]
            records.append(
                SeenRecord(
                    values: batch.columns.map { batch.text($0.cells[row]) }, raw: Array(batch.raw(row: row)),
                    row: origin.row, line: origin.line, byteOffset: origin.byteOffset,
                    isRejected: batch.states[row] == .rejected,
                    issues: batch.issues.filter { $0.row == row }.map(\.issue)))
        }
    }
}

/// How a test wants its CSV read.
struct CSVOptions {
    var dialect = CSVDialect()
    var fields: [String]?
    var recordBytesMax = 16 << 20
    var batchRows = 1024
    var batchBytes = 1 << 20
    var pieceBytesMax = Int.max
    var blockBytes = 256 << 10

    func definition(_ paths: [String] = []) -> SourceDefinition {
        var definition = SourceDefinition(format: .csv(dialect), paths: paths, fields: fields)
        definition.recordBytesMax = recordBytesMax
        definition.batchRows = batchRows
        definition.batchBytes = batchBytes
        definition.blockBytes = blockBytes
        return definition
    }
}

func readCSV(_ bytes: [UInt8], _ options: CSVOptions = CSVOptions(), change: (inout CSVOptions) -> Void = { _ in })
    -> Seen
{
    var options = options
    change(&options)
    return readCSV(MemoryBytes(bytes, pieceBytesMax: options.pieceBytesMax), options)
}

func readCSV(_ text: String, change: (inout CSVOptions) -> Void = { _ in }) -> Seen {
    readCSV(Array(text.utf8), CSVOptions(), change: change)
}

func readCSV(_ source: consuming some ByteSource & ~Copyable, _ options: CSVOptions) -> Seen {
    var seen = Seen()
    do throws(FormatError) {
        let stream = ByteStream(source, file: "in.csv", encoding: options.dialect.encoding)
        var reader = try CSVReader(
            source: stream, file: "in.csv", fileIndex: 0, firstRow: 1, definition: options.definition())
        while let batch = try reader.next() { seen.take(batch) }
    } catch {
        seen.error = error
    }
    return seen
}

/// Everything a stream delivers, and the error it ended with.
func drain(_ stream: consuming ByteStream, max: Int = 64 << 10) -> (bytes: [UInt8], error: FormatError?) {
    var bytes: [UInt8] = []
    do throws(FormatError) {
        while try stream.read(into: &bytes, max: max) > 0 {}
    } catch {
        return (bytes, error)
    }
    return (bytes, nil)
}

/// Compresses with zlib itself, in one gzip member.
func gzip(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
    var stream = unsafe z_stream()
    guard unsafe dockhand_deflate_init(&stream, level, 15 + 16) == Z_OK else { return [] }
    defer { unsafe deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(unsafe deflateBound(&stream, UInt(bytes.count))) + 64)
    let capacity = output.count
    unsafe input.withUnsafeMutableBufferPointer { source in
        unsafe output.withUnsafeMutableBufferPointer { target in
            unsafe stream.next_in = source.baseAddress
            unsafe stream.avail_in = UInt32(source.count)
            unsafe stream.next_out = target.baseAddress
            unsafe stream.avail_out = UInt32(target.count)
            _ = unsafe deflate(&stream, Z_FINISH)
        }
    }
    output.removeLast(Int(unsafe stream.avail_out))
    precondition(output.count <= capacity)
    return output
}
