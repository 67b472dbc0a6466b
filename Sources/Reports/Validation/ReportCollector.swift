public import Records

/// Gathers a report while the rows go by: exact counts, a capped number of samples, in memory that does not grow with the
/// input.
public struct ReportCollector: Sendable {
    /// Problems of a group that are shown.
    public static let samplesMax = 10
    /// Groups of duplicates that are shown.
    public static let duplicateGroupsMax = 50
    /// Kinds of problem by field; beyond them a code's fields share one group.
    static let groupsMax = 500
    /// Columns that get a profile.
    static let columnsMax = 200
    /// Longest value that is shown, in Unicode scalars.
    static let valueScalarsMax = 120
    /// Longest text before and behind a value, in Unicode scalars.
    static let contextScalarsMax = 60

    private struct GroupName: Hashable {
        let code: String
        let field: String?
        let severity: Issue.Severity
    }

    private let settings: ReportSettings
    private var columns: [ColumnProfiler] = []
    private var groups: [GroupName: Int] = [:]
    private var problems: [ProblemGroup] = []
    private var duplicates = DuplicateFacts()
    private var duplicateGroups: [DuplicateName: Int] = [:]

    private enum DuplicateName: Hashable {
        case row(Int)
        case key(String)
    }

    /// A collector that has seen nothing yet.
    public init(_ settings: ReportSettings) { self.settings = settings }

    /// Takes the values of a batch as the source has them.
    ///
    /// - Parameters:
    ///   - columns: the batch's columns as they came from the source; transforms may have replaced them since.
    ///   - count: rows that count, from the first.
    public mutating func profile(_ columns: [RecordBatch.Column], of batch: RecordBatch, count: Int) {
        for (index, column) in columns.prefix(Self.columnsMax).enumerated() {
            if index == self.columns.count {
                self.columns.append(ColumnProfiler(name: column.name, seed: settings.seed, masks: settings.masks))
            }
            self.columns[index].take(column.cells, of: batch, count: count)
        }
    }

    /// Takes the problems of a row.
    public mutating func note(_ issues: [Issue], of row: SourceRow) { note(issues, row) }

    /// Takes what was found out about a row on its way to Salesdock.
    public mutating func note(_ issues: [Issue], of row: WrittenRow) { note(issues, row) }

    private mutating func note(_ issues: [Issue], _ row: some ProblemRow) {
        for issue in issues {
            let index = group(of: issue, row)
            problems[index].count += 1
            if problems[index].samples.count < Self.samplesMax {
                problems[index].samples.append(row.sample(issue, settings))
            }
        }
    }

    /// Takes a row that is left out because another says the same.
    ///
    /// - Parameter survivor: number of the row that stays, where it is known.
    public mutating func note(duplicateOf survivor: Int?, _ row: SourceRow) {
        duplicates.rows += 1
        let key = row.key(settings)
        guard let name = survivor.map(DuplicateName.row) ?? key.map(DuplicateName.key) else {
            duplicates.others += 1
            return
        }
        let place = DuplicateFacts.Place(row: row.origin.row, line: row.origin.line)
        if let index = duplicateGroups[name] {
            duplicates.groups[index].count += 1
            if duplicates.groups[index].rows.count < Self.samplesMax { duplicates.groups[index].rows.append(place) }
        } else if duplicates.groups.count < Self.duplicateGroupsMax {
            duplicateGroups[name] = duplicates.groups.count
            duplicates.groups.append(
                .init(survivor: survivor, key: settings.masks ? nil : key, rows: [place], count: 1))
        } else {
            duplicates.others += 1
        }
    }

    /// The report of everything taken so far, without what only the caller knows.
    public func report(balance: Balance, source: SourceFacts, unixSeconds: Int64) -> ValidationReport {
        let sorted = problems.sorted { left, right in
            if left.severity != right.severity { return left.severity == .error }
            return (right.count, left.code, left.field ?? "") < (left.count, right.code, right.field ?? "")
        }
        var source = source
        if source.columns.isEmpty { source.columns = columns.map(\.name) }
        return ValidationReport(
            settings: settings, unixSeconds: unixSeconds, balance: balance, source: source, problems: sorted,
            fields: columns.map(\.profile), duplicates: duplicates, price: nil, messages: [], rejectsFile: nil,
            problemsFile: nil, problemsListed: 0)
    }

    private mutating func group(of issue: Issue, _ row: some ProblemRow) -> Int {
        var name = GroupName(code: issue.code, field: issue.field, severity: issue.severity)
        if let index = groups[name] { return index }
        if problems.count >= Self.groupsMax {
            name = GroupName(code: issue.code, field: nil, severity: issue.severity)
            if let index = groups[name] { return index }
        }
        groups[name] = problems.count
        problems.append(
            ProblemGroup(
                code: name.code, field: name.field,
                column: name.field == issue.field ? row.column(of: issue, settings) : nil,
                severity: name.severity, count: 0, samples: [], message: issue.message))
        return problems.count - 1
    }
}
