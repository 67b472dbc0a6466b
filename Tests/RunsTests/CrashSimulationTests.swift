import ExactJSON
import Ledgers
import Records
import TestSupport
import Testing

@testable import Runs

/// Crashes at every durable step, lost requests and lost answers, in virtual time; at the end every record is there once.
@Suite struct CrashSimulationTests {
    private static let rows = 12

    private func csv() -> String {
        "nr;naam;email;telefoon\n"
            + (1...Self.rows).map { "\($0);Jansen \($0);k\($0)@mail.example;06123410\(10 + $0)\n" }.joined()
    }

    private func faults(_ rng: inout SeededRNG) -> JSONValue {
        var rules: [JSONValue] = []
        for action in ["drop_after", "drop_before", "error_after", "error_before", "throttle"]
        where Bool.random(using: &rng) {
            rules.append([
                "method": "POST", "path": "relations", "probability": 0, "action": .string(action), "seconds": 2,
                "times": 6,
            ])
            let percent = Int.random(in: 5...25, using: &rng)
            if case .object(var rule)? = rules.last {
                rule["probability"] = .number(JSONNumber("0.\(percent < 10 ? "0" : "")\(percent)") ?? JSONNumber(0))
                rules[rules.count - 1] = .object(rule)
            }
        }
        return .array(rules)
    }

    @Test(arguments: 1...60) func `kill anywhere and resume gives the same remote state`(seed: Int) async throws {
        var rng = SeededRNG(seed: UInt64(seed))
        let fixture = try Fixture(seed: UInt64(seed))
        try fixture.write("customers.csv", csv())
        try fixture.faults(faults(&rng), seed: seed)
        var outcome: PipelineOutcome?
        for round in 0..<40 {
            let steps = round < 6 ? Int.random(in: 1...14, using: &rng) : nil
            let ledger = CrashingLedger(fixture.ledger, dyingAfter: steps, diesBefore: Bool.random(using: &rng))
            outcome = try? await fixture.run(RunTests.customers, ledger: ledger)
            #expect(outcome.map(\.balance.holds) ?? true, "seed \(seed), round \(round)")
            guard let outcome, !ledger.isDead else { continue }
            if outcome.exit == .success { break }
            if let story = try inDoubt(fixture) {
                Issue.record("seed \(seed), round \(round): \(story)")
                return
            }
        }
        #expect(
            outcome?.exit == .success,
            "seed \(seed): \(String(describing: outcome?.messages)) \(String(describing: outcome?.balance))")
        try checkResends(fixture, seed)
        let emails = try fixture.held("relations").compactMap { $0["email"]?.string }.sorted()
        #expect(emails == (1...Self.rows).map { "k\($0)@mail.example" }.sorted(), "seed \(seed)")
    }

    /// A create that follows one of unknown outcome says so, since its twin is looked for at the end.
    private func checkResends(_ fixture: Fixture, _ seed: Int) throws {
        for (target, _) in try fixture.ledger.targets() {
            for key in 1...Self.rows {
                let tries = try fixture.ledger.history(target, key: String(key))
                for (earlier, later) in zip(tries, tries.dropFirst()) where earlier.note == "looked up: not there" {
                    #expect(later.resends == earlier.attempt, "seed \(seed), key \(key)")
                }
            }
        }
    }

    /// The story of the first record that is left to a person.
    private func inDoubt(_ fixture: Fixture) throws -> String? {
        for (target, _) in try fixture.ledger.targets() {
            guard let record = try fixture.ledger.records(target, fates: [.inDoubt], limit: 1).first else { continue }
            let tries = try fixture.ledger.history(target, key: record.key)
            return "\(record.key): " + tries.map { "\($0.call) \($0.state) \($0.note ?? "")" }.joined(separator: "; ")
        }
        return nil
    }
}
