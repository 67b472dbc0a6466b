public import ExactJSON

/// A record as it leaves the transforms: everything that is known without the ledger, the network or the disk.
public struct Draft: Sendable, Hashable {
    /// One value to be sent, at its dotted target.
    public struct Field: Sendable, Hashable {
        /// Dotted, with a final `[]` for a list.
        public var target: String
        /// What is to stand there.
        public var value: Value

        /// One value at its target.
        public init(target: String, value: Value) {
            self.target = target
            self.value = value
        }
    }

    /// What is to be sent, as far as it is known without ledger, network and disk.
    public enum Value: Sendable, Hashable {
        /// As it will be sent.
        case json(JSONValue)
        /// The Salesdock id that this pipeline has for this key.
        case reference(pipeline: String, key: String)
        /// The Salesdock id of an existing entity.
        case lookup(LookupSpec, value: String)
        /// The content of a file, by its path as written in the source.
        case file(FileSpec, path: String)
    }

    /// The record's key; the parts of a composite key are joined by U+001F.
    public var key: String
    /// Filled fields in mapping order; nothing is here for an empty value.
    public var fields: [Field]

    /// - Parameter key: the parts of a composite key joined by U+001F.
    public init(key: String, fields: [Field]) {
        self.key = key
        self.fields = fields
    }
}
