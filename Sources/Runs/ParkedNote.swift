/// Why a row is parked: the record that it waits for.
public struct ParkedNote: Sendable, Hashable {
    /// Name of that record's pipeline.
    public let pipeline: String
    /// Its key in that pipeline.
    public let key: String

    public init(pipeline: String, key: String) {
        self.pipeline = pipeline
        self.key = key
    }

    private static let (opening, ending) = ("waits for ", ", which has no Salesdock id yet")

    /// As the ledger keeps it.
    public var text: String { "\(Self.opening)\(pipeline) \(key)\(Self.ending)" }

    /// Reads what `text` gives; `nil` for any other note.
    public init?(_ note: String) {
        guard note.hasPrefix(Self.opening), note.hasSuffix(Self.ending),
            note.count >= Self.opening.count + Self.ending.count
        else { return nil }
        let words = note.dropFirst(Self.opening.count).dropLast(Self.ending.count)
        guard let space = words.firstIndex(of: " ") else { return nil }
        self.init(pipeline: String(words[..<space]), key: String(words[words.index(after: space)...]))
    }
}
