import ArgumentParser
import Foundation
import Salesdock

/// `90s`, `30m`, `2h`, or a bare number of seconds.
struct TimeSpan: ExpressibleByArgument, CustomStringConvertible {
    let seconds: Int

    /// Longest span, a month: more is a slip of the keyboard.
    static let secondsMax = 31 * 86_400

    init(seconds: Int) { self.seconds = seconds }

    init?(argument: String) {
        let unit = argument.last.flatMap { ["s": 1, "m": 60, "h": 3600][$0] }
        guard let number = Int(unit == nil ? argument[...] : argument.dropLast()), number >= 0 else { return nil }
        let (seconds, isTooLong) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !isTooLong, seconds <= Self.secondsMax else { return nil }
        self.seconds = seconds
    }

    var duration: Duration { .seconds(seconds) }
    var description: String { "\(seconds)s" }
    var defaultValueDescription: String { description }
}

/// A moment to stop at: a span from now, or the next time that the clock shows `HH:MM`.
enum Deadline: ExpressibleByArgument {
    case after(TimeSpan)
    case clock(hour: Int, minute: Int)

    init?(argument: String) {
        if let span = TimeSpan(argument: argument) {
            self = .after(span)
            return
        }
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        self = .clock(hour: hour, minute: minute)
    }

    /// - Parameters:
    ///   - calendar: in whose zone a clock time is meant.
    func moment(_ time: any TimeSource, calendar: Calendar = .current) -> BootTime {
        switch self {
        case .after(let span): return time.now() + span.duration
        case .clock(let hour, let minute):
            let now = Date(timeIntervalSince1970: time.wallClock().unixSeconds)
            let next = calendar.nextDate(
                after: now, matching: DateComponents(hour: hour, minute: minute, second: 0), matchingPolicy: .nextTime)
            return time.now() + .seconds((next ?? now).timeIntervalSince(now))
        }
    }
}
