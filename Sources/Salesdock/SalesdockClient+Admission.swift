internal import Logging
internal import SalesdockFacts
internal import Synchronization

/// What a request waits for before it may go: that Salesdock is not in trouble, then the budget.
extension SalesdockClient {
    /// Waits until a request of this kind may be sent.
    ///
    /// While Salesdock answers with errors nothing goes but a probe now and then, which the caller whose turn it is sends.
    /// - Throws: `unreachable` when the trouble lasts too long; otherwise as `Budget.acquire`.
    public func acquire(_ kind: RequestKind) async throws -> Grant {
        while true {
            try await passBreaker(kind)
            let grant = try await traffic.waiting(.limit) { try await budget.acquire() }
            // The trouble may have begun during the wait for the budget.
            if !breaker.withLock({ $0.isOpen }) { return grant }
            try budget.giveBack(grant)
        }
    }

    private func passBreaker(_ kind: RequestKind) async throws {
        if breaker.withLock({ $0.isClosed }) { return }
        try await traffic.waiting(.trouble) { try await waitForEndOfTrouble(kind) }
    }

    private func waitForEndOfTrouble(_ kind: RequestKind) async throws {
        try await breakerGate.enter()
        defer { breakerGate.leave() }
        while true {
            try Task.checkCancellation()
            switch breaker.withLock({ $0.ask(kind, now: time.now()) }) {
            case .go: return
            case .wait(let until):
                // A success of what was under way can end the pause early.
                try await time.sleep(until: min(until, time.now() + .seconds(1)))
            case .probe: try await sendProbe()
            case .giveUp:
                throw SalesdockError(
                    .unreachable, "Salesdock has answered with errors for \(Breaker.troubleMax.components.seconds) s.",
                    remedy: "Look at Salesdock's status, then run again.")
            }
        }
    }

    private func sendProbe() async throws {
        let grant = try await budget.acquire()
        let verdict = await dispatch(APIRequest(.flowsList), grant: grant)
        logger.notice("Salesdock was in trouble; asked again, it is \(verdict.isHealthy ? "back" : "not back yet").")
        noteProbe(verdict)
    }

    private func noteProbe(_ verdict: Verdict) {
        random.withLock { random in
            breaker.withLock {
                $0.probed(failed: !verdict.isHealthy, asked: verdict.asked, now: time.now(), random: &random)
            }
        }
    }

    /// Notes what an ordinary request came to.
    func note(_ kind: RequestKind, _ verdict: Verdict) {
        guard let failed = verdict.isTrouble else { return }
        let hasOpened = random.withLock { random in
            breaker.withLock { breaker in
                let pauses = breaker.pauses
                breaker.note(kind, failed: failed, asked: verdict.asked, now: time.now(), random: &random)
                return breaker.pauses > pauses
            }
        }
        if hasOpened { logger.notice("Salesdock answers with errors; everything pauses until it is well again.") }
    }
}

extension Verdict {
    /// Whether a probe that was answered so shows a server that does its work.
    fileprivate var isHealthy: Bool {
        switch self {
        case .applied, .rejected, .forbidden, .tokenRotated, .stop: true
        case .unknown, .notSent, .throttled: false
        }
    }
}
