import Yams

/// Text of one YAML document to a tree with places. Anchors, aliases and merge keys (`<<`) are resolved here, within
/// bounds; keys that are given twice are reported and the first one counts.
struct YAMLReader {
    /// Longest file in bytes.
    static let bytesMax = 1 << 20
    /// Most values after aliases are resolved: a few lines of nested aliases would otherwise become billions.
    static let nodesMax = 50_000
    /// Deepest nesting.
    static let depthMax = 64
    /// Most aliases beside keys that are not plain.
    private static let aliasesMax = 30
    /// Most keys given twice that are reported.
    static let duplicatesMax = 50

    private var log: DiagnosticLog
    private var nodesLeft = Self.nodesMax
    private var isTooLarge = false
    /// Keys given twice, by the stand-in under which they were parsed.
    private var standIns: [String: String] = [:]
    /// The document as it was parsed.
    private var source: [Unicode.Scalar] = []
    private var lineStarts: [Int] = []

    /// The document's root, or `nil` after problems that leave nothing to look at.
    static func read(_ text: String, into log: inout DiagnosticLog) -> YAMLNode? {
        var reader = YAMLReader(log: log)
        let node = reader.read(text)
        log = reader.log
        return node
    }

    private init(log: DiagnosticLog) { self.log = log }

    private mutating func read(_ text: String) -> YAMLNode? {
        guard text.utf8.count <= Self.bytesMax else {
            log.report("the file is larger than \(Self.bytesMax / 1024) KiB; is it a pipeline file?", at: nil as Mark?)
            return nil
        }
        guard !Self.mayBeBomb(text) else {
            log.report("aliases may not stand in keys", at: nil as Mark?)
            return nil
        }
        guard let root = compose(text), let node = convert(root, depth: 0), !isTooLarge else { return nil }
        return node
    }

    // MARK: Parsing

    /// Parses, and again with a stand-in for every key that is given twice: the parser stops at the first of them.
    private mutating func compose(_ text: String) -> Node? {
        var scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        while true {
            var view = String.UnicodeScalarView(scalars)
            // Short strings have no storage of their own for the parser to point into.
            view.append(contentsOf: "\n#                ".unicodeScalars)
            do {
                // Everything is a text here, so that no tag needs to be resolved.
                guard let node = try Parser(yaml: String(view), resolver: .basic, encoding: .utf8).singleRoot() else {
                    log.report("the file is empty", at: Mark(line: 1, column: 1))
                    return nil
                }
                source = scalars
                lineStarts = [0] + scalars.indices.filter { scalars[$0] == "\n" }.map { $0 + 1 }
                return node
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let mark = Mark(line: context.mark.line, column: context.mark.column)
                if let name = names.first, standIns.count < Self.duplicatesMax, replace(name, at: mark, in: &scalars) {
                    continue
                }
                log.report("'\(names.first ?? "")' is given twice; keep one", at: mark)
                return nil
            } catch {
                report(error)
                return nil
            }
        }
    }

    /// Writes a stand-in of the same length over a key, so that every other column stays what it is.
    private mutating func replace(_ name: String, at mark: Mark, in scalars: inout [Unicode.Scalar]) -> Bool {
        guard let standIn = Unicode.Scalar(0xE000 + UInt32(standIns.count)),
            var start = Self.offset(of: mark, in: scalars)
        else { return false }
        if start < scalars.count, scalars[start] == "\"" || scalars[start] == "'" { start += 1 }
        let key = Array(name.unicodeScalars)
        guard !key.isEmpty, start + key.count <= scalars.count, Array(scalars[start..<start + key.count]) == key else {
            return false
        }
        let replacement = [Unicode.Scalar](repeating: standIn, count: key.count)
        scalars.replaceSubrange(start..<start + key.count, with: replacement)
        standIns[String(String.UnicodeScalarView(replacement))] = name
        return true
    }

    private static func offset(of mark: Mark, in scalars: [Unicode.Scalar]) -> Int? {
        var line = 1
        var index = 0
        while line < mark.line {
            guard let newline = scalars[index...].firstIndex(where: { $0 == "\n" }) else { return nil }
            index = newline + 1
            line += 1
        }
        return index + mark.column - 1
    }

