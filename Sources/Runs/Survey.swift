import Formats
import Ledgers
import Pipelines
import Records

/// The first pass: reads everything, writes nothing, and knows afterwards what the second would do.
struct Survey: Sendable {
    var balance = Balance()
    /// Rows that would become new records.
    var creates = 0
    /// Rows whose record has a Salesdock id.
    var known = 0
    /// Rows that name the id of a record that the ledger does not know.
    var named = 0
    /// Requests that writing the rows takes, without those that read.
    var writes = 0
    /// Rows whose record would change.
    var updates = 0
    /// Offers that would make Salesdock e-mail a customer.
    var emails = 0
    var digest: Hash128?
    /// Rows that stand for a duplicate, whose keys the second pass must remember.
    var survivors: Set<Int> = []
    /// Keys by other pipelines of the same kind that hold them, for noticing a renamed pipeline.
    var knownElsewhere: [String: Int] = [:]
    /// Keys that were compared with other pipelines.
    var keysCompared = 0

    /// Most keys that are compared with other pipelines.
    static let keysComparedMax = 2_000
}

/// What the survey asks of the ledger; absent in verbs without one.
struct SurveyLedger: Sendable {
    let ledger: any Ledger
    let target: TargetID
    let resolver: RowResolver
    let planner: Planner
    /// Other targets of the same kind of record, asked when this one has none yet.
    let alike: [(TargetID, String)]
    /// Whether updates must be counted, which costs a fingerprint a row.
    let countsUpdates: Bool
    /// Where else the pipeline has written, if this target is new and may be the same account under another name.
    let elsewhere: TargetIdentity?
}

extension Survey {
    /// Reads the whole source.
    ///
    /// - Parameters:
    ///   - account: settles every row, with `whenGood` for those that pass.
    ///   - onBatch: called after every batch; stops the reading by returning false.
    static func read(
        _ stream: inout RowStream, _ sink: SalesdockSink?, _ knowledge: SurveyLedger?,
        account: inout RowAccount, whenGood: Fate, onBatch: (Balance) -> Bool
    ) throws -> Survey {
        var survey = Survey()
        while let rows = try stream.next() {
            account.describeSource(header: stream.header, encoding: stream.encoding)
            account.read(rows.count)
            for row in rows { try survey.take(row, sink, knowledge, &account, whenGood) }
            if !onBatch(account.balance) { break }
        }
        survey.digest = stream.inputDigest
        survey.balance = account.balance
        return survey
    }

    private mutating func take(
        _ row: StreamedRow, _ sink: SalesdockSink?, _ knowledge: SurveyLedger?,
        _ account: inout RowAccount, _ whenGood: Fate
    ) throws {
        func settle(_ fate: Fate) {
            account.settle(fate, key: nil, origin: row.origin, raw: row.raw, issues: row.issues)
        }
        switch row.outcome {
        case .rejected: settle(.rejected)
        case .filtered: settle(.filtered)
        case .repeated: settle(.duplicate)
        case .duplicate(let survivor, _):
            if let survivor { survivors.insert(survivor) }
            settle(.duplicate)
        case .draft(let draft):
            if let sink, let knowledge { try count(draft, row, sink, knowledge) }
            settle(whenGood)
        }
    }

    private mutating func count(_ draft: Draft, _ row: StreamedRow, _ sink: SalesdockSink, _ knowledge: SurveyLedger)
        throws
    {
        let record = try knowledge.ledger.record(knowledge.target, key: draft.key)
        if record?.remoteID == nil, !SideEffects.namesRecord(draft, sink) {
            creates += 1
            writes +=
                sink.energy && draft.fields.contains { $0.target.hasPrefix(SalesdockRules.energyPrefix) }
                ? 2 : 1
            if sink.kind == .offers, SideEffects.emailsCustomer(draft) { emails += 1 }
            if !knowledge.alike.isEmpty, keysCompared < Self.keysComparedMax {
                keysCompared += 1
                for (target, name) in knowledge.alike
                where try knowledge.ledger.countKnown(target, keys: [draft.key]) > 0 {
                    knownElsewhere[name, default: 0] += 1
                }
            }
            return
        }
        guard record?.remoteID != nil else {
            named += 1
            return
        }
        known += 1
        if knowledge.countsUpdates,
            case .ready(let resolved) = try knowledge.resolver.resolve(draft, file: row.origin.file, known: record),
            case .write(let steps) = knowledge.planner.plan(resolved, record)
        {
            updates += 1
            writes += steps.count
        }
    }
}
