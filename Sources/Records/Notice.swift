/// Something that a person must know of a whole run, such as what a guard says.
public struct Notice: Sendable, Hashable {
    /// Stable and machine-readable, such as `guard.max_errors`.
    public let code: String
    /// What it is and what to do about it, in English.
    public let text: String
    /// What the text names, for saying the same in another language. Never a value of a record, except for its key.
    public let arguments: [String]

    /// - Parameter text: in English, with the arguments already in it.
    public init(_ code: String, _ text: String, arguments: [String] = []) {
        self.code = code
        self.text = text
        self.arguments = arguments
    }
}
