import Ledgers

/// What the ledger says of a pipeline that has another key or another name than before.
extension Ledger {
    /// Refuses a key or a kind of record that is not the pipeline's: every record would be taken for a new one.
    func refuseNewKey(_ identity: TargetIdentity, _ known: [(TargetID, TargetIdentity)]) throws {
        guard let (target, old) = known.first(where: { $0.1.pipeline == identity.pipeline }),
            old.keyDefinition != identity.keyDefinition || old.resource != identity.resource,
            try countRecords(target) > 0
        else { return }
        throw RunError(
            .guarded,
            "pipeline \(identity.pipeline) has written \(old.resource) by key \(old.keyDefinition) and now writes \(identity.resource) by key \(identity.keyDefinition): every record would be taken for a new one; nothing was sent. Restore the key, or give the pipeline another name: it then begins anew, and finds what is in Salesdock already by the sink's match alone"
        )
    }

    /// Other targets of the same kind, while a target has no records itself: it may be one of them under a new name.
    ///
    /// - Parameter target: `nil` when the ledger does not have it yet.
    func alike(_ target: TargetID?, _ identity: TargetIdentity, _ known: [(TargetID, TargetIdentity)]) throws
        -> [(TargetID, String)]
    {
        if let target, try countRecords(target) > 0 { return [] }
        return known.filter { $0.0 != target && $0.1.resource == identity.resource }.map { ($0.0, $0.1.pipeline) }
    }

    /// Where else a pipeline has written, if that may be the same account under another name.
    func elsewhere(_ target: TargetID?, _ identity: TargetIdentity) throws -> TargetIdentity? {
        if let target, try countRecords(target) > 0 { return nil }
        return try targets().first { other, former in
            let isLike = former.pipeline == identity.pipeline && former.resource == identity.resource
            return try isLike && former.mayBeSameAccount(as: identity) && countRecords(other) > 0
        }?.1
    }
}
