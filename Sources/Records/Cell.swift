/// One value of a record: a slice of its batch's bytes and what kind of value the source said it is.
///
/// Eight bytes, so that a column of cells stays in cache; kernels in C read them as they stand. An absent value and an
/// empty text are different things.
@frozen
public struct Cell: Sendable, Hashable {
    /// What the bytes of a cell are.
    @frozen
    public enum Kind: UInt8, Sendable {
        /// No value: the field is absent, or the source said null.
        case null
        /// UTF-8 text.
        case text
        /// A number's JSON literal, exactly as written.
        case number
        /// `true` or `false`.
        case boolean
        /// A list or object as compact JSON text.
        case json
    }

    /// Longest value in bytes; longer ones are the row's problem.
    public static let lengthMax = 1 << 29 - 1

    /// Where the bytes start in the batch.
    public let offset: UInt32
    @usableFromInline let kindAndLength: UInt32

    /// Stands for `Kind.text` of a text that is known to have no white space around it.
    @usableFromInline static let trimmedText: UInt32 = 5

    /// - Parameters:
    ///   - length: in bytes, at most `lengthMax`.
    @inlinable
    public init(kind: Kind, offset: Int, length: Int) {
        precondition(length <= Cell.lengthMax && offset <= UInt32.max)
        self.offset = UInt32(truncatingIfNeeded: offset)
        kindAndLength = UInt32(kind.rawValue) << 29 | UInt32(truncatingIfNeeded: length)
    }

    /// No value.
    public static let null = Cell(kind: .null, offset: 0, length: 0)

    /// Whether both are the same kind of the same bytes.
    @inlinable
    public static func == (a: Cell, b: Cell) -> Bool {
        // Both kinds of text differ in the highest bit alone.
        let difference = a.kindAndLength ^ b.kindAndLength
        return a.offset == b.offset && (difference == 0 || difference == 1 << 31 && a.isText)
    }

    /// The same for both kinds of text, which are equal.
    @inlinable
    public func hash(into hasher: inout Hasher) {
        hasher.combine(offset)
        hasher.combine(length)
    }

    /// What the bytes are.
    @inlinable public var kind: Kind { isText ? .text : Kind(rawValue: UInt8(kindAndLength >> 29)) ?? .null }
    /// In bytes.
    @inlinable public var length: Int { Int(kindAndLength & 0x1FFF_FFFF) }
    /// Where the value's bytes are in the batch.
    @inlinable public var range: Range<Int> { Int(offset)..<Int(offset) + length }
    /// Whether there is no value.
    @inlinable public var isNull: Bool { kindAndLength >> 29 == UInt32(Kind.null.rawValue) }
    /// Whether the value is a text, an empty one included.
    @inlinable public var isText: Bool { kindAndLength >> 29 & 3 == UInt32(Kind.text.rawValue) }
    /// Whether the value is a text that is known to be empty or to begin and end with visible ASCII, so that there is nothing
    /// to trim; whoever has looked at its bytes for something else has found that out. Another text may be so, too.
    @inlinable public var isTrimmed: Bool { kindAndLength >> 29 == Self.trimmedText }
    /// Whether the value is a list or object.
    @inlinable public var isJSON: Bool { kindAndLength >> 29 == UInt32(Kind.json.rawValue) }
    /// Whether there is nothing to send: no value, or an empty text.
    @inlinable public var isEmpty: Bool { length == 0 }
}
