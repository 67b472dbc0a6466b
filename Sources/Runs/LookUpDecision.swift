import ExactJSON
import Pipelines

/// A remote record that may be the one an attempt of unknown outcome has made.
struct Candidate: Sendable, Equatable {
    let id: Int
    /// By the names a create uses; what the remote side does not carry is absent.
    let fields: [String: String?]
    /// `yyyy-MM-dd` in Salesdock's own zone, when it says so.
    let createdOn: String?
}

/// Decides whether an attempt made one of the records that are there. Pure: no record is touched.
struct LookUpDecision {
    let kind: SalesdockKind
    /// What was sent.
    let payload: JSONObject
    /// Ids up to this one were there before the attempt.
    let highestIDSeen: Int
    /// Days on which the attempt may have been recorded.
    let days: LookUpDays
    /// Payloads of the other attempts that are open.
    let others: [JSONObject]

    /// - Parameter isClaimed: whether a record of the ledger holds an id already.
    func decide(_ candidates: [Candidate], isClaimed: (Int) throws -> Bool) rethrows -> LookUp {
        var fitting: [Candidate] = []
        var disputed: [Candidate] = []
        var seen: Set<Int> = []
        for candidate in candidates where seen.insert(candidate.id).inserted && sharesIdentity(payload, candidate) {
            if try isClaimed(candidate.id) { continue }
            let isNew = candidate.id > highestIDSeen
            let isInTime = candidate.createdOn.map(days.contains)
            if isInTime == !isNew {
                // Its id says one thing and its date the other; only an old id with an old date is simply another record.
                disputed.append(candidate)
            } else if isNew {
                fitting.append(candidate)
            }
        }
        let agreeing = fitting.filter { conflicts(payload, $0).isEmpty }
        let rest = (fitting + disputed).filter { candidate in
            !agreeing.contains(candidate)
                && !others.contains { sharesIdentity($0, candidate) && conflicts($0, candidate).isEmpty }
        }
        if agreeing.count == 1, rest.isEmpty { return .one(id: agreeing[0].id) }
        if agreeing.isEmpty, rest.isEmpty { return .none }
        return .undecided(note: (agreeing + rest).map { explain($0) }.joined(separator: "; "))
    }

    /// The unclaimed candidates that share the identity and contradict nothing, each once.
    func fitting(_ candidates: [Candidate], isClaimed: (Int) throws -> Bool) rethrows -> [Candidate] {
        var seen: Set<Int> = []
        return try candidates.filter {
            try seen.insert($0.id).inserted && sharesIdentity(payload, $0) && conflicts(payload, $0).isEmpty
                && !isClaimed($0.id)
        }
    }

    /// Why a record could be ours and why that is not certain, without its values.
    private func explain(_ candidate: Candidate) -> String {
        let conflicts = conflicts(payload, candidate)
        let isNew = candidate.id > highestIDSeen
        var reasons: [String] = []
        if !conflicts.isEmpty { reasons.append("differs in \(conflicts.joined(separator: ", "))") }
        if let day = candidate.createdOn, days.contains(day) != isNew {
            reasons.append(isNew ? "its id is new and its date is not" : "its date is new and its id is not")
        }
        let why = reasons.isEmpty ? "could be it, and is not the only one" : reasons.joined(separator: " and ")
        return "\(kind.rawValue) \(candidate.id) \(why)"
    }

    private func conflicts(_ ours: JSONObject, _ candidate: Candidate) -> [String] {
        FieldComparison.conflicts(ours: ours, remote: candidate.fields)
    }

    private func sharesIdentity(_ ours: JSONObject, _ candidate: Candidate) -> Bool {
        func same(_ name: String, _ normalise: (String) -> String) -> Bool {
            guard let mine = ours[name]?.scalarText, let theirs = candidate.fields[name] ?? nil else { return false }
            let normal = normalise(mine)
            return !normal.isEmpty && normal == normalise(theirs)
        }
        switch kind {
        case .customers:
            let isSameName = same("lastname", Normalise.name) || same("company_name", Normalise.name)
            return same("email", Normalise.email) || same("phone", Normalise.phone)
                || (isSameName && same("postcode", Normalise.postcode))
        case .products, .suppliers: return same("identifier") { $0 }
        case .offers:
            let plain: (String) -> String = { $0 }
            return same("relation_id", plain) && same("product_id", plain)
                && (candidate.fields["flow"] == nil || same("flow", plain))
        }
    }
}
