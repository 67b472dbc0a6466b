/// One pipeline's plan as a page shows it; a value, which `HTMLPlan` turns into a file.
public struct PlanReport: Sendable {
    /// A field's value.
    public enum Value: Sendable, Hashable {
        /// Shown as it is.
        case plain(String)
        /// The id of a record that the plan itself brings about.
        case reference(pipeline: String, key: String)
        /// The id of what Salesdock has under a value, which nobody has looked up.
        case lookup(kind: String, by: String, value: String)
    }

    /// A field's value before and after; `nil` where there is none.
    public struct Change: Sendable, Hashable {
        /// The target, dotted.
        public var field: String
        /// What was applied last, or what Salesdock has.
        public var was: Value?
        /// What would be sent.
        public var becomes: Value?

        /// One field's change.
        public init(field: String, was: Value?, becomes: Value?) {
            self.field = field
            self.was = was
            self.becomes = becomes
        }
    }

    /// Why a row is not written.
    public struct Problem: Sendable, Hashable {
        /// The code.
        public var code: String
        /// The field it is about; `nil` for the whole record.
        public var field: String?
        /// In English, for codes that have no text.
        public var message: String
        /// The beginning of the offending value.
        public var value: String?

        /// A problem of one row.
        public init(code: String, field: String?, message: String, value: String?) {
            self.code = code
            self.field = field
            self.message = message
            self.value = value
        }
    }

    /// One record and what happens to it.
    public struct Record: Sendable, Hashable {
        /// Its key; `nil` when it has none.
        public var key: String?
        /// Its 1-based row in the source; `nil` for a record that the source lacks.
        public var row: Int?
        /// Its Salesdock id; `nil` for a new one.
        public var id: Int?
        /// Fields that change.
        public var changes: [Change]
        /// What somebody edited in Salesdock: what was written, and what is there.
        public var drift: [Change]
        /// Why it is not written.
        public var problems: [Problem]
        /// Whether Salesdock no longer has it.
        public var isGone: Bool

        /// A record as the page shows it.
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
        /// Records in the group, shown or not.
        public var count: Int
        /// The first of them, `recordsMax` at most; of those that need no attention, only such with something to say.
        public var records: [Record]

        /// A group of records to which the same happens.
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

    /// The pipeline's name.
    public var pipeline: String
    /// Rows read.
    public var read: Int
    /// Records that would be changed.
    public var changes: Int
    /// In the order they are shown.
    public var groups: [Group]
    /// Requests of a run by kind, in the order in which they first go.
    public var requests: [RunFacts.Calls]
    /// Requests a minute.
    public var limit: Int
    /// How long a run would take.
    public var seconds: Double
    /// When a run would end that begins now; seconds since 1970.
    public var finishUnixSeconds: Int64
    /// Offers that make Salesdock e-mail a customer.
    public var emails: Int
    /// Products that would be deactivated.
    public var deactivations: Int
    /// Records of which a field is emptied, by field.
    public var emptied: [String: Int]
    /// Records that somebody edited in Salesdock since they were written, and those that are there no more.
    public var drifted: Int
    /// Records of the ledger that Salesdock no longer has.
    public var gone: Int
    /// What guards would say.
    public var guards: [String]
    /// What was not looked up.
    public var assumptions: [String]
    /// What went wrong with the plan itself.
    public var messages: [String]

    /// A plan as the page shows it.
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
