/// A path of an XML source as text, taken apart: `/export/klanten/klant`, `adres/@type`, `telefoon[]`, `.`.
struct XMLPath: Sendable {
    /// One element or attribute name.
    struct Step: Sendable, Hashable {
        let name: String
        /// `nil` matches any namespace.
        let uri: String?
    }

    /// Elements, from the document (record paths) or from the record (field paths).
    private(set) var elements: [Step] = []
    /// The attribute of the last element, when the path ends in one.
    private(set) var attribute: Step?
    /// Whether the values of repeated elements make a list.
    private(set) var isList = false

    /// Why a path can't be read; a sentence without the path itself.
    struct Fault: Error {
        let message: String
    }

    /// An absolute path of elements.
    init(record text: String, namespaces: [String: String]) throws(Fault) {
        guard text.first == "/" else {
            throw Fault(message: "it must begin with '/' and name every element down from the root")
        }
        try self.init(steps: text.dropFirst(), namespaces: namespaces)
        if attribute != nil || isList || elements.isEmpty {
            throw Fault(message: "it must end in a plain element name")
        }
    }

    /// A path relative to the record.
    init(field text: String, namespaces: [String: String]) throws(Fault) {
        if text.first == "/" { throw Fault(message: "it must be relative to the record, without a leading '/'") }
        try self.init(steps: text[...], namespaces: namespaces, isRecord: text == ".")
    }

    private init(steps text: Substring, namespaces: [String: String], isRecord: Bool = false) throws(Fault) {
        if isRecord { return }
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            if attribute != nil { throw Fault(message: "nothing can follow an attribute") }
            if part.first == "@" {
                attribute = try Self.step(part.dropFirst(), namespaces)
            } else if part.hasSuffix("[]") {
                isList = true
                elements.append(try Self.step(part.dropLast(2), namespaces))
            } else {
                elements.append(try Self.step(part, namespaces))
            }
        }
    }

    private static func step(_ text: Substring, _ namespaces: [String: String]) throws(Fault) -> Step {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), let name = parts.last else {
            throw Fault(message: "a step has no name")
        }
        if text.contains(where: { "[]@*().".contains($0) && $0 != "." || $0.isWhitespace }) || name.first == "." {
            throw Fault(
                message: "'\(text)' is no name; a path holds names, '/', '@' before an attribute and '[]' after a list")
        }
        guard parts.count == 2, let prefix = parts.first else { return Step(name: String(name), uri: nil) }
        if prefix == "xml" { return Step(name: String(name), uri: "http://www.w3.org/XML/1998/namespace") }
        guard let uri = namespaces[String(prefix)] else {
            throw Fault(message: "the prefix '\(prefix)' has no namespace; add it to `namespaces`")
        }
        return Step(name: String(name), uri: uri)
    }
}

extension XMLShape {
    /// What is wrong with the shape's paths, whatever the files hold.
    ///
    /// - Returns: `field` is `nil` for the record path; a message names the path and says what it must be.
    public var pathProblems: [(field: String?, message: String)] {
        var problems: [(field: String?, message: String)] = []
        do throws(XMLPath.Fault) { _ = try XMLPath(record: record, namespaces: namespaces) } catch {
            problems.append((nil, "the record path '\(record)': \(error.message)"))
        }
        for field in fields {
            do throws(XMLPath.Fault) { _ = try XMLPath(field: field.path, namespaces: namespaces) } catch {
                problems.append((field.name, "the path '\(field.path)': \(error.message)"))
            }
        }
        return problems
    }
}
