public import Records

/// Reads the records of XML files by a streaming parser: never a whole document in memory.
///
/// - Text stands as it is, white space included, CDATA and references resolved; a field is an element's own text,
///   without that of elements inside it. An empty element is a text of length 0, an absent one no value.
/// - A field without `[]` that occurs more than once takes the first, with a warning `xml.repeated`.
/// - A field with `[]` in its path is a JSON list of texts; absent, it is no value.
/// - The encoding is the one that the file declares; external DTDs and entities are never loaded, and a file that
///   declares entities of its own is refused.
/// - A record's own text is the element written anew: comments dropped, CDATA escaped, the namespaces it inherits
///   declared on it.
/// - A record whose own text is over the limit is a row with the issue `record.too_large` and no text.
public struct XMLReader: ~Copyable, BatchReader {
    static let pieceBytes = 64 << 10

    private var stream: ByteStream
    private var parser: XMLPushParser
    private var piece: [UInt8] = []
    private var isAtEnd = false
    private var failure: FormatError?
    /// Most bytes of the input, and of the record at hand, that were held between two pieces.
    private(set) var heldBytesMax = 0

    /// - Parameters:
    ///   - source: the undecoded bytes.
    ///   - file: the file as messages name it.
    ///   - fileIndex: its place in the source's list.
    ///   - firstRow: number of its first record.
    ///   - definition: must be of format XML; its `fields` choose among the shape's and order them.
    /// - Throws: `malformed` when a path of the shape can't be read, or a chosen field isn't in it.
    public init(
        source: consuming ByteStream, file: String, fileIndex: Int, firstRow: Int, definition: SourceDefinition
    ) throws(FormatError) {
        guard case .xml(let shape) = definition.format else { preconditionFailure("the source is not XML") }
        let record = try Self.path(of: shape.record, named: "the record path", file: file) {
            (text) throws(XMLPath.Fault) in
            try XMLPath(record: text, namespaces: shape.namespaces)
        }
        var names: [String] = []
        var paths: [XMLPath] = []
        for field in try Self.choose(definition.fields, of: shape, file: file) where !names.contains(field.name) {
            let name = "the path of field '\(field.name)',"
            let path = try Self.path(of: field.path, named: name, file: file) { (text) throws(XMLPath.Fault) in
                try XMLPath(field: text, namespaces: shape.namespaces)
            }
            paths.append(path)
            names.append(field.name)
        }
        let parser = XMLPushParser(file: file, recordPath: shape.record) { intern in
            let tree = XMLFieldTree(record: record, fields: paths, intern: intern)
            return XMLRecordBuilder(
                definition, names: names, isList: paths.map(\.isList), tree: tree, fileIndex: fileIndex,
                firstRow: firstRow)
        }
        guard let parser else { throw FormatError(.unreadable, "there is no memory for an XML parser", file: file) }
        self.parser = parser
        stream = source
    }

    /// The next batch, or `nil` at the end of the file.
    ///
    /// - Throws: `malformed` where the file isn't well-formed, `limit` where it passes a bound, `unreadable` when it
    ///   can't be read on; all records before were delivered.
    public mutating func next() throws(FormatError) -> RecordBatch? {
        while true {
            if let batch = parser.takeBatch(atEnd: isAtEnd) { return batch }
            if let failure { throw failure }
            if isAtEnd { return nil }
            feed()
        }
    }

    private mutating func feed() {
        piece.removeAll(keepingCapacity: true)
        do throws(FormatError) {
            let count = try stream.read(into: &piece, max: Self.pieceBytes)
            parser.push(piece)
            heldBytesMax = max(heldBytesMax, parser.heldBytes)
            isAtEnd = count == 0
            failure = parser.failure
        } catch {
            failure = error
        }
        if failure != nil { isAtEnd = true }
    }

    private static func path(
        of text: String, named name: String, file: String, read: (String) throws(XMLPath.Fault) -> XMLPath
    ) throws(FormatError) -> XMLPath {
        do {
            return try read(text)
        } catch {
            throw FormatError(.malformed, "\(name) '\(text)': \(error.message)", file: file)
        }
    }

    private static func choose(
        _ wanted: [String]?, of shape: XMLShape, file: String
    ) throws(FormatError) -> [XMLShape.Field] {
        guard let wanted else { return shape.fields }
        var chosen: [XMLShape.Field] = []
        for name in wanted {
            guard let field = shape.fields.first(where: { $0.name == name }) else {
                throw FormatError(.malformed, "the XML source has no field '\(name)'; add it to `fields`", file: file)
            }
            chosen.append(field)
        }
        return chosen
    }
}
