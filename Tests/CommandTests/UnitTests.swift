import Foundation
import Pipelines
import Runs
import Salesdock
import Testing

@testable import dockhand

/// The small parts of the command line.
@Suite struct UnitTests {
    /// A clock that stands still.
    private struct Still: TimeSource {
        let bootID = "test"
        func now() -> BootTime { BootTime(nanoseconds: 0) }
        func wallClock() -> WallTime { WallTime(unixSeconds: 1_700_000_000) }
        func sleep(until deadline: BootTime) async throws {}
    }

    @Test(arguments: [("90", 90), ("90s", 90), ("30m", 1800), ("2h", 7200)])
    func `spans of time`(text: String, seconds: Int) { #expect(TimeSpan(argument: text)?.seconds == seconds) }

    @Test(arguments: ["", "h", "-1", "1d", "1.5h", "9999999999999999999h", "9223372036854775807h", "800h"])
    func `what is no span`(text: String) { #expect(TimeSpan(argument: text) == nil) }

    @Test func `a deadline by the clock is the next time it shows that`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        // The clock shows 22:13:20.
        let later = Deadline(argument: "22:14")?.moment(Still(), calendar: calendar)
        #expect(later == BootTime(nanoseconds: 40_000_000_000))
        let tomorrow = Deadline(argument: "22:13")?.moment(Still(), calendar: calendar)
        #expect(tomorrow == BootTime(nanoseconds: (86_400 - 20) * 1_000_000_000))
    }

    @Test func `names of mirrors are unlike, and fit a file system`() {
        #expect(LedgerPlace.mirrorName("/a/b") == "%a%b")
        #expect(LedgerPlace.mirrorName("/a/b") != LedgerPlace.mirrorName("/a%b"))
        let long = "/" + String(repeating: "é", count: 500)
        #expect(LedgerPlace.mirrorName(long + "/x").utf8.count <= 255)
        #expect(LedgerPlace.mirrorName("/x" + long) != LedgerPlace.mirrorName("/y" + long))
    }

    @Test func `a flag names the ledger before the project, and the project before the folder`() {
        func place(_ flag: String?, _ file: String?, _ ledger: String?) -> String {
            LedgerPlace(
                flag: flag, folder: "jobs", projectFile: file, project: .init(domain: "demo", ledger: ledger)
            ).path
        }
        #expect(place("l.db", "p/dockhand.yaml", "own.db") == "l.db")
        #expect(place(nil, "p/dockhand.yaml", "own.db") == "p/own.db")
        #expect(place(nil, "p/dockhand.yaml", nil) == "p/.dockhand/ledger.sqlite")
        #expect(place(nil, nil, nil) == "jobs/.dockhand/ledger.sqlite")
        #expect(place(nil, "dockhand.yaml", nil) == ".dockhand/ledger.sqlite")
    }

    @Test func `a stop reaches the pipeline under way and every later one`() {
        let relay = StopRelay()
        let first = relay.next()
        #expect(!first.isStopping)
        first.stop(.failure(.unreachable, "gone"))
        let second = relay.next()
        #expect(!second.isStopping, "what stops one pipeline need not stop the next")
        relay.stop(.deadline)
        relay.stop(.terminated)
        #expect(second.cause == .deadline)
        #expect(relay.next().cause == .deadline)
    }

    @Test func `a deadline stops what runs too long, and waits for nothing that does not`() async throws {
        let relay = StopRelay()
        try await relay.until(BootTime(nanoseconds: 1), Still()) {
            while relay.cause == nil { await Task.yield() }
        }
        #expect(relay.cause == .deadline)
        let quick = StopRelay()
        let time = SystemTime()
        let value = try await quick.until(time.now() + .seconds(3600), time) { 7 }
        #expect(value == 7)
        #expect(quick.cause == nil)
    }

    @Test func `only ends before the rows were done keep later pipelines from running`() {
        for code in [Runs.ExitCode.success, .rowsFailed, .inDoubt] { #expect(!code.endsRun) }
        for code in [Runs.ExitCode.guarded, .unreachable, .noPermission, .tryLater] { #expect(code.endsRun) }
    }
}
