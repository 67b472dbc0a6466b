public import SalesdockFacts

/// A written form of dates, compiled: the tokens `yyyy MM dd HH mm ss`, `M` and `d` for numbers without a leading zero,
/// and literal characters. `T` and `Z` stand for themselves; other letters are quoted: `d 'de' MM yyyy`.
public struct DatePattern: Sendable, Hashable {
    enum Token: Hashable {
        case year
        case month(padded: Bool)
        case day(padded: Bool)
        case hour
        case minute
        case second
        case literal(UInt8)
    }

    /// The pattern as written.
    public let text: String
    let tokens: [Token]
    private let fixed: FixedDateForm?

    private init(text: String, tokens: [Token]) {
        self.text = text
        self.tokens = tokens
        fixed = FixedDateForm(tokens)
    }

    static let iso = DatePattern(
        text: "yyyy-MM-dd",
        tokens: [
            .year, .literal(UInt8(ascii: "-")), .month(padded: true), .literal(UInt8(ascii: "-")), .day(padded: true),
        ])
    static let dutch = DatePattern(
        text: "dd-MM-yyyy",
        tokens: [
            .day(padded: true), .literal(UInt8(ascii: "-")), .month(padded: true), .literal(UInt8(ascii: "-")), .year,
        ])
    static let timestamp = DatePattern(
        text: "yyyy-MM-dd HH:mm:ss",
        tokens: iso.tokens + [
            .literal(UInt8(ascii: " ")), .hour, .literal(UInt8(ascii: ":")), .minute, .literal(UInt8(ascii: ":")),
            .second,
        ])

    /// The pattern of one of Salesdock's forms.
    public static func of(_ form: DateForm) -> DatePattern {
        switch form {
        case .dayMonthYear: dutch
        case .yearMonthDay: iso
        case .timestamp: timestamp
        }
    }

    /// Compiles a pattern.
    ///
    /// - Throws: `PatternProblem` for an unknown token, one that is there twice, or a missing year, month or day.
    public init(_ text: String) throws(PatternProblem) {
        var parser = DatePatternParser(text)
        self.init(text: text, tokens: try parser.parse())
    }

    /// A date in this form, for messages.
    public var example: String {
        guard let date = CivilDate(year: 2024, month: 12, day: 31) else { return text }
        var out: [UInt8] = []
        write(DateAndTime(date: date, hour: 13, minute: 45, second: 30), to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Reads a date that takes up the whole range; `nil` when it has another form or the day does not exist.
    func read(_ bytes: Span<UInt8>, _ range: Range<Int>) -> DateAndTime? {
        if let fixed, range.lowerBound &+ ByteBlock.width <= bytes.count {
            if range.count != fixed.width { return nil }
            return fixed.read(unsafe bytes.bytes, at: range.lowerBound).map { DateAndTime(date: $0) }
        }
        return readTokens(bytes, range)
    }

    private func readTokens(_ bytes: Span<UInt8>, _ range: Range<Int>) -> DateAndTime? {
        var at = range.lowerBound
        let end = range.upperBound
        var year = 0
        var month = 0
        var day = 0
        var hour = 0
        var minute = 0
        var second = 0
        for token in tokens {
            switch token {
            case .literal(let byte):
                guard at < end, bytes[at] == byte else { return nil }
                at += 1
            case .year: if !Self.digits(bytes, &at, end, 4, 4, &year) { return nil }
            case .month(let padded): if !Self.digits(bytes, &at, end, padded ? 2 : 1, 2, &month) { return nil }
            case .day(let padded): if !Self.digits(bytes, &at, end, padded ? 2 : 1, 2, &day) { return nil }
            case .hour: if !Self.digits(bytes, &at, end, 2, 2, &hour) || hour > 23 { return nil }
            case .minute: if !Self.digits(bytes, &at, end, 2, 2, &minute) || minute > 59 { return nil }
            case .second: if !Self.digits(bytes, &at, end, 2, 2, &second) || second > 59 { return nil }
            }
        }
        guard at == end, let date = CivilDate(year: year, month: month, day: day) else { return nil }
        return DateAndTime(date: date, hour: hour, minute: minute, second: second)
    }

    /// Appends a date in this form.
    func write(_ value: DateAndTime, to out: inout [UInt8]) {
        for token in tokens {
            switch token {
            case .literal(let byte): out.append(byte)
            case .year: Self.append(value.date.year, 4, &out)
            case .month(let padded): Self.append(value.date.month, padded ? 2 : 1, &out)
            case .day(let padded): Self.append(value.date.day, padded ? 2 : 1, &out)
            case .hour: Self.append(value.hour, 2, &out)
            case .minute: Self.append(value.minute, 2, &out)
            case .second: Self.append(value.second, 2, &out)
            }
        }
    }

    private static func digits(
        _ bytes: Span<UInt8>, _ at: inout Int, _ end: Int, _ min: Int, _ max: Int, _ value: inout Int
    ) -> Bool {
        let start = at
        while at < end, at - start < max, bytes[at].isDigit {
            value = value &* 10 &+ Int(bytes[at] &- UInt8(ascii: "0"))
            at += 1
        }
        return at - start >= min
    }

    private static func append(_ value: Int, _ width: Int, _ out: inout [UInt8]) {
        var scale = 1
        for _ in 1..<width { scale *= 10 }
        while scale <= value / 10 { scale *= 10 }
        while scale > 0 {
            out.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / scale % 10))
            scale /= 10
        }
    }
}

