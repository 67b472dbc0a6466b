import ExactJSON
import Salesdock
import SalesdockFacts
import Testing

struct AnswerClassifierTests {
    private func judge(_ call: Call, _ status: Int, _ body: String, _ headers: HTTPFields = [:]) -> Verdict {
        AnswerClassifier.judge(call, .json(status, body, headers), wallClock: WallTime(unixSeconds: 784_111_777))
    }

    /// The verdict's name, and what identifies it.
    private func name(_ verdict: Verdict) -> String {
        switch verdict {
        case .applied(_, let id): "applied \(id.map(String.init) ?? "-")"
        case .rejected(let problem): "rejected \(problem.shortDescription)"
        case .forbidden(let cause, _): "forbidden \(cause.rawValue)"
        case .unknown: "unknown"
        case .notSent: "not sent"
        case .throttled(let wait): "throttled \(wait.map { String($0.components.seconds) } ?? "-")"
        case .tokenRotated: "token rotated"
        case .stop(.unauthenticated): "stop unauthenticated"
        case .stop(.forbidden(let cause, _)): "stop forbidden \(cause.rawValue)"
        case .stop(.blocked): "stop blocked"
        case .stop(.notFound): "stop not found"
        case .stop(.methodNotAllowed): "stop method"
        case .stop(.redirect(_, let host)): "stop redirect \(host ?? "-")"
        case .stop(.client): "stop client"
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let call: Call
        let status: Int
        let body: String
        var headers: HTTPFields = [:]
        let verdict: String
        var testDescription: String { "\(call.name) \(status) \(body.prefix(60))" }
    }

    private static let html =
        "<!DOCTYPE html><html><head><TITLE>Attention Required!\n | Proxy</title></head><body>x</body></html>"

    static let table: [Row] = [
        Row(
            call: .relationCreate, status: 201, body: #"{"success":true,"data":{"relation_id":7}}"#,
            verdict: "applied 7"),
        Row(
            call: .relationCreate, status: 201, body: #"{"success":1,"data":{"relation_id":"7"}}"#, verdict: "applied 7"
        ),
        Row(call: .saleCreate, status: 200, body: #"{"success":true,"data":{"sale_id":9}}"#, verdict: "applied 9"),
        Row(call: .relationCreate, status: 201, body: #"{"success":true,"data":{}}"#, verdict: "unknown"),
        Row(
            call: .relationCreate, status: 201, body: #"{"success":true,"data":{"relation_id":0}}"#, verdict: "unknown"),
        Row(call: .relationCreate, status: 201, body: "", verdict: "unknown"),
        Row(call: .relationCreate, status: 201, body: #"{"success":true,"data":{"rela"#, verdict: "unknown"),
        Row(call: .relationCreate, status: 200, body: html, verdict: "unknown"),
        Row(call: .relationUpdate, status: 200, body: "{}", verdict: "unknown"),
        Row(call: .relationUpdate, status: 204, body: "", verdict: "unknown"),
        Row(call: .energyTariffsUpdate, status: 200, body: #"{"success":true,"data":[]}"#, verdict: "applied -"),
        Row(
            call: .relationCreate, status: 200, body: #"{"success":false,"message":"nee"}"#,
            verdict: "rejected HTTP 200"),
        Row(
            call: .relationCreate, status: 201, body: #"{"success":"0","code":12}"#,
            verdict: "rejected HTTP 201, code 12"),
        Row(
            call: .saleCreate, status: 400,
            body: #"{"success":false,"message":"M","code":"E1","errors":{"iban":["x"]}}"#,
            verdict: "rejected HTTP 400, code E1, fields: iban"),
        Row(
            call: .relationCreate, status: 422, body: #"{"message":"M","errors":{"email":"x","a":{"b":["y"]}}}"#,
            verdict: "rejected HTTP 422, fields: email, a.b"),
        Row(call: .relationCreate, status: 422, body: html, verdict: "rejected HTTP 422"),
        Row(call: .saleCreate, status: 400, body: #"{"success":true,"data":{"sale_id":5}}"#, verdict: "unknown"),
        Row(call: .relationUpdate, status: 404, body: #"{"success":false}"#, verdict: "rejected HTTP 404"),
        Row(call: .relationUpdate, status: 404, body: html, verdict: "stop not found"),
        Row(call: .relationsList, status: 404, body: #"{"success":false}"#, verdict: "stop not found"),
        Row(call: .saleCreate, status: 404, body: #"{"success":false}"#, verdict: "stop not found"),
        Row(call: .relationCreate, status: 405, body: #"{"success":false}"#, verdict: "stop method"),
        Row(call: .relationCreate, status: 408, body: "", verdict: "unknown"),
        Row(call: .relationCreate, status: 409, body: "{}", verdict: "rejected HTTP 409"),
        Row(call: .relationCreate, status: 413, body: "", verdict: "rejected HTTP 413"),
        Row(call: .relationCreate, status: 418, body: "", verdict: "rejected HTTP 418"),
        Row(call: .relationCreate, status: 401, body: #"{"success":false}"#, verdict: "stop unauthenticated"),
        Row(call: .relationCreate, status: 401, body: html, verdict: "stop unauthenticated"),
        Row(
            call: .relationCreate, status: 403, body: #"{"message":"Not authorised action."}"#,
            verdict: "forbidden permission"),
        Row(
            call: .relationCreate, status: 403,
            body: #"{"message":"API token is only available for Salesdock internal integration"}"#,
            verdict: "stop forbidden internal_token"),
        Row(
            call: .relationCreate, status: 403, body: #"{"message":"IP restriction"}"#,
            verdict: "stop forbidden token_address"),
        Row(
            call: .relationCreate, status: 403, body: #"{"message":"not on the IP whitelist"}"#,
            verdict: "stop forbidden account_address"),
        Row(call: .relationCreate, status: 403, body: html, verdict: "stop blocked"),
        Row(call: .relationCreate, status: 429, body: "{}", headers: ["retry-after": "65"], verdict: "throttled 65"),
        Row(call: .relationCreate, status: 429, body: "", headers: ["Retry-After": "0"], verdict: "throttled 0"),
        Row(call: .relationCreate, status: 429, body: html, verdict: "throttled -"),
        Row(
            call: .relationCreate, status: 429, body: "", headers: ["Retry-After": "Sun, 06 Nov 1994 08:50:00 GMT"],
            verdict: "throttled 23"),
        Row(
            call: .relationCreate, status: 429, body: "",
            headers: ["Retry-After": "Sun, 06 Nov 1994 09:00:10 GMT", "Date": "Sun, 06 Nov 1994 09:00:00 GMT"],
            verdict: "throttled 10"),
        Row(
            call: .relationCreate, status: 429, body: "", headers: ["Retry-After": "Sunday, 06-Nov-94 08:49:40 GMT"],
            verdict: "throttled 3"),
        Row(
            call: .relationCreate, status: 429, body: "", headers: ["Retry-After": "Sun Nov  6 08:49:30 1994"],
            verdict: "throttled 0"),
        Row(
            call: .relationCreate, status: 429, body: "", headers: ["Retry-After": "99999999999999999999"],
            verdict: "throttled 86400"),
        Row(call: .relationCreate, status: 429, body: "", headers: ["Retry-After": "soon"], verdict: "throttled -"),
        Row(call: .relationCreate, status: 1015, body: "", verdict: "throttled -"),
        Row(call: .relationCreate, status: 403, body: "error code: 1015", verdict: "throttled -"),
        Row(call: .relationCreate, status: 400, body: #"{"code":"1015"}"#, verdict: "throttled -"),
        Row(call: .relationCreate, status: 500, body: #"{"success":false}"#, verdict: "unknown"),
        Row(
            call: .relationCreate, status: 500, body: #"{"success":true,"data":{"relation_id":3}}"#, verdict: "unknown"),
        Row(call: .relationCreate, status: 502, body: html, verdict: "unknown"),
        Row(call: .relationCreate, status: 524, body: html, verdict: "unknown"),
        Row(
            call: .relationCreate, status: 301, body: "", headers: ["Location": "https://u:p@other.example/x?y=z"],
            verdict: "stop redirect other.example"),
        Row(
            call: .relationCreate, status: 302, body: "", headers: ["Location": "/login"],
            verdict: "stop redirect another path"),
        Row(call: .relationsList, status: 200, body: "[]", verdict: "applied -"),
    ]

    @Test(arguments: table)
    func `an answer means what it should`(row: Row) {
        #expect(name(judge(row.call, row.status, row.body, row.headers)) == row.verdict)
    }

    @Test func `a transport error keeps known from unknown`() {
        #expect(AnswerClassifier.judge(.notSent("refused")) == .notSent(reason: "refused"))
        #expect(AnswerClassifier.judge(.unknown("broken")) == .unknown(UnknownOutcome("broken")))
    }

    @Test func `a web page is summed up in one line`() throws {
        guard case .rejected(let problem) = judge(.relationCreate, 422, Self.html) else {
            Issue.record("not rejected")
            return
        }
        #expect(problem.message == "a web page titled 'Attention Required! | Proxy'")
    }

    @Test func `a problem's short form names fields and never their values`() {
        let body = #"{"message":"jan@klant.example bestaat al","errors":{"email":["jan@klant.example bestaat al"]}}"#
        guard case .rejected(let problem) = judge(.relationCreate, 422, body) else {
            Issue.record("not rejected")
            return
        }
        #expect(problem.text == "jan@klant.example bestaat al | email: jan@klant.example bestaat al")
        #expect("\(problem)" == "HTTP 422, fields: email")
    }

    @Test func `whatever the bytes, an answer is judged without a crash`() {
        for status in [100, 200, 204, 304, 400, 403, 404, 422, 429, 500, 599] {
            for body in [
                "\u{0}", "\"", "[[[[", "{\"errors\":3}", "{\"errors\":[[[1]]]}", "<title", "<title>", "null", "1e999",
            ] {
                _ = judge(.relationCreate, status, body)
            }
            _ = AnswerClassifier.judge(
                .relationCreate, HTTPAnswer(status: status, body: [0xFF, 0xFE, 0x3C]),
                wallClock: WallTime(unixSeconds: 0))
        }
    }
}
