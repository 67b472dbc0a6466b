import Pipelines
import TestSupport
import Testing

@Suite struct OrderTests {
    private func pipeline(_ name: String, needs: [String] = []) throws -> PipelineDefinition {
        let map = needs.map { "\n    \($0)_id: { from: x, ref: \($0) }" }.joined()
        let text = Marked.file(head: "pipeline: \(name)\nkey: nr", transforms: "- map:\n    nr: nr\(map)")
        let (definition, diagnostics) = PipelineDecoder.decode(text: text, file: "\(name).yaml", environment: [:])
        return try #require(definition, "\(diagnostics)")
    }

    private func problems(_ pipelines: [PipelineDefinition]) -> [Diagnostic] {
        do {
            _ = try PipelineOrder.sorted(pipelines)
            return []
        } catch {
            return error.diagnostics
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `Parents come first and names decide between equals, whatever the order given`(_ seed: UInt64) throws {
        var random = SeededRNG(seed: seed)
        let pipelines = try [
            pipeline("a", needs: ["z"]), pipeline("b"), pipeline("c", needs: ["a", "b"]), pipeline("z"),
        ].shuffled(using: &random)
        #expect(try PipelineOrder.sorted(pipelines).map(\.name) == ["b", "z", "a", "c"], "seed \(seed)")
    }

    @Test func `A reference to nobody is an error at its place`() throws {
        let problems = problems([try pipeline("customers"), try pipeline("offers", needs: ["custmers"])])
        #expect(problems.map(\.file) == ["offers.yaml"])
        #expect(problems.first?.mark == Mark(line: 8, column: 36))
        #expect(problems.first?.message.contains("did you mean 'customers'?") == true)
    }

    @Test func `A pipeline runs alone when its parent is known`() throws {
        let alone = [try pipeline("offers", needs: ["customers"])]
        #expect(problems(alone).count == 1)
        #expect(try PipelineOrder.sorted(alone, alsoKnown: ["customers"]).map(\.name) == ["offers"])
    }

    @Test func `A cycle is named`() throws {
        let problems = problems([
            try pipeline("a", needs: ["b"]), try pipeline("b", needs: ["c"]), try pipeline("c", needs: ["b"]),
        ])
        #expect(problems.count == 1)
        #expect(problems.first?.message.contains("b → c → b") == true)
        #expect(problems.first?.mark?.line == 8)
    }

    @Test func `A pipeline that needs itself is a cycle`() throws {
        #expect(problems([try pipeline("a", needs: ["a"])]).first?.message.contains("a → a") == true)
    }

    @Test func `A name is given once`() throws {
        var copy = try pipeline("a")
        copy.file = "b.yaml"
        let problems = problems([copy, try pipeline("a")])
        #expect(problems.map(\.file) == ["b.yaml"])
        #expect(problems.first?.mark == Mark(line: 1, column: 11))
        #expect(problems.first?.message.contains("also in a.yaml") == true)
    }
}
