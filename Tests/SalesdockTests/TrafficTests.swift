import Testing

@testable import Salesdock

@Suite struct TrafficTests {
    @Test func `a timeline of days takes as much memory as one of minutes, and loses no request`() {
        var timeline = RequestTimeline()
        var sent = 0
        // Unevenly spread over twelve days.
        for second in stride(from: 0, to: 12 * 86_400, by: 37) {
            timeline.sent(at: second)
            if second % 5 == 0 { timeline.sent(at: second) }
            sent += second % 5 == 0 ? 2 : 1
            #expect(timeline.buckets.count <= RequestTimeline.bucketsMax)
        }
        #expect(timeline.buckets.reduce(0) { $0 + $1.sent } == sent)
        #expect(timeline.bucketSeconds == 7680)
        #expect(timeline.buckets.count == (12 * 86_400 - 1) / 7680 + 1)
    }

    @Test func `buckets grow so that each is made of whole ones`() {
        var timeline = RequestTimeline()
        timeline.sent(at: 0)
        timeline.limited(to: 150, at: 0)
        timeline.sent(at: 239)
        #expect(timeline.bucketSeconds == 1 && timeline.buckets.count == 240)
        timeline.sent(at: 240)
        #expect(timeline.bucketSeconds == 2 && timeline.buckets.count == 121)
        #expect(timeline.buckets[0] == .init(sent: 1, limit: 150))
        #expect(timeline.buckets[119].sent == 1 && timeline.buckets[120].sent == 1)
        var widths: [Int] = []
        for second in stride(from: 480, to: 60_000, by: 240) {
            timeline.sent(at: second)
            if widths.last != timeline.bucketSeconds { widths.append(timeline.bucketSeconds) }
        }
        #expect(widths == [4, 12, 60, 120, 240, 480])
    }

    @Test func `time in which several wait counts once, and a wait that goes on counts so far`() async throws {
        let time = ManualTime()
        let traffic = Traffic(time: time)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (count, seconds) in [(1, 10), (2, 20)] {
                group.addTask {
                    try await traffic.waiting(.limit) { try await time.sleep(until: time.now() + .seconds(seconds)) }
                }
                while time.sleeperCount < count { await Task.yield() }
                time.advance(by: .seconds(5))
            }
            try await group.next()
            #expect(traffic.reading.waits[.limit] == 10)
            time.advance(by: .seconds(5))
            #expect(traffic.reading.waits[.limit] == 15)
            traffic.begin()
            time.advance(by: .seconds(10))
            try await group.next()
        }
        time.advance(by: .seconds(100))
        #expect(traffic.reading.waits == [.limit: 10], "it was begun again in the middle")
    }

    @Test func `the slowest are kept, and calls are counted in their order`() {
        let time = ManualTime()
        let traffic = Traffic(time: time)
        // 1, 8, 15, …: every length up to 30 once.
        for step in 0..<30 {
            let sentAt = time.now()
            traffic.sent(step == 3 ? "b" : "a", at: sentAt)
            time.advance(by: .seconds(step * 7 % 30 + 1))
            traffic.answered("a", sentAt: sentAt, .throttled(retryAfter: step % 10 == 9 ? .seconds(step) : nil))
        }
        let reading = traffic.reading
        #expect(reading.slowest.map(\.seconds) == (21...30).reversed().map(Double.init))
        #expect(reading.slowest.allSatisfy { $0.outcome == "throttled" })
        #expect(reading.calls.map(\.name) == ["a", "b"] && reading.calls.map(\.count) == [29, 1])
        #expect(reading.retryAfter.count == 3 && reading.retryAfter.longestSeconds == 29)
    }
}
