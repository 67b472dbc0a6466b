/// A mistake that the simulation must notice: each breaks one rule by standing between the protocol and one of its parts.
public enum PlantedBug: String, Sendable, CaseIterable {
    /// An emulator's instance is not part of the target (rule 1).
    case instanceIgnored = "instance-ignored"
    /// A failed update forgets the remote id (rule 2).
    case idForgotten = "id-forgotten"
    /// A lost answer counts as not applied (rule 3).
    case unknownMeansFailed = "unknown-means-failed"
    /// A look-up takes records that belong to other keys (rules 4 and 10).
    case claimsNotChecked = "claims-not-checked"
    /// A missing ledger is a fresh start (rule 6).
    case lossOfLedgerIgnored = "loss-of-ledger-ignored"
    /// The outcome is recorded before the answer (rule 8).
    case outcomeBeforeAnswer = "outcome-before-answer"
    /// The intent is not durable when the request goes out (rule 8).
    case intentNotDurable = "intent-not-durable"
    /// Intents without outcome are not looked up when a run begins (rule 9).
    case openAttemptsIgnored = "open-attempts-ignored"
    /// A look-up does not wait until the attempt has settled (rule 9).
    case lookUpBeforeSettle = "look-up-before-settle"
    /// A repeated create does not say so, and its twin is not looked for (rule 9).
    case resendsForgotten = "resends-forgotten"
    /// Any older record serves as the control of a look-up (rule 10).
    case anyControlServes = "any-control-serves"
    /// What was there before the attempt is not told apart from what it made (rule 11).
    case highestIDNotKept = "highest-id-not-kept"
    /// A broken request is sent again by the transport (rule 14).
    case transportRetries = "transport-retries"
    /// The budget is forgotten when the process dies (rule 19).
    case budgetLostAtCrash = "budget-lost-at-crash"
    /// A new token starts with an empty budget (rule 20).
    case rotationForgetsBudget = "rotation-forgets-budget"
    /// `Retry-After` is not honoured (rule 21).
    case retryAfterIgnored = "retry-after-ignored"
    /// What the server says is left is not looked at (rule 21).
    case remainingIgnored = "remaining-ignored"
}
