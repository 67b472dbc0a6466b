import ExactJSON
public import Records

/// One pipeline's part of a plan, without its records: what the plan was made from.
public struct PlanSection: Sendable, Hashable {
    /// The pipeline's name.
    public var pipeline: String
    /// Digest of the pipeline's definition.
    public var definition: String
    /// Host and port; an emulator's instance as well, once that is known.
    public var host: String
    /// The account's name.
    public var domain: String
    /// Whether nobody asked the host who it is.
    public var isHostAssumed: Bool
    /// The ledger's id; `nil` when there was none yet.
    public var ledger: String?
    /// The latest run of the ledger; 0 before the first.
    public var lastRun: Int64
    /// How much of Salesdock was read for it.
    public var refresh: PlanRefresh
    /// Seconds since 1970, when Salesdock was read.
    public var refreshedAt: Int64
    /// Of the hashes, the source's digest among them.
    public var seed: Hash128
    /// Most rows that are read; `nil` for all.
    public var rowsMax: Int?
    /// Digest of the source's bytes; known at the end.
    public var source: String?
    /// Records with requests; known at the end.
    public var changes = 0

    var head: JSONValue {
        var object = JSONObject([
            ("pipeline", .string(pipeline)), ("definition", .string(definition)), ("host", .string(host)),
            ("domain", .string(domain)), ("host_assumed", .bool(isHostAssumed)),
        ])
        object["ledger"] = ledger.map(JSONValue.string)
        object["last_run"] = .number(JSONNumber(Int(lastRun)))
        object["refresh"] = .string(refresh.rawValue)
        object["refreshed_at"] = .number(JSONNumber(Int(refreshedAt)))
        object["seed"] = .string(seed.hex)
        object["limit"] = rowsMax.map { .number(JSONNumber($0)) }
        return .object(object)
    }

    var tail: JSONValue {
        [
            "pipeline": .string(pipeline), "source": source.map(JSONValue.string) ?? .null,
            "changes": .number(JSONNumber(changes)),
        ]
    }

    init(
        pipeline: String, definition: String, host: String, domain: String, isHostAssumed: Bool, ledger: String?,
        lastRun: Int64, refresh: PlanRefresh, refreshedAt: Int64, seed: Hash128, rowsMax: Int?
    ) {
        self.pipeline = pipeline
        self.definition = definition
        self.host = host
        self.domain = domain
        self.isHostAssumed = isHostAssumed
        self.ledger = ledger
        self.lastRun = lastRun
        self.refresh = refresh
        self.refreshedAt = refreshedAt
        self.seed = seed
        self.rowsMax = rowsMax
    }

    init?(head json: JSONValue) {
        guard let pipeline = json["pipeline"]?.string, let definition = json["definition"]?.string,
            let host = json["host"]?.string, let domain = json["domain"]?.string,
            let isHostAssumed = json["host_assumed"]?.bool, let lastRun = json["last_run"]?.int,
            let refresh = json["refresh"]?.string.flatMap(PlanRefresh.init(rawValue:)),
            let refreshedAt = json["refreshed_at"]?.int, let seed = json["seed"]?.string.flatMap(Hash128.init(hex:))
        else { return nil }
        self.init(
            pipeline: pipeline, definition: definition, host: host, domain: domain, isHostAssumed: isHostAssumed,
            ledger: json["ledger"]?.string, lastRun: Int64(lastRun), refresh: refresh, refreshedAt: Int64(refreshedAt),
            seed: seed, rowsMax: json["limit"]?.int)
    }
}
