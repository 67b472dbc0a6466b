import Ledgers
import Pipelines
import Records
import Runs
import Salesdock
import TestSupport

/// How one pipeline of a process ended.
enum PipelineEnd {
    case outcome(PipelineOutcome)
    case failed(RunError)
}

extension World {
    /// Runs pipelines in one process until they are through or the process dies.
    ///
    /// - Returns: their ends, in order; `nil` after a crash.
    func run(
        _ pipelines: [PipelineDefinition], _ boot: Boot, folder: String, options: RunOptions
    ) -> [(name: String, end: PipelineEnd)]? {
        let process = SimulatedProcess(world: self, bootID: boot.id, bootedAt: boot.at)
        let box = EndBox()
        let job = Job(
            process: process, ledger: SimulatedLedger(ledger, process), budget: SimulatedBudgetStore(budget, process))
        let task = Task(executorPreference: process.queue) {
            await job.run(pipelines, folder: folder, options: options) { box.ends.append(($0, $1)) }
            box.isDone = true
        }
        let deadline = clock.now + Self.longestRun
        var jobs = 0
        while !box.isDone, process.isAlive {
            if !process.queue.isIdle {
                process.queue.runOne(using: &scheduling)
                jobs += 1
            } else if !clock.step() {
                monitor.violate("the run waits for something that never comes")
                break
            }
            if clock.now > deadline || jobs > Self.jobsMax {
                monitor.violate("the run does not end")
                break
            }
        }
        if box.isDone, process.isAlive { return box.ends }
        task.cancel()
        if process.isAlive { process.crash("given up") }
        return nil
    }

    /// Longest time of one process, in nanoseconds of the world.
    private static let longestRun = 24 * 3600 * VirtualClock.second
    private static let jobsMax = 2_000_000
}

/// A start of the machine.
struct Boot {
    var id: String
    /// When its clock showed nothing, on the world's clock.
    var at: Int64
}

/// Where a process leaves what it came to.
private final class EndBox: @unchecked Sendable {
    // Safe because one thread runs a simulation.
    var ends: [(name: String, end: PipelineEnd)] = []
    var isDone = false
}

/// What `dockhand run FOLDER` does once the command line is read.
private struct Job: Sendable {
    let process: SimulatedProcess
    let ledger: SimulatedLedger
    let budget: SimulatedBudgetStore

    func run(
        _ pipelines: [PipelineDefinition], folder: String, options: RunOptions,
        whenDone: (String, PipelineEnd) -> Void
    ) async {
        let client: SalesdockClient
        do { client = try self.client() } catch { return whenDone("client", .failed(RunError(error))) }
        var failed: Set<String> = []
        for pipeline in pipelines {
            if !pipeline.references.isDisjoint(with: failed) {
                failed.insert(pipeline.name)
                whenDone(
                    pipeline.name, .failed(RunError(.unreachable, "it needs ids of a pipeline that did not go through"))
                )
                continue
            }
            let end = await end(pipeline, client, folder, options)
            let exit =
                switch end {
                case .outcome(let outcome): outcome.exit
                case .failed(let error): error.exit
                }
            if exit == .guarded || exit.rawValue >= ExitCode.usage.rawValue { failed.insert(pipeline.name) }
            whenDone(pipeline.name, end)
        }
    }

    private func end(
        _ pipeline: PipelineDefinition, _ client: SalesdockClient, _ folder: String, _ options: RunOptions
    ) async -> PipelineEnd {
        let world = process.world
        let settle = world.bug == .lookUpBeforeSettle ? 1 : world.scenario.settleSeconds
        let environment = RunEnvironment(
            time: process, stop: StopSignal(),
            seed: Hash128(high: world.scenario.seed, low: UInt64(world.crashes)))
        do {
            return .outcome(
                try await Run(
                    pipeline, ledger: ledger, mirror: LedgerMirror(directory: folder, name: "mirror"), client: client,
                    settle: .seconds(settle), options: options,
                    places: RunPlaces(ledger: "ledger.sqlite", reports: folder, state: folder),
                    environment: environment
                ).run())
        } catch { return .failed(RunError(error)) }
    }

    private func client() throws -> SalesdockClient {
        let world = process.world
        let scenario = world.scenario
        return SalesdockClient(
            connection: try Connection(
                base: "http://127.0.0.1:9", domain: "demo", timeout: .seconds(scenario.timeoutSeconds),
                concurrency: scenario.concurrency),
            token: try Token(world.token),
            readToken: { [process] () throws(SalesdockError) in try Token(process.world.token) },
            transport: SimulatedTransport(process), store: budget, time: process,
            random: SeededRNG(seed: scenario.seed ^ UInt64(world.crashes)))
    }
}
