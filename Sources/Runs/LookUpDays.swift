import ExactJSON
import Foundation
import SalesdockFacts

/// The days on which Salesdock may have recorded an attempt. Two clocks are never compared finely: a day on each side
/// covers a clock that is off, a late commit and midnight.
struct LookUpDays: Sendable, Equatable {
    /// `yyyy-MM-dd` in Salesdock's zone, both included.
    let first: String
    let last: String
    /// Days that records themselves claim (`initial_created_at`), on which they are listed.
    let claimed: [String]

    init(sentUnixSeconds: Int64, payload: JSONValue) {
        let day = 86_400 * Int64(Assumptions.lookupDays)
        first = Self.day(sentUnixSeconds - day)
        last = Self.day(sentUnixSeconds + day)
        claimed = [payload["initial_created_at"]?.string].compactMap { $0.map { String($0.prefix(10)) } }
    }

    /// These days and those up to the others, where they are not too far apart to be read.
    ///
    /// What a record claims says where another is listed only if that one claims a day as well.
    func joined(_ other: LookUpDays, isNear: Bool) -> LookUpDays {
        LookUpDays(
            first: isNear ? min(first, other.first) : first, last: isNear ? max(last, other.last) : last,
            claimed: claimed.isEmpty ? [] : claimed + other.claimed.filter { !claimed.contains($0) })
    }

    /// Whether a record of other days is among what is listed on these.
    func covers(_ other: LookUpDays) -> Bool {
        first <= other.first && other.last <= last && (other.claimed.isEmpty || !claimed.isEmpty)
    }

    /// Every day.
    static let any = LookUpDays(first: "0000-00-00", last: "9999-99-99", claimed: [])

    private init(first: String, last: String, claimed: [String]) {
        self.first = first
        self.last = last
        self.claimed = claimed
    }

    func contains(_ day: String) -> Bool { (first...last).contains(day) || claimed.contains(day) }

    static func day(_ unixSeconds: Int64) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: Assumptions.timeZone) ?? .gmt
        let parts = calendar.dateComponents(
            [.year, .month, .day], from: Date(timeIntervalSince1970: TimeInterval(unixSeconds)))
        func pad(_ number: Int?, _ width: Int) -> String {
            let text = String(number ?? 0)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(pad(parts.year, 4))-\(pad(parts.month, 2))-\(pad(parts.day, 2))"
    }
}
