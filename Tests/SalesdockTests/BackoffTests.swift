import Salesdock
import TestSupport
import Testing

struct BackoffTests {
    @Test func `waits are drawn from zero to a doubling ceiling`() {
        let backoff = Backoff(base: .seconds(1), cap: .seconds(20))
        #expect((1...8).map { backoff.ceiling(tries: $0).components.seconds } == [1, 2, 4, 8, 16, 20, 20, 20])
        #expect(backoff.ceiling(tries: 1_000_000) == .seconds(20))
        var random = SeededRNG(seed: 5)
        let waits = (0..<2000).map { _ in backoff.wait(tries: 3, using: &random) }
        #expect(waits.allSatisfy { $0 >= .zero && $0 <= .seconds(4) })
        #expect(waits.contains { $0 < .milliseconds(400) } && waits.contains { $0 > .milliseconds(3600) })
    }

    @Test func `a wait is never shorter than what the server asked for`() {
        var random = SeededRNG(seed: 6)
        for _ in 0..<100 {
            #expect(Backoff().wait(tries: 1, atLeast: .seconds(7), using: &random) == .seconds(7))
        }
    }
}
