import Pipelines
import Salesdock

extension Diagnosis {
    /// Most names that a message lists.
    private static let namesMax = 8

    /// Whether what the pipelines name is in the account.
    static func account(_ reading: ServiceReading, _ needs: PipelineNeeds) -> [Finding] {
        [
            listed(.flows, "flow", needs.flows, reading.flows),
            listed(.agreements, "agreement", needs.agreements, reading.agreements),
            listed(.productQuestions, "product question", needs.productQuestions, reading.productQuestions),
            lookups(reading, needs),
        ]
    }

    private static func listed(
        _ check: Finding.Check, _ noun: String, _ needs: [PipelineNeeds.Need], _ names: ServiceReading.Names?
    ) -> Finding {
        if needs.isEmpty { return .skipped(check, "no pipeline names any") }
        switch names {
        case nil: return .skipped(check, "the account can't be read")
        case .failure(let error)?: return unreadable(check, error)
        case .success(let present)?:
            let missing = missing(noun, needs, present)
            if missing.isEmpty {
                let count = Set(needs.map(\.name)).count
                return .ok(
                    check, count == 1 ? "the one that is named is there" : "all \(count) that are named are there")
            }
            return .failed(
                check, .configuration, missing.joined(separator: "; ") + has(present),
                remedy: "Make the \(noun) in Salesdock under this identifier, or correct the pipeline file.")
        }
    }

    private static func lookups(_ reading: ServiceReading, _ needs: PipelineNeeds) -> Finding {
        if needs.lookups.isEmpty { return .skipped(.lookups, "no pipeline looks anything up") }
        var said: [String] = []
        var wrong: [String] = []
        for (spec, named) in grouped(needs.lookups) {
            let kind = spec.kind.rawValue
            switch reading.lookups[spec] {
            case nil:
                let why = spec.kind == .customers ? "too many to read here" : "the account can't be read"
                said.append("\(kind) not looked at: \(why)")
            case .failure(let error)?: return unreadable(.lookups, error)
            case .success(let present)?:
                let missing = missing("\(kind.dropLast()) by \(spec.by)", named, present)
                if missing.isEmpty {
                    said.append("\(present.count) \(kind) by \(spec.by)")
                } else {
                    wrong.append(missing.joined(separator: "; ") + has(present))
                }
            }
        }
        if wrong.isEmpty {
            return .ok(.lookups, said.joined(separator: "; ") + "; values of the source are looked up by a run")
        }
        return .failed(
            .lookups, .configuration, wrong.joined(separator: "; "),
            remedy: "Make it in Salesdock under this value, or correct the pipeline file.")
    }

    private static func grouped(_ lookups: [PipelineNeeds.Lookup]) -> [(LookupSpec, [PipelineNeeds.Need])] {
        var order: [LookupSpec] = []
        var values: [LookupSpec: [PipelineNeeds.Need]] = [:]
        for lookup in lookups {
            if values[lookup.spec] == nil { order.append(lookup.spec) }
            values[lookup.spec, default: []] += lookup.values
        }
        return order.map { ($0, values[$0, default: []]) }
    }

    private static func missing(_ noun: String, _ needs: [PipelineNeeds.Need], _ present: [String]) -> [String] {
        let present = Set(present)
        return needs.filter { !present.contains($0.name) }.map { "\($0.place): there is no \(noun) '\($0.name)'" }
    }

    private static func has(_ present: [String]) -> String {
        let names = present.sorted()
        if names.isEmpty { return "; the account has none that the token can see" }
        let more = names.count > namesMax ? ", …" : ""
        return "; the account has \(names.prefix(namesMax).joined(separator: ", "))\(more)"
    }

    private static func unreadable(_ check: Finding.Check, _ error: SalesdockError) -> Finding {
        .failed(check, RunError(error).exit, error.message, remedy: error.remedy)
    }
}
