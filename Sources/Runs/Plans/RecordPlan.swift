public import ExactJSON

/// What a plan does with one row, or with a product that the source no longer holds.
public struct RecordPlan: Sendable, Hashable {
    /// What would happen to it.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        /// Neither the ledger nor Salesdock has it, as far as was looked.
        case create
        /// Salesdock has it and the ledger does not know it: it is taken over, and updated where it says otherwise.
        case adopt
        /// The ledger has it, with other values.
        case update
        /// Nothing is sent: Salesdock has all of it, or the sink leaves somebody's edit alone.
        case unchanged
        /// A product that the source no longer holds is switched off.
        case deactivate
        /// Waits for a parent that has no Salesdock id, even after this plan.
        case parked
        /// Breaks a rule of the pipeline or of Salesdock.
        case rejected
        /// The same record as another row.
        case duplicate
        /// Left out by the pipeline's `filter`.
        case filtered
        /// An earlier write that a person must decide.
        case inDoubt = "in_doubt"
    }

    /// What would happen to it.
    public var action: Action
    /// Its 1-based row in the source; `nil` for a product that is not in the source.
    public var row: Int?
    /// The line on which the row begins, counted from 1; `nil` as `row` is.
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
        /// The code, such as `required`.
        public var code: String
        /// The field it is about; `nil` when it is about the whole record.
        public var field: String?
        /// What is wrong and what to do about it, in English; never holds a value of the record.
        public var message: String
        /// The offending value, clipped as in `Issue`.
        public var value: String?
    }

    init(_ action: Action, row: Int? = nil, line: Int? = nil, key: String? = nil) {
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
    /// HTTP method, such as `POST`.
    public var method: String
    /// After `/api/{domain}/v1/`; `{scope}`, and `{id}` of a record that has none yet, stand as they are.
    public var path: String
    /// What is sent as JSON.
    public var body: JSONValue
}

/// A field's value before and after; `nil` where there is none, or where it is not known.
public struct FieldChange: Sendable, Hashable {
    /// The target, dotted.
    public var field: String
    /// What was applied last, or what Salesdock has.
    public var was: JSONValue?
    /// What would be sent; of drift, what is there now.
    public var becomes: JSONValue?
}
