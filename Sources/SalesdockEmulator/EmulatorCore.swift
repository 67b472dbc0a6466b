/// A local Salesdock without clock, sockets or files: requests and the time come in, replies go out.
///
/// The same options, instance id and sequence of requests and times give the same replies, byte for byte, so a
/// simulation can drive it on virtual time. It is a value; whoever shares it between threads guards it.
public struct EmulatorCore: Sendable {
    var options: EmulatorOptions
    var tokens: [String: EmulatorToken] = [:]
    var userIDs: [String: Int] = [:]
    /// Identity of the data: kept with it, renewed by a reset.
    public internal(set) var instance: String
    var tables: [TableName: Table] = [:]
    var outbox: [JSON] = []
    /// Products that an organisation may sell; an organisation that is not in it may sell all.
    var connections: [Int: Set<Int>] = [:]
    var windows: [String: RateWindow] = [:]
    var statistics = RequestStatistics()
    var faults: [FaultRule] = []
    var pending: [PendingCommit] = []
    var random: SplitMix
    var faultRandom: SplitMix
    var journal: [[UInt8]] = []
    /// Writes that were admitted, oldest first; `nil` while nobody wants them.
    var recording: [JSON]?
    /// Whether mutations are noted for ``takeJournal()``.
    public var keepsJournal = false

    /// A request whose commit is still to come.
    struct PendingCommit: Sendable {
        var due: Double
        var call: AdmittedCall
    }

    /// - Parameters:
    ///   - options: host, port and data file are of no concern here.
    ///   - instance: text that no other emulator's data has.
    public init(options: EmulatorOptions, instance: String) {
        self.options = options
        self.instance = instance
        random = SplitMix(seed: options.seed)
        faultRandom = SplitMix(seed: options.seed &+ 1)
        for name in TableName.allCases { tables[name] = Table() }
        setTokens(options.tokens)
    }

    /// Replaces the accepted tokens. A user keeps its id, its records and its rate window.
    public mutating func setTokens(_ list: [EmulatorToken]) {
        tokens = Dictionary(list.map { ($0.secret, $0) }, uniquingKeysWith: { _, last in last })
        for token in list where userIDs[token.name] == nil {
            var id = 2000 + Int(EmulatorCore.hash(token.name) % 90000)
            while userIDs.values.contains(id) { id += 1 }
            userIDs[token.name] = id
        }
    }

    /// Commits what is due by then. Every ``handle(_:at:)`` does it first.
    public mutating func advance(to time: EmulatorTime) {
        while let next = pending.indices.min(by: { pending[$0].due < pending[$1].due }),
            pending[next].due <= time.seconds
        {
            let commit = pending.remove(at: next)
            _ = answer(commit.call, at: commit.due)
        }
    }

    /// Answers one request that arrives at that time.
    public mutating func handle(_ request: EmulatorRequest, at time: EmulatorTime) -> EmulatorReply {
        advance(to: time)
        let path = request.path.split(separator: "/", omittingEmptySubsequences: true)
        var reply: EmulatorReply
        if path.first == "_emulator" {
            reply = control(request, path: path.dropFirst().map(String.init), now: time.seconds)
        } else {
            reply = serve(request, path: path, now: time.seconds)
        }
        reply.headers.append(("X-Emulator-Instance", instance))
        return reply
    }

    private mutating func serve(_ request: EmulatorRequest, path: [Substring], now: Double) -> EmulatorReply {
        let token = EmulatorCore.secret(of: request).flatMap { tokens[$0] }
        let key = token.map { "user:" + $0.name } ?? "ip:" + request.clientIP
        statistics.arrived(key: key, at: now, window: options.windowSeconds)
        if !["GET", "HEAD"].contains(request.method) { statistics.writes += 1 }
        let grant = windows[key, default: RateWindow()].take(
            at: now, limit: options.limit, window: options.windowSeconds)
        var reply =
            grant.allowed
            ? admitted(request, token: token, path: path, now: now) : .throttled(retryAfter: grant.retryAfter)
        statistics.answered(
            CountedRequest(
                at: now, method: request.method, status: reply.status, limit: options.limit, delay: reply.delaySeconds,
                retryAfter: reply.headers.first { $0.name == "Retry-After" }.flatMap { Int($0.value) }))
        reply.headers += [
            ("X-RateLimit-Limit", String(options.limit)), ("X-RateLimit-Remaining", String(grant.remaining)),
        ]
        return reply
    }

    private mutating func admitted(
        _ request: EmulatorRequest, token: EmulatorToken?, path: [Substring], now: Double
    ) -> EmulatorReply {
        guard let token, let userID = userIDs[token.name] else {
            statistics.unauthenticated += 1
            return .unauthenticated
        }
        if let refusal = refusal(of: token, clientIP: request.clientIP) { return refusal }
        guard path.count > 3, path[0] == "api", path[2] == "v1" else { return .notFound }
        guard path[1] == options.domain else { return .forbidden(Refusal.permission) }
        let rest = Array(path.dropFirst(3))
        let fitting = Route.all.filter { $0.fits(rest) }
        guard !fitting.isEmpty else { return .notFound }
        guard let route = fitting.first(where: { $0.method == request.method }) else { return .notAllowed }
        statistics.byCall[route.callName, default: 0] += 1
        record(request)
        let call = AdmittedCall(request: request, route: route, path: rest.map(String.init), userID: userID)
        if token.role == .agent, call.isAccount { return .forbidden(Refusal.permission) }
        return withFaults(call, at: now)
    }

    /// Texts of the four causes of a 403.
    enum Refusal {
        static let internalOnly = "API token is only available for Salesdock internal integration"
        static let tokenAddress = "IP restriction: this API token is not available for your IP address"
        static let accountAddress = "Your IP address is not on the IP whitelist of this account"
        static let permission = "Not authorised action."
    }

    private func refusal(of token: EmulatorToken, clientIP: String) -> EmulatorReply? {
        if token.internalOnly { return .forbidden(Refusal.internalOnly) }
        if !token.allowedIPs.isEmpty, !token.allowedIPs.contains(clientIP) { return .forbidden(Refusal.tokenAddress) }
        if !options.accountIPs.isEmpty, !options.accountIPs.contains(clientIP) {
            return .forbidden(Refusal.accountAddress)
        }
        return nil
    }

    private static func secret(of request: EmulatorRequest) -> String? {
        guard let header = request.headers["authorization"], header.lowercased().hasPrefix("bearer ") else {
            return nil
        }
        return trimmed(String(header.dropFirst(7)))
    }

    /// FNV-1a: a user's id must be the same after a restart, whatever the order of the tokens.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
