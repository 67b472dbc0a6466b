import Foundation
import Ledgers
import Records
import Synchronization
import Testing

@testable import Runs

@Suite struct LedgerAgeTests {
    /// A run that is killed never comes to its end, where the age is noted as well.
    @Test func `a long run keeps up the memory of its ledger's age`() async throws {
        let fixture = try Fixture()
        let rows = (1...300).map { "\($0);Jansen \($0);k\($0)@mail.example;061234\(1000 + $0)\n" }
        try fixture.write("customers.csv", "nr;naam;email;telefoon\n" + rows.joined())
        let mirror = LedgerMirror(directory: fixture.folder, name: "mirror")
        let noted = Mutex<Set<Int64>>([])
        let outcome = try await fixture.run(RunTests.customers) { _ in
            if let age = try? mirror.read() { noted.withLock { _ = $0.insert(age.attempts) } }
        }
        #expect(outcome.balance[.created] == 300)
        // At the beginning, and in between; the end is not seen from here.
        #expect(noted.withLock { $0.contains(0) && $0.contains { $0 > 0 && $0 < 300 } })
        #expect(try mirror.read() == fixture.ledger.identity())
    }
}
