/// How stored values differ from the sent ones.
///
/// Empty text becomes null everywhere, as documented answers show. The rest happens only in an unkind emulator, because
/// a client must not rely on reading back exactly what it wrote.
struct Normalizer: Sendable {
    let unkind: Bool

    /// The object with its values in their stored form, nested objects included.
    func stored(_ object: JSONObject) -> JSONObject {
        JSONObject(object.members.map { .init(name: $0.name, value: stored($0.value, name: $0.name)) })
    }

    func stored(_ value: JSON, name: String) -> JSON {
        switch value {
        case .string(let text):
            guard value.isFilled else { return .null }
            return .string(unkind ? Normalizer.normal(text, name: name) : text)
        case .object(let object) where name.hasSuffix("address") || name == "customer":
            return .object(stored(object))
        default: return value
        }
    }

    private static func normal(_ text: String, name: String) -> String {
        if name.hasSuffix("postcode") { return postcode(text) }
        switch name {
        case "phone": return phone(text)
        case "email": return trimmed(text).lowercased()
        case "firstname", "lastname": return trimmed(text)
        case "iban": return String(text.uppercased().filter { !$0.isWhitespace })
        default: return text
        }
    }

    /// `1234 ab` as `1234AB`; another country's postcode only in upper case.
    static func postcode(_ text: String) -> String {
        let packed = String(text.uppercased().filter { !$0.isWhitespace })
        let units = Array(packed.utf8)
        let isDutch =
            units.count == 6 && units[..<4].allSatisfy { (0x30...0x39).contains($0) }
            && units[4...].allSatisfy { (0x41...0x5A).contains($0) }
        return isDutch ? packed : trimmed(text).uppercased()
    }

    /// `06-12345678` as `+31612345678`; text that is no phone number stays.
    static func phone(_ text: String) -> String {
        var digits = String(text.filter { !$0.isWhitespace && !"-./()".contains($0) })
        if digits.hasPrefix("00") { digits = "+" + digits.dropFirst(2) }
        let body = digits.hasPrefix("+") ? digits.dropFirst() : digits[...]
        guard body.utf8.count >= 6, body.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return trimmed(text) }
        if digits.hasPrefix("+310") { return "+31" + digits.dropFirst(4) }
        if digits.hasPrefix("+") { return digits }
        if digits.hasPrefix("0") { return "+31" + digits.dropFirst() }
        return digits.hasPrefix("31") && digits.utf8.count == 11 ? "+" + digits : digits
    }
}
