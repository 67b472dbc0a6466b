import ExactJSON
import Foundation
import Records
import Reports
import Runs
import Salesdock
import Synchronization

/// Puts progress on standard error: often enough to follow, seldom enough to cost nothing.
final class ProgressPrinter: Sendable {
    enum Form: Sendable {
        case none, lines, json
        /// A few lines that are drawn over and over.
        case bar(Paint)
    }

    private struct State {
        var pipeline = ""
        var phase = ""
        var phaseBegan: BootTime?
        var requestsBefore = 0
        var lastShown: BootTime?
        var lastReading: ProgressReading?
        /// Lines that stand on the terminal.
        var linesDrawn = 0
    }

    private let form: Form
    private let time: any TimeSource
    private let state = Mutex(State())

    init(form: Form, time: any TimeSource = SystemTime()) {
        self.form = form
        self.time = time
    }

    private var interval: Duration {
        switch form {
        case .none: .seconds(3600)
        case .bar: .milliseconds(100)
        case .json: .seconds(1)
        case .lines: .seconds(10)
        }
    }

    /// Takes a report of a run, and shows it when it is time.
    func show(_ progress: RunProgress) {
        if case .none = form { return }
        let now = time.now()
        state.withLock { state in
            let phase = progress.phase.rawValue
            if state.pipeline != progress.pipeline || state.phase != phase {
                finish(&state)
                state = State(
                    pipeline: progress.pipeline, phase: phase, phaseBegan: now, requestsBefore: progress.requests.sent,
                    lastShown: now)
            }
            var reading = ProgressReading(
                pipeline: progress.pipeline, phase: phase, balance: progress.balance, rowsTotal: progress.rowsTotal,
                requests: progress.requests.sent - state.requestsBefore,
                elapsedSeconds: Double((now - (state.phaseBegan ?? now)).components.seconds)
                    + Double((now - (state.phaseBegan ?? now)).components.attoseconds) / 1e18)
            reading.requestsExpected = progress.requestsExpected
            reading.limit = progress.limit
            reading.taken = progress.taken
            reading.forecastSeconds = progress.secondsLeft
            reading.lastProblem = progress.lastProblem
            state.lastReading = reading
            guard now - (state.lastShown ?? now) >= interval else { return }
            state.lastShown = now
            state.lastReading = nil
            draw(reading, &state)
        }
    }

    /// Shows what was not shown yet and leaves the terminal's line.
    func finish() { state.withLock { finish(&$0) } }

    private func finish(_ state: inout State) {
        if let reading = state.lastReading { draw(reading, &state) }
        if case .bar = form, state.linesDrawn > 0 { Output.raw(Self.rise(state.linesDrawn) + "\u{1B}[J") }
        state = State()
    }

    private func draw(_ reading: ProgressReading, _ state: inout State) {
        let now = Int64(time.wallClock().unixSeconds)
        switch form {
        case .none: break
        case .lines: Output.note(reading.line(unixSeconds: now))
        case .json: Output.note(reading.json(unixSeconds: now).text)
        case .bar(let paint):
            let lines = reading.lines(width: Self.terminalWidth - 1, paint, unixSeconds: now)
            Output.raw(Self.rise(state.linesDrawn) + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n"))
            state.linesDrawn = lines.count
        }
    }

    /// Back to the beginning of the first of the lines that stand.
    private static func rise(_ lines: Int) -> String {
        "\r" + (lines > 1 ? "\u{1B}[\(lines - 1)A" : "")
    }

    private static var terminalWidth: Int {
        var size = winsize()
        // Safe because the call fills in a value of exactly this type.
        let isKnown = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20
        return isKnown ? Int(size.ws_col) : 100
    }
}
