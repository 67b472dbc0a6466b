/// One pipeline's plan as a page shows it; a value, which `HTMLPlan` turns into a file.
public struct PlanReport: Sendable {
    /// A field's value.
    public enum Value: Sendable, Hashable {
        case plain(String)
        /// The id of a record that the plan itself brings about.
        case reference(pipeline: String, key: String)
        /// The id of what Salesdock has under a value, which nobody has looked up.
        case lookup(kind: String, by: String, value: String)
    }

    /// A field's value before and after; `nil` where there is none.
    public struct Change: Sendable, Hashable {
        public var field: String
        public var was: Value?
        public var becomes: Value?

        public init(field: String, was: Value?, becomes: Value?) {
            self.field = field
            self.was = was
            self.becomes = becomes
        }
    }

    /// Why a row is not written.
    public struct Problem: Sendable, Hashable {
        public var code: String
        public var field: String?
        /// In English, for codes that have no text.
        public var message: String
        public var value: String?

        public init(code: String, field: String?, message: String, value: String?) {
            self.code = code
            self.field = field
            self.message = message
            self.value = value
        }
    }

    public struct Record: Sendable, Hashable {
        public var key: String?
        public var row: Int?
        public var id: Int?
        public var changes: [Change]
        /// What somebody edited in Salesdock: what was written, and what is there.
        public var drift: [Change]
        public var problems: [Problem]
        public var isGone: Bool

        public init(
            key: String?, row: Int?, id: Int?, changes: [Change] = [], drift: [Change] = [],
            problems: [Problem] = [], isGone: Bool = false
        ) {
            self.key = key
            self.row = row
            self.id = id
            self.changes = changes
            self.drift = drift
            self.problems = problems
            self.isGone = isGone
        }
    }

    /// Records to which the same happens.
    public struct Group: Sendable, Hashable {
        /// Such as `create`.
        public var action: String
        public var count: Int
        /// The first of them, `recordsMax` at most; of those that need no attention, only such with something to say.
        public var records: [Record]

        public init(action: String, count: Int, records: [Record]) {
            self.action = action
            self.count = count
            self.records = records
        }
    }

    /// Most records of an action that are shown.
    public static let recordsMax = 50
    /// Most fields of a record that are shown.
    static let changesMax = 12

    public var pipeline: String
    public var read: Int
    /// Records that would be changed.
    public var changes: Int
    public var groups: [Group]
    /// Requests of a run by kind, in the order in which they first go.
    public var requests: [RunFacts.Calls]
    /// Requests a minute.
    public var limit: Int
    public var seconds: Double
    /// When a run would end that begins now; seconds since 1970.
    public var finishUnixSeconds: Int64
    /// Offers that make Salesdock e-mail a customer.
    public var emails: Int
    public var deactivations: Int
    /// Records of which a field is emptied, by field.
    public var emptied: [String: Int]
    /// Records that somebody edited in Salesdock since they were written, and those that are there no more.
    public var drifted: Int
    public var gone: Int
    /// What guards would say.
    public var guards: [String]
    public var assumptions: [String]
    public var messages: [String]

    public init(
        pipeline: String, read: Int, changes: Int, groups: [Group], requests: [RunFacts.Calls], limit: Int,
        seconds: Double, finishUnixSeconds: Int64, emails: Int = 0, deactivations: Int = 0,
        emptied: [String: Int] = [:], drifted: Int = 0, gone: Int = 0, guards: [String] = [],
        assumptions: [String] = [], messages: [String] = []
    ) {
        self.pipeline = pipeline
        self.read = read
        self.changes = changes
        self.groups = groups
        self.requests = requests
        self.limit = limit
        self.seconds = seconds
        self.finishUnixSeconds = finishUnixSeconds
        self.emails = emails
        self.deactivations = deactivations
        self.emptied = emptied
        self.drifted = drifted
        self.gone = gone
        self.guards = guards
        self.assumptions = assumptions
        self.messages = messages
    }

    var requestsTotal: Int { requests.reduce(0) { $0 + $1.count } }
}
