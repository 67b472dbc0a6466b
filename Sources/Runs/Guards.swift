import Ledgers
public import Pipelines
import Records

/// Stops before a run does harm. Every guard names what it found and what would allow it.
enum Guards {
    /// Most keys that a message names.
    private static let namesMax = 5

    /// Too many rows are wrong: the file, or the pipeline, is probably not what it should be.
    ///
    /// - Parameter isDryRun: nothing would have been sent anyway.
    static func errors(
        _ balance: Balance, _ definition: PipelineDefinition, _ options: RunOptions, isDryRun: Bool = false
    ) -> RunError? {
        guard let threshold = options.maxErrors ?? definition.guards.maxErrors,
            threshold.isExceeded(by: balance[.rejected], of: balance.read)
        else { return nil }
        let ending = isDryRun ? "a run would send nothing" : "nothing was sent"
        return RunError(
            .guarded,
            Notice(
                isDryRun ? "guard.max_errors_dry" : "guard.max_errors",
                "\(balance[.rejected]) of \(balance.read) rows are rejected, more than max_errors \(threshold) allows; \(ending). Correct the file, or raise the guard with --max-errors",
                arguments: ["\(balance[.rejected])", "\(balance.read)", "\(threshold)"]))
    }

    /// Offers that would e-mail customers.
    static func emails(_ survey: Survey, _ options: RunOptions) -> RunError? {
        guard survey.emails > options.allow.email else { return nil }
        return RunError(
            .guarded,
            Notice(
                "guard.emails",
                "\(survey.emails) offers have no contract_date, so Salesdock would e-mail \(survey.emails) customers; nothing was sent. Map contract_date and contract_pdf for completed offers, or allow it with --allow email=\(survey.emails)",
                arguments: ["\(survey.emails)"]))
    }

    /// A new address or domain: if it is the same account under another name, everything would be created again.
    static func moved(
        _ survey: Survey, from elsewhere: TargetIdentity?, _ definition: PipelineDefinition, _ options: RunOptions
    ) -> RunError? {
        guard let elsewhere, !options.rebuild, survey.creates > options.allow.create ?? 0 else { return nil }
        return RunError(
            .guarded,
            Notice(
                "guard.moved",
                "pipeline \(definition.name) has written to \(elsewhere.domain) at \(elsewhere.host), and of the account that is configured now the ledger knows nothing: \(survey.creates) records would be created; nothing was sent. If it is the same account, correct base and domain, or run with --rebuild, which looks for every record first; if it is another one, allow it with --allow create=\(survey.creates)",
                arguments: [definition.name, elsewhere.domain, elsewhere.host, "\(survey.creates)"]))
    }

    /// After a lost ledger, records that no look at Salesdock can match.
    static func creates(_ survey: Survey, _ options: RunOptions) -> RunError? {
        guard options.rebuild, survey.creates > options.allow.create ?? 0 else { return nil }
        return RunError(
            .guarded,
            Notice(
                "guard.rebuild",
                "the ledger is being rebuilt and up to \(survey.creates) records would be created where no match is found; nothing was sent. Allow it with --allow create=\(survey.creates)",
                arguments: ["\(survey.creates)"]))
    }

    /// More changes than a night should bring.
    static func changes(_ survey: Survey, deactivations: Int, records: Int, _ definition: PipelineDefinition)
        -> RunError?
    {
        guard let threshold = definition.guards.maxChanges, records > 0,
            threshold.isExceeded(by: survey.updates + deactivations, of: records)
        else { return nil }
        return RunError(
            .guarded,
            Notice(
                "guard.max_changes",
                "\(survey.updates + deactivations) of \(records) records would change, more than max_changes \(threshold) allows; nothing was sent. Look at the source, or raise the guard",
                arguments: ["\(survey.updates + deactivations)", "\(records)", "\(threshold)"]))
    }

    /// Products that the source no longer holds.
    static func missing(_ keys: [String], records: Int, _ definition: PipelineDefinition, _ options: RunOptions)
        -> RunError?
    {
        guard definition.missing == .deactivate, !keys.isEmpty else { return nil }
        let missing = keys.count
        let names = keys.prefix(namesMax).joined(separator: ", ") + (missing > namesMax ? ", …" : "")
        if let threshold = definition.guards.maxMissing, threshold.isExceeded(by: missing, of: records) {
            return RunError(
                .guarded,
                Notice(
                    "guard.max_missing",
                    "\(missing) of \(records) products (\(names)) are missing from the source, more than max_missing \(threshold) allows; nothing was sent. Look at the source, or raise the guard",
                    arguments: ["\(missing)", "\(records)", names, "\(threshold)"]))
        }
        guard missing > options.allow.deactivate else { return nil }
        return RunError(
            .guarded,
            Notice(
                "guard.deactivate",
                "\(missing == 1 ? "1 product is" : "\(missing) products are") missing from the source and would be deactivated (\(names)); nothing was sent. Allow it with --allow deactivate=\(missing)",
                arguments: ["\(missing)", names]))
    }

    /// Most keys of a new pipeline belong to another one of the same kind: it was probably renamed.
    static func renamed(_ survey: Survey, _ definition: PipelineDefinition, _ options: RunOptions) -> RunError? {
        guard options.renamedFrom == nil, survey.keysCompared > 0,
            let (name, known) = survey.knownElsewhere.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
            known * 2 >= survey.keysCompared
        else { return nil }
        return RunError(
            .guarded,
            Notice(
                "guard.renamed",
                "pipeline \(definition.name) is new to the ledger, and \(known) of \(survey.keysCompared) keys belong to \(name): running it would create them again. If it was renamed, run with --renamed-from \(name); if it is another list, with --renamed-from none",
                arguments: [definition.name, "\(known)", "\(survey.keysCompared)", name]))
    }
}

extension Threshold: CustomStringConvertible {
    public var description: String {
        switch self {
        case .count(let most): "\(most)"
        case .percent(let most): most == most.rounded() ? "\(Int(most))%" : "\(most)%"
        }
    }
}
