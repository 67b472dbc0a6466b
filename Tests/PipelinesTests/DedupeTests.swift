import Pipelines
import Records
import TestSupport
import Testing

@Suite struct DedupeTests {
    private func first(_ by: [String], max: Int = 1000) -> TransformSpec { .dedupe(DedupeSpec(by: by, keysMax: max)) }
    private func last(_ by: [String]) -> TransformSpec { .dedupe(DedupeSpec(by: by, keep: .last)) }

    /// Row numbers that live, and row number to survivor, over any cutting into batches.
    private func run(
        _ transforms: [TransformSpec], _ rows: [[Value]], cuts: [Int] = []
    ) throws -> (live: [Int], survivors: [Int: Int]) {
        let program = try compile(transforms)
        var state = program.makeState(seed: testSeed)
        if program.needsCollecting {
            _ = try pass(program, &state, rows, cuts: cuts.map { rows.count - $0 }.sorted())
            state.startDeciding()
        }
        return try pass(program, &state, rows, cuts: cuts)
    }

    private func pass(
        _ program: TransformProgram, _ state: inout TransformState, _ rows: [[Value]], cuts: [Int]
    ) throws -> (live: [Int], survivors: [Int: Int]) {
        var live: [Int] = []
        var survivors: [Int: Int] = [:]
        let ends = cuts + [rows.count]
        for (start, end) in zip([0] + ends, ends) {
            var batch = makeBatch(["a", "b"], Array(rows[start..<end]), firstRow: start + 1)
            try program.apply(&batch, state: &state)
            live += batch.states.indices.filter { batch.states[$0] == .live }.map { batch.origins[$0].row }
            for duplicate in state.duplicates {
                #expect(batch.states[duplicate.row] == .duplicate)
                survivors[batch.origins[duplicate.row].row] = duplicate.survivor
            }
        }
        return (live, survivors)
    }

    private let rows: [[Value]] = [
        ["x", "1"], ["y", "1"], ["x", "2"], [nil, nil], ["", nil], ["x", "1"], ["xy", nil], ["x", "y"], [nil, "y"],
    ]

    @Test func `keep first`() throws {
        let result = try run([first(["a"])], rows)
        #expect(result.live == [1, 2, 4, 5, 7, 9])
        #expect(result.survivors == [3: 1, 6: 1, 8: 1])
    }

    @Test func `the fields of a key do not run together`() throws {
        let result = try run([first(["a", "b"])], rows)
        #expect(result.live == [1, 2, 3, 4, 5, 7, 8, 9])
        #expect(result.survivors == [6: 1])
    }

    @Test func `keep last`() throws {
        let result = try run([last(["a"])], rows)
        #expect(result.live == [2, 4, 5, 7, 8, 9])
        #expect(result.survivors == [1: 8, 3: 8, 6: 8])
    }

    @Test func `a rejected row is no survivor`() throws {
        let valid = TransformSpec.validate([FieldChecks(field: "b", checks: [Check(.required)])])
        let result = try run([valid, first(["a"])], [["x", nil], ["x", "1"], ["x", "2"], ["x", nil]])
        #expect(result.live == [2])
        #expect(result.survivors == [3: 2])
        #expect(try run([valid, last(["a"])], [["x", nil], ["x", "1"], ["x", "2"], ["x", nil]]).live == [3])
    }

    @Test func `stages before and after keep last see each row once, whole`() throws {
        let stages = [
            first(["b"]), last(["a"]), .map([.from("a", to: "c")]), first(["c"]),
        ]
        let result = try run(stages, rows)
        #expect(result.live == [4, 5, 7, 8])
        #expect(result.survivors == [1: 8, 2: 1, 3: 8, 6: 1, 9: 8])
        var copy = rows
        copy.removeAll { $0[0] == nil }
        #expect(try run(stages, copy, cuts: [2, 3]).live == run(stages, copy).live)
    }

    @Test func `collecting leaves every row alive and fills the targets after it with nothing`() throws {
        let program = try compile([last(["a"]), .map([.from("a", to: "c")])])
        var state = program.makeState(seed: testSeed)
        #expect(program.needsCollecting && state.mode == .collect)
        var batch = makeBatch(["a"], [["x"], ["x"]])
        try program.apply(&batch, state: &state)
        #expect(batch.states == [.live, .live])
        #expect(batch.values("c") == [nil, nil])
        #expect(state.duplicates.isEmpty)
    }

    @Test func `too many keys is an error that names the option`() throws {
        let program = try compile([first(["a"], max: 2)])
        var state = program.makeState(seed: testSeed)
        var good = makeBatch(["a"], [["x"], ["y"], ["x"]])
        try program.apply(&good, state: &state)
        var bad = makeBatch(["a"], [["z"]], firstRow: 4)
        let error = #expect(throws: TransformError.self) { try program.apply(&bad, state: &state) }
        #expect(error?.code == "dedupe.max_keys")
        #expect(error?.message.contains("`max_keys`") == true)
    }

    @Test func `what makes no dedupe`() {
        #expect(problems([.dedupe(DedupeSpec(by: []))]).count == 1)
        #expect(problems([last(["a"]), last(["b"])])[0].contains("only one"))
    }

    @Test
    func `any cutting into batches gives the same result, which a dictionary gives too, and nothing more to drop`()
        throws
    {
        let seed: UInt64 = 8
        var random = SeededRNG(seed: seed)
        for _ in 0..<60 {
            let count = Int.random(in: 1...60, using: &random)
            let rows: [[Value]] = (0..<count).map { _ in
                [.text("\(Int.random(in: 0...12, using: &random))"), .text("\(Int.random(in: 0...1, using: &random))")]
            }
            let cuts = (0..<3).map { _ in Int.random(in: 0...count, using: &random) }.sorted()
            for (spec, isFirst) in [(first(["a", "b"]), true), (last(["a", "b"]), false)] {
                let result = try run([spec], rows, cuts: cuts)
                var kept: [String: Int] = [:]
                for (index, row) in rows.enumerated() where !isFirst || kept["\(row)"] == nil {
                    kept["\(row)"] = index + 1
                }
                #expect(result.live == kept.values.sorted(), "seed \(seed)")
                #expect(
                    result.survivors
                        == Dictionary(
                            uniqueKeysWithValues: rows.enumerated().compactMap { index, row in
                                let survivor = kept["\(row)"] ?? 0
                                return survivor == index + 1 ? nil : (index + 1, survivor)
                            }), "seed \(seed)")
                let again = try run([spec], result.live.map { rows[$0 - 1] })
                #expect(again.live.count == result.live.count && again.survivors.isEmpty, "seed \(seed)")
            }
        }
    }
}
