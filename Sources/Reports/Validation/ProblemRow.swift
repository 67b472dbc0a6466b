public import Records

/// A row of which something is to be said.
protocol ProblemRow {
    /// The place of one of its problems.
    func sample(_ issue: Issue, _ settings: ReportSettings) -> ProblemSample
    /// The source's column that a problem is about; `nil` when it is about no single one.
    func column(of issue: Issue, _ settings: ReportSettings) -> String?
}

/// A row that was on its way to Salesdock; of its text, only what a problem quotes is still there.
public struct WrittenRow: ProblemRow, Sendable {
    private let origin: RecordOrigin
    private let key: String?

    /// - Parameter key: as the ledger writes it; `nil` when the row has none.
    public init(_ origin: RecordOrigin, key: String?) {
        self.origin = origin
        self.key = key?.replacing("\u{1F}", with: " + ")
    }

    func sample(_ issue: Issue, _ settings: ReportSettings) -> ProblemSample {
        let value = issue.value.map { settings.masks ? Mask.masked($0) : $0 }
        // Salesdock's own words may repeat a value.
        let isQuoted = IssueTexts.isRefusal(issue.code)
        return ProblemSample(
            file: origin.file, row: origin.row, line: origin.line,
            key: settings.masks ? nil : key.map { VisibleText.visible($0.prefix(ReportCollector.valueScalarsMax)) },
            value: value.map(VisibleText.visible), valueLength: value?.unicodeScalars.count ?? 0, context: nil,
            arguments: isQuoted ? (settings.masks ? [] : [issue.message]) : issue.arguments)
    }

    func column(of issue: Issue, _ settings: ReportSettings) -> String? {
        issue.field.flatMap { settings.columns[$0] }
    }
}
