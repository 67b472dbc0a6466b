/// The fixed texts of a run's report in one language.
struct RunTexts: Sendable {
    let title: String
    let verdictAll: String
    let verdictSome: (one: String, many: String)
    let verdictOnly: (good: String, bad: String)
    let verdictNone: String
    let verdictRefused: String
    let created: (one: String, many: String)
    let updated: (one: String, many: String)
    let unchanged: (one: String, many: String)
    let parked: (one: String, many: String)
    let failed: (one: String, many: String)
    let doubtful: (one: String, many: String)
    let pending: (one: String, many: String)
    let notDone: String
    let fromLedger: String
    let run: String
    let number: String
    let target: String
    let started: String
    let duration: String
    let exit: String
    let doubts: String
    let doubtsNote: String
    let doubtsHow: String
    let doubtsCaption: String
    let reason: String
    let writes: String
    let writesCaption: String
    let writesFile: String
    let id: String
    let call: String
    let outcome: String
    let requests: String
    let requestsSum: String
    let callsCaption: String
    let count: String
    let waitsCaption: String
    let waitsNote: String
    let wait: String
    let time: String
    let waits: [String: String]
    let retryAfter: (one: String, many: String)
    let slowestCaption: String
    let after: String
    let took: String
    let outcomes: [String: String]
    let timeline: String
    let timelineSpoken: String
    let timelineMean: String
    let limitLine: String

    static func of(_ language: Language) -> RunTexts { language == .dutch ? dutch : english }
}
