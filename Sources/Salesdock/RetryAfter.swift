internal import SalesdockFacts

/// Reads `Retry-After`: seconds, or one of HTTP's three forms of a date.
enum RetryAfter {
    /// Longest wait believed; a longer one is taken as this.
    static let waitMax = Duration.seconds(86400)

    /// The wait the answer asks for, never negative; `nil` when it asks for none that can be read.
    static func read(_ headers: HTTPFields, wallClock: WallTime) -> Duration? {
        guard let text = headers[RateLimitFacts.retryAfterHeader].map(trimmed), !text.isEmpty else { return nil }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard let seconds = Int64(text) else { return waitMax }
            return min(.seconds(seconds), waitMax)
        }
        guard let date = HTTPDate.parse(text) else { return nil }
        // The server's own date, where it sends one: two machines' clocks may be minutes apart.
        let reference = headers["Date"].flatMap { HTTPDate.parse(trimmed($0)) } ?? wallClock
        return min(max(date - reference, .zero), waitMax)
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

/// HTTP's dates: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
enum HTTPDate {
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    static func parse(_ text: String) -> WallTime? {
        let parts = text.lowercased().split { ", -:".contains($0) }.map(String.init)
        if parts.count == 8, parts[7] == "gmt" {
            return time(year: parts[3], month: parts[2], day: parts[1], clock: parts[4...6])
        }
        if parts.count == 7 { return time(year: parts[6], month: parts[1], day: parts[2], clock: parts[3...5]) }
        return nil
    }

    private static func time(year: String, month: String, day: String, clock: ArraySlice<String>) -> WallTime? {
        guard let month = months.firstIndex(of: month), let day = Int64(day), (1...31).contains(day),
            var year = Int64(year), (0...9999).contains(year)
        else { return nil }
        let numbers = clock.compactMap { Int64($0) }
        guard numbers.count == 3, (0...23).contains(numbers[0]), (0...59).contains(numbers[1]),
            (0...60).contains(numbers[2])
        else { return nil }
        if year < 100 { year += year < 70 ? 2000 : 1900 }
        let days = CivilDate.days(year: year, month: Int64(month) + 1, day: day)
        return WallTime(unixSeconds: days * 86400 + numbers[0] * 3600 + numbers[1] * 60 + numbers[2])
    }
}
