import Ledgers
import Salesdock
import Synchronization

/// Keeps the ledger's mirror up to date while a run writes, so that a copy made in the middle of a long run is known for
/// an older one as well.
final class LedgerAge: Sendable {
    /// Time between two notes; a copy that is younger is not told from the ledger if the run is killed.
    static let interval = Duration.seconds(5)

    private let ledger: any Ledger
    private let mirror: LedgerMirror
    private let time: any TimeSource
    private let next: Mutex<BootTime>

    init(ledger: any Ledger, mirror: LedgerMirror, time: any TimeSource) {
        self.ledger = ledger
        self.mirror = mirror
        self.time = time
        next = Mutex(time.now() + Self.interval)
    }

    /// Notes the ledger's age if the last note is old. One that fails stops nothing: the run's end notes it again.
    func remember() {
        let now = time.now()
        let isDue = next.withLock { next in
            if now < next { return false }
            next = now + Self.interval
            return true
        }
        if isDue, let identity = try? ledger.identity() { try? mirror.write(identity) }
    }
}
