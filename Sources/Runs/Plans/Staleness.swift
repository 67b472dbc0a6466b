import Formats
public import Ledgers
public import Pipelines
import Records

/// Whether a plan still holds. What it was made from must be what is there now; anything else makes it stale, and a
/// stale plan is not carried out.
extension Plan {
    /// Refuses a plan whose pipelines, sources or ledger have changed since it was made. Reads every source once.
    ///
    /// - Parameter definitions: the plan's pipelines as they are now.
    /// - Throws: `RunError`, naming what has changed.
    public func refuseStale(_ definitions: [PipelineDefinition], _ ledger: any Ledger) throws {
        for section in sections {
            guard let definition = definitions.first(where: { $0.name == section.pipeline }) else {
                throw stale("there is no pipeline \(section.pipeline) any more")
            }
            if definition.planFingerprint != section.definition {
                throw stale("the pipeline \(section.pipeline) has changed (\(definition.file))")
            }
        }
        try refuseOtherLedger(ledger)
        for section in sections {
            guard let definition = definitions.first(where: { $0.name == section.pipeline }) else { continue }
            let paths = try SourceOpening(definition, fields: nil, spool: nil).definition.paths
            // What can be read once is compared by the first pass.
            if paths.contains(where: Spool.isNeeded) { continue }
            try refuseOtherSource(try InputMeter.digest(ofPaths: paths, seed: section.seed)?.hex, section)
        }
    }

    /// Refuses a source whose digest is another.
    func refuseOtherSource(_ digest: String?, _ section: PlanSection) throws {
        guard let digest, let planned = section.source, digest != planned else { return }
        throw stale("the source of \(section.pipeline) has changed")
    }

    /// Refuses a target that is not the plan's.
    func refuseOtherTarget(_ identity: TargetIdentity, _ section: PlanSection) throws {
        let host = section.isHostAssumed ? String(identity.host.prefix { $0 != "#" }) : identity.host
        let planned = section.isHostAssumed ? String(section.host.prefix { $0 != "#" }) : section.host
        if host != planned || identity.domain != section.domain {
            throw stale("it is for \(section.domain) at \(planned), and this is \(identity.domain) at \(host)")
        }
    }

    /// Only runs of the plan itself may have come after it: those it continues.
    private func refuseOtherLedger(_ ledger: any Ledger) throws {
        let identity = try ledger.identity()
        let runs = try ledger.runs(limit: Self.runsMax)
        for section in sections {
            if let planned = section.ledger, planned != identity.id {
                throw stale("the ledger is another one than it was made from")
            }
            let later = runs.filter { $0.id.rawValue > section.lastRun }
            if later.contains(where: { $0.plan != digest }) || later.count == Self.runsMax {
                throw stale("the ledger has changed: it has seen other runs since")
            }
        }
    }

    /// Most runs that a plan may take.
    private static let runsMax = 1_000

    func stale(_ why: String) -> RunError {
        RunError(.guarded, "the plan \(path) is stale: \(why); nothing was sent. Make a new plan")
    }

    /// A record of which Salesdock says something else than when the plan was made.
    func remoteChanged(_ record: String, _ what: String) -> RunError {
        RunError(
            .guarded,
            "the plan \(path) is stale: \(record) has changed in Salesdock (\(what)); it was not written, and neither was what comes after it. Make a new plan"
        )
    }
}

extension PipelineDefinition {
    /// A digest of what the file says, comments, places and the file's name apart.
    var planFingerprint: String {
        var plain = self
        plain.file = ""
        plain.marks = [:]
        var namespaces: [String] = []
        if case .xml(var spec) = source {
            namespaces = spec.namespaces.map { "\($0.key)=\($0.value)" }.sorted()
            spec.namespaces = [:]
            plain.source = .xml(spec)
        }
        return Fingerprint.of(bytes: Array("\(plain) \(namespaces)".utf8))
    }
}
