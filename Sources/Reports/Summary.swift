public import Records

/// What one pipeline came to, as a block of text.
public struct Summary: Sendable {
    /// Products that the ledger knows and the source no longer holds.
    public struct Missing: Sendable, Hashable {
        /// Missing products.
        public var found: Int
        /// Those left as they are.
        public var kept: Int
        /// Those deactivated.
        public var deactivated: Int
        /// Those deleted in Salesdock already.
        public var gone: Int
        /// Those that could not be deactivated.
        public var failed: Int

        /// What became of missing products.
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
        /// All that went on the wire.
        public var sent: Int
        /// Those that repeated another.
        public var retried: Int
        /// Those answered with 429.
        public var throttled: Int

        /// Counts of requests.
        public init(sent: Int, retried: Int, throttled: Int) {
            self.sent = sent
            self.retried = retried
            self.throttled = throttled
        }
    }

    /// The pipeline's name.
    public var pipeline: String
    /// Such as `run`.
    public var mode: String
    /// Rows read, and their fates.
    public var balance: Balance
    /// `nil` where none were looked for.
    public var missing: Missing?
    /// `nil` of a verb without any.
    public var requests: Requests?
    /// How long it took.
    public var durationSeconds: Double
    /// Path of the rejects.
    public var rejects: String?
    /// Path of the accepted rows.
    public var accepted: String?
    /// Path of the report that people read.
    public var report: String?
    /// Problems by code.
    public var problems: [String: Int]
    /// Problems that rejected no row.
    public var warnings: Int
    /// What a person must know besides.
    public var messages: [String]

    /// A summary; what is not given was not there.
    public init(
        pipeline: String, mode: String, balance: Balance, missing: Missing? = nil, requests: Requests? = nil,
        durationSeconds: Double, rejects: String? = nil, accepted: String? = nil, report: String? = nil,
        problems: [String: Int] = [:], warnings: Int = 0, messages: [String] = []
    ) {
        self.pipeline = pipeline
        self.mode = mode
        self.balance = balance
        self.missing = missing
        self.requests = requests
        self.durationSeconds = durationSeconds
        self.rejects = rejects
        self.accepted = accepted
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
        if let accepted { facts.append(("accepted", accepted)) }
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
