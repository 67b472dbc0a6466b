/// A YAML value with its place, scalars as their text: whether `no` or `0` means a text, a flag or a number is decided
/// by the key it stands at and not by how it looks.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        case scalar(Scalar)
        case list([YAMLNode])
        case map([Entry])
    }

    struct Scalar: Sendable {
        /// With environment variables replaced.
        var text: String
        /// As it stands in the file; what messages quote, so that no variable's content is shown.
        var written: String
        /// Without quotes and not a block.
        var isPlain: Bool
        /// Where the text itself begins, if from there on it stands in the file letter for letter.
        var textMark: Mark?
        /// Reported already: its text means nothing.
        var isBroken = false
    }

    struct Entry: Sendable {
        var key: String
        var keyPlace: Place
        var value: YAMLNode
    }

    /// Where a value comes from: the file, or a `--set` flag.
    struct Place: Sendable, Hashable {
        var mark: Mark?
        var flag: String?
    }

    var content: Content
    var place: Place

    static func emptyMap(at place: Place) -> YAMLNode { YAMLNode(content: .map([]), place: place) }
}

extension YAMLNode {
    var scalar: Scalar? { if case .scalar(let scalar) = content { scalar } else { nil } }
    var list: [YAMLNode]? { if case .list(let items) = content { items } else { nil } }
    var entries: [Entry] { if case .map(let entries) = content { entries } else { [] } }

    /// Nothing after the colon, `~` or `null`.
    var isNull: Bool {
        guard let scalar, scalar.isPlain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.written)
    }

    /// The text of a scalar that has one.
    var text: String? {
        guard let scalar, !scalar.isBroken, !isNull else { return nil }
        return scalar.text
    }

    /// The texts of a scalar or of a list of them.
    var texts: [String] { list.map { $0.compactMap(\.text) } ?? text.map { [$0] } ?? [] }

    subscript(key: String) -> YAMLNode? { entries.first { $0.key == key }?.value }

    /// Calls `visit` with each value below and its path, such as `transforms[0].map.email`, and the place of its key.
    func walk(path: String = "", key: Place? = nil, _ visit: (_ path: String, _ key: Place?, YAMLNode) -> Void) {
        visit(path, key, self)
        switch content {
        case .scalar: break
        case .list(let items):
            for (index, item) in items.enumerated() { item.walk(path: "\(path)[\(index)]", visit) }
        case .map(let entries):
            for entry in entries {
                let below = path.isEmpty ? entry.key : "\(path).\(entry.key)"
                entry.value.walk(path: below, key: entry.keyPlace, visit)
            }
        }
    }

    /// The same tree with every scalar value replaced.
    func mapScalars(_ replace: (Scalar, Place) -> Scalar) -> YAMLNode {
        var copy = self
        switch content {
        case .scalar(let scalar): copy.content = .scalar(replace(scalar, place))
        case .list(let items): copy.content = .list(items.map { $0.mapScalars(replace) })
        case .map(let entries):
            copy.content = .map(
                entries.map { Entry(key: $0.key, keyPlace: $0.keyPlace, value: $0.value.mapScalars(replace)) })
        }
        return copy
    }

    /// Places by path: of a scalar and of a list's item where it begins, of a mapping or list where its key stands;
    /// `path#key` is the key's place in every case, `path#text` that of a text's first letter behind its quote.
    func marks() -> [String: Mark] {
        var marks: [String: Mark] = [:]
        walk { path, key, node in
            marks[path + "#key"] = key?.mark
            marks[path + "#text"] = node.scalar?.textMark
            marks[path] = node.scalar == nil ? key?.mark ?? node.place.mark : node.place.mark
        }
        return marks
    }
}
