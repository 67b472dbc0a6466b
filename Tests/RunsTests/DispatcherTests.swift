import TestSupport
import Testing

@testable import Runs

@Suite struct DispatcherTests {
    @Test func `one key is in order, and a match class has one create at a time`() {
        var dispatcher = Dispatcher<String>(concurrency: 4)
        dispatcher.add("a1", .init(key: "a", matchClass: "x"))
        dispatcher.add("a2", .init(key: "a"))
        dispatcher.add("b1", .init(key: "b", matchClass: "x"))
        dispatcher.add("c1", .init(key: "c", matchClass: "y"))
        let first = dispatcher.start()
        #expect(first?.job == "a1")
        let result1 = dispatcher.start()
        #expect(result1?.job == "c1")
        let result2 = dispatcher.start()
        #expect(result2 == nil)
        dispatcher.finish(first?.ticket ?? -1)
        let result3 = dispatcher.start()
        #expect(result3?.job == "a2")
        let result4 = dispatcher.start()
        #expect(result4?.job == "b1")
    }

    @Test func `an unsettled job keeps its claims and not its slot`() {
        var dispatcher = Dispatcher<String>(concurrency: 1)
        dispatcher.add("a", .init(key: "a", matchClass: "x"))
        dispatcher.add("b", .init(key: "b", matchClass: "x"))
        dispatcher.add("c", .init(key: "c", matchClass: "y"))
        let first = dispatcher.start()
        dispatcher.unsettle(first?.ticket ?? -1)
        let other = dispatcher.start()
        #expect(other?.job == "c")
        let result5 = dispatcher.restart(first?.ticket ?? -1)
        #expect(!result5)
        dispatcher.finish(other?.ticket ?? -1)
        let result6 = dispatcher.start()
        #expect(result6 == nil)
        let result7 = dispatcher.restart(first?.ticket ?? -1)
        #expect(result7)
        dispatcher.finish(first?.ticket ?? -1)
        let result8 = dispatcher.start()
        #expect(result8?.job == "b")
    }

    @Test(arguments: 1...40) func `random traffic never breaks a claim, and nothing starves`(seed: UInt64) {
        var rng = SeededRNG(seed: seed)
        var dispatcher = Dispatcher<Int>(concurrency: 3)
        var claims: [Int: Dispatcher<Int>.Claims] = [:]
        var active: [(ticket: Int, job: Int)] = []
        var waiting: [(ticket: Int, job: Int)] = []
        var started: [Int] = []
        var next = 0
        while started.count < 60 {
            if next < 60, dispatcher.hasRoom {
                let claim = Dispatcher<Int>.Claims(
                    key: "k\(Int.random(in: 0..<8, using: &rng))",
                    matchClass: Bool.random(using: &rng) ? "m\(Int.random(in: 0..<5, using: &rng))" : nil)
                claims[next] = claim
                dispatcher.add(next, claim)
                next += 1
            }
            while let (ticket, job) = dispatcher.start() {
                active.append((ticket, job))
                started.append(job)
            }
            #expect(active.count <= 3, "seed \(seed)")
            let held = (active + waiting).compactMap { claims[$0.job] }
            #expect(Set(held.map(\.key)).count == held.count, "seed \(seed)")
            let classes = held.compactMap(\.matchClass)
            #expect(Set(classes).count == classes.count, "seed \(seed)")
            if let index = active.indices.randomElement(using: &rng) {
                let job = active.remove(at: index)
                if Int.random(in: 0..<4, using: &rng) == 0 {
                    dispatcher.unsettle(job.ticket)
                    waiting.append(job)
                } else {
                    dispatcher.finish(job.ticket)
                }
            }
            if let index = waiting.indices.randomElement(using: &rng), dispatcher.restart(waiting[index].ticket) {
                active.append(waiting.remove(at: index))
            }
        }
        for key in Set(claims.values.map(\.key)) {
            let order = started.filter { claims[$0]?.key == key }
            #expect(order == order.sorted(), "seed \(seed)")
        }
    }
}
