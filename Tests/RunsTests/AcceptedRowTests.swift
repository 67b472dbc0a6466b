import Foundation
import Pipelines
import Records
import Salesdock
import Testing

@testable import Runs

/// Only a row that is accepted stands for its key, in a dry run and in a run alike.
@Suite struct AcceptedRowTests {
    private func pipeline(_ dedupe: String = "", hasImage: Bool = true) -> String {
        """
        pipeline: products
        key: code
        source: { csv: { path: "*/products.csv", delimiter: ";" } }
        transforms:
          - map:
              name: naam
              identifier: code
              type: { const: energy_e }
              active: { const: "1" }
              business: { const: "0" }
              retention: { const: "2" }
        \(hasImage ? image : "")
        \(dedupe)
        sink:
          salesdock.products: { match: [identifier] }
        """
    }

    private let image = "      image.content: { file: { from: foto } }\n      image.extension: { const: png }"

    private func validate(_ fixture: Fixture, _ text: String, limit: Int? = nil) async throws -> PipelineOutcome {
        var options = RunOptions()
        options.rowsMax = limit
        return try await Validation.run(
            fixture.pipeline(text), options: options, places: fixture.places,
            environment: RunEnvironment(time: fixture.time, stop: StopSignal(), seed: Hash128(high: 1, low: 2)))
    }

    private func folders(_ fixture: Fixture, _ names: [String], _ rows: [String: String]) throws {
        for name in names {
            try FileManager.default.createDirectory(
                atPath: "\(fixture.folder)/\(name)", withIntermediateDirectories: true)
        }
        for (name, text) in rows { try fixture.write("\(name)/products.csv", "code;naam;foto\n" + text) }
    }

    @Test(
        arguments: [
            // Without a dedupe, the file's folder is part of what a row says.
            ("", "p1;Stroom;foto.png\n"),
            // Nor is a row that can't be sent an earlier row that says something else.
            ("", "p1;Stroom plus;foto.png\n"),
            ("  - dedupe: { by: [code], keep: first }", "p1;Stroom;foto.png\n"),
            ("  - dedupe: { by: [identifier], keep: first }", "p1;Stroom plus;foto.png\n"),
        ])
    func `a row whose file is missing does not stand for a later one that is good`(dedupe: String, second: String)
        async throws
    {
        let fixture = try Fixture()
        try folders(fixture, ["a", "b"], ["a": "p1;Stroom;foto.png\n", "b": second])
        try fixture.write("b/foto.png", "PNG")
        let dry = try await validate(fixture, pipeline(dedupe))
        #expect(dry.balance[.rejected] == 1 && dry.balance[.valid] == 1, "\(dry.balance)")
        let run = try await fixture.run(pipeline(dedupe))
        #expect(run.balance[.rejected] == 1 && run.balance[.created] == 1, "\(run.balance) \(run.messages)")
        #expect(run.problems == ["file.missing": 1] && dry.problems == run.problems)
        #expect(try fixture.held("products").count == 1)
    }

    @Test func `the last of several rows is one whose file is there`() async throws {
        let fixture = try Fixture()
        try folders(fixture, ["a", "b"], ["a": "p1;Stroom;foto.png\n", "b": "p1;Stroom;foto.png\n"])
        try fixture.write("a/foto.png", "PNG")
        let text = pipeline("  - dedupe: { by: [code], keep: last }")
        let dry = try await validate(fixture, text)
        #expect(dry.balance[.rejected] == 1 && dry.balance[.valid] == 1, "\(dry.balance)")
        let run = try await fixture.run(text)
        #expect(run.balance[.rejected] == 1 && run.balance[.created] == 1, "\(run.balance)")
    }

    @Test func `two files of one name in two folders are two contents, and one file is one`() async throws {
        let fixture = try Fixture()
        try folders(
            fixture, ["a", "b"], ["a": "p1;Stroom;foto.png\np1;Stroom;foto.png\n", "b": "p1;Stroom;foto.png\n"])
        try fixture.write("a/foto.png", "PNG")
        try fixture.write("b/foto.png", "PNG, another")
        let dry = try await validate(fixture, pipeline())
        #expect(dry.problems == ["key.conflict": 1] && dry.balance[.duplicate] == 1, "\(dry.problems)")
        let run = try await fixture.run(pipeline())
        #expect(run.problems == dry.problems && run.balance[.duplicate] == 1, "\(run.problems)")
    }

    @Test func `a row without a key does not displace one that has it`() async throws {
        let fixture = try Fixture()
        try folders(fixture, ["a"], ["a": ";Stroom;\np2;Stroom;\n"])
        let text = pipeline("  - dedupe: { by: [name], keep: first }", hasImage: false).replacing(
            "identifier: code", with: "identifier: naam")
        let dry = try await validate(fixture, text)
        #expect(dry.balance[.rejected] == 1 && dry.balance[.valid] == 1, "\(dry.balance)")
        let run = try await fixture.run(text)
        #expect(run.balance[.rejected] == 1 && run.balance[.created] == 1, "\(run.balance)")
    }

    @Test func `a row in conflict with an earlier one of its key does not stand for others`() async throws {
        let fixture = try Fixture()
        try folders(fixture, ["a"], ["a": "p1;Stroom;\np1;Gas;\np3;Gas;\np3;Gas;\np4;Gas;\n"])
        let text = pipeline("  - dedupe: { by: [name], keep: first }", hasImage: false)
        let dry = try await validate(fixture, text)
        #expect(dry.problems == ["key.conflict": 1], "\(dry.problems)")
        #expect(dry.balance[.duplicate] == 2 && dry.balance[.valid] == 2, "\(dry.balance)")
        let run = try await fixture.run(text)
        #expect(run.problems == dry.problems)
        #expect(run.balance[.duplicate] == 2 && run.balance[.created] == 2, "\(run.balance)")
    }

    @Test func `a limit counts for the choice of the last row too`() async throws {
        let fixture = try Fixture()
        try folders(fixture, ["a"], ["a": "p1;Stroom;\np2;Gas;\np1;Stroom nieuw;\n"])
        let text = pipeline("  - dedupe: { by: [code], keep: last }", hasImage: false)
        let dry = try await validate(fixture, text, limit: 2)
        #expect(dry.balance.read == 2 && dry.balance[.valid] == 2, "\(dry.balance)")
        fixture.options.rowsMax = 2
        let run = try await fixture.run(text)
        #expect(run.balance.read == 2 && run.balance[.created] == 2, "\(run.balance)")
    }
}
