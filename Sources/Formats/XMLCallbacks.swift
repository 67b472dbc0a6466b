internal import CLibXML2

/// libxml2's SAX2 callbacks: they turn C strings into spans and pass them on.
///
/// Each is safe because libxml2 hands back the state that the parser was made with, alive and used by nobody else
/// during the call, and because its strings live through the call.
enum XMLCallbacks {
    private typealias State = XMLPushParser.State

    /// The table of callbacks; whatever is not set is not supported, such as loading external entities.
    static func handler() -> xmlSAXHandler {
        var handler = unsafe xmlSAXHandler()
        unsafe handler.initialized = UInt32(XML_SAX2_MAGIC)
        unsafe handler.startElementNs = startElement
        unsafe handler.endElementNs = endElement
        unsafe handler.characters = characters
        unsafe handler.ignorableWhitespace = characters
        unsafe handler.cdataBlock = characters
        unsafe handler.internalSubset = documentType
        unsafe handler.entityDecl = entityDeclaration
        unsafe handler.reference = reference
        unsafe handler.serror = parserError
        return unsafe handler
    }

    /// Receives errors that libxml2 raises without a parser context.
    static let conversionError: xmlStructuredErrorFunc = { context, error in
        unsafe report(context, error)
    }

    private static let characters: charactersSAXFunc = { context, text, length in
        guard let state = unsafe context?.assumingMemoryBound(to: State.self),
            unsafe state.pointee.builder.isInRecord
        else { return }
        unsafe state.pointee.builder.text(UnsafeBufferPointer(start: text, count: Int(length)).span)
    }

    private static let startElement: startElementNsSAX2Func = {
        context, local, prefix, uri, namespaceCount, namespaces, attributeCount, _, attributes in
        guard let state = unsafe context?.assumingMemoryBound(to: State.self) else { return }
        let start = unsafe state.pointee.builder.startElement(
            UInt(bitPattern: local), UInt(bitPattern: uri), prefix: string(prefix).span, local: string(local).span)
        switch start {
        case .tooDeep:
            let message = "elements are nested more than \(XMLRecordBuilder.depthMax) deep"
            return unsafe state.pointee.fail(.limit, message)
        case .wrongRoot:
            let root = unsafe String(decoding: string(local), as: UTF8.self)
            let path = unsafe state.pointee.recordPath
            let message =
                "the root element is <\(root)>, and the record path \(path) begins with another; correct `record`"
            return unsafe state.pointee.fail(.malformed, message)
        case .record:
            let place = unsafe state.pointee.tagPlace()
            unsafe state.pointee.builder.setPlace(line: place.line, byteOffset: place.byteOffset)
        case .outside, .inside: break
        }
        for index in 0..<Int(namespaceCount) {
            unsafe state.pointee.builder.namespace(
                prefix: string(namespaces?[2 * index]).span, uri: string(namespaces?[2 * index + 1]).span)
        }
        guard unsafe state.pointee.builder.isInRecord else { return }
        if case .record = start {
            unsafe state.pointee.builder.inheritNamespaces { inherited in
                (0..<Int(namespaceCount)).contains { unsafe isEqual(string(namespaces?[2 * $0]).span, inherited) }
            }
        }
        for index in 0..<Int(attributeCount) { unsafe attribute(state, attributes, 5 * index) }
        unsafe state.pointee.builder.endStartTag()
    }

    private static func attribute(
        _ state: UnsafeMutablePointer<State>, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ first: Int
    ) {
        // Name, prefix, namespace, first byte of the value, byte behind it.
        guard let attributes = unsafe attributes, let start = unsafe attributes[first + 3],
            let end = unsafe attributes[first + 4]
        else { return }
        let value = unsafe UnsafeBufferPointer(start: start, count: end - start).span
        let resolved = XMLText.resolveAmpersands(value)
        let name = unsafe UInt(bitPattern: attributes[first])
        let uri = unsafe UInt(bitPattern: attributes[first + 2])
        let prefix = unsafe string(attributes[first + 1])
        let local = unsafe string(attributes[first])
        if let resolved {
            unsafe state.pointee.builder.attribute(
                name, uri, prefix: prefix.span, local: local.span, value: resolved.span)
        } else {
            unsafe state.pointee.builder.attribute(name, uri, prefix: prefix.span, local: local.span, value: value)
        }
    }

