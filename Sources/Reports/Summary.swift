public import Records

/// What one pipeline came to, as a block of text.
public struct Summary: Sendable {
    /// Products that the ledger knows and the source no longer holds.
    public struct Missing: Sendable, Hashable {
        public var found: Int
        public var kept: Int
        public var deactivated: Int
        /// Deleted in Salesdock already.
        public var gone: Int
        public var failed: Int

        public init(found: Int, kept: Int, deactivated: Int, gone: Int = 0, failed: Int) {
            self.found = found
            self.kept = kept
            self.deactivated = deactivated
            self.gone = gone
            self.failed = failed
        }
    }

    /// Requests on the wire; `nil` in a `Summary` of a verb without any.
    public struct Requests: Sendable, Hashable {
        public var sent: Int
        public var retried: Int
        public var throttled: Int

        public init(sent: Int, retried: Int, throttled: Int) {
            self.sent = sent
            self.retried = retried
            self.throttled = throttled
        }
    }

    public var pipeline: String
    public var mode: String
    public var balance: Balance
    public var missing: Missing?
    public var requests: Requests?
    public var durationSeconds: Double
    /// Path of the rejects.
    public var rejects: String?
    /// Path of the report that people read.
    public var report: String?
    /// Problems by code.
    public var problems: [String: Int]
    public var warnings: Int
    public var messages: [String]

    public init(
        pipeline: String, mode: String, balance: Balance, missing: Missing? = nil, requests: Requests? = nil,
        durationSeconds: Double, rejects: String? = nil, report: String? = nil,
        problems: [String: Int] = [:], warnings: Int = 0, messages: [String] = []
    ) {
        self.pipeline = pipeline
        self.mode = mode
        self.balance = balance
        self.missing = missing
        self.requests = requests
        self.durationSeconds = durationSeconds
        self.rejects = rejects
        self.report = report
        self.problems = problems
        self.warnings = warnings
        self.messages = messages
    }

    /// Most problem codes that are listed.
    static let problemsMax = 12

    /// The block, a line each, without a line break at its end. The balance comes last.
    public func text(_ paint: Paint = Paint(isOn: false)) -> String {
        let facts = facts(paint)
        let width = facts.map(\.label.count).max() ?? 0
        var lines = ["\(paint(pipeline, .bold)) (\(mode))"]
        for fact in facts {
            let padding = String(repeating: " ", count: width - fact.label.count)
            lines.append("  \(fact.label)\(padding)  \(fact.value)")
        }
        for message in messages {
            let rows = message.split(separator: "\n", omittingEmptySubsequences: true)
            lines += rows.enumerated().map { "  \($0 == 0 ? "- " : "  ")\(TextTable.printable(String($1)))" }
        }
        lines.append("  " + paint(balance.equation, balance.holds ? .dim : .red))
        return lines.joined(separator: "\n")
    }

    private func facts(_ paint: Paint) -> [(label: String, value: String)] {
        var facts = [("read", "\(balance.read)")]
        facts += balance.nonzero.map { ($0.rawValue, paint("\(balance[$0])", $0.colour)) }
        if !problems.isEmpty { facts.append(("problems", problemList)) }
        if warnings > 0 { facts.append(("warnings", "\(warnings)")) }
        if let missing, missing.found > 0 {
            let gone = missing.gone > 0 ? ", \(missing.gone) gone" : ""
            let ends = "\(missing.deactivated) deactivated\(gone), \(missing.kept) kept, \(missing.failed) failed"
            facts.append(("missing", "\(missing.found) found, \(ends)"))
        }
        if let requests {
            facts.append(
                ("requests", "\(requests.sent) sent, \(requests.retried) retried, \(requests.throttled) throttled"))
        }
        facts.append(("duration", Quantity.duration(seconds: durationSeconds)))
        if let rejects { facts.append(("rejects", rejects)) }
        if let report { facts.append(("report", report)) }
        return facts
    }

    private var problemList: String {
        let sorted = problems.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let listed = sorted.prefix(Self.problemsMax).map { "\($0.key) \($0.value)" }
        let rest = sorted.count - listed.count
        return listed.joined(separator: ", ") + (rest > 0 ? ", and \(rest) more kinds" : "")
    }
}

extension Fate {
    /// What draws the eye: a row that needs somebody is red, one that waits is yellow.
    var colour: Paint.Colour {
        switch self {
        case .created, .updated, .unchanged, .valid: .green
        case .duplicate, .filtered: .dim
        case .parked, .pending: .yellow
        case .rejected, .failed, .inDoubt: .red
        }
    }
}
