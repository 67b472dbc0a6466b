public import ExactJSON
public import Records

/// How far a pipeline is, in one of three forms: a line that a terminal redraws, a plain line for a log, a JSON object.
public struct ProgressReading: Sendable {
    public var pipeline: String
    /// `reading` or `writing`.
    public var phase: String
    public var balance: Balance
    /// Rows that will be read; `nil` while nobody has counted them.
    public var rowsTotal: Int?
    /// Requests sent in this phase.
    public var requests: Int
    /// Seconds since the phase began.
    public var elapsedSeconds: Double

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
        guard let rowsTotal, balance.settled > 0, elapsedSeconds >= 1 else { return nil }
        return Double(max(0, rowsTotal - balance.settled)) * elapsedSeconds / Double(balance.settled)
    }

    /// For a terminal, at most `width` characters.
    public func bar(width: Int, _ paint: Paint = Paint(isOn: false)) -> String {
        var parts: [String] = []
        if let rowsTotal, let percent = Quantity.percent(balance.settled, of: rowsTotal) {
            let filled = percent / 5
            parts.append(
                String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled) + " \(percent)%")
        } else {
            parts.append(Quantity.count(balance.read, "row"))
        }
        parts += fates + rates
        let head = "\(pipeline) \(phase)  "
        let tail = parts.joined(separator: " · ")
        guard head.count + tail.count <= width else { return String((head + tail).prefix(max(0, width))) }
        return paint(pipeline, .bold) + " \(phase)  " + tail
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
        return "\(Quantity.moment(unixSeconds: unixSeconds)) \(pipeline) \(phase): \(parts.joined(separator: ", "))"
    }

    /// For a program.
    public func json(unixSeconds: Int64) -> JSONValue {
        func whole(_ value: Double?) -> JSONValue { value.map { .number(JSONNumber(Int($0.rounded()))) } ?? .null }
        return [
            "time": .string(Quantity.moment(unixSeconds: unixSeconds)), "pipeline": .string(pipeline),
            "phase": .string(phase), "read": .number(JSONNumber(balance.read)),
            "settled": .number(JSONNumber(balance.settled)),
            "total": rowsTotal.map { .number(JSONNumber($0)) } ?? .null,
            "fates": .object(JSONObject(Fate.allCases.map { ($0.rawValue, .number(JSONNumber(balance[$0]))) })),
            "requests": .number(JSONNumber(requests)), "requests_per_minute": whole(requestsPerMinute),
            "seconds_left": whole(secondsLeft),
        ]
    }

    /// While reading, `pending` only says that a row has passed so far.
    private var fates: [String] {
        balance.nonzero.filter { phase != "reading" || $0 != .pending }.map { "\($0.rawValue) \(balance[$0])" }
    }

    private var rates: [String] {
        var parts: [String] = []
        if let rate = requestsPerMinute { parts.append("\(Int(rate.rounded())) requests/min") }
        if let left = secondsLeft, left > 0 {
            parts.append(left < 60 ? "under a minute left" : "\(Int((left / 60).rounded(.up))) min left")
        }
        return parts
    }
}