    private mutating func report(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = Mark(line: mark.line, column: mark.column)
            if problem.contains("another document") {
                log.report("a second document begins here; a file holds one pipeline", at: place)
            } else {
                let around =
                    context.map { $0.mark.line > 0 ? " \($0.text) that begins at line \($0.mark.line)" : "" } ?? ""
                log.report("not valid YAML: \(problem)\(around)\(Self.advice(problem))", at: place)
            }
        case .reader(let problem, _, _, _):
            log.report("not valid YAML: \(problem)", at: nil as Mark?)
        default:
            log.report("not valid YAML", at: nil as Mark?)
        }
    }

    /// The parser hashes keys with all that is in them, before aliases can be counted; so where there are many aliases,
    /// keys have to be plain.
    private static func mayBeBomb(_ text: String) -> Bool {
        text.utf8.count { $0 == UInt8(ascii: "*") } > aliasesMax
            && text.matches(of: /[\s,:\[{-]\*[^\s*]/).count > aliasesMax
            && text.contains(/(^|[\n,{\[])[\s-]*\?\s|[\s,{]\*[^\s,\[\]{}]+\s*:\s|[\]}]\s*:\s/)
    }

    private static func advice(_ problem: String) -> String {
        if problem.contains("tab character") { return "; indent with spaces" }
        if problem.contains("cannot start any token") {
            return "; indent with spaces, and put quotes around a text that begins with @, ` or %"
        }
        if problem.contains("mapping values are not allowed") {
            return "; put quotes around a text that holds ': '"
        }
        return ""
    }

    // MARK: Converting

    private mutating func convert(_ node: Node, depth: Int) -> YAMLNode? {
        guard !isTooLarge else { return nil }
        let place = YAMLNode.Place(mark: node.mark.map { Mark(line: $0.line, column: $0.column) })
        nodesLeft -= 1
        guard nodesLeft >= 0, depth <= Self.depthMax else {
            let what = nodesLeft < 0 ? "more than \(Self.nodesMax) values" : "more than \(Self.depthMax) levels"
            log.report("the file (its aliases resolved) has \(what)", at: place)
            isTooLarge = true
            return nil
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let value = YAMLNode.Scalar(
                text: scalar.string, written: scalar.string, isPlain: isPlain, textMark: textMark(of: scalar))
            return YAMLNode(content: .scalar(value), place: place)
        case .sequence(let items):
            return YAMLNode(content: .list(items.compactMap { convert($0, depth: depth + 1) }), place: place)
        case .mapping(let mapping):
            return YAMLNode(content: .map(convert(mapping, depth: depth)), place: place)
        case .alias:
            return nil
        }
    }

    private func textMark(of scalar: Node.Scalar) -> Mark? {
        guard let mark = scalar.mark, lineStarts.indices.contains(mark.line - 1) else { return nil }
        let column = [.singleQuoted, .doubleQuoted].contains(scalar.style) ? mark.column + 1 : mark.column
        let start = lineStarts[mark.line - 1] + column - 1
        let text = scalar.string.unicodeScalars
        guard start + text.count <= source.count, source[start..<start + text.count].elementsEqual(text) else {
            return nil
        }
        return Mark(line: mark.line, column: column)
    }

    private mutating func convert(_ mapping: Node.Mapping, depth: Int) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        /// Of each name, where it stands first.
        var first: [String: YAMLNode.Place] = [:]
        var merged: [YAMLNode.Entry] = []
        var repeated: [YAMLNode.Entry] = []
        for (keyNode, valueNode) in mapping {
            guard let key = keyNode.scalar, let keyMark = key.mark else {
                let mark = keyNode.mark.map { Mark(line: $0.line, column: $0.column) }
                log.report("a key must be a plain name, not a list or mapping", at: mark)
                continue
            }
            guard let value = convert(valueNode, depth: depth + 1) else { continue }
            let place = YAMLNode.Place(mark: Mark(line: keyMark.line, column: keyMark.column))
            if key.string == "<<", key.style == .plain {
                merged += (value.list ?? [value]).flatMap(\.entries)
                continue
            }
            let name = standIns[key.string] ?? key.string
            let entry = YAMLNode.Entry(key: name, keyPlace: place, value: value)
            if first[name] != nil {
                repeated.append(entry)
            } else {
                first[name] = place
                entries.append(entry)
            }
        }
        for entry in repeated {
            let line = first[entry.key]?.mark?.line ?? 0
            log.report("'\(entry.key)' is given twice, first at line \(line); keep one", at: entry.keyPlace)
        }
        for entry in merged where first[entry.key] == nil {
            first[entry.key] = entry.keyPlace
            entries.append(entry)
        }
        return entries
    }
}
