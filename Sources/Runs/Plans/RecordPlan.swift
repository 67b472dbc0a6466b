public import ExactJSON

/// What a plan does with one row, or with a product that the source no longer holds.
public struct RecordPlan: Sendable, Hashable {
    public enum Action: String, Sendable, Hashable, CaseIterable {
        case create
        /// Salesdock has it and the ledger does not know it: it is taken over, and updated where it says otherwise.
        case adopt
        case update
        case unchanged
        case deactivate
        case parked, rejected, duplicate, filtered
        /// An earlier write that a person must decide.
        case inDoubt = "in_doubt"
    }

    public var action: Action
    /// `nil` for a product that is not in the source.
    public var row: Int?
    public var line: Int?
    /// `nil` where the row has none.
    public var key: String?
    /// The Salesdock id, once there is one.
    public var remoteID: Int?
    /// In the order they are sent.
    public var requests: [PlannedRequest] = []
    /// Fields that get another value; of a create, none are listed, since all are new.
    public var changes: [FieldChange] = []
    /// Fields that somebody edited in Salesdock since they were written: what was written, and what is there.
    public var drift: [FieldChange] = []
    /// Whether Salesdock has no record of this id any more.
    public var isGone = false
    /// What Salesdock had when the plan was made, by field; a run that finds anything else does not write.
    public var seen: [String: String?] = [:]
    /// Whether writing it makes Salesdock e-mail a customer.
    public var emailsCustomer = false
    /// Why, for actions that need a reason.
    public var problems: [Problem] = []

    /// One reason.
    public struct Problem: Sendable, Hashable {
        public var code: String
        public var field: String?
        public var message: String
        public var value: String?

        public init(code: String, field: String? = nil, message: String, value: String? = nil) {
            self.code = code
            self.field = field
            self.message = message
            self.value = value
        }
    }

    public init(_ action: Action, row: Int? = nil, line: Int? = nil, key: String? = nil) {
        self.action = action
        self.row = row
        self.line = line
        self.key = key
    }

    /// Whether it changes anything in Salesdock.
    public var isChange: Bool { !requests.isEmpty }
}

/// One request of a plan: everything that is sent, except that file contents are their digests and that ids which the
/// plan itself brings about are symbols.
public struct PlannedRequest: Sendable, Hashable {
    /// 0 is the record itself, 1 an energy product's tariffs.
    public var step: Int
    /// Such as `relations.create`.
    public var call: String
    public var method: String
    /// After `/api/{domain}/v1/`; `{scope}`, and `{id}` of a record that has none yet, stand as they are.
    public var path: String
    public var body: JSONValue

    public init(step: Int, call: String, method: String, path: String, body: JSONValue) {
        self.step = step
        self.call = call
        self.method = method
        self.path = path
        self.body = body
    }
}

/// A field's value before and after; `nil` where there is none, or where it is not known.
public struct FieldChange: Sendable, Hashable {
    public var field: String
    public var was: JSONValue?
    public var becomes: JSONValue?

    public init(field: String, was: JSONValue?, becomes: JSONValue?) {
        self.field = field
        self.was = was
        self.becomes = becomes
    }
}
