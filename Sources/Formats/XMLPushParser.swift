internal import CLibXML2
internal import Records

/// Owns one libxml2 SAX2 push parser and feeds its events to a record builder.
///
/// No network, no external entity, no external DTD: nothing that could load them is set up, and entities that a file
/// declares itself are refused, so that no text can grow by expansion.
@safe struct XMLPushParser: ~Copyable {
    /// What the C callbacks reach. It has a fixed address for the parser's life.
    @safe struct State {
        var builder: XMLRecordBuilder
        let context: xmlParserCtxtPtr
        let file: String
        let recordPath: String
        /// Whether the file is in units of two bytes.
        var isUTF16 = false
        var start: [UInt8] = []
        /// What the file is written in; known once the first record starts.
        var unit: XMLTextUnit?
        var fedBytes = 0
        /// Whether the parser was told that no more bytes come.
        var isEnding = false
        /// Whether it got none at all.
        var isEmpty: Bool { fedBytes == 0 }
        var failure: FormatError?
        var hasDoctype = false
    }

    private static let convertedPieceBytes = 4 << 10

    private let context: xmlParserCtxtPtr
    private let state: UnsafeMutablePointer<State>

    /// - Parameter builder: made with the parser's numbers for names.
    init?(file: String, recordPath: String, builder: ((String) -> XMLNameID) -> XMLRecordBuilder) {
        xmlInitParser()
        // Safe because the state outlives the parser: both are freed in deinit, the parser first, and callbacks only
        // run
        // inside a call on the parser. libxml2 copies the handler table.
        let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
        var handler = unsafe XMLCallbacks.handler()
        guard let context = unsafe xmlCreatePushParserCtxt(&handler, state, nil, 0, nil) else {
            unsafe state.deallocate()
            return nil
        }
        unsafe xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue))
        let made = builder { name in
            // Safe because the dictionary copies the bytes and owns what it returns for the parser's life.
            unsafe UInt(bitPattern: xmlDictLookup(context.pointee.dict, name, Int32(name.utf8.count)))
        }
        unsafe state.initialize(to: State(builder: made, context: context, file: file, recordPath: recordPath))
        unsafe self.context = context
        unsafe self.state = state
    }

    deinit {
        unsafe xmlFreeParserCtxt(context)
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }

    var failure: FormatError? { unsafe state.pointee.failure }

    /// Bytes that the parser has not done with, and those of the record at hand.
    var heldBytes: Int {
        // Safe because both pointers are into the input's one buffer.
        let input = unsafe context.pointee.input.map { unsafe $0.pointee.end - $0.pointee.base } ?? 0
        return unsafe input + state.pointee.builder.heldBytes
    }

    mutating func takeBatch(atEnd: Bool) -> RecordBatch? { unsafe state.pointee.builder.takeBatch(atEnd: atEnd) }

    /// Whether it stands between records of a plain UTF-8 file, with nothing around them that they could inherit, and
    /// has done with all bytes that it was given.
    var isBetweenRecords: Bool {
        guard failure == nil, !isUncuttable, unsafe state.pointee.builder.isBetweenRecords else { return false }
        // Safe because both pointers are into the input's one buffer.
        return unsafe state.pointee.unit == .byte
            && context.pointee.input.map { unsafe $0.pointee.cur == $0.pointee.end } ?? false
    }

    /// Whether the file is of a kind of which no record can be read alone.
    var isUncuttable: Bool {
        let isConverted = unsafe state.pointee.unit.map { $0 != .byte } ?? false
        return unsafe isConverted || state.pointee.hasDoctype || !state.pointee.builder.inheritsNothing
    }

    /// Where it stands in the file.
    var place: XMLPlace {
        guard let input = unsafe context.pointee.input else { return XMLPlace() }
        return unsafe XMLPlace(
            line: Int(input.pointee.line), column: Int(input.pointee.col), byteOffset: Int(xmlByteConsumed(context)))
    }

    /// Tells it where it stands; bytes that it was not given lie before.
    mutating func move(to place: XMLPlace) {
        guard let input = unsafe context.pointee.input else { return }
        unsafe input.pointee.line = Int32(clamping: place.line)
        unsafe input.pointee.col = Int32(clamping: place.column)
        unsafe input.pointee.consumed = UInt(max(0, place.byteOffset - (input.pointee.cur - input.pointee.base)))
    }

    /// Why there is no record in a file that has ended without one, if its elements are not those of the record path.
    ///
    /// - Parameter path: the record path's own steps.
    func absence(of path: XMLPath) -> FormatError? {
        guard failure == nil, let absence = unsafe state.pointee.builder.absence else { return nil }
        let names = absence.names.map { "<\($0)>" }.joined(separator: ", ")
        let parent = path.elements.prefix(absence.steps).map { "/\($0.name)" }.joined()
        let isSame = absence.names.contains {
            $0.split(separator: ":").last.map(String.init) == path.elements[absence.steps].name
        }
        let hint = isSame ? "; its namespace differs, see `namespaces`" : ""
        return unsafe FormatError(
            .malformed,
            "no element stands at the record path \(state.pointee.recordPath): below \(parent) there are \(names)\(hint); correct `record`",
            file: state.pointee.file)
    }

    /// Number of the next record.
    var nextRow: Int { unsafe state.pointee.builder.nextRow }

    /// Counts records that it was not given.
    mutating func passRows(_ count: Int) { unsafe state.pointee.builder.passRows(count) }

    /// Pushes bytes; an empty array ends the document. A failure stays, and more bytes are ignored.
    mutating func push(_ bytes: [UInt8]) {
        guard failure == nil else { return }
        unsafe state.pointee.sniff(bytes)
        unsafe state.pointee.isEnding = bytes.isEmpty
        // Errors of character conversion have no parser context; this handler is the thread's own, and unset again
        // before the thread can do anything else.
        unsafe xmlSetStructuredErrorFunc(state, XMLCallbacks.conversionError)
        // The place of a record in a converted file costs a look at what is left of the piece.
        let pieceBytes = unsafe (state.pointee.unit ?? .byte) == .byte ? bytes.count : Self.convertedPieceBytes
        var code = Int32(0)
        var position = 0
        repeat {
            let piece = position..<min(position + pieceBytes, bytes.count)
            unsafe state.pointee.fedBytes += piece.count
            code = unsafe bytes.withUnsafeBytes { buffer in
                let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                return unsafe xmlParseChunk(
                    context, start.map { unsafe $0 + piece.lowerBound }, Int32(piece.count), bytes.isEmpty ? 1 : 0)
            }
            position = piece.upperBound
        } while position < bytes.count && code == 0
        xmlSetStructuredErrorFunc(nil, nil)
        if code != 0, failure == nil, unsafe context.pointee.wellFormed == 0 || context.pointee.disableSAX != 0 {
            let message = "not well-formed XML, or not in the encoding that it declares (libxml2 error \(code))"
            unsafe state.pointee.fail(.malformed, message)
        }
    }
}

