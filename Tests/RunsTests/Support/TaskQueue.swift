import Dispatch

/// Runs tasks one job at a time, first come, first served: their order depends on nothing else.
///
/// Tasks started with it as their preferred executor stay on it, and so do their children and the actors they call.
final class TaskQueue: TaskExecutor {
    private let queue = DispatchQueue(label: "tasks of a test")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Lets all that is ready go first.
    func turn() async {
        await withCheckedContinuation { waiting in queue.async { waiting.resume() } }
    }
}
