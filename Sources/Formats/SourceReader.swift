internal import Glibc
public import Records

/// Reads a source: its files one after the other, each opened, gunzipped, decoded and parsed, as one run of numbered
/// rows.
public struct SourceReader: ~Copyable, BatchReader {
    /// The files in reading order, as absolute paths; a record's file index points into them.
    public let paths: [String]

    private let definition: SourceDefinition
    private let meter: InputMeter
    private var file: (any BlockReading & ~Copyable)?
    private var filesOpened = 0
    private var nextRow = 1
    private var isAtEnd = false
    /// What ended the last batch, for the next call.
    private var failure: FormatError?
    /// The first file's own columns in file order, for CSV; empty before it was opened.
    public private(set) var columnNames: [String] = []
    /// What the content turned out to be written in, for CSV; `utf8` when files differ, `nil` before the first was
    /// opened.
    public private(set) var encoding: TextEncoding?

    /// Names the source; the files are opened as reading reaches them.
    ///
    /// - Parameter digestSeed: key of the input digest; `nil` when none is wanted.
    /// - Throws: `unreadable` for a file that is missing or may not be read, so that a run doesn't find out half-way.
    public init(_ definition: SourceDefinition, digestSeed: Hash128? = nil) throws(FormatError) {
        self.definition = definition
        paths = definition.paths
        meter = InputMeter(seed: digestSeed)
        for path in paths where path != "-" { try Self.checkReadable(path) }
    }

    /// The hash of all files as they are on disk, once they were read to their clean end; `nil` before or without a
    /// seed.
    public var inputDigest: Hash128? { isAtEnd ? meter.digest : nil }

    /// Bytes read so far as they are on disk, for progress.
    public var bytesRead: Int { meter.bytesRead }

    /// Whether every file was read to its clean end.
    public var isComplete: Bool { isAtEnd }

    /// The next batch, or `nil` at the clean end of the last file.
    ///
    /// - Throws: why a file can't be read on; all records before were delivered.
    public mutating func next() throws(FormatError) -> RecordBatch? {
        if let failure { throw failure }
        guard let parsed = try nextBlock()?.parse() else { return nil }
        failure = parsed.failure
        if let failure, parsed.batch.rowCount == 0 { throw failure }
        return parsed.batch
    }

    /// The next records, cut but not parsed; `nil` at the clean end of the input.
    public mutating func nextBlock() throws(FormatError) -> SourceBlock? {
        while !isAtEnd {
            if file == nil {
                guard filesOpened < paths.count else {
                    isAtEnd = true
                    return nil
                }
                file = try openNext()
            }
            if let content = try file?.nextContent() {
                nextRow += content.rowCount
                return SourceBlock(header: columnNames, encoding: encoding, content: content)
            }
            file = nil
        }
        return nil
    }

    private mutating func openNext() throws(FormatError) -> any BlockReading & ~Copyable {
        let path = paths[filesOpened]
        let index = filesOpened
        filesOpened += 1
        let name = displayName(ofPath: path)
        let encoding: TextEncoding? =
            switch definition.format {
            case .csv(let dialect): dialect.encoding
            case .ndjson: .utf8
            case .xml: nil
            }
        let stream = try ByteStream(path: path, encoding: encoding, meter: meter)
        switch definition.format {
        case .csv:
            let reader = try CSVReader(
                source: stream, file: name, fileIndex: index, firstRow: nextRow, definition: definition)
            try checkColumns(reader.columnNames, file: name)
            self.encoding = self.encoding ?? reader.encoding == reader.encoding ? reader.encoding : .utf8
            return reader
        case .ndjson:
            return try NDJSONReader(
                source: stream, file: name, fileIndex: index, firstRow: nextRow, definition: definition)
        case .xml:
            return try XMLReader(
                source: stream, file: name, fileIndex: index, firstRow: nextRow, definition: definition)
        }
    }

    /// Chained files must have the same columns in the same order: their rejects share one file with one header.
    private mutating func checkColumns(_ names: [String], file: String) throws(FormatError) {
        if columnNames.isEmpty { columnNames = names }
        let first = columnNames
        guard names != first else { return }
        let missing = first.filter { !names.contains($0) }.map { "lacks '\($0)'" }
        let added = names.filter { !first.contains($0) }.map { "adds '\($0)'" }
        let difference = missing + added
        throw FormatError(
            .malformed,
            "the columns differ from those of \(displayName(ofPath: paths[0])): "
                + (difference.isEmpty ? "another order" : difference.prefix(6).joined(separator: ", "))
                + "; load the files apart",
            file: file, line: 1)
    }

    private static func checkReadable(_ path: String) throws(FormatError) {
        guard unsafe access(path, R_OK) == 0 else {
            throw FormatError(.unreadable, "can't be opened: \(systemMessage(errno))", file: path)
        }
    }
}
