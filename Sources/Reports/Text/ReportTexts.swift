/// The fixed texts of a report in one language, and the sentences that are made of them.
struct ReportTexts: Sendable {
    let language: Language
    let title: String
    let masked: String
    let verdictAll: String
    let verdictSome: (one: String, many: String)
    let verdictOnly: (good: String, bad: String)
    let verdictNone: String
    let verdictEmpty: String
    let needCorrection: (one: String, many: String)
    let leftOut: (one: String, many: String)
    let warned: (one: String, many: String)
    let nothingToDo: String
    let balance: String
    let balanceCaption: String
    let fate: String
    let rows: String
    let share: String
    let howTo: String
    let howToRejects: String
    let howToKeepColumns: String
    let howToKeepNotes: String
    let howToReturn: String
    let problemsFile: String
    let problems: String
    let warnings: String
    let warningsNote: String
    let column: String
    let field: String
    let whatToDo: String
    let row: String
    let line: String
    let file: String
    let key: String
    let value: String
    let inItsRow: String
    let problem: String
    let empty: String
    let occurrences: (one: String, many: String)
    let firstOf: String
    let characters: String
    let samplesLeftOut: String
    let fields: String
    let fieldsCaption: String
    let filled: String
    let distinct: String
    let length: String
    let shortest: String
    let longest: String
    let frequent: String
    let times: String
    let spread: String
    let below: String
    let from: String
    let unlike: String
    let estimate: String
    let duplicates: String
    let duplicatesNote: String
    let duplicatesCaption: String
    let staysRow: String
    let staysEarlier: String
    let leftOutRows: String
    let moreDuplicates: String
    let source: String
    let filesCaption: String
    let format: String
    let encoding: String
    let byteOrderMark: String
    let delimiter: String
    let quote: String
    let header: String
    let lineEnds: String
    let size: String
    let yes: String
    let no: String
    let none: String
    let load: String
    let loadWrites: String
    let loadLookUps: String
    let loadTime: String
    let minutes: (one: String, many: String)
    let underAMinute: String
    let stopped: String
    let made: String
    let problemColumns: [String]
    let fates: [String: String]
    let months: [String]

    static func of(_ language: Language) -> ReportTexts { language == .dutch ? dutch : english }

    /// A sentence with its places filled.
    func fill(_ text: String, _ values: String...) -> String {
        var out = text
        for (index, value) in values.enumerated() { out = out.replacing("{\(index)}", with: value) }
        return out
    }

    /// A sentence about a number of things.
    func count(_ number: Int, _ forms: (one: String, many: String)) -> String {
        fill(number == 1 ? forms.one : forms.many, language.number(number))
    }

    /// A time span in whole minutes.
    func duration(seconds: Int) -> String {
        if seconds < 60 { return underAMinute }
        let minutes = (seconds + 59) / 60
        if minutes < 120 { return count(minutes, self.minutes) }
        return "\(language.number(minutes / 60)) \(language == .dutch ? "uur" : "h") \(minutes % 60) min"
    }

    /// A day and time in UTC as people write it: `25 November 2026, 04:12 UTC`.
    func moment(unixSeconds: Int64) -> String {
        let text = Quantity.moment(unixSeconds: unixSeconds)
        let parts = text.split { $0 == "-" || $0 == "T" || $0 == "Z" }
        guard parts.count == 4, let month = Int(parts[1]), let day = Int(parts[2]), months.indices.contains(month - 1)
        else { return text }
        return "\(day) \(months[month - 1]) \(parts[0]), \(parts[3].prefix(5)) UTC"
    }

    /// A size on disk.
    func size(_ bytes: Int) -> String {
        var (value, unit) = (Double(bytes), 0)
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        if unit == 0 { return "\(bytes) bytes" }
        let tenths = Int((value * 10).rounded())
        return "\(language.number(tenths / 10))\(language == .dutch ? "," : ".")\(tenths % 10) \(units[unit])"
    }
}
