/// A token. It shows itself nowhere: printing, debugging or reflecting it gives a placeholder.
public struct Token: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Longest token accepted, in bytes.
    public static let bytesMax = 8192

    /// The token itself, for the one header that carries it.
    let secret: String

    /// - Throws: `token` for a text that no token has: empty, or with spaces or other than printable ASCII.
    public init(_ text: String) throws(SalesdockError) {
        guard !text.isEmpty else { throw SalesdockError(.token, "The token is empty.") }
        guard text.utf8.count <= Self.bytesMax else {
            throw SalesdockError(.token, "The token is longer than \(Self.bytesMax) bytes.")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SalesdockError(
                .token, "The token holds spaces, line breaks or characters outside ASCII.",
                remedy: "It must be the token and nothing else, without 'Bearer' before it.")
        }
        secret = text
    }

    /// A text without the token, wherever it stands in it; also in JSON, which may write a slash in two ways.
    func removed(from text: String) -> String {
        text.replacing(secret, with: description).replacing(secret.replacing("/", with: #"\/"#), with: description)
    }

    public var description: String { "<token>" }
    public var debugDescription: String { "<token>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
