import ExactJSON
import Foundation
import Pipelines
import Records
import Salesdock
import Testing

@testable import Runs

@Suite struct ExportTests {
    private func export(_ fixture: Fixture) async throws -> PipelineOutcome {
        let definition = try fixture.pipeline(
            "pipeline: out\nkey: id\nsource: { salesdock.products: {} }\nsink: { ndjson: { path: out.ndjson } }\n")
        let environment = RunEnvironment(time: fixture.time, stop: StopSignal(), seed: Hash128(high: 1, low: 2))
        return try await Export(
            definition, client: fixture.client(), options: RunOptions(), environment: environment,
            folder: fixture.folder
        ).run()
    }

    @Test func `a product that is deleted between the list and its reading is left out, and said so`() async throws {
        let fixture = try Fixture()
        try fixture.write("prices.csv", "code;naam;prijs\na;Product A;1,50\nb;Product B;2,50\nc;Product C;3,50\n")
        #expect(try await fixture.run(MissingProductTests.prices).balance[.created] == 3)
        fixture.time.advance(to: fixture.time.now() + .seconds(10))
        try fixture.faults(
            [["method": "GET", "path": "account/products/*", "nth": 2, "action": "error_before", "status": 404]],
            seed: 1)
        let outcome = try await export(fixture)
        #expect(outcome.exit == .success, "\(outcome.messages)")
        #expect(outcome.balance.read == 2 && outcome.balance.holds)
        #expect(outcome.messages.contains { $0.hasPrefix("1 of the listed products") })
        let lines = try String(contentsOfFile: fixture.folder + "/out.ndjson", encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
    }
}
