import Records
import TestSupport
import Testing

@Suite struct KeyTableTests {
    /// Of the partition that the upper byte names.
    private static func key(_ partition: UInt64, _ random: inout SeededRNG) -> Hash128 {
        Hash128(high: partition << 56 | random.next() >> 8, low: random.next())
    }

    @Test func `the key table agrees with a dictionary`() {
        let seed: UInt64 = 99
        var random = SeededRNG(seed: seed)
        var table = KeyTable()
        var expected: [Hash128: UInt64] = [:]
        #expect(table.value(Hash128(high: 1, low: 1)) == nil)
        var keys = (0..<20_000).map { _ in Hash128(high: random.next(), low: random.next()) }
        keys += [
            Hash128(high: 0, low: 0), Hash128(high: 0, low: 7), Hash128(high: 7, low: 0), Hash128(high: 1, low: 0),
        ]
        for step in 0..<60_000 {
            guard let key = keys.randomElement(using: &random) else { continue }
            let value = step == 0 ? KeyTable.valueMax : UInt64(step) << 13
            if step.isMultiple(of: 3) {
                #expect(table.update(key, value) == expected[key])
                expected[key] = value
            } else {
                #expect(table.insert(key, value) == expected[key])
                if expected[key] == nil { expected[key] = value }
            }
        }
        #expect(table.count == expected.count)
        #expect(expected.allSatisfy { table.value($0.key) == $0.value }, "seed \(seed)")
    }

    @Test func `a partition that outgrows its room loses nothing, and keeps to its bytes a key`() {
        let seed: UInt64 = 7
        var random = SeededRNG(seed: seed)
        var table = KeyTable()
        var expected: [Hash128: UInt64] = [:]
        // In the others some keys, of which none may get lost when their neighbour moves.
        for partition in stride(from: 0, to: UInt64(256), by: 5) {
            let key = Self.key(partition, &random)
            #expect(table.insert(key, partition) == nil)
            expected[key] = partition
        }
        var before = 0
        for number in 1...40_000 {
            let key = Self.key(113, &random)
            #expect(table.insert(key, UInt64(number)) == nil)
            expected[key] = UInt64(number)
            // Where the others no longer grow with it.
            if number == 4_000 { before = table.memoryBytes }
            if number > 4_000 { #expect(table.memoryBytes - before <= (number - 4_000) * 27 + 20_480) }
        }
        #expect(table.count == expected.count)
        #expect(expected.allSatisfy { table.value($0.key) == $0.value }, "seed \(seed)")
    }

    @Test func `a table that moves to larger pages again and again loses nothing`() {
        let seed: UInt64 = 5
        var random = SeededRNG(seed: seed)
        var table = KeyTable()
        let keys = (0..<1_000_000).map { _ in Hash128(high: random.next(), low: random.next()) }
        var wrong = 0
        for (number, key) in keys.enumerated() {
            if table.insert(key, UInt64(number)) != nil { wrong += 1 }
            // One that was there before the last move.
            let earlier = number / 2
            if table.insert(keys[earlier], KeyTable.valueMax) != UInt64(earlier) { wrong += 1 }
        }
        wrong += keys.indices.count { table.value(keys[$0]) != UInt64($0) }
        #expect(wrong == 0 && table.count == keys.count)
        #expect(table.memoryBytes <= keys.count * 27)
    }

    @Test func `neighbours that outgrow their room, and copies of them, go their own ways`() {
        let seed: UInt64 = 11
        var random = SeededRNG(seed: seed)
        var table = KeyTable()
        var expected: [Hash128: UInt64] = [:]
        func fill(_ table: inout KeyTable, _ expected: inout [Hash128: UInt64], _ value: UInt64) {
            for _ in 0..<4_000 {
                for partition: UInt64 in [113, 112, 114, 255, 0, 7] {
                    let key = Self.key(partition, &random)
                    #expect(table.insert(key, value) == nil)
                    expected[key] = value
                }
            }
        }
        fill(&table, &expected, 1)
        var (copy, expectedCopy) = (table, expected)
        fill(&copy, &expectedCopy, 2)
        fill(&table, &expected, 3)
        var (third, expectedThird): (KeyTable?, [Hash128: UInt64]) = (table, expected)
        if var changed = third {
            fill(&changed, &expectedThird, 4)
            #expect(expectedThird.allSatisfy { changed.value($0.key) == $0.value }, "seed \(seed)")
        }
        third = nil
        fill(&copy, &expectedCopy, 5)
        #expect(table.count == expected.count && copy.count == expectedCopy.count)
        #expect(expected.allSatisfy { table.value($0.key) == $0.value }, "seed \(seed)")
        #expect(expectedCopy.allSatisfy { copy.value($0.key) == $0.value }, "seed \(seed)")
    }

    @Test func `hashes that crowd at the end find room`() {
        var table = KeyTable()
        let keys = (0..<200).map { Hash128(high: 0, low: .max - (199 - $0) << 54) }
        for key in keys { #expect(table.insert(key, 7) == nil) }
        #expect(keys.allSatisfy { table.value($0) == 7 })
        // All at the last home.
        let crowd = (1...30).map { Hash128(high: $0, low: .max) }
        for key in crowd { #expect(table.insert(key, 8) == nil) }
        #expect(crowd.allSatisfy { table.value($0) == 8 } && keys.allSatisfy { table.value($0) == 7 })
    }

    @Test func `a copy is a table of its own`() {
        var random = SeededRNG(seed: 3)
        let keys = (0..<2_000).map { _ in Hash128(high: random.next(), low: random.next()) }
        var table = KeyTable()
        var copyOfNothing = table
        for key in keys { #expect(table.insert(key, 1) == nil) }
        var copy = table
        for key in keys { #expect(copy.update(key, 2) == 1) }
        #expect(copyOfNothing.insert(keys[0], 3) == nil)
        #expect(keys.allSatisfy { table.value($0) == 1 && copy.value($0) == 2 })
        #expect(copyOfNothing.count == 1 && table.count == keys.count)
    }
}