    private static let endElement: endElementNsSAX2Func = { context, local, prefix, _ in
        guard let state = unsafe context?.assumingMemoryBound(to: State.self) else { return }
        unsafe state.pointee.builder.endElement(prefix: string(prefix).span, local: string(local).span)
    }

    private static let documentType: internalSubsetSAXFunc = { context, _, _, _ in
        unsafe context?.assumingMemoryBound(to: State.self).pointee.hasDoctype = true
    }

    private static let entityDeclaration: entityDeclSAXFunc = { context, name, _, _, _, _ in
        guard let state = unsafe context?.assumingMemoryBound(to: State.self) else { return }
        let name = unsafe String(decoding: string(name), as: UTF8.self)
        if ["lt", "gt", "amp", "quot", "apos"].contains(name) { return }
        let message =
            "the file declares the entity '\(name)', and entities of a file's own are refused, since they can grow "
            + "without bound or name other files; write the text out instead"
        unsafe state.pointee.fail(.limit, message)
    }

    /// Called for an entity that isn't declared where a DTD outside the file might declare it.
    private static let reference: referenceSAXFunc = { context, name in
        guard let state = unsafe context?.assumingMemoryBound(to: State.self) else { return }
        let name = unsafe String(decoding: string(name), as: UTF8.self)
        unsafe state.pointee.fail(.malformed, undeclared("'\(name)' "))
    }

    private static let parserError: xmlStructuredErrorFunc = { context, error in unsafe report(context, error) }

    private static func report(_ context: UnsafeMutableRawPointer?, _ error: xmlErrorPtr?) {
        guard let state = unsafe context?.assumingMemoryBound(to: State.self), let error = unsafe error?.pointee
        else { return }
        let isUndeclared = unsafe error.code == Int32(XML_WAR_UNDECLARED_ENTITY.rawValue)
        guard unsafe error.level == XML_ERR_FATAL || isUndeclared || error.domain == Int32(XML_FROM_I18N.rawValue)
        else { return }
        if isUndeclared { return unsafe state.pointee.fail(.malformed, undeclared("")) }
        let reason = unsafe reason(of: error, isEnding: state.pointee.isEnding, isEmpty: state.pointee.isEmpty)
        let column = unsafe error.int2 > 0 ? "column \(error.int2): " : ""
        let line = unsafe error.line > 0 ? Int(error.line) : nil
        let isLimit = ["too long", "too big", tooMuch, "Excessive depth", "limit"].contains { reason.contains($0) }
        unsafe state.pointee.fail(isLimit ? .limit : .malformed, column + reason, line: line)
    }

    /// How libxml2 calls what it would not look through any further.
    private static let hugeInput = "Huge input"
    private static let tooMuch = "more than the parser takes"

    private static func reason(of error: xmlError, isEnding: Bool, isEmpty: Bool) -> String {
        // libxml2 calls a cut document one with extra content, and text without a tag empty.
        switch unsafe UInt32(error.code) {
        case XML_ERR_DOCUMENT_END.rawValue where isEmpty: return "the file is empty"
        case XML_ERR_DOCUMENT_END.rawValue where isEnding:
            return "the file ends before the document does; it was cut off, or its export failed"
        case XML_ERR_DOCUMENT_EMPTY.rawValue: return "the content does not begin with '<'; is it XML?"
        default:
            let reason = unsafe error.message.map { unsafe String(cString: $0) } ?? "error \(error.code)"
            if reason.contains(hugeInput) {
                return
                    "an attribute, comment or CDATA section begins here that is longer than 10 MB, which is \(tooMuch)"
            }
            return "not well-formed XML: " + reason.split(whereSeparator: \.isNewline).joined(separator: "; ")
        }
    }

    private static func undeclared(_ name: String) -> String {
        "an entity \(name)is used that the file does not declare; DTDs outside the file are never loaded"
    }

    /// The bytes of a C string; none for null.
    private static func string(_ text: UnsafePointer<UInt8>?) -> UnsafeBufferPointer<UInt8> {
        guard let text = unsafe text else { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
        return unsafe UnsafeBufferPointer(start: text, count: Int(xmlStrlen(text)))
    }

    private static func isEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        left.count == right.count && left.indices.allSatisfy { left[$0] == right[$0] }
    }
}
