/// What is read of each record of an XML file, compiled from its definition.
struct XMLPlan: Sendable {
    private(set) var definition: SourceDefinition
    let fileIndex: Int
    let recordPath: String
    let record: XMLPath
    /// The columns, one a field path.
    let names: [String]
    let fields: [XMLPath]

    /// - Throws: `malformed` when a path of the shape can't be read, or a chosen field isn't in it.
    init(_ definition: SourceDefinition, file: String, fileIndex: Int) throws(FormatError) {
        guard case .xml(let shape) = definition.format else { preconditionFailure("the source is not XML") }
        self.definition = definition
        self.fileIndex = fileIndex
        recordPath = shape.record
        record = try Self.path(of: shape.record, named: "the record path", file: file) {
            (text) throws(XMLPath.Fault) in
            try XMLPath(record: text, namespaces: shape.namespaces)
        }
        var names: [String] = []
        var fields: [XMLPath] = []
        for field in try Self.choose(definition.fields, of: shape, file: file) where !names.contains(field.name) {
            let name = "the path of field '\(field.name)',"
            let path = try Self.path(of: field.path, named: name, file: file) { (text) throws(XMLPath.Fault) in
                try XMLPath(field: text, namespaces: shape.namespaces)
            }
            fields.append(path)
            names.append(field.name)
        }
        self.names = names
        self.fields = fields
    }

    /// A parser that has seen nothing yet.
    ///
    /// - Throws: `unreadable` when there is no memory.
    func parser(file: String, firstRow: Int) throws(FormatError) -> XMLPushParser {
        let parser = XMLPushParser(file: file, recordPath: recordPath) { intern in
            XMLRecordBuilder(
                definition, names: names, isList: fields.map(\.isList),
                tree: XMLFieldTree(record: record, fields: fields, intern: intern), fileIndex: fileIndex,
                firstRow: firstRow)
        }
        guard let parser else { throw FormatError(.unreadable, "there is no memory for an XML parser", file: file) }
        return parser
    }

    /// Has all records made one batch.
    mutating func takesOneBatch() {
        definition.batchRows = .max
        definition.batchBytes = .max
    }

    /// Whether records can be cut by their tags: the elements down to them have plain names in no namespace.
    var isCuttable: Bool { record.elements.allSatisfy { $0.uri == nil && isPlainXMLName(Array($0.name.utf8).span) } }

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

/// Whether a name is of ASCII letters, digits, `_`, `-` and `.`, beginning with a letter or `_`.
func isPlainXMLName(_ name: Span<UInt8>) -> Bool {
    guard !name.isEmpty, isNameStart(name[0]) else { return false }
    for index in name.indices where !isNamePart(name[index]) { return false }
    return true
}

@inline(__always)
func isNameStart(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") }

@inline(__always)
func isNamePart(_ byte: UInt8) -> Bool {
    isNameStart(byte) || byte &- 0x30 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
}
