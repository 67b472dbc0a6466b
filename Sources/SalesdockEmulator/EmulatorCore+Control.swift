/// What stands beside the API, under `/_emulator/`: for tests and demonstrations, only from this machine.
extension EmulatorCore {
    mutating func control(_ request: EmulatorRequest, path: [String], now: Double) -> EmulatorReply {
        guard EmulatorCore.isLoopback(request.clientIP) else { return .notFound }
        let body = request.body.isEmpty ? .object(JSONObject()) : try? JSON.parse(request.body)
        guard let body = body?.object else { return .failure(400, "The body is no JSON object") }
        switch (request.method, path.joined(separator: "/")) {
        case ("GET", "state"): return EmulatorReply(status: 200, json: state(request))
        case ("GET", "requests"): return requests(request)
        case ("GET", "recording"): return EmulatorReply(status: 200, json: .array(recording ?? []))
        case ("POST", "recording"):
            recording = []
            return EmulatorCore.done([:])
        case ("POST", "faults"): return setFaults(body)
        case ("POST", "limit"): return setLimit(body)
        case ("POST", "tokens"): return setTokens(body)
        case ("POST", "seed"): return seed(body, now: now)
        case ("POST", "reset"):
            reset()
            return EmulatorCore.done(["instance": .string(instance)])
        case (_, "state"), (_, "requests"), (_, "recording"), (_, "faults"), (_, "limit"), (_, "tokens"), (_, "seed"),
            (_, "reset"):
            return .notAllowed
        default: return .notFound
        }
    }

    static func isLoopback(_ address: String) -> Bool {
        address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
    }

    private static func done(_ data: JSON) -> EmulatorReply {
        EmulatorReply(status: 200, json: ["success": true, "data": data])
    }

    /// Forgets records, mails, connections, faults and counts; limit and tokens stay.
    mutating func reset() {
        statistics = RequestStatistics()
        windows = [:]
        faults = []
        pending = []
        var renewed = SplitMix(seed: EmulatorCore.hash(instance))
        commit(.reset(instance: renewed.hexText()))
    }

    private mutating func setFaults(_ body: JSONObject) -> EmulatorReply {
        do throws(FaultSyntaxError) {
            var rules: [FaultRule] = []
            for rule in body["rules"]?.array ?? [] { rules.append(try FaultRule(rule)) }
            faults = rules
            if let seed = body["seed"]?.int { faultRandom = SplitMix(seed: UInt64(bitPattern: Int64(seed))) }
            return EmulatorCore.done(["rules": .int(rules.count)])
        } catch {
            return .failure(400, error.message)
        }
    }

    /// Most writes that are kept.
    private static let recordedMax = 10_000

    /// Keeps a write as it came, byte for byte, once that was asked for.
    mutating func record(_ request: EmulatorRequest) {
        guard request.method != "GET", (recording?.count ?? .max) < EmulatorCore.recordedMax else { return }
        recording?.append([
            "method": .string(request.method), "path": .string(request.path),
            "body": .string(String(decoding: request.body, as: UTF8.self)),
        ])
    }

    private mutating func setLimit(_ body: JSONObject) -> EmulatorReply {
        let limit = body["limit"].map(\.int)
        let window = body["window"].map { $0.scalar.flatMap(Double.init) }
        if let limit {
            guard let limit, limit > 0 else { return .failure(400, "limit is a whole number above 0") }
            options.limit = limit
        }
        if let window {
            guard let window, window > 0, window.isFinite else { return .failure(400, "window is seconds above 0") }
            options.windowSeconds = window
        }
        return EmulatorCore.done(["limit": .int(options.limit), "window": .number("\(options.windowSeconds)")])
    }

