import Ledgers
import Reports
import Runs

/// A target of the ledger and a record in it.
struct FoundRecord {
    let target: TargetID
    let identity: TargetIdentity
    let record: LedgerRecord
}

extension Ledger {
    /// Every record of a key, over all targets, or those of one pipeline.
    ///
    /// - Throws: `RunError` when there is none.
    func find(key: String, pipeline: String?) throws -> [FoundRecord] {
        let targets = try targets().filter { pipeline == nil || $0.1.pipeline == pipeline }
        if let pipeline, targets.isEmpty {
            let names = Set(try self.targets().map(\.1.pipeline)).sorted().joined(separator: ", ")
            throw RunError(.usage, "the ledger has no pipeline '\(pipeline)'; it has \(names.isEmpty ? "none" : names)")
        }
        // A key of several fields is shown with ' + ' between its parts.
        let joined = key.replacing(" + ", with: "\u{1F}")
        let found = try targets.compactMap { target, identity in
            try (record(target, key: key) ?? record(target, key: joined)).map {
                FoundRecord(target: target, identity: identity, record: $0)
            }
        }
        guard !found.isEmpty else {
            throw RunError(
                .usage,
                "the ledger has no record of this key\(pipeline.map { " in \($0)" } ?? ""); status shows how keys are written"
            )
        }
        return found
    }

    /// The tries of a record whose outcome nobody knows.
    func open(_ found: FoundRecord) throws -> [OpenAttempt] {
        try openAttempts(host: found.identity.host, domain: found.identity.domain).filter {
            $0.intent.target == found.target && $0.intent.key == found.record.key
        }
    }
}

extension TargetIdentity {
    /// `customers → customers of demo at app.salesdock.nl`.
    var title: String { "\(pipeline) → \(resource) of \(domain) at \(host)" }
}

/// A key or value for a line of text: the parts of a key apart, and no control characters, which would steer the
/// terminal.
func shown(_ key: String) -> String {
    let parted = key.replacing("\u{1F}", with: " + ")
    return String(
        String.UnicodeScalarView(parted.unicodeScalars.map { $0.properties.generalCategory == .control ? "·" : $0 }))
}
