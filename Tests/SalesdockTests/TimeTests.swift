import Salesdock
import Testing

struct TimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_123, "2000-02-29T00:00:00.123Z"),
            (1_795_490_701_000, "2026-11-24T03:25:01.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func `a wall time writes itself`(milliseconds: Int64, text: String) {
        #expect(WallTime(unixNanoseconds: milliseconds * 1_000_000).iso8601 == text)
    }

    @Test func `the system's clocks move and name their boot`() async throws {
        let time = SystemTime()
        let before = time.now()
        try await time.sleep(until: before + .milliseconds(2))
        #expect(time.now() >= before + .milliseconds(2))
        #expect(time.bootID == SystemTime().bootID)
        #expect(time.bootID.count == 36)
        #expect(time.wallClock() > WallTime(unixSeconds: 1_700_000_000))
    }

    @Test func `a cancelled sleep ends`() async {
        let task = Task { try await SystemTime().sleep(until: SystemTime().now() + .seconds(3600)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
