public import Ledgers
import Pipelines
public import Records
public import Salesdock

/// What one pipeline's verb came to.
public struct PipelineOutcome: Sendable {
    /// Products that the ledger knows and the source no longer holds; balanced apart from the rows.
    public struct Missing: Sendable, Hashable {
        /// All of them; the sum of the others.
        public var found = 0
        /// Left as they are: the plan or an edit in Salesdock forbids it, or the run was stopped first.
        public var kept = 0
        /// Switched off in Salesdock by this run.
        public var deactivated = 0
        /// Somebody had deleted them in Salesdock, so there is nothing left to switch off.
        public var gone = 0
        /// Those whose switching off was refused, or is not known to have happened.
        public var failed = 0

        /// What a person should know of those that are gone; `nil` when there are none.
        var note: Notice? {
            if gone == 0 { return nil }
            return Notice(
                "run.gone",
                "\(gone) of the products that are no longer listed had been deleted in Salesdock; they are not looked for again",
                arguments: ["\(gone)"])
        }
    }

    /// The pipeline's name.
    public var pipeline: String
    /// `validate`, `run` or `export`.
    public var mode: String
    /// The fates of the rows read.
    public var balance: Balance
    /// `nil` unless the pipeline deactivates them.
    public var missing: Missing?
    /// What this verb sent for this pipeline.
    public var requests = BudgetCounters()
    /// Seconds.
    public var duration: Double
    /// Path of the rejects file, when there are rejects.
    public var rejects: String?
    /// Path of the report that people read, when one was asked for.
    public var report: String?
    /// Path of the file of accepted rows, when they were to be kept.
    public var accepted: String?
    /// What the process ends with, if no other pipeline ends worse.
    public var exit: ExitCode
    /// What a person must know besides the balance: why it stopped, what to do.
    public var messages: [String] = []
    /// Those messages that can be said in another language.
    public var notices: [Notice] = []
    /// Problems by code.
    public var problems: [String: Int] = [:]
    /// Problems that reject no row.
    public var warnings = 0
    /// The ledger's number of a run; `nil` when it wrote nothing.
    public var run: RunID?
    /// What the requests came to, for verbs that send any.
    public var traffic: TrafficReading?

    /// - Parameter duration: in seconds.
    public init(pipeline: String, mode: String, balance: Balance, duration: Double, exit: ExitCode) {
        self.pipeline = pipeline
        self.mode = mode
        self.balance = balance
        self.duration = duration
        self.exit = exit
    }

    /// Says something that can be said in another language as well.
    public mutating func add(_ notice: Notice) {
        messages.append(notice.text)
        notices.append(notice)
    }
}

extension PipelineOutcome {
    /// Says of a source that was read to its end that it holds nothing: an export that failed looks just so.
    mutating func note(emptySourceIn definition: PipelineDefinition, _ options: RunOptions) {
        guard balance.read == 0, exit == .success, options.rowsMax != 0 else { return }
        add(Notice("input.empty", "the source of \(definition.name) holds no records", arguments: [definition.name]))
    }

    /// Adds what went wrong after the rows had their fates, such as with its report; the balance stays what it is.
    public mutating func add(_ failure: any Error) {
        let failure = RunError(failure)
        exit = ExitCode.strongest([exit, failure.exit])
        messages.append(failure.description)
    }
}

extension Balance {
    /// What the rows alone say of the exit code.
    var exit: ExitCode {
        if self[.inDoubt] > 0 { return .inDoubt }
        return Fate.allCases.contains { !$0.isGood && $0 != .pending && self[$0] > 0 } ? .rowsFailed : .success
    }
}

/// How far a run is, for a progress line.
public struct RunProgress: Sendable {
    /// Which of its passes it is in.
    public enum Phase: String, Sendable {
        /// The first pass, which validates and counts; for most verbs the only one.
        case reading
        /// The second pass of `plan`.
        case planning
        /// The second pass of `run`.
        case writing
    }

    /// The pipeline's name.
    public var pipeline: String
    /// Which pass the numbers are of.
    public var phase: Phase
    /// The rows read so far and the fates of those that have one.
    public var balance: Balance
    /// Rows that will be read, once the first pass has counted them.
    public var rowsTotal: Int?
    /// What was sent so far.
    public var requests: BudgetCounters
    /// Requests that the phase takes in all; `nil` when nobody has counted them.
    public var requestsExpected: Int?
    /// Requests a window; `nil` outside the phase `writing`.
    public var limit: Int?
    /// How many of them are taken at present, by whomever; `nil` as `limit` is.
    public var taken: Int?
    /// Seconds until the end of the phase; `nil` while that is a guess.
    public var secondsLeft: Double?
    /// The latest row that is not well: its number and what is wrong, without its values.
    public var lastProblem: String?

    init(pipeline: String, phase: Phase, balance: Balance, rowsTotal: Int?, requests: BudgetCounters) {
        self.pipeline = pipeline
        self.phase = phase
        self.balance = balance
        self.rowsTotal = rowsTotal
        self.requests = requests
    }
}

/// What a run is told, and tells, besides its input.
public struct RunEnvironment: Sendable {
    /// All time comes from here.
    public var time: any TimeSource
    /// Asked from outside, or from within, to end the run early.
    public var stop: StopSignal
    /// Called now and then while it runs.
    public var progress: @Sendable (RunProgress) -> Void
    /// Seed of the hashes of one run.
    public var seed: Hash128
    /// Looks at what is read, for a report; costs nothing when `nil`.
    public var observer: RunObserver?

    public init(
        time: any TimeSource, stop: StopSignal, seed: Hash128, observer: RunObserver? = nil,
        progress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) {
        self.time = time
        self.stop = stop
        self.seed = seed
        self.observer = observer
        self.progress = progress
    }

    /// Tells the day in Salesdock's zone, which checks call today: the same however late it is asked.
    func today() -> () throws(PatternProblem) -> CivilDate {
        let now = Int64(time.wallClock().unixSeconds)
        return { () throws(PatternProblem) in
            guard let today = CivilDate(iso: LookUpDays.day(now)) else {
                throw PatternProblem(message: "the clock shows a day that no calendar has; set it")
            }
            return today
        }
    }
}
