/// Brings values that people and Salesdock write differently to one form, for comparing only: never for sending.
public enum Normalise {
    /// Lower case, without white space.
    public static func email(_ text: String) -> String { compact(text) }

    /// Lower case, without white space.
    public static func postcode(_ text: String) -> String { compact(text) }

    /// Lower case, without white space and dots, so that initials compare equal.
    public static func name(_ text: String) -> String { compact(text).filter { $0 != "." } }

    /// Digits with the country code: `+31 (0)6 1234`, `00316 1234` and `06-1234` are `3161234`.
    public static func phone(_ text: String) -> String {
        let isInternational = text.first { !$0.isWhitespace } == "+"
        var digits = String(text.unicodeScalars.filter { ("0"..."9").contains($0) }.map(Character.init))
        if digits.hasPrefix("00") {
            digits.removeFirst(2)
        } else if !isInternational {
            return digits.hasPrefix("0") ? dutchCode + digits.dropFirst() : digits
        }
        // The (0) that people leave between country code and number.
        if digits.hasPrefix(dutchCode + "0") { return dutchCode + digits.dropFirst(dutchCode.count + 1) }
        return digits
    }

    private static let dutchCode = "31"

    /// Lower case, without white space.
    static func compact(_ text: String) -> String {
        String(String.UnicodeScalarView(text.lowercased().unicodeScalars.filter { !$0.properties.isWhitespace }))
    }
}
