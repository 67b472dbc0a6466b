import ExactJSON
import Ledgers
import Records
import Testing

/// What every ledger store must do, run against each implementation.
struct LedgerContract {
    let ledger: any Ledger
    let target: TargetID
    let run: RunID

    static let identity = TargetIdentity(
        host: "salesdock.example", domain: "demo", pipeline: "customers", resource: "customers",
        keyDefinition: "klantnummer")

    init(_ ledger: any Ledger) throws {
        self.ledger = ledger
        target = try ledger.target(Self.identity)
        run = try ledger.beginRun(target, atUnixSeconds: 1_000)
    }

    func intent(_ key: String, create: Bool = true, matchClass: String? = nil, target other: TargetID? = nil) -> Intent
    {
        Intent(
            target: other ?? target, key: key, step: 0, call: create ? "relations.create" : "relations.update",
            isCreate: create, fingerprint: "f-\(key)", payload: ["email": .string("\(key)@mail.example")],
            matchClass: matchClass, highestIDSeen: 7, run: run,
            sentAt: SentAt(bootID: "b", bootNanoseconds: 5, unixSeconds: 1_001))
    }

    func code(_ body: () throws -> Void) -> LedgerError.Code? {
        do {
            try body()
            return nil
        } catch { return (error as? LedgerError)?.code }
    }