/// What is wrong with a written form, and what to write instead.
public struct PatternProblem: Error, Sendable, Hashable {
    /// What is wrong and what to do about it.
    public let message: String

    public init(message: String) { self.message = message }
}

private struct DatePatternParser {
    let text: String
    let bytes: [UInt8]
    var at = 0
    var tokens: [DatePattern.Token] = []

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    mutating func parse() throws(PatternProblem) -> [DatePattern.Token] {
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "'"): try quoted()
            case UInt8(ascii: "T"), UInt8(ascii: "Z"): literal()
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): try token()
            default: literal()
            }
        }
        for (name, letter) in [("year (yyyy)", "y"), ("month (MM)", "M"), ("day (dd)", "d")] where !has(letter) {
            let hint = letter == "M" && has("m") ? "; mm are minutes, write months as MM" : ""
            throw PatternProblem(message: "the date form '\(text)' has no \(name)\(hint)")
        }
        return tokens
    }

    private mutating func literal() {
        tokens.append(.literal(bytes[at]))
        at += 1
    }

    private mutating func quoted() throws(PatternProblem) {
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "'") { literal() }
        if at == bytes.count { throw PatternProblem(message: "the date form '\(text)' has a quote that is not closed") }
        at += 1
    }

    private mutating func token() throws(PatternProblem) {
        let letter = bytes[at]
        let start = at
        while at < bytes.count, bytes[at] == letter { at += 1 }
        let name = String(decoding: bytes[start..<at], as: UTF8.self)
        let tokensByName: [String: DatePattern.Token] = [
            "yyyy": .year, "MM": .month(padded: true), "M": .month(padded: false), "dd": .day(padded: true),
            "d": .day(padded: false), "HH": .hour, "mm": .minute, "ss": .second,
        ]
        guard let token = tokensByName[name] else {
            throw PatternProblem(
                message: "the date form '\(text)' has the unknown token '\(name)'; the tokens are yyyy MM dd HH mm ss, "
                    + "and M and d for numbers without a leading zero; put other letters in single quotes")
        }
        if has(String(name.prefix(1))) {
            throw PatternProblem(message: "the date form '\(text)' has '\(name)' twice; remove one")
        }
        tokens.append(token)
    }

    private func has(_ letter: String) -> Bool {
        tokens.contains { token in
            switch token {
            case .year: letter == "y"
            case .month: letter == "M"
            case .day: letter == "d"
            case .hour: letter == "H"
            case .minute: letter == "m"
            case .second: letter == "s"
            case .literal: false
            }
        }
    }
}
