import Ledgers
import Testing

@testable import Runs

@Suite struct WriteMachineTests {
    private let first = AttemptID(rawValue: 1)
    private let second = AttemptID(rawValue: 2)

    /// Drives a machine through events and returns every action.
    private func actions(
        _ kind: WriteMachine.Kind, canResend: Bool = true, rounds: Int = 0, isLastChance: Bool = false,
        refusal: String? = nil,
        _ events: [WriteMachine.Event]
    ) -> [WriteMachine.Action] {
        var machine = WriteMachine(
            kind, canResend: canResend, rounds: rounds, isLastChance: isLastChance, refusal: refusal)
        var actions: [WriteMachine.Action] = []
        for event in events { actions.append(machine.handle(event)) }
        return actions
    }

    @Test func `nothing is sent before its intent is durable, and nothing ends before its outcome is`() {
        let done = actions(
            .create, [.begin, .granted, .intended(first, isSlow: false), .answered(.applied(id: 7)), .concluded])
        #expect(
            done == [
                .grant, .intend(resends: nil), .send(first), .conclude(first, .applied(remoteID: 7, isAdopted: false)),
                .finish(.applied(id: 7)),
            ])
    }

    @Test func `a slow sync takes another grant for the same intent`() {
        let done = actions(
            .create, [.begin, .granted, .intended(first, isSlow: true), .granted, .intended(first, isSlow: false)])
        #expect(done == [.grant, .intend(resends: nil), .giveBackGrant, .restamp(first), .send(first)])
    }

    @Test func `throttling sends the same intent again`() {
        let done = actions(.create, [.begin, .granted, .intended(first, isSlow: false), .answered(.again), .granted])
        #expect(done.suffix(2) == [.grant, .restamp(first)])
    }

    @Test func `a create of unknown outcome is looked up after it has settled, never sent again at once`() {
        let done = actions(
            .create,
            [
                .begin, .granted, .intended(first, isSlow: false), .answered(.unknown(note: "timeout")), .concluded,
                .settled,
            ])
        #expect(done.suffix(3) == [.conclude(first, .unknown(note: "timeout")), .settle(first), .lookUp(first)])
    }

    @Test func `what the look-up finds is adopted`() {
        let done = actions(.create, [.resume(first), .lookedUp(.one(id: 9)), .concluded])
        #expect(
            done == [
                .lookUp(first), .conclude(first, .applied(remoteID: 9, isAdopted: true)), .finish(.applied(id: 9)),
            ])
    }

    @Test func `finding nothing sends again only after a control`() {
        let done = actions(.create, [.resume(first), .lookedUp(.none), .controlled(true), .concluded, .granted])
        #expect(
            done == [
                .lookUp(first), .control(first), .conclude(first, .absent(note: "looked up: not there")), .grant,
                .intend(resends: first),
            ])
    }

    @Test func `without a control nothing is sent again`() {
        #expect(actions(.create, [.resume(first), .lookedUp(.none), .controlled(nil)]).last == .awaitControl(first))
        let last = actions(
            .create, isLastChance: true, [.resume(first), .lookedUp(.none), .controlled(nil), .concluded])
        guard case .finish(.inDoubt)? = last.last else {
            Issue.record("ended with \(String(describing: last.last))")
            return
        }
    }

    @Test func `a control that finds nothing is no control`() {
        let done = actions(.create, [.resume(first), .lookedUp(.none), .controlled(false)])
        #expect(done.last == .awaitControl(first))
    }

    @Test func `a look-up that can't decide is left to a person`() {
        let done = actions(.create, [.resume(first), .lookedUp(.undecided(note: "two")), .concluded])
        #expect(done.suffix(2) == [.conclude(first, .inDoubt(note: "two")), .finish(.inDoubt(note: "two"))])
    }

    @Test func `a repeatable update of unknown outcome is sent again after it has settled`() {
        let done = actions(
            .repeatableUpdate,
            [
                .begin, .granted, .intended(first, isSlow: false), .answered(.unknown(note: "eof")), .concluded,
                .settled, .concluded, .granted,
            ])
        #expect(done.suffix(2) == [.grant, .intend(resends: first)])
        #expect(!done.contains(.lookUp(first)))
        // Nobody knows that it was not applied.
        #expect(!done.contains { if case .conclude(first, .failed) = $0 { true } else { false } })
    }

    @Test func `an update that adds is never sent twice`() {
        let done = actions(
            .unrepeatableUpdate,
            [.begin, .granted, .intended(first, isSlow: false), .answered(.unknown(note: "eof")), .concluded])
        #expect(done.suffix(2) == [.conclude(first, .inDoubt(note: "eof")), .finish(.inDoubt(note: "eof"))])
    }

    @Test func `a recovered attempt without its row ends when it is known to be absent`() {
        let done = actions(
            .create, canResend: false, [.resume(first), .lookedUp(.none), .controlled(true), .concluded])
        #expect(done.last == .finish(.absent))
    }

    @Test func `a duplicate identifier on a resent create is looked up, on a first one rejected`() {
        let fresh = actions(
            .create,
            [
                .begin, .granted, .intended(first, isSlow: false), .answered(.duplicateIdentifier(note: "422")),
                .concluded,
            ])
        #expect(fresh.last == .finish(.rejected(note: "422")))
        let again = actions(
            .create,
            [
                .resume(first), .lookedUp(.none), .controlled(true), .concluded, .granted,
                .intended(second, isSlow: false),
                .answered(.duplicateIdentifier(note: "422")), .concluded, .settled, .lookedUp(.one(id: 4)), .concluded,
            ])
        #expect(
            again.suffix(2) == [.conclude(second, .applied(remoteID: 4, isAdopted: true)), .finish(.applied(id: 4))])
    }

    @Test func `a resent create whose identifier exists and that a look-up does not find is rejected`() {
        let done = actions(
            .create, refusal: "422", [.resume(second), .lookedUp(.none), .concluded])
        #expect(done.suffix(2) == [.conclude(second, .failed(note: "422")), .finish(.rejected(note: "422"))])
    }

    @Test func `what the look for a control finds of the attempt itself counts`() {
        let done = actions(.create, [.resume(first), .lookedUp(.none), .lookedUp(.undecided(note: "x")), .concluded])
        #expect(done.last == .finish(.inDoubt(note: "x")))
    }

    @Test func `rounds of unknown outcome end`() {
        let done = actions(
            .create, rounds: WriteMachine.roundsMax - 1,
            [.begin, .granted, .intended(first, isSlow: false), .answered(.unknown(note: "x")), .concluded])
        #expect(done.last == .finish(.unconfirmed(note: "x")))
    }
}
