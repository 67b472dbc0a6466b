public import ExactJSON
public import Records

/// How far a pipeline is, in one of three forms: a few lines that a terminal redraws, a plain line for a log, a JSON
/// object.
public struct ProgressReading: Sendable {
    /// The pipeline's name.
    public var pipeline: String
    /// `reading`, `planning` or `writing`.
    public var phase: String
    /// Rows so far.
    public var balance: Balance
    /// Rows that will be read; `nil` while nobody has counted them.
    public var rowsTotal: Int?
    /// Requests sent in this phase.
    public var requests: Int
    /// Seconds since the phase began.
    public var elapsedSeconds: Double
    /// Requests that the phase takes in all; `nil` while nobody has counted them.
    public var requestsExpected: Int?
    /// Requests a window, and how many of them are taken at present, by whomever.
    public var limit: Int?
    /// Requests of the limit that are taken at present.
    public var taken: Int?
    /// Seconds until the end by the law of the limit; `nil` where the rate so far must do.
    public var forecastSeconds: Double?
    /// The latest row that is not well.
    public var lastProblem: String?

    /// A reading without what only some phases know.
    public init(
        pipeline: String, phase: String, balance: Balance, rowsTotal: Int?, requests: Int, elapsedSeconds: Double
    ) {
        self.pipeline = pipeline
        self.phase = phase
        self.balance = balance
        self.rowsTotal = rowsTotal
        self.requests = requests
        self.elapsedSeconds = elapsedSeconds
    }

    /// Requests a minute since the phase began; `nil` before there is a second to judge by.
    public var requestsPerMinute: Double? {
        requests > 0 && elapsedSeconds >= 1 ? Double(requests) * 60 / elapsedSeconds : nil
    }

    /// Seconds until the end at the rate so far; `nil` while that is a guess.
    public var secondsLeft: Double? {
        if let forecastSeconds { return forecastSeconds }
        guard let rowsTotal, balance.settled > 0, elapsedSeconds >= 1 else { return nil }
        return Double(max(0, rowsTotal - balance.settled)) * elapsedSeconds / Double(balance.settled)
    }

    /// For a terminal: as many lines for every reading of a phase, each at most `width` characters.
    ///
    /// - Parameter unixSeconds: now, for the moment of the end; `nil` names none.
    public func lines(width: Int, _ paint: Paint = Paint(isOn: false), unixSeconds: Int64? = nil) -> [String] {
        var head = "\(pipeline) \(phase)  "
        if let rowsTotal, let percent = Quantity.percent(balance.settled, of: rowsTotal) {
            let counts = "\(percent)%  \(Quantity.grouped(balance.settled)) of \(Quantity.grouped(rowsTotal)) rows"
            // Where there is little room, the numbers say more than the bar.
            let cells = min(Self.barCellsMax, width - head.count - counts.count - 1)
            if cells >= Self.barCellsMin {
                let filled = percent * cells / 100
                head += String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled) + " "
            }
            head += counts
        } else {
            head += Quantity.count(balance.read, "row")
        }
        if phase != "writing" { return [clipped(head, width, paint)] }
        let moment = secondsLeft.flatMap { left in unixSeconds.map { $0 + Int64(left.rounded(.up)) } }
        let end = moment.map { ", until \(Quantity.moment(unixSeconds: $0))" } ?? ""
        return [
            clipped(head, width, paint),
            clipped("  " + fates.joined(separator: " · "), width),
            clipped("  " + (rates.isEmpty ? "" : rates.joined(separator: " · ") + end), width),
            clipped("  " + (lastProblem.map { "last problem: \($0)" } ?? "no problems"), width),
        ]
    }

    private static let barCellsMax = 20
    private static let barCellsMin = 5

    private func clipped(_ line: String, _ width: Int, _ paint: Paint = Paint(isOn: false)) -> String {
        guard line.count <= width else { return String(line.prefix(max(0, width))) }
        return line.hasPrefix(pipeline) ? paint(pipeline, .bold) + line.dropFirst(pipeline.count) : line
    }

    /// For a log.
    public func line(unixSeconds: Int64) -> String {
        var parts: [String] = []
        if let rowsTotal, let percent = Quantity.percent(balance.settled, of: rowsTotal) {
            parts.append("\(balance.settled) of \(Quantity.count(rowsTotal, "row")) (\(percent)%)")
        } else {
            parts.append(Quantity.count(balance.read, "row"))
        }
        parts += fates + rates
        if let lastProblem { parts.append("last problem: \(lastProblem)") }
        return "\(Quantity.moment(unixSeconds: unixSeconds)) \(pipeline) \(phase): \(parts.joined(separator: ", "))"
    }

    /// For a program.
    public func json(unixSeconds: Int64) -> JSONValue {
        func number(_ value: Int?) -> JSONValue { value.map { .number(JSONNumber($0)) } ?? .null }
        func whole(_ value: Double?) -> JSONValue { value.map { .number(JSONNumber(Int($0.rounded()))) } ?? .null }
        return [
            "time": .string(Quantity.moment(unixSeconds: unixSeconds)), "pipeline": .string(pipeline),
            "phase": .string(phase), "read": .number(JSONNumber(balance.read)),
            "settled": .number(JSONNumber(balance.settled)),
            "total": rowsTotal.map { .number(JSONNumber($0)) } ?? .null,
            "fates": .object(JSONObject(Fate.allCases.map { ($0.rawValue, .number(JSONNumber(balance[$0]))) })),
            "requests": .number(JSONNumber(requests)), "requests_per_minute": whole(requestsPerMinute),
            "seconds_left": whole(secondsLeft),
            "requests_expected": number(requestsExpected), "limit": number(limit), "window": number(taken),
            "last_problem": lastProblem.map(JSONValue.string) ?? .null,
        ]
    }

    /// While reading, `pending` only says that a row has passed so far.
    private var fates: [String] {
        balance.nonzero.filter { phase != "reading" || $0 != .pending }.map { "\($0.rawValue) \(balance[$0])" }
    }

    private var rates: [String] {
        var parts: [String] = []
        if let taken, let limit {
            parts.append("\(taken) of \(limit) requests in the last minute")
        } else if let rate = requestsPerMinute {
            parts.append("\(Int(rate.rounded())) requests/min")
        }
        if let left = secondsLeft, left > 0 {
            parts.append(left < 60 ? "under a minute left" : "\(Int((left / 60).rounded(.up))) min left")
        }
        return parts
    }
}
