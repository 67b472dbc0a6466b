/// A day of the Gregorian calendar, without a time zone.
public struct CivilDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// 1 to 9999.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int

    /// A day that exists; `nil` for any other, such as 31 February. Years run from 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.daysInMonth(month, year: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `yyyy-MM-dd`.
    public init?(iso text: String) {
        let bytes = Array(text.utf8)
        guard let date = DatePattern.iso.read(bytes.span, 0..<bytes.count)?.date else { return nil }
        self = date
    }

    /// `yyyy-MM-dd`
    public var description: String {
        var out: [UInt8] = []
        DatePattern.iso.write(DateAndTime(date: self), to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Earlier.
    public static func < (a: CivilDate, b: CivilDate) -> Bool {
        (a.year, a.month, a.day) < (b.year, b.month, b.day)
    }

    static func daysInMonth(_ month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
}

/// A day and a time of day.
struct DateAndTime {
    var date: CivilDate
    var hour = 0
    var minute = 0
    var second = 0
}
