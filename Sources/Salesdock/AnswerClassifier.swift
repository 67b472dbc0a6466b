internal import ExactJSON
public import SalesdockFacts

/// Decides what an answer means: a function of the call and the answer alone.
public enum AnswerClassifier {
    /// - Parameter wallClock: reads a `Retry-After` that is a date, where the answer has no date of its own.
    public static func judge(_ call: Call, _ answer: HTTPAnswer, wallClock: WallTime) -> Verdict {
        let json = try? JSONParser.parse(answer.body)
        let retryAfter = RetryAfter.read(answer.headers, wallClock: wallClock)
        if isThrottled(answer, json) { return .throttled(retryAfter: retryAfter) }
        if answer.status >= 400, answer.status < 500, isTrue(json?["success"]) {
            // A refusal that says it succeeded, as some recorded answers do: believing either half could create twice.
            return .unknown(
                UnknownOutcome("HTTP \(answer.status) whose body says that it succeeded", status: answer.status))
        }
        let problem = problem(answer, json)
        switch answer.status {
        case 200..<300: return judgeSuccess(call, answer.status, json, problem)
        case 300..<400: return .stop(.redirect(status: answer.status, location: locationHost(answer)))
        case 401: return .stop(.unauthenticated(problem))
        case 403: return judgeForbidden(problem, isJSON: json?.object != nil)
        case 404:
            return call.namesRecord && json?.object != nil ? .rejected(problem) : .stop(.notFound(problem))
        case 405: return .stop(.methodNotAllowed(problem))
        case 408:
            return .unknown(UnknownOutcome("HTTP 408: the server gave up waiting", status: 408, retryAfter: retryAfter))
        case 400..<500: return .rejected(problem)
        default:
            return .unknown(
                UnknownOutcome("HTTP \(answer.status)", status: answer.status, retryAfter: retryAfter))
        }
    }

    /// What a request without an answer came to.
    public static func judge(_ error: TransportError) -> Verdict {
        switch error {
        case .notSent(let reason): .notSent(reason: reason)
        case .unknown(let reason): .unknown(UnknownOutcome(reason))
        }
    }

    private static func problem(_ answer: HTTPAnswer, _ json: JSONValue?) -> APIProblem {
        guard let json, json.object != nil else { return APIProblem(status: answer.status, body: answer.body) }
        return APIProblem(status: answer.status, json: json)
    }

    private static func judgeSuccess(_ call: Call, _ status: Int, _ json: JSONValue?, _ problem: APIProblem) -> Verdict
    {
        guard let json else {
            return .unknown(UnknownOutcome("HTTP \(status) without JSON: \(problem.message)", status: status))
        }
        if isFalse(json["success"]) { return .rejected(problem) }
        guard isTrue(json["success"]) || json["data"] != nil || (call.method == .get && json.array != nil) else {
            return .unknown(UnknownOutcome("HTTP \(status) with JSON of another form", status: status))
        }
        let data = json.object == nil ? json : json["data"] ?? .null
        let id = id(in: data)
        if call.createsRecord, id == nil {
            return .unknown(UnknownOutcome("HTTP \(status) without the new record's id", status: status))
        }
        return .applied(data: data, id: id)
    }

    /// Where `data` may hold the id of what was written or read.
    private static let idNames = Set(Resource.allCases.map { ResourceFacts.of($0).idName }).sorted() + ["id"]

    private static func id(in data: JSONValue) -> Int? {
        guard let object = data.object else { return nil }
        for name in idNames {
            if let id = object[name]?.int, id > 0 { return id }
        }
        return nil
    }

    private static func judgeForbidden(_ problem: APIProblem, isJSON: Bool) -> Verdict {
        guard isJSON else { return .stop(.blocked(problem)) }
        let cause = Forbidden.of(message: problem.message)
        return cause.stopsTheRun ? .stop(.forbidden(cause, problem)) : .forbidden(cause, problem)
    }

    /// 429, or the rate limiter in front of Salesdock, which names itself 1015 in a page or a code.
    private static func isThrottled(_ answer: HTTPAnswer, _ json: JSONValue?) -> Bool {
        if RateLimitFacts.throttledStatuses.contains(answer.status) { return true }
        guard answer.status >= 400 else { return false }
        if let json { return json["code"]?.int == 1015 }
        let text = String(decoding: answer.body.prefix(65536), as: UTF8.self).lowercased()
        return ["error code: 1015", "error 1015", "error code 1015"].contains { text.contains($0) }
    }

    private static func isTrue(_ value: JSONValue?) -> Bool {
        guard let text = value?.scalarText else { return false }
        return text == "1" || text == "true"
    }

    private static func isFalse(_ value: JSONValue?) -> Bool {
        guard let text = value?.scalarText else { return false }
        return text == "0" || text == "false" || text == ""
    }

    /// Only the host: the rest of an address can hold values.
    private static func locationHost(_ answer: HTTPAnswer) -> String? {
        guard let location = answer.headers["Location"] else { return nil }
        guard let start = location.firstRange(of: "://")?.upperBound else { return "another path" }
        let authority = location[start...].prefix { !"/?#".contains($0) }
        return APIProblem.oneLine(String(authority.split(separator: "@").last ?? ""), max: 100)
    }
}
