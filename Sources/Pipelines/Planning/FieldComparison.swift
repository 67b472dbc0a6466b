public import ExactJSON

/// Compares what we send with what Salesdock shows, allowing for what it normalises.
public enum FieldComparison {
    /// Names of the fields that both sides carry and that differ after normalisation, in the order of the names.
    ///
    /// - Parameter remote: Salesdock's values by the dotted name of our field; `nil` and empty ones do not count.
    public static func conflicts(ours: JSONObject, remote: [String: String?]) -> [String] {
        remote.keys.sorted().filter { name in
            guard let theirs = remote[name] ?? nil, let own = scalar(ours, name),
                !Normalise.compact(theirs).isEmpty, !Normalise.compact(own).isEmpty
            else { return false }
            return !areEqual(own, theirs, field: name)
        }
    }

    /// Whether two values of a field are the same after normalisation.
    public static func areEqual(_ a: String, _ b: String, field: String) -> Bool {
        if a == b { return true }
        let member = field.split(separator: ".").last.map(String.init) ?? field
        switch member {
        case "email": return Normalise.email(a) == Normalise.email(b)
        case "phone": return Normalise.phone(a) == Normalise.phone(b)
        case _ where member.hasSuffix("postcode"): return Normalise.postcode(a) == Normalise.postcode(b)
        case _ where member.hasSuffix("name") || member == "contact_person":
            return Normalise.name(a) == Normalise.name(b)
        default: return common(a) == common(b) || isSameNumber(a, b)
        }
    }

    private static func scalar(_ object: JSONObject, _ name: String) -> String? {
        (object[name] ?? object[path: name.split(separator: ".").map(String.init)])?.scalarText
    }

    /// Dates by their day, flags as digits, everything else lower-case and without white space.
    private static func common(_ text: String) -> String {
        let text = Normalise.compact(text)
        switch text {
        case "true": return "1"
        case "false": return "0"
        default: return day(text) ?? text
        }
    }

    private static func day(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        // `compact` has removed the space of a timestamp, so the day is the first ten bytes.
        guard bytes.count == 10 || bytes.count >= 18 else { return nil }
        let date = DatePattern.iso.read(bytes.span, 0..<10) ?? DatePattern.dutch.read(bytes.span, 0..<10)
        return date?.date.description
    }

    private static func isSameNumber(_ a: String, _ b: String) -> Bool {
        let left = Array(a.utf8)
        let right = Array(b.utf8)
        guard let x = DecimalText(left.span, 0..<left.count), let y = DecimalText(right.span, 0..<right.count) else {
            return false
        }
        // Leading zeros matter in codes and not in amounts.
        if left.first == UInt8(ascii: "0") && left.count > 1 && left[1].isDigit { return false }
        if right.first == UInt8(ascii: "0") && right.count > 1 && right[1].isDigit { return false }
        return DecimalText.compare(x, left.span, y, right.span) == 0
    }
}
