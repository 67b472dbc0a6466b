/// The time of a simulated world, and everything that is still to happen in it.
final class VirtualClock {
    private struct Event {
        let time: Int64
        let number: Int
        let action: (Int64) -> Void
    }

    /// Nanoseconds since the world began.
    private(set) var now: Int64 = 0
    /// Latest first.
    private var events: [Event] = []
    private var nextNumber = 0

    static let second: Int64 = 1_000_000_000

    /// Lets something happen at a time; of several at one time, the one that was planned first goes first.
    ///
    /// - Parameter action: gets the time it was planned for, which a stalled process may see later.
    func at(_ time: Int64, _ action: @escaping (Int64) -> Void) {
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].time > time { low = middle + 1 } else { high = middle }
        }
        events.insert(Event(time: time, number: nextNumber, action: action), at: low)
        nextNumber += 1
    }

    /// The process stands still for a while; what falls into it happens afterwards, in order.
    func stall(_ nanoseconds: Int64) { now += nanoseconds }

    /// Goes on to the earliest event and lets it happen; false when there is none.
    func step() -> Bool {
        guard let event = events.popLast() else { return false }
        now = max(now, event.time)
        event.action(event.time)
        return true
    }

    /// Lets everything happen up to a time, and goes there.
    func pass(until time: Int64) {
        while let next = events.last, next.time <= time { _ = step() }
        now = max(now, time)
    }
}
