/// An interned name of one parser: equal names have equal numbers. 0 is no name, or any namespace.
typealias XMLNameID = UInt

/// The record and field paths of an XML source, compiled against one parser's interned names.
///
/// Several fields may want the same element, and a step with a prefix and one without may match the same element.
struct XMLFieldTree: Sendable {
    struct Name: Sendable, Hashable {
        let name: XMLNameID
        /// 0 matches any namespace.
        let uri: XMLNameID

        @inline(__always)
        func matches(_ name: XMLNameID, _ uri: XMLNameID) -> Bool {
            self.name == name && (self.uri == 0 || self.uri == uri)
        }
    }

    struct Attribute: Sendable {
        let name: Name
        let field: Int
    }

    struct Node: Sendable {
        let name: Name
        /// Nodes of child elements.
        fileprivate(set) var children = 0..<0
        /// Places in `textFields` of the fields that want the element's own text.
        fileprivate(set) var text = 0..<0
        /// Places in `attributes`.
        fileprivate(set) var attributes = 0..<0
    }

    /// The node of the record itself.
    static let root = 0

    let recordPath: [Name]
    private(set) var nodes: [Node] = []
    private(set) var textFields: [Int] = []
    private(set) var attributes: [Attribute] = []

    /// - Parameter intern: the parser's number for a name.
    init(record: XMLPath, fields: [XMLPath], intern: (String) -> XMLNameID) {
        func name(_ step: XMLPath.Step) -> Name { Name(name: intern(step.name), uri: step.uri.map(intern) ?? 0) }
        recordPath = record.elements.map(name)
        let paths = fields.map { (elements: $0.elements.map(name), attribute: $0.attribute.map(name)) }
        nodes = [Node(name: Name(name: 0, uri: 0))]
        var steps: [[Name]] = [[]]
        var next = 0
        // Breadth first, so that the children of a node stand side by side.
        while next < nodes.count {
            let here = steps[next]
            let first = nodes.count
            for path in paths where path.elements.count > here.count && path.elements.starts(with: here) {
                let child = path.elements[here.count]
                if nodes[first...].contains(where: { $0.name == child }) { continue }
                nodes.append(Node(name: child))
                steps.append(here + [child])
            }
            nodes[next].children = first..<nodes.count
            addFields(paths.indices.filter { paths[$0].elements == here }, of: next) { paths[$0].attribute }
            next += 1
        }
    }

    private mutating func addFields(_ fields: [Int], of node: Int, attribute: (Int) -> Name?) {
        let firstText = textFields.count
        let firstAttribute = attributes.count
        for field in fields {
            if let name = attribute(field) {
                attributes.append(Attribute(name: name, field: field))
            } else {
                textFields.append(field)
            }
        }
        nodes[node].text = firstText..<textFields.count
        nodes[node].attributes = firstAttribute..<attributes.count
    }
}
