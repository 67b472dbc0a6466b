/// A filter on a date of a record: whole days, local time.
struct PeriodFilter: Sendable {
    /// Name of the date, such as `created_date`.
    let on: String
    let days: ClosedRange<Int>

    /// Reads `period`, `period_filter_on`, `period_start` and `period_end`; nil without a usable period.
    init?(_ request: EmulatorRequest, now: Double) {
        guard let period = request.queryValue("period"), !period.isEmpty else { return nil }
        let filterOn = request.queryValue("period_filter_on") ?? ""
        on = filterOn.isEmpty ? "created_date" : filterOn
        let today = Amsterdam.day(of: now)
        let civil = Amsterdam.civil(day: today)
        let monday = today - Amsterdam.weekday(day: today)
        let firstOfMonth = today - civil.day + 1
        switch period {
        case "today": days = today...today
        case "yesterday": days = (today - 1)...(today - 1)
        case "this_week": days = monday...(monday + 6)
        case "last_week": days = (monday - 7)...(monday - 1)
        case "last_30_days": days = (today - 30)...today
        case "this_month": days = firstOfMonth...max(today, firstOfMonth + 30)
        case "last_month":
            let last = firstOfMonth - 1
            days = (last - Amsterdam.civil(day: last).day + 1)...last
        case "this_year":
            days = (Amsterdam.dayNumber(year: civil.year, month: 1, day: 1) ?? today)...today
        case "custom":
            let start = request.queryValue("period_start").flatMap(PeriodFilter.day) ?? Int.min
            let end = request.queryValue("period_end").flatMap(PeriodFilter.day) ?? Int.max
            days = start...max(start, end)
            if start > end { return nil }
        default: return nil
        }
    }

    func contains(_ instant: Double?) -> Bool {
        guard let instant else { return false }
        return days.contains(Amsterdam.day(of: instant))
    }

    private static func day(_ text: String) -> Int? { Amsterdam.dayNumber(text) ?? Amsterdam.dayNumberDutch(text) }
}
