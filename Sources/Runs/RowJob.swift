import Ledgers
import Records
import Salesdock

/// A row on its way through the writer.
struct RowJob: Sendable {
    let origin: RecordOrigin
    let raw: [UInt8]
    let row: ResolvedRow
    let matchClass: String?
    /// Warnings from the transforms.
    let warnings: [Issue]
    /// What the plan has for it, with ids in the place of symbols; `nil` without one.
    var planned: RecordPlan?
    /// Where to go on after waiting; `nil` before the first request.
    var resume: Resume?
    /// Set when nothing else can happen any more that could decide it.
    var isLastChance = false

    struct Resume: Sendable {
        var step: Int
        /// `nil` when this step has not begun.
        var progress: WriteProgress?
        /// What the row's earlier steps have done.
        var hasCreated: Bool
        var hasUpdated: Bool
    }
}

/// A try of an earlier run whose outcome is unknown.
struct RecoveryJob: Sendable {
    let attempt: OpenAttempt
    var progress: WriteProgress?
    var isLastChance = false
}

enum Job: Sendable {
    case row(RowJob)
    case recovery(RecoveryJob)
}

/// What a waiting write must remember.
struct WriteProgress: Sendable, Equatable {
    var attempt: AttemptID
    /// As it was made durable: a look-up asks what was known then, not what is known now.
    var intent: Intent
    /// When its last request was about to go.
    var sentAt: BootTime
    /// A look-up reads what it needs anew when it was read before this; `nil` for the moment of settling.
    var readAfter: BootTime?
    var rounds: Int
    var controls: Int
    /// When its first request was sent in this run; `nil` before that.
    var began: BootTime?
    /// Why the create was refused whose identifier an earlier try of it may have taken.
    var refusal: APIProblem?
}

/// How far one turn of a job came.
enum JobEnd: Sendable {
    case fate(Fate, note: String?, issues: [Issue], isCreate: Bool)
    /// A recovered attempt is decided; its row, when it is read, starts afresh.
    case recovered(isCreate: Bool)
    case settle(until: BootTime, Job)
    /// `until` when a create of ours will have settled by then; `nil` when there is none yet.
    case awaitControl(until: BootTime?, Job)
    /// The run was stopped; nothing of the row is open, or its attempt waits for the next run.
    case pending(note: String?)
}