extension XMLPushParser.State {
    /// Looks at the first two bytes, however they arrive.
    mutating func sniff(_ bytes: [UInt8]) {
        guard start.count < 2 else { return }
        start += bytes.prefix(2 - start.count)
        isUTF16 = [[0xFF, 0xFE], [0xFE, 0xFF], [0x3C, 0], [0, 0x3C]].contains(start)
    }

    /// Notes the first failure and stops the events.
    ///
    /// Not by `xmlStopParser`, which frees the input under the feet of the function that called back.
    mutating func fail(_ code: FormatError.Code, _ message: String, line: Int? = nil) {
        guard failure == nil else { return }
        let here = unsafe context.pointee.input.map { unsafe Int($0.pointee.line) }
        failure = FormatError(code, message, file: file, line: line ?? here)
        unsafe context.pointee.disableSAX = 1
    }

    /// Where the start tag that is being parsed begins.
    mutating func tagPlace() -> (line: Int, byteOffset: Int) {
        // Safe because libxml2 keeps a whole start tag between the input's base and cursor while it reports it, and a
        // well-formed tag holds no other '<'.
        guard let input = unsafe context.pointee.input, let base = unsafe input.pointee.base,
            let end = unsafe input.pointee.end, var cursor = unsafe input.pointee.cur
        else { return (1, 0) }
        let here = unsafe cursor
        var line = unsafe Int(input.pointee.line)
        while unsafe cursor > base {
            unsafe cursor -= 1
            let byte = unsafe cursor.pointee
            if byte == 0x0A { line -= 1 }
            if byte == UInt8(ascii: "<") { break }
        }
        let unit = self.unit ?? judgeUnit()
        self.unit = unit
        if unit == .byte { return unsafe (line, Int(xmlByteConsumed(context)) - (here - cursor)) }
        // libxml2 would encode the whole rest again to know how long it was, for each record.
        let rest = unsafe UnsafeBufferPointer(start: cursor, count: end - cursor)
        let unread = unsafe input.pointee.buf?.pointee.raw.map { unsafe Int(xmlBufUse($0)) } ?? 0
        return unsafe (line, fedBytes - unread - unit.length(of: rest))
    }

    private func judgeUnit() -> XMLTextUnit {
        if unsafe context.pointee.input?.pointee.buf?.pointee.encoder == nil { return .byte }
        return isUTF16 ? .utf16 : .character
    }
}

/// What one unit of a file's text is in the parser's UTF-8.
enum XMLTextUnit {
    /// The file is UTF-8 itself.
    case byte
    /// One byte for each character.
    case character
    /// Two bytes for each UTF-16 code unit.
    case utf16

    /// Bytes of the file that UTF-8 text takes up.
    func length(of text: UnsafeBufferPointer<UInt8>) -> Int {
        var characters = 0
        var pairs = 0
        for index in 0..<text.count {
            // Safe because the index runs over the buffer's own.
            let byte = unsafe text[index]
            characters &+= byte & 0xC0 == 0x80 ? 0 : 1
            pairs &+= byte >= 0xF0 ? 1 : 0
        }
        return switch self {
        case .byte: text.count
        case .character: characters
        case .utf16: 2 * (characters + pairs)
        }
    }
}
