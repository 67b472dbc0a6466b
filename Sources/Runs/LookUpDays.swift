import ExactJSON
import Foundation
import SalesdockFacts

/// The days on which Salesdock may have recorded an attempt. Two clocks are never compared finely: a day on each side
/// covers a clock that is off, a late commit and midnight.
struct LookUpDays: Sendable, Equatable {
    /// `yyyy-MM-dd` in Salesdock's zone, both included.
    let first: String
    let last: String
    /// A day that the record itself claims (`initial_created_at`).
    let claimed: String?

    init(sentUnixSeconds: Int64, payload: JSONValue) {
        let day = 86_400 * Int64(Assumptions.lookupDays)
        first = Self.day(sentUnixSeconds - day)
        last = Self.day(sentUnixSeconds + day)
        claimed = (payload["initial_created_at"]?.string?.prefix(10)).map(String.init)
    }

    /// These days, the others, and those between.
    func joined(_ other: LookUpDays) -> LookUpDays {
        LookUpDays(first: min(first, other.first), last: max(last, other.last), claimed: claimed)
    }

    /// Every day.
    static let any = LookUpDays(first: "0000-00-00", last: "9999-99-99", claimed: nil)

    private init(first: String, last: String, claimed: String?) {
        self.first = first
        self.last = last
        self.claimed = claimed
    }

    func contains(_ day: String) -> Bool { (first...last).contains(day) || day == claimed }

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
