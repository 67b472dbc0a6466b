public import ExactJSON
import Records

extension ValidationReport {
    /// A run's report from what the ledger keeps of it: counts and requests, and nothing of the source's rows.
    ///
    /// - Parameter outcome: the run's outcome as the ledger keeps it.
    public init(_ settings: ReportSettings, outcome: JSONValue, run: RunFacts, unixSeconds: Int64) {
        var balance = Balance()
        balance.read(outcome["read"]?.int ?? 0)
        for fate in Fate.allCases { balance.settle(fate, outcome["fates"]?[fate.rawValue]?.int ?? 0) }
        let problems = (outcome["problems"]?.object?.members ?? []).map { problem in
            ProblemGroup(
                code: problem.name, field: nil, column: nil, severity: .error, count: problem.value.int ?? 0,
                samples: [], message: problem.name)
        }
        let notices = (outcome["notices"]?.array ?? []).map { notice in
            Notice(
                notice["code"]?.string ?? "", notice["text"]?.string ?? "",
                arguments: (notice["arguments"]?.array ?? []).compactMap(\.string))
        }
        self.init(
            settings: settings, unixSeconds: unixSeconds, balance: balance,
            source: SourceFacts(format: .csv, files: []), problems: problems.sorted { $1.count < $0.count },
            fields: [], duplicates: DuplicateFacts(), price: nil,
            messages: NoticeTexts.messages(
                (outcome["messages"]?.array ?? []).compactMap(\.string), notices, settings.language),
            rejectsFile: nil, problemsFile: nil,
            problemsListed: 0, run: run)
        self.run?.isFromLedger = true
    }
}
