/// Something that must hold of any bytes at all: fuzzers look for input that breaks it, and tests replay what they found.
package struct Property: Sendable {
    /// Also the name of the folder that holds its cases.
    package let name: String
    private let check: @Sendable (inout PropertyInput) throws -> Void

    init(_ name: String, _ check: @escaping @Sendable (inout PropertyInput) throws -> Void) {
        self.name = name
        self.check = check
    }

    /// Every property.
    package static let all = [csv, ndjson, xml, gzip, pattern, transforms, filter, pipeline]

    /// - Throws: `Violation` when it does not hold.
    package func check(_ bytes: [UInt8]) throws {
        var input = PropertyInput(bytes)
        try check(&input)
    }
}

/// How a property was broken.
package struct Violation: Error, CustomStringConvertible {
    package let description: String
}

/// The bytes that a property is tried on: the first few are choices, the rest is the content.
struct PropertyInput {
    private(set) var rest: [UInt8]

    init(_ bytes: [UInt8]) { rest = bytes }

    /// The next choice, below `count`; 0 when the bytes are used up.
    mutating func choice(_ count: Int) -> Int { rest.isEmpty ? 0 : Int(rest.removeFirst()) % count }

    mutating func flag() -> Bool { choice(2) == 1 }

    mutating func choose<Element>(_ elements: [Element]) -> Element { elements[choice(elements.count)] }

    /// The content as text, with replacement characters where it is no UTF-8.
    var text: String { String(decoding: rest, as: UTF8.self) }
}

func require(_ holds: Bool, _ message: @autoclosure () -> String) throws(Violation) {
    if !holds { throw Violation(description: message()) }
}

/// Most bytes of content that the slow references are asked about.
let referenceBytesMax = 8 << 10
