import ExactJSON

/// How many requests of one kind.
public struct RequestCount: Sendable, Hashable {
    /// Such as `relations.create`.
    public var call: String
    /// How often it goes.
    public var count: Int

    init(_ call: String, _ count: Int) {
        self.call = call
        self.count = count
    }
}

/// What a plan comes to, counted record by record.
public struct PlanTally: Sendable, Hashable {
    private var actions: [RecordPlan.Action: Int] = [:]
    /// Writing requests by call, in the order of their first record.
    public private(set) var writes: [RequestCount] = []
    /// Offers that make Salesdock e-mail a customer.
    public private(set) var emails = 0
    /// Records of which a field is emptied, by field.
    public private(set) var emptied: [String: Int] = [:]
    /// Records that somebody edited in Salesdock since they were written.
    public private(set) var drifted = 0
    /// Records that are in Salesdock no more.
    public private(set) var gone = 0
    /// Records that are taken over as they are.
    public private(set) var adoptedAsIs = 0

    /// Records to which an action happens.
    public subscript(action: RecordPlan.Action) -> Int { actions[action, default: 0] }

    /// Records that would be changed.
    public var changes: Int {
        self[.create] + self[.update] + self[.deactivate] + self[.adopt] - adoptedAsIs
    }

    /// Counts one record.
    mutating func add(_ record: RecordPlan) {
        actions[record.action, default: 0] += 1
        for request in record.requests { addWrite(request.call) }
        if record.emailsCustomer { emails += 1 }
        if !record.drift.isEmpty { drifted += 1 }
        if record.isGone { gone += 1 }
        if record.action == .adopt, record.requests.isEmpty { adoptedAsIs += 1 }
        for change in record.changes where change.becomes == nil { emptied[change.field, default: 0] += 1 }
    }

    private mutating func addWrite(_ call: String) {
        if let index = writes.firstIndex(where: { $0.call == call }) {
            writes[index].count += 1
        } else {
            writes.append(RequestCount(call, 1))
        }
    }
}
