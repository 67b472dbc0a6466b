#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A moment on the machine's boot clock, which never jumps and counts time asleep. Comparable only within one boot.
public struct BootTime: Sendable, Hashable, Comparable {
    /// Nanoseconds since the machine started.
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public static func < (left: BootTime, right: BootTime) -> Bool { left.nanoseconds < right.nanoseconds }
    /// So much later, to the nanosecond.
    public static func + (time: BootTime, span: Duration) -> BootTime {
        BootTime(nanoseconds: time.nanoseconds + span.wholeNanoseconds)
    }
    /// So much earlier, to the nanosecond.
    public static func - (time: BootTime, span: Duration) -> BootTime {
        BootTime(nanoseconds: time.nanoseconds - span.wholeNanoseconds)
    }
    /// How much later `left` is; negative when it is earlier. Both are of one boot.
    public static func - (left: BootTime, right: BootTime) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }
}

extension Duration {
    /// The span in nanoseconds, held within ±73 years, so that sums of several spans can not overflow.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let secondsMax: Int64 = 2_300_000_000
        if seconds >= secondsMax { return secondsMax * 1_000_000_000 }
        if seconds <= -secondsMax { return -secondsMax * 1_000_000_000 }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// The span in seconds, for messages and random draws.
    var inSeconds: Double { Double(wholeNanoseconds) / 1e9 }
}

/// A moment of the calendar, by the machine's own idea of it. Good for reports and wide queries, never for fine
/// comparison with a server's clock.
public struct WallTime: Sendable, Hashable, Comparable {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    public let unixNanoseconds: Int64

    public init(unixNanoseconds: Int64) { self.unixNanoseconds = unixNanoseconds }
    /// A whole second since 1970.
    public init(unixSeconds: Int64) { unixNanoseconds = unixSeconds * 1_000_000_000 }

    /// Seconds since 1970, with their fraction.
    public var unixSeconds: Double { Double(unixNanoseconds) / 1e9 }

    public static func < (left: WallTime, right: WallTime) -> Bool { left.unixNanoseconds < right.unixNanoseconds }
    /// So much later, to the nanosecond.
    public static func + (time: WallTime, span: Duration) -> WallTime {
        WallTime(unixNanoseconds: time.unixNanoseconds + span.wholeNanoseconds)
    }
    /// How much later `left` is; negative when it is earlier.
    public static func - (left: WallTime, right: WallTime) -> Duration {
        .nanoseconds(left.unixNanoseconds - right.unixNanoseconds)
    }

    /// ISO 8601 in UTC with milliseconds: `2026-11-24T03:25:01.123Z`.
    public var iso8601: String {
        let milliseconds = unixNanoseconds.dividedDown(by: 1_000_000)
        let seconds = milliseconds.dividedDown(by: 1000)
        let days = seconds.dividedDown(by: 86400)
        let clock = seconds - days * 86400
        let (year, month, day) = CivilDate.fromDays(days)
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T" + padded(clock / 3600, 2) + ":"
            + padded(clock / 60 % 60, 2) + ":" + padded(clock % 60, 2) + "." + padded(milliseconds - seconds * 1000, 3)
            + "Z"
    }
}

/// The proleptic Gregorian calendar as arithmetic on days since 1970-01-01.
enum CivilDate {
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.dividedDown(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
    }

    static func fromDays(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719468
        let era = shifted.dividedDown(by: 146097)
        let dayOfEra = shifted - era * 146097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Int64 {
    /// Division that rounds towards minus infinity, as calendars need before 1970.
    func dividedDown(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: Swift.max(0, width - digits.utf8.count)) + digits
}

/// Time comes in through this, so that everything runs on a virtual clock in tests.
public protocol TimeSource: Sendable {
    /// Names the boot that `now()` counts from; times of different boots can not be compared.
    var bootID: String { get }
    /// The boot clock.
    func now() -> BootTime
    /// The calendar clock.
    func wallClock() -> WallTime
    /// Returns once `now()` has reached `deadline`.
    /// - Throws: `CancellationError` when the task is cancelled first.
    func sleep(until deadline: BootTime) async throws
}

/// The machine's own clocks.
public struct SystemTime: TimeSource {
    public let bootID: String

    /// Reads the boot's id from the kernel, once.
    public init() { bootID = Self.readBootID() }

    public func now() -> BootTime { Self.bootTime }

    static var bootTime: BootTime { BootTime(nanoseconds: read(CLOCK_BOOTTIME)) }

    public func wallClock() -> WallTime {
        WallTime(unixNanoseconds: Self.read(CLOCK_REALTIME))
    }

    public func sleep(until deadline: BootTime) async throws {
        try Task.checkCancellation()
        // A sleep may wake a little early on a coarse timer; the caller was promised the deadline.
        while case let left = deadline - now(), left > .zero { try await Task.sleep(for: left) }
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func readBootID() -> String {
        let bytes = (try? POSIXFile.read("/proc/sys/kernel/random/boot_id", bytesMax: 128)) ?? nil
        let text = String(decoding: bytes ?? [], as: UTF8.self).filter { $0.isHexDigit || $0 == "-" }
        // Without the kernel's id (a sandbox without /proc) each process counts as its own boot, which only makes the
        // budget wait longer.
        return text.isEmpty ? "process-\(getpid())-\(read(CLOCK_REALTIME))" : text
    }
}
