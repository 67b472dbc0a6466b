/// Wall time as the caller gives it: seconds since 1970-01-01 00:00:00 UTC. The emulator has no clock of its own.
public struct EmulatorTime: Sendable, Hashable, Comparable {
    /// Seconds since the Unix epoch.
    public var seconds: Double

    public init(seconds: Double) { self.seconds = seconds }

    public static func < (left: EmulatorTime, right: EmulatorTime) -> Bool { left.seconds < right.seconds }

    /// The time that many seconds later.
    public func advanced(by seconds: Double) -> EmulatorTime { EmulatorTime(seconds: self.seconds + seconds) }
}

/// Dates and times as an account in the Netherlands sees them.
///
/// The summer time rule is that of the European Union: from the last Sunday of March to the last of October, 01:00 UTC.
enum Amsterdam {
    static func offset(at seconds: Double) -> Int {
        let utc = Int(seconds.rounded(.down))
        let year = civil(day: floorDivide(utc, 86400)).year
        let start = lastSunday(year: year, month: 3) * 86400 + 3600
        let end = lastSunday(year: year, month: 10) * 86400 + 3600
        return utc >= start && utc < end ? 7200 : 3600
    }

    /// Number of the local day, counted from 1970-01-01.
    static func day(of seconds: Double) -> Int {
        floorDivide(Int(seconds.rounded(.down)) + offset(at: seconds), 86400)
    }

    /// `yyyy-mm-dd hh:mm:ss` in local time.
    static func timestamp(_ seconds: Double) -> String {
        let local = Int(seconds.rounded(.down)) + offset(at: seconds)
        let day = floorDivide(local, 86400)
        let rest = local - day * 86400
        let clock = [rest / 3600, rest / 60 % 60, rest % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(date(day: day)) \(clock)"
    }

    /// `yyyy-mm-ddThh:mm:ss.000000Z`: the form of a supplier's times.
    static func isoTimestamp(_ seconds: Double) -> String {
        let utc = Int(seconds.rounded(.down))
        let day = floorDivide(utc, 86400)
        let rest = utc - day * 86400
        let clock = [rest / 3600, rest / 60 % 60, rest % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(date(day: day))T\(clock).000000Z"
    }

    /// `yyyy-mm-dd` of a day number.
    static func date(day: Int) -> String {
        let civil = civil(day: day)
        return "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
    }

    /// The instant of a local date and time of day; nil when the text is not `yyyy-mm-dd[ hh:mm:ss]`.
    static func instant(_ text: String) -> Double? {
        guard let day = dayNumber(text) else { return nil }
        var clock = 0
        let rest = text.dropFirst(10)
        if !rest.isEmpty {
            guard let separator = rest.first, separator == " " || separator == "T" else { return nil }
            let parts = rest.dropFirst().split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2],
                (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second)
            else { return nil }
            clock = hour * 3600 + minute * 60 + second
        }
        let local = Double(day * 86400 + clock)
        let winter = local - 3600
        let summer = local - 7200
        return offset(at: summer) == 7200 ? summer : winter
    }

    /// Day number of text that starts with `yyyy-mm-dd`.
    static func dayNumber(_ text: String) -> Int? {
        let digits = Array(text.utf8.prefix(10))
        guard digits.count == 10, digits[4] == 0x2D, digits[7] == 0x2D,
            let year = number(digits[0..<4]), let month = number(digits[5..<7]), let day = number(digits[8..<10])
        else { return nil }
        return dayNumber(year: year, month: month, day: day)
    }

    /// Day number of `dd-mm-yyyy`.
    static func dayNumberDutch(_ text: String) -> Int? {
        let digits = Array(text.utf8)
        guard digits.count == 10, digits[2] == 0x2D, digits[5] == 0x2D,
            let day = number(digits[0..<2]), let month = number(digits[3..<5]), let year = number(digits[6..<10])
        else { return nil }
        return dayNumber(year: year, month: month, day: day)
    }

    /// Day number of a calendar date; nil when there is no such day.
    static func dayNumber(year: Int, month: Int, day: Int) -> Int? {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        let number = days(year: year, month: month, day: day)
        return civil(day: number) == (year, month, day) ? number : nil
    }

    /// Year, month and day of a day number.
    static func civil(day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Day of the week: 0 is Monday.
    static func weekday(day: Int) -> Int { (day + 3) - floorDivide(day + 3, 7) * 7 }

    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = floorDivide(shiftedYear, 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func lastSunday(year: Int, month: Int) -> Int {
        let last = days(year: year, month: month, day: 31)
        return last - (weekday(day: last) + 1) % 7
    }

    private static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