    func idsAndPayloadsSurvive() throws {
        let attempt = try ledger.intend(intent("k1"))
        try ledger.conclude(attempt, .applied(remoteID: 42, isAdopted: false))
        let update = try ledger.intend(intent("k1", create: false))
        try ledger.conclude(update, .failed(note: "422"))
        let record = try #require(try ledger.record(target, key: "k1"))
        #expect(record.remoteID == 42)
        #expect(record.isOwned)
        #expect(record.steps[0]?.fingerprint == "f-k1")
        #expect(record.steps[0]?.payload == ["email": "k1@mail.example"])
        #expect(try ledger.highestID(host: "salesdock.example", domain: "demo", resource: "customers") == 42)
        #expect(
            try ledger.claim(Self.identity, remoteID: 42)?.key
                == "k1")
    }

    func neverCreatedAgain() throws {
        try ledger.conclude(try ledger.intend(intent("k1")), .applied(remoteID: 42, isAdopted: false))
        #expect(code { _ = try ledger.intend(intent("k1")) } == .conflict)
    }

    func oneOpenCreatePerMatchClass() throws {
        let first = try ledger.intend(intent("k1", matchClass: "email:a"))
        #expect(code { _ = try ledger.intend(intent("k2", matchClass: "email:a")) } == .conflict)
        var other = Self.identity
        other.pipeline = "more-customers"
        let elsewhere = try ledger.target(other)
        #expect(code { _ = try ledger.intend(intent("x", matchClass: "email:a", target: elsewhere)) } == .conflict)
        _ = try ledger.intend(intent("k3", matchClass: "email:b"))
        try ledger.conclude(first, .failed(note: "400"))
        _ = try ledger.intend(intent("k2", matchClass: "email:a"))
    }

    func oneOpenTryPerRecord() throws {
        _ = try ledger.intend(intent("k1"))
        #expect(code { _ = try ledger.intend(intent("k1")) } == .conflict)
    }

    func claimsAreUnique() throws {
        try ledger.adopt(target, key: "k1", remoteID: 42, applied: [:], isOwned: false)
        #expect(
            code { try ledger.adopt(target, key: "k2", remoteID: 42, applied: [:], isOwned: false) }
                == .conflict)
        #expect(
            code { try ledger.adopt(target, key: "k1", remoteID: 43, applied: [:], isOwned: false) }
                == .conflict)
        #expect(try ledger.record(target, key: "k1")?.isOwned == false)
    }

    func openAttemptsAreFound() throws {
        let lost = try ledger.intend(intent("k1", matchClass: "email:a"))
        let unknown = try ledger.intend(intent("k2"))
        try ledger.conclude(unknown, .unknown(note: "timeout"))
        let done = try ledger.intend(intent("k3"))
        try ledger.conclude(done, .applied(remoteID: 9, isAdopted: false))
        let open = try ledger.openAttempts(host: "salesdock.example", domain: "demo")
        #expect(open.map(\.id) == [lost, unknown])
        #expect(open.map(\.state) == [.intent, .unknown])
        #expect(open[0].intent == intent("k1", matchClass: "email:a"))
        #expect(try ledger.openAttempts(host: "other.example", domain: "demo").isEmpty)
        try ledger.conclude(unknown, .applied(remoteID: 10, isAdopted: true))
        #expect(code { try ledger.conclude(unknown, .failed(note: "x")) } == .conflict)
        #expect(try ledger.history(target, key: "k2").map(\.state) == [.applied])
    }

    func targetsAreApart() throws {
        try ledger.conclude(try ledger.intend(intent("k1")), .applied(remoteID: 42, isAdopted: false))
        var other = Self.identity
        other.host = "127.0.0.1:1#a"
        let elsewhere = try ledger.target(other)
        #expect(try ledger.record(elsewhere, key: "k1") == nil)
        #expect(try ledger.claim(other, remoteID: 42) == nil)
        #expect(try ledger.target(Self.identity) == target)
    }

    /// A create shows that what was lost would be seen only when it was sent after the lost one had been sent last.
    func controlsWereSentAfterwards() throws {
        func create(_ key: String, remoteID: Int, sentAt: Int64, boot: String = "b") throws {
            var other = intent(key)
            other.sentAt = SentAt(bootID: boot, bootNanoseconds: sentAt, unixSeconds: 1_002)
            try ledger.conclude(try ledger.intend(other), .applied(remoteID: remoteID, isAdopted: false))
        }
        func control(_ attempt: AttemptID?) throws -> Int? {
            try ledger.control(target, notKey: "lost", madeAfter: attempt)?.remoteID
        }
        try create("before", remoteID: 40, sentAt: 4)
        let lost = try ledger.intend(intent("lost"))
        #expect(try control(lost) == nil)
        #expect(try control(nil) == 40)
        // The other's intent came after the lost one's, and was sent before that was sent once more.
        try create("between", remoteID: 41, sentAt: 8)
        #expect(try control(lost) == 41)
        try ledger.resent(lost, at: SentAt(bootID: "b", bootNanoseconds: 9, unixSeconds: 1_003))
        #expect(try control(lost) == nil)
        try create("at once", remoteID: 42, sentAt: 9)
        #expect(try control(lost) == nil)
        try create("after", remoteID: 43, sentAt: 10)
        #expect(try control(lost) == 43)
        // Times of another boot say nothing about those of this one; what was begun later was sent later.
        try ledger.resent(lost, at: SentAt(bootID: "b", bootNanoseconds: 99, unixSeconds: 1_004))
        #expect(try control(lost) == nil)
        try create("next boot", remoteID: 44, sentAt: 1, boot: "c")
        #expect(try control(lost) == 44)
    }

    func fatesAreKept() throws {
        try ledger.note(
            [
                FateEntry(key: "a", fate: .parked, note: "customers 7"),
                FateEntry(key: "b", fate: .duplicate, survivor: "a"),
            ],
            target: target, run: run)
        try ledger.note([FateEntry(key: "a", fate: .rejected, note: "email")], target: target, run: run)
        #expect(try ledger.record(target, key: "a")?.fate == .rejected)
        #expect(try ledger.record(target, key: "b")?.survivor == "a")
        #expect(try ledger.records(target, fates: [.parked, .duplicate], limit: 10).map(\.key) == ["b"])
        #expect(try ledger.records(target, after: "a", limit: 10).map(\.key) == ["b"])
    }

    func runsCount() throws {
        let before = try ledger.identity()
        let next = try ledger.beginRun(target, atUnixSeconds: 2_000)
        try ledger.endRun(next, exitCode: 1, report: ["read": 3], atUnixSeconds: 2_005)
        #expect(try ledger.identity() == LedgerIdentity(id: before.id, runs: before.runs + 1))
        let runs = try ledger.runs(limit: 5)
        #expect(runs.first?.exitCode == 1)
        #expect(runs.first?.report == ["read": 3])
        #expect(runs.last?.endedUnixSeconds == nil)
    }
}
