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
    /// Payloads of the other creates that are open.
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
        let makers = makers(fitting + disputed)
        let agreeing = fitting.filter { makers[$0.id] == .ours }
        let rest = (fitting + disputed).filter { makers[$0.id] != .theirs && !agreeing.contains($0) }
        if agreeing.count == 1, rest.isEmpty { return .one(id: agreeing[0].id) }
        if agreeing.isEmpty, rest.isEmpty { return .none }
        return .undecided(note: (agreeing + rest).map { explain($0, makers[$0.id]) }.joined(separator: "; "))
    }

    private enum Maker { case ours, theirs, contested }

    /// Who has made each candidate, among the creates that are open; absent where none can have.
    ///
    /// A record carries nothing that its create did not say, so one that carries what only one create said is that
    /// one's. And a create makes one record: what two explain equally well is the other's when one has its own already.
    private func makers(_ candidates: [Candidate]) -> [Int: Maker] {
        let creates = [payload] + others
        let explained = candidates.map { candidate in
            creates.indices.compactMap { index in
                shared(creates[index], candidate).map { (create: index, fields: $0) }
            }
        }
        func surest(_ explanations: [(create: Int, fields: Set<String>)]) -> Int? {
            explanations.first { best in
                explanations.allSatisfy { $0.create == best.create || $0.fields.isStrictSubset(of: best.fields) }
            }?.create
        }
        let sure = explained.compactMap(surest)
        let isServed = creates.indices.map { create in sure.count { $0 == create } == 1 }
        var makers: [Int: Maker] = [:]
        for (candidate, explanations) in zip(candidates, explained) where !explanations.isEmpty {
            let create = surest(explanations) ?? surest(explanations.filter { !isServed[$0.create] })
            makers[candidate.id] = create.map { $0 == 0 ? .ours : .theirs } ?? .contested
        }
        return makers
    }

    /// What identifies a record and is never filled in by Salesdock itself.
    private static let telling: Set<String> = [
        "email", "phone", "firstname", "lastname", "company_name", "postcode", "housenumber", "identifier", "name",
    ]

    /// The telling fields that a payload and a candidate share; `nil` when the payload can't have made it.
    private func shared(_ payload: JSONObject, _ candidate: Candidate) -> Set<String>? {
        guard sharesIdentity(payload, candidate), conflicts(payload, candidate).isEmpty else { return nil }
        return Self.telling.filter { name in
            guard let own = payload[name]?.scalarText, let theirs = candidate.fields[name] ?? nil else { return false }
            return [own, theirs].allSatisfy { $0.contains { !$0.isWhitespace } }
        }
    }

    /// The unclaimed candidates that share the identity, each once; where no identifier proves it, those that contradict
    /// nothing.
    func fitting(_ candidates: [Candidate], isClaimed: (Int) throws -> Bool) rethrows -> [Candidate] {
        var seen: Set<Int> = []
        return try candidates.filter {
            try seen.insert($0.id).inserted && sharesIdentity(payload, $0)
                && (isIdentified || conflicts(payload, $0).isEmpty) && !isClaimed($0.id)
        }
    }

    private var isIdentified: Bool { kind == .products || kind == .suppliers }

    /// Why a record could be ours and why that is not certain, without its values.
    private func explain(_ candidate: Candidate, _ maker: Maker?) -> String {
        let conflicts = conflicts(payload, candidate)
        let isNew = candidate.id > highestIDSeen
        var reasons: [String] = []
        if maker == .contested {
            reasons.append("may be what another lost create has made")
        }
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
