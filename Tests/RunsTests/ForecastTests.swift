import Records
import Salesdock
import Synchronization
import Testing

@testable import Runs

/// What is said of the time left, against the time it took.
@Suite struct ForecastTests {
    /// Readings of a run's time left: seconds since the writing began, and the whole duration that they foretell.
    private final class Readings: Sendable {
        private struct State {
            var began: BootTime?
            var last: BootTime?
            var foretold: [(elapsed: Double, total: Double)] = []
        }

        private let state = Mutex(State())
        private let time: VirtualTime

        init(_ time: VirtualTime) { self.time = time }

        func take(_ progress: RunProgress) {
            guard progress.phase == .writing else { return }
            let now = time.now()
            state.withLock { state in
                let began = state.began ?? now
                state.began = began
                state.last = now
                let elapsed = (now - began).seconds
                if let left = progress.secondsLeft { state.foretold.append((elapsed, elapsed + left)) }
            }
        }

        /// The duration that was foretold at a part of it, relative to how long it took.
        func error(at part: Double) throws -> Double {
            let (began, last, foretold) = state.withLock { ($0.began, $0.last, $0.foretold) }
            let duration = (try #require(last) - (try #require(began))).seconds
            let reading = try #require(foretold.last { $0.elapsed <= part * duration })
            return abs(reading.total - duration) / duration
        }
    }

    private func check(_ text: String, _ fixture: Fixture, rows: Int) async throws {
        let readings = Readings(fixture.time)
        // One request at a time, so that whoever waits for the budget moves the clock while nothing is in flight.
        fixture.concurrency = 1
        fixture.options.allow.email = rows
        let outcome = try await fixture.run(text) { readings.take($0) }
        #expect(outcome.exit == .success, "\(outcome.messages) \(outcome.problems)")
        #expect(outcome.balance[.created] == rows)
        #expect(try readings.error(at: 0.1) < 0.05)
        #expect(try readings.error(at: 0.5) < 0.05)
    }

    @Test func `of customers, one request a row`() async throws {
        let fixture = try Fixture(limit: 150)
        try fixture.write("customers.csv", PipelineTexts.customers(460))
        try await check(RunTests.customers, fixture, rows: 460)
    }

    @Test func `of products with tariffs, two requests a row`() async throws {
        let fixture = try Fixture(limit: 150)
        try fixture.write("products.csv", PipelineTexts.products(230))
        try await check(PipelineTexts.products, fixture, rows: 230)
    }

    @Test func `of offers, after what they refer to has used up the window`() async throws {
        let fixture = try Fixture(limit: 150)
        try fixture.write("customers.csv", PipelineTexts.customers(120))
        try fixture.write("products.csv", PipelineTexts.products(1))
        try fixture.write("offers.csv", PipelineTexts.offers(460, customers: 120))
        _ = try await fixture.run(RunTests.customers)
        _ = try await fixture.run(PipelineTexts.products)
        try await check(PipelineTexts.offers, fixture, rows: 460)
    }

    @Test func `the law of the limit`() {
        let model = LimitModel(limit: 10, hold: 61, latency: 1, spacing: 0.5)
        #expect(model.seconds(0) == 0)
        #expect(model.seconds(1) == 1)
        #expect(model.seconds(10) == 5.5)
        #expect(model.seconds(11) == 63)
        #expect(model.seconds(1, taken: 10) == 63)
        #expect(model.seconds(31) == 187)
        // What can't reach the limit is not held back by it.
        #expect(LimitModel(limit: 1_000, hold: 61, latency: 1, spacing: 0.5).seconds(2_001) == 1_001)
    }

    @Test func `a run that is slower than the law is foretold to stay so`() {
        var forecast = RunForecast(limit: 10, hold: 61, taken: 0)
        for second in 1...10 { forecast.note(sent: second, elapsed: Double(second) / 10, limit: 10) }
        #expect(forecast.secondsLeft(of: 20, elapsed: 1).map { abs($0 - 61) < 1 } == true)
        // The second window took twice as long as it should.
        forecast.note(sent: 20, elapsed: 123, limit: 10)
        #expect(forecast.secondsLeft(of: 30, elapsed: 123).map { $0 > 110 && $0 < 130 } == true)
        // A limit that is halved counts at once.
        forecast.note(sent: 20, elapsed: 123, limit: 5)
        #expect(forecast.secondsLeft(of: 30, elapsed: 123).map { $0 > 120 } == true)
    }

    @Test func `nothing is foretold of nothing`() {
        var forecast = RunForecast(limit: 10, hold: 61, taken: 0)
        #expect(forecast.secondsLeft(of: 20, elapsed: 1) == nil)
        forecast.note(sent: 4, elapsed: 1, limit: 10)
        #expect(forecast.secondsLeft(of: 20, elapsed: 1) == nil)
    }
}
