import Salesdock
import Synchronization

/// Answers from a list, and keeps what was asked.
final class ScriptedTransport: Transport {
    typealias Outcome = Result<HTTPAnswer, TransportError>
    private let state: Mutex<(outcomes: [Outcome], requests: [HTTPCall])>
    private let onSend: @Sendable () -> Void

    init(_ outcomes: [Outcome], onSend: @escaping @Sendable () -> Void = {}) {
        state = Mutex((outcomes, []))
        self.onSend = onSend
    }

    var requests: [HTTPCall] { state.withLock { $0.requests } }

    func send(_ request: HTTPCall, timeout: Duration) async throws(TransportError) -> HTTPAnswer {
        onSend()
        let outcome = state.withLock { state -> Outcome in
            state.requests.append(request)
            return state.outcomes.isEmpty ? .failure(.notSent("the script is over")) : state.outcomes.removeFirst()
        }
        return try outcome.get()
    }
}

extension HTTPAnswer {
    static func json(_ status: Int, _ body: String, _ headers: HTTPFields = [:]) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: headers, body: Array(body.utf8))
    }

    static func ok(_ data: String) -> HTTPAnswer { json(200, #"{"success":true,"data":\#(data),"message":"ok"}"#) }
}
