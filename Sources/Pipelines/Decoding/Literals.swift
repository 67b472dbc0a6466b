/// How sizes, durations and the like are written in pipeline files.
enum Literals {
    /// `true` or `false`; YAML's other spellings are texts to us.
    static func flag(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// Digits, which `_` may group.
    static func wholeNumber(_ text: String) -> Int? {
        guard let first = text.utf8.first, isDigit(first),
            text.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") })
        else { return nil }
        return Int(text.filter { $0 != "_" })
    }

    static func isDecimal(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count) && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }
    }

    /// Bytes of `10MB` (decimal), `10MiB` (binary) or a plain number.
    static func bytes(_ text: String) -> Int? {
        let units: [(String, Int)] = [
            ("kib", 1 << 10), ("mib", 1 << 20), ("kb", 1_000), ("mb", 1_000_000), ("b", 1), ("", 1),
        ]
        return scaled(text.lowercased(), units).flatMap { $0 <= bytesMax ? $0 : nil }
    }

    /// The largest size that can be asked for, 2 GiB.
    private static let bytesMax = 1 << 31

    /// Milliseconds of `500ms`, `30s`, `2m` or `1h`.
    static func milliseconds(_ text: String) -> Int? {
        scaled(text, [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)])
    }

    private static func scaled(_ text: String, _ units: [(String, Int)]) -> Int? {
        guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }) else { return nil }
        var number = text.dropLast(unit.count)
        while number.last == " " { number.removeLast() }
        guard let count = wholeNumber(String(number)) else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }

    /// 0 to 100 of `80%`.
    static func percentage(_ text: String) -> Double? {
        guard text.hasSuffix("%") else { return nil }
        let number = String(text.dropLast())
        guard isDecimal(number), let percent = Double(number), (0...100).contains(percent) else { return nil }
        return percent
    }

    static func threshold(_ text: String) -> Threshold? {
        percentage(text).map(Threshold.percent) ?? wholeNumber(text).map(Threshold.count)
    }

    static func delimiter(_ text: String) -> String? {
        if text == "tab" || text == "\\t" { return "\t" }
        return isSign(text) && text != "\"" ? text : nil
    }

    /// Whether it is one ASCII character that can stand between or around fields.
    static func isSign(_ text: String) -> Bool {
        text.utf8.count == 1 && text.utf8.allSatisfy { $0 < 0x80 && $0 != 0 && $0 != 0x0A && $0 != 0x0D }
    }

    /// Whether files can be named after it wherever they lie: reports and rejects of a pipeline bear its name.
    static func isFileName(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count) && !text.hasPrefix(".")
            && text.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType != nil || " -_.".unicodeScalars.contains($0)
            }
    }

    /// A day that exists, as `yyyy-MM-dd`.
    static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return false }
        return CivilDate(year: year, month: month, day: day) != nil
    }

    /// What to say after `'to' ` of a date form that no date is written in.
    static func problem(withDateForm text: String) -> String? {
        do {
            _ = try DatePattern(text)
            return nil
        } catch {
            return "is no date form: \(error.message)"
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
