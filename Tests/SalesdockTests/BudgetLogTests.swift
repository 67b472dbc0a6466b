import SalesdockFacts
import Testing

@testable import Salesdock

struct BudgetLogTests {
    private let start = BootTime(nanoseconds: 1_000_000_000_000)
    private let boot = "boot"

    private func at(_ seconds: Double) -> BootTime { start + .seconds(seconds) }

    private func grants(_ log: inout BudgetLog, _ count: Int, at now: BootTime, _ rules: BudgetRules) -> [GrantID] {
        (0..<count).compactMap { _ in
            if case .granted(let id) = log.grant(now: now, bootID: boot, rules: rules) { id } else { nil }
        }
    }

    @Test func `no more than the limit are granted, and the wait ends a window and a second after the first answer`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 3)
        let ids = grants(&log, 5, at: at(0), rules)
        #expect(ids.count == 3)
        log.answered(ids[1], now: at(2), bootID: boot, rules: rules)
        #expect(log.grant(now: at(2), bootID: boot, rules: rules) == .wait(until: at(63)))
        #expect(grants(&log, 2, at: at(62.9), rules).isEmpty)
        #expect(grants(&log, 2, at: at(63), rules).count == 1)
    }

    @Test func `a grant that is never answered frees after its timeout and the window`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 1, timeout: .seconds(30))
        _ = grants(&log, 1, at: at(0), rules)
        #expect(grants(&log, 1, at: at(90.9), rules).isEmpty)
        #expect(grants(&log, 1, at: at(91), rules).count == 1)
    }

    @Test func `a grant given back is free at once`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 1)
        let ids = grants(&log, 1, at: at(0), rules)
        log.giveBack(ids[0])
        #expect(grants(&log, 2, at: at(0), rules).count == 1)
    }

    @Test(arguments: [
        (nil, nil, 1.0, 150), (nil, 60, 1, 60), (nil, 200, 1, 200), (100, 200, 1, 100), (200, 120, 1, 120),
        (100, nil, 0.29, 29), (3, nil, 0.1, 1),
    ])
    func `the limit is the smaller of header and configuration, times the share`(
        limit: Int?, header: Int?, share: Double, effective: Int
    ) {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: limit, share: share)
        let id = grants(&log, 1, at: at(0), rules)[0]
        log.answered(id, now: at(1), bootID: boot, rules: rules, headers: RateHeaders(limit: header))
        #expect(log.effectiveLimit(rules) == effective)
        #expect(grants(&log, 500, at: at(1), rules).count == effective - 1)
    }

    @Test func `a limit lowered by a header holds for what was granted before`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules()
        let ids = grants(&log, 80, at: at(0), rules)
        for id in ids { log.answered(id, now: at(1), bootID: boot, rules: rules, headers: RateHeaders(limit: 60)) }
        #expect(grants(&log, 5, at: at(61.9), rules).isEmpty)
        #expect(grants(&log, 100, at: at(62), rules).count == 60)
    }

    @Test func `nothing is granted between a 429 and the end of its wait`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 100)
        _ = grants(&log, 1, at: at(0), rules)
        log.throttled(now: at(1), bootID: boot, rules: rules, retryAfter: .seconds(65))
        // A second answer that asks for less does not shorten the first one's wait.
        log.throttled(now: at(2), bootID: boot, rules: rules, retryAfter: .seconds(1))
        #expect(log.grant(now: at(2), bootID: boot, rules: rules) == .wait(until: at(66)))
        #expect(grants(&log, 1, at: at(65.9), rules).isEmpty)
        #expect(grants(&log, 1, at: at(66), rules).count == 1)
    }

    @Test func `a 429 without a wait costs a window, one with zero costs nothing`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 100)
        log.throttled(now: at(0), bootID: boot, rules: rules, retryAfter: .zero)
        #expect(grants(&log, 1, at: at(0), rules).count == 1)
        log.throttled(now: at(0), bootID: boot, rules: rules, retryAfter: nil)
        #expect(log.grant(now: at(0), bootID: boot, rules: rules) == .wait(until: at(61)))
    }

    @Test func `what others use of the limit is left to them`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 100)
        let ids = grants(&log, 10, at: at(0), rules)
        for id in ids[..<9] where id != ids[3] { log.answered(id, now: at(1), bootID: boot, rules: rules) }
        log.answered(ids[9], now: at(1), bootID: boot, rules: rules, headers: RateHeaders(limit: 100, remaining: 4))
        // One is under way still and may come after the one that was answered.
        #expect(grants(&log, 50, at: at(1), rules).count == 3)
        // An older request's answer that comes later says nothing newer.
        log.answered(ids[3], now: at(2), bootID: boot, rules: rules, headers: RateHeaders(limit: 100, remaining: 90))
        #expect(grants(&log, 50, at: at(2), rules).count == 1)
        // The observation expires with the window.
        #expect(grants(&log, 1, at: at(61.9), rules).isEmpty)
        #expect(grants(&log, 1, at: at(62), rules).count == 1)
    }

    @Test func `what of our own has left the server's window is ours to use again`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 2)
        let first = grants(&log, 1, at: at(0), rules)[0]
        log.answered(first, now: at(1), bootID: boot, rules: rules, headers: RateHeaders(limit: 2, remaining: 1))
        let second = grants(&log, 1, at: at(30), rules)[0]
        log.answered(second, now: at(31), bootID: boot, rules: rules, headers: RateHeaders(limit: 2, remaining: 0))
        #expect(log.grant(now: at(32), bootID: boot, rules: rules) == .wait(until: at(62)))
        #expect(grants(&log, 2, at: at(62), rules).count == 1)
    }

    @Test func `what is given back has not left the server's window, since it never was in it`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 100)
        let ids = grants(&log, 4, at: at(0), rules)
        for id in ids[1..<3] { log.answered(id, now: at(1), bootID: boot, rules: rules) }
        log.answered(ids[3], now: at(1), bootID: boot, rules: rules, headers: RateHeaders(limit: 100, remaining: 2))
        #expect(grants(&log, 9, at: at(1), rules).count == 1)
        log.giveBack(ids[0])
        #expect(grants(&log, 9, at: at(1), rules).count == 1)
    }

    @Test func `what was overtaken and never answered counts against what was left, also after its timeout`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 40, timeout: .seconds(10))
        let ids = grants(&log, 2, at: at(0), rules)
        log.answered(ids[1], now: at(1), bootID: boot, rules: rules, headers: RateHeaders(limit: 40, remaining: 1))
        #expect(log.grant(now: at(20), bootID: boot, rules: rules) == .wait(until: at(62)))
    }

    @Test func `an answer that is noted after others have written is of the same boot`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 4)
        let first = grants(&log, 1, at: at(0), rules)[0]
        let second = grants(&log, 1, at: at(1.5), rules)[0]
        // It arrived before the second was granted, and waited for its turn to be written down.
        log.answered(first, now: at(2), bootID: boot, rules: rules, arrival: at(1))
        log.answered(second, now: at(2), bootID: boot, rules: rules)
        #expect(log.entries.map(\.id) == [first, second])
        #expect(log.entries.map(\.end) == [at(1), at(2)])
    }

    @Test func `what died before it was sent is no credit when its time is over`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 2, timeout: .seconds(10))
        _ = grants(&log, 1, at: at(0), rules)
        let last = grants(&log, 1, at: at(50), rules)[0]
        log.answered(last, now: at(51), bootID: boot, rules: rules, headers: RateHeaders(limit: 2, remaining: 0))
        #expect(log.grant(now: at(72), bootID: boot, rules: rules) == .wait(until: at(112)))
    }

    @Test func `what was answered without a word of what is left is no credit when its time is over`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 2, timeout: .seconds(10))
        let unknown = grants(&log, 1, at: at(0), rules)[0]
        log.answered(unknown, now: at(1), bootID: boot, rules: rules)
        let last = grants(&log, 1, at: at(50), rules)[0]
        log.answered(last, now: at(51), bootID: boot, rules: rules, headers: RateHeaders(limit: 2, remaining: 0))
        #expect(log.grant(now: at(63), bootID: boot, rules: rules) == .wait(until: at(112)))
    }

    @Test func `nothing that leaves is credit while others use the limit too, whose window may have begun anew`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 40)
        func ask(_ second: Double, left: Int) {
            let id = grants(&log, 1, at: at(second), rules)[0]
            log.answered(
                id, now: at(second + 1), bootID: boot, rules: rules, headers: RateHeaders(limit: 40, remaining: left))
        }
        ask(0, left: 39)
        // In a window that began at 20 s, others have used 38 when ours is counted.
        ask(30, left: 1)
        ask(40, left: 0)
        #expect(log.grant(now: at(62), bootID: boot, rules: rules) == .wait(until: at(102)))
    }

    @Test func `what was free before an answer is no credit against what the answer says`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 100)
        // The first is never answered and stays for long; the other two are answered and free by the second 70.
        let ids = grants(&log, 3, at: at(0), rules)
        for id in ids[1...] { log.answered(id, now: at(1), bootID: boot, rules: rules) }
        let late = grants(&log, 1, at: at(70), rules)[0]
        log.answered(late, now: at(71), bootID: boot, rules: rules, headers: RateHeaders(limit: 100, remaining: 2))
        #expect(grants(&log, 9, at: at(71), rules).count == 2)
    }

    @Test func `after a restart of the machine everything counts as answered now`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 2)
        _ = grants(&log, 2, at: at(0), rules)
        log.throttled(now: at(1), bootID: boot, rules: rules, retryAfter: .seconds(20))
        let now = BootTime(nanoseconds: 7_000_000_000)
        #expect(log.grant(now: now, bootID: "other", rules: rules) == .wait(until: now + .seconds(61)))
        #expect(log.grant(now: now + .seconds(60.9), bootID: "other", rules: rules) == .wait(until: now + .seconds(61)))
        guard case .granted = log.grant(now: now + .seconds(61), bootID: "other", rules: rules) else {
            Issue.record("still waiting")
            return
        }
    }

    @Test func `another boot is another clock, also when it shows a later time`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 1)
        let id = grants(&log, 1, at: at(0), rules)[0]
        log.answered(id, now: at(1), bootID: boot, rules: rules)
        #expect(log.grant(now: at(500), bootID: "other", rules: rules) == .wait(until: at(561)))
    }

    @Test func `an answer to a forgotten grant counts`() {
        var log = BudgetLog.lost(bootID: boot, now: at(0), rules: BudgetRules(limit: 1))
        let rules = BudgetRules(limit: 1)
        log.answered(GrantID(time: at(-5), number: 3), now: at(80), bootID: boot, rules: rules)
        #expect(grants(&log, 1, at: at(100), rules).isEmpty)
        #expect(grants(&log, 1, at: at(141), rules).count == 1)
    }

    @Test func `a new token's log takes over what the old one's knows`() {
        let rules = BudgetRules(limit: 3)
        var old = BudgetLog(bootID: boot)
        let ids = grants(&old, 2, at: at(0), rules)
        old.answered(ids[0], now: at(1), bootID: boot, rules: rules, headers: RateHeaders(limit: 2))
        var new = BudgetLog(bootID: boot)
        new.inherit(old, now: at(2), bootID: boot)
        #expect(new.effectiveLimit(rules) == 2)
        #expect(grants(&new, 3, at: at(2), rules).isEmpty)
        // The answer to a grant under the old token arrives under the new one.
        new.answered(ids[1], now: at(3), bootID: boot, rules: rules)
        #expect(new.active(now: at(63.9), rules: rules) == 1)
        #expect(new.active(now: at(64), rules: rules) == 0)
    }

    @Test func `those that wait are served in the order in which they came, whoever asks first`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 2)
        for (second, id) in zip([1.0, 3], grants(&log, 2, at: at(0), rules)) {
            log.answered(id, now: at(second), bootID: boot, rules: rules)
        }
        func ask(_ waiter: UInt64?, _ second: Double) -> BudgetDecision {
            log.grant(now: at(second), bootID: boot, rules: rules, waiter: waiter)
        }
        #expect(ask(1, 61) == .wait(until: at(62)))
        // The first that is free is the first waiter's.
        #expect(ask(2, 61.2) == .wait(until: at(64)))
        #expect(ask(2, 62) == .wait(until: at(64)))
        #expect(ask(nil, 62) == .wait(until: at(62) + .seconds(61)))
        guard case .granted = ask(1, 62.1) else {
            Issue.record("the first was not served")
            return
        }
        #expect(log.active(now: at(62.1), rules: rules) == 2)
        // It has had its turn and is behind the second one now.
        #expect(ask(1, 62.2) == .wait(until: at(62.2) + .seconds(61)))
        #expect(ask(2, 63.9) == .wait(until: at(64)))
        #expect(ask(1, 64) == .wait(until: at(64) + .seconds(61)))
        guard case .granted = ask(2, 64) else {
            Issue.record("the second was not served")
            return
        }
    }

    @Test func `one that died in the line holds nobody up for long, and one that is late keeps its place`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 1)
        func ask(_ waiter: UInt64?, _ second: Double) -> BudgetDecision {
            log.grant(now: at(second), bootID: boot, rules: rules, waiter: waiter)
        }
        let id = grants(&log, 1, at: at(0), rules)[0]
        log.answered(id, now: at(0), bootID: boot, rules: rules)
        #expect(ask(1, 60) == .wait(until: at(61)))
        #expect(ask(nil, 61.4) == .wait(until: at(61.4) + .seconds(61)))
        // The first waiter should have asked half a second ago.
        guard case .granted(let next) = ask(2, 61.5) else {
            Issue.record("still held up")
            return
        }
        log.answered(next, now: at(61.5), bootID: boot, rules: rules)
        #expect(ask(2, 62) == .wait(until: at(122.5)))
        #expect(ask(1, 100) == .wait(until: at(122.5)))
        #expect(ask(1, 122) == .wait(until: at(122.5)))
        #expect(ask(2, 122.6) == .wait(until: at(122.6) + .seconds(61)))
        guard case .granted = ask(1, 122.7) else {
            Issue.record("the place was lost")
            return
        }
    }

    @Test func `what others sent at the start of a fixed window is no credit when our older ones leave`() throws {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 20)
        func answer(_ id: GrantID, _ second: Double, left: Int) {
            log.answered(
                id, now: at(second), bootID: boot, rules: rules, headers: RateHeaders(limit: 20, remaining: left))
        }
        // A window in which we are alone, two seconds apart, until nothing is left.
        for number in 0..<20 {
            let id = grants(&log, 1, at: at(Double(number) * 2), rules)[0]
            answer(id, Double(number) * 2, left: 19 - number)
        }
        // It is over at 60 s. Of the next one others use twelve before our first.
        let first = grants(&log, 1, at: at(61), rules)[0]
        answer(first, 61.1, left: 7)
        #expect(log.grant(now: at(62), bootID: boot, rules: rules) == .wait(until: at(63)))
        // Another of ours a moment later; from then on the others use the rest.
        let second = grants(&log, 1, at: at(63), rules)[0]
        answer(second, 63.1, left: 0)
        // Those of ours that leave meanwhile were in the window before, so they free nothing in this one.
        #expect(log.windowStart == first)
        // What is known of the window survives a file.
        log = try #require(BudgetRecords.changes(BudgetRecords.words(of: log.snapshot)).flatMap { BudgetLog($0) })
        for time in [64.0, 80, 99, 122] { #expect(grants(&log, 1, at: at(time), rules).isEmpty, "at \(time) s") }
        #expect(grants(&log, 9, at: at(122.2), rules).count == 1)
    }

    @Test func `of answers that overtake each other, the one with less left counts`() {
        let rules = BudgetRules(limit: 50)
        /// How many may go after two answers, to requests that were under way together.
        func granted(_ order: [Int], left: [Int]) -> Int {
            var log = BudgetLog(bootID: boot)
            let ids = grants(&log, 2, at: at(0), rules)
            for (place, remaining) in zip(order, left) {
                log.answered(
                    ids[place], now: at(1), bootID: boot, rules: rules,
                    headers: RateHeaders(limit: 50, remaining: remaining))
            }
            return grants(&log, 50, at: at(2), rules).count
        }
        #expect(granted([0, 1], left: [6, 5]) == 5)
        #expect(granted([1, 0], left: [6, 5]) == 5)
        #expect(granted([0, 1], left: [5, 6]) == 5)
        #expect(granted([1, 0], left: [5, 6]) == 5)
    }

    @Test func `alone in a fixed window, what was sent in it comes back one by one`() {
        var log = BudgetLog(bootID: boot)
        let rules = BudgetRules(limit: 20)
        var time = 0.0
        for window in 0..<3 {
            time = Double(window) * 61.5
            for left in (0..<20).reversed() {
                guard let id = grants(&log, 1, at: at(time), rules).first else {
                    Issue.record("not granted at \(time) s")
                    return
                }
                log.answered(
                    id, now: at(time + 0.1), bootID: boot, rules: rules,
                    headers: RateHeaders(limit: 20, remaining: left))
                time += 0.2
            }
            #expect(grants(&log, 1, at: at(time), rules).isEmpty)
        }
        #expect(log.grant(now: at(time), bootID: boot, rules: rules) == .wait(until: at(2 * 61.5 + 0.1 + 61)))
    }
}