    private mutating func setTokens(_ body: JSONObject) -> EmulatorReply {
        var list: [EmulatorToken] = []
        for item in body["tokens"]?.array ?? [] {
            guard let text = item.scalar, let token = try? EmulatorToken(parsing: text) else {
                return .failure(400, "tokens is a list of NAME=admin or NAME=agent")
            }
            list.append(token)
        }
        setTokens(list)
        return EmulatorCore.done(["tokens": .int(list.count)])
    }

    /// Puts records in place under given ids, as if the account had held them for long.
    private mutating func seed(_ body: JSONObject, now: Double) -> EmulatorReply {
        var count = 0
        for name in TableName.allCases {
            for item in Validator.items(body[name.rawValue]) {
                guard var fields = item.object, let id = fields["id"]?.int, id > 0 else {
                    return .failure(400, "every record of \(name.rawValue) is an object with an id")
                }
                let owner = fields["owner"]?.int ?? 0
                let created = fields.text("created_at").flatMap(Amsterdam.instant) ?? now
                for own in ["id", "owner", "created_at"] { fields[own] = nil }
                let current = Snapshot(
                    fields: fields, updatedAt: created, searchText: EmulatorCore.searchText(name, fields))
                commit(
                    .put(
                        name,
                        Row(
                            id: id, owner: owner, createdAt: created, current: current, previous: nil, listedAt: created
                        )))
                count += 1
            }
        }
        return EmulatorCore.done(["records": .int(count)])
    }

    /// The counts. `?log=true` adds the latest requests one by one, `?after=N` waits for more than `N` in `total`.
    private func requests(_ request: EmulatorRequest) -> EmulatorReply {
        var counts = statistics.json
        if request.queryValue("log") == "true", var object = counts.object {
            object["log"] = .array(statistics.log.suffix(RequestStatistics.logMax).map(\.json))
            counts = .object(object)
        }
        var reply = EmulatorReply(status: 200, json: counts)
        reply.isPremature = request.queryValue("after").flatMap { Int($0) }.map { statistics.total <= $0 } ?? false
        return reply
    }

    /// Everything held. `?contents=omit` leaves file contents out.
    private func state(_ request: EmulatorRequest) -> JSON {
        let omits = request.queryValue("contents") == "omit"
        var state: JSONObject = ["instance": .string(instance), "domain": .string(options.domain)]
        for name in TableName.allCases {
            state[name.rawValue] = .array(table(name).rows.map { .object(EmulatorCore.held($0, omitsContents: omits)) })
        }
        state["outbox"] = .array(outbox)
        state["connections"] = .object(
            JSONObject(
                connections.sorted { $0.key < $1.key }.map {
                    .init(name: "\($0.key)", value: .array($0.value.sorted().map(JSON.int)))
                }))
        state["users"] = .array(userIDs.values.sorted().map(JSON.int))
        state["pending_commits"] = .int(pending.count)
        state["limit"] = .int(options.limit)
        state["window"] = .number("\(options.windowSeconds)")
        state["requests"] = statistics.json
        return .object(state)
    }

    private static func held(_ row: Row, omitsContents: Bool) -> JSONObject {
        var held: JSONObject = [
            "id": .int(row.id), "owner": .int(row.owner), "created_at": .string(Amsterdam.timestamp(row.createdAt)),
            "updated_at": .string(Amsterdam.timestamp(row.current.updatedAt)),
            "created_unix": .number("\(row.createdAt)"),
            "updated_unix": .number("\(row.current.updatedAt)"),
        ]
        for member in row.fields.members { held[member.name] = member.value }
        if let type = row.fields["transaction_type"] {
            held["type"] = type
            held["flow"] = .string("\(row.fields.text("flow_type") ?? "")/\(row.fields.text("flow_identifier") ?? "")")
        }
        for name in ["contract_pdf", "image", "logo"] {
            guard var file = row.fields[name]?.object, let content = file.text("content") else { continue }
            file["length"] = Base64.decodedLength(content).map(JSON.int) ?? .null
            if omitsContents { file["content"] = nil }
            held[name] = .object(file)
        }
        return held
    }
}
