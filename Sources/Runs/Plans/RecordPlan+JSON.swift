public import ExactJSON

extension RecordPlan {
    /// As it stands in a plan's file and in `--format json`.
    public var json: JSONValue {
        var object = JSONObject([("action", .string(action.rawValue))])
        object["row"] = row.map { .number(JSONNumber($0)) }
        object["line"] = line.map { .number(JSONNumber($0)) }
        object["key"] = key.map(JSONValue.string)
        object["id"] = remoteID.map { .number(JSONNumber($0)) }
        if !requests.isEmpty { object["requests"] = .array(requests.map(\.json)) }
        if !changes.isEmpty { object["changes"] = .array(changes.map(\.json)) }
        if !drift.isEmpty { object["drift"] = .array(drift.map(\.json)) }
        if isGone { object["gone"] = true }
        if emailsCustomer { object["emails_customer"] = true }
        if !problems.isEmpty { object["problems"] = .array(problems.map(\.json)) }
        if !seen.isEmpty {
            object["seen"] = .object(
                JSONObject(seen.sorted { $0.key < $1.key }.map { ($0.key, $0.value.map(JSONValue.string) ?? .null) }))
        }
        return .object(object)
    }

    /// `nil` for JSON that is no record of a plan.
    init?(_ json: JSONValue) {
        guard let action = json["action"]?.string.flatMap(Action.init(rawValue:)) else { return nil }
        self.init(action, row: json["row"]?.int, line: json["line"]?.int, key: json["key"]?.string)
        remoteID = json["id"]?.int
        requests = (json["requests"]?.array ?? []).compactMap(PlannedRequest.init)
        changes = (json["changes"]?.array ?? []).compactMap(FieldChange.init)
        drift = (json["drift"]?.array ?? []).compactMap(FieldChange.init)
        isGone = json["gone"]?.bool ?? false
        emailsCustomer = json["emails_customer"]?.bool ?? false
        problems = (json["problems"]?.array ?? []).compactMap(Problem.init)
        for member in json["seen"]?.object?.members ?? [] { seen.updateValue(member.value.string, forKey: member.name) }
        // A request that can't be read must not be missed.
        guard requests.count == json["requests"]?.array?.count ?? 0 else { return nil }
    }
}

extension RecordPlan {
    /// The same without a value of a record; fields, counts and keys stay.
    public var masked: RecordPlan {
        func hide(_ change: FieldChange) -> FieldChange {
            FieldChange(
                field: change.field, was: change.was.map { _ in Self.mask },
                becomes: change.becomes.map { _ in Self.mask })
        }
        var masked = self
        masked.requests = requests.map { request in
            var request = request
            request.body = Self.hide(request.body)
            return request
        }
        masked.changes = changes.map(hide)
        masked.drift = drift.map(hide)
        masked.seen = seen.mapValues { $0.map { _ in "•••" } }
        masked.problems = problems.map { problem in
            var problem = problem
            problem.value = problem.value.map { _ in "•••" }
            return problem
        }
        return masked
    }

    private static let mask: JSONValue = "•••"

    private static func hide(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null: .null
        case .bool, .number, .string: mask
        case .array(let elements): .array(elements.map(hide))
        case .object(let object): .object(JSONObject(object.members.map { ($0.name, hide($0.value)) }))
        }
    }
}

extension PlannedRequest {
    var json: JSONValue {
        [
            "step": .number(JSONNumber(step)), "call": .string(call), "method": .string(method),
            "path": .string(path), "body": body,
        ]
    }

    init?(_ json: JSONValue) {
        guard let step = json["step"]?.int, let call = json["call"]?.string, let method = json["method"]?.string,
            let path = json["path"]?.string, let body = json["body"]
        else { return nil }
        self.init(step: step, call: call, method: method, path: path, body: body)
    }
}

extension FieldChange {
    var json: JSONValue {
        var object = JSONObject([("field", .string(field))])
        object["was"] = was
        object["becomes"] = becomes
        return .object(object)
    }

    init?(_ json: JSONValue) {
        guard let field = json["field"]?.string else { return nil }
        self.init(field: field, was: json["was"], becomes: json["becomes"])
    }
}

extension RecordPlan.Problem {
    var json: JSONValue {
        var object = JSONObject([("code", .string(code))])
        object["field"] = field.map(JSONValue.string)
        object["message"] = .string(message)
        object["value"] = value.map(JSONValue.string)
        return .object(object)
    }

    init?(_ json: JSONValue) {
        guard let code = json["code"]?.string, let message = json["message"]?.string else { return nil }
        self.init(code: code, field: json["field"]?.string, message: message, value: json["value"]?.string)
    }
}
