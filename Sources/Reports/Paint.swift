/// Colours text for a terminal, or leaves it as it is.
public struct Paint: Sendable, Hashable {
    /// By the terminal's number for it.
    public enum Colour: String, Sendable {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case bold = "1"
        case dim = "2"
    }

    /// Whether it colours at all.
    public let isOn: Bool

    /// - Parameter isOn: whether text is coloured; it stays as it is otherwise.
    public init(isOn: Bool) { self.isOn = isOn }

    /// The text in a colour; the text itself when colours are off or it is empty.
    public func callAsFunction(_ text: String, _ colour: Colour) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}
