import Ledgers
import Salesdock

/// Looks once more at every create that was sent a second time: if both were carried out, a person must know.
///
/// A run that is killed leaves its checks to the next one, and so does a create that has not settled yet, whose first
/// request could still surprise.
struct TwinCheck: Sendable {
    let context: RunContext

    /// What was found, for people; marks what needs no further look.
    ///
    /// - Throws: what the reading or the ledger throws; checks that were not made stay owed.
    func run(_ report: (String) -> Void) async throws {
        // One reading of a list serves every check: it may be hundreds of pages.
        let readAfter = context.time.now()
        for attempt in try context.ledger.owedTwinChecks(context.target) {
            let (context, intent) = (context, attempt.intent)
            let found = try await context.stop.reading {
                try await context.directory.lookUp(
                    intent, readAfter: readAfter, others: { try context.otherCreates(than: attempt.id) },
                    isClaimed: { try context.isClaimed($0) })
            }
            let name = "\(context.identity.pipeline) \(intent.key.replacing("\u{1F}", with: " + "))"
            switch found {
            case .one(let id):
                try context.ledger.twinChecked(attempt.id, note: "record \(id) is its twin")
                report(
                    "record \(id) in Salesdock is a twin of \(name): a lost request was carried out after all; remove one of them in Salesdock"
                )
            case .undecided(let note):
                try context.ledger.twinChecked(attempt.id, note: "may have a twin: \(note)")
                report("\(name) may have a twin in Salesdock: \(note)")
            case .none:
                if context.settled(context.sentOnThisBoot(intent.sentAt)) <= readAfter {
                    try context.ledger.twinChecked(attempt.id, note: nil)
                }
            }
        }
    }
}
