/// Recognises API tokens that were written where none belongs, so that no message repeats one.
enum TokenShape {
    /// Names of keys under which people write a secret.
    static let keyNames: Set<String> = [
        "token", "api_token", "apitoken", "access_token", "bearer", "authorization", "password", "secret", "api_key",
    ]

    /// Whether the text is unmistakably a token: a bearer header, a numbered token (`12|…`), a JSON web token, or a
    /// long run of mixed letters and digits.
    static func matches(_ text: String) -> Bool {
        let lower = text.lowercased()
        if lower.hasPrefix("bearer "), text.count > 15 { return true }
        if text.hasPrefix("eyJ"), text.count > 30, text.contains(".") { return true }
        if let bar = text.firstIndex(of: "|"), bar != text.startIndex, text[..<bar].allSatisfy(isDigit) {
            return isMixed(text[text.index(after: bar)...], length: 16)
        }
        return isMixed(text[...], length: 32)
    }

    /// The text for a message, or what it is when it may not be shown.
    static func quoted(_ text: String) -> String {
        if matches(text) { return "a value that looks like a token" }
        return text.count > 60 ? "'\(text.prefix(60))…'" : "'\(text)'"
    }

    private static func isMixed(_ text: Substring, length: Int) -> Bool {
        text.count >= length && text.allSatisfy { isDigit($0) || ($0.isASCII && $0.isLetter) }
            && text.contains(where: isDigit) && text.contains { $0.isLowercase }
    }

    private static func isDigit(_ character: Character) -> Bool { character >= "0" && character <= "9" }
}
