import Salesdock

/// Decides which write may start: at most `concurrency` at once, writes of one key in order, and at most one create
/// without outcome in a match class. Pure; the run loop does what it says.
struct Dispatcher<Job: Sendable>: Sendable {
    /// What a job must not meet.
    struct Claims: Sendable, Equatable {
        var key: String
        var matchClass: String?
    }

    private struct Entry {
        let id: Int
        let claims: Claims
        var job: Job
    }

    let concurrency: Int
    /// Most jobs that wait in line; the reader pauses beyond it.
    let backlogMax: Int
    /// Most jobs whose outcome is unknown before nothing new is started.
    let unsettledMax: Int

    private var queue: [Entry] = []
    private var running: [Int: Claims] = [:]
    private var unsettled: [Int: Claims] = [:]
    private var waitingForControl: Set<Int> = []
    private var nextID = 0

    init(concurrency: Int) {
        self.concurrency = concurrency
        backlogMax = concurrency * 8
        unsettledMax = concurrency * 8
    }

    /// Whether the reader may deliver more.
    var hasRoom: Bool { queue.count < backlogMax }
    /// Jobs that hold a slot.
    var runningCount: Int { running.count }

    /// Adds a job at the end of the line.
    mutating func add(_ job: Job, _ claims: Claims) {
        queue.append(Entry(id: nextID, claims: claims, job: job))
        nextID += 1
    }

    /// Takes claims for something that is waiting already.
    mutating func addUnsettled(_ claims: Claims) -> Int {
        defer { nextID += 1 }
        unsettled[nextID] = claims
        return nextID
    }

    /// Whether anything of a key is in line, running or waiting.
    func isClaimed(key: String) -> Bool {
        queue.contains { $0.claims.key == key } || running.values.contains { $0.key == key }
            || unsettled.values.contains { $0.key == key }
    }

    /// The next job that may start now, with the ticket to hand back.
    mutating func start() -> (ticket: Int, job: Job)? {
        if running.count >= concurrency { return nil }
        // Jobs that wait for a create to succeed must not keep every create from starting: one at a time may try.
        let isFull = unsettled.count >= unsettledMax
        if isFull, !running.isEmpty || unsettled.count > waitingForControl.count { return nil }
        let claimed = Array(running.values) + Array(unsettled.values)
        var keys = Set(claimed.map(\.key))
        var classes = Set(claimed.compactMap(\.matchClass))
        for index in queue.indices {
            let claims = queue[index].claims
            let isFree = !keys.contains(claims.key) && !(claims.matchClass.map { classes.contains($0) } ?? false)
            if isFree {
                let entry = queue.remove(at: index)
                running[entry.id] = claims
                return (entry.id, entry.job)
            }
            keys.insert(claims.key)
            if let matchClass = claims.matchClass { classes.insert(matchClass) }
        }
        return nil
    }

    /// Whether a job that was unsettled may go on now.
    mutating func restart(_ ticket: Int) -> Bool {
        guard running.count < concurrency, let claims = unsettled.removeValue(forKey: ticket) else { return false }
        running[ticket] = claims
        waitingForControl.remove(ticket)
        return true
    }

    /// A job's outcome is unknown: it gives its slot back and keeps its claims.
    ///
    /// - Parameter waitsForControl: whether it waits for another create rather than for time.
    mutating func unsettle(_ ticket: Int, waitsForControl: Bool = false) {
        if let claims = running.removeValue(forKey: ticket) { unsettled[ticket] = claims }
        if waitsForControl { waitingForControl.insert(ticket) }
    }

    /// A job has its fate.
    mutating func finish(_ ticket: Int) {
        running.removeValue(forKey: ticket)
        unsettled.removeValue(forKey: ticket)
        waitingForControl.remove(ticket)
    }

    /// Takes everything that has not started, in order: the run was stopped.
    mutating func drain() -> [Job] {
        defer { queue = [] }
        return queue.map(\.job)
    }
}
