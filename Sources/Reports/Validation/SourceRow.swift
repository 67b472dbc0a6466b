public import Records

/// One row as the source has it, looked at only when something is to be said about it.
public struct SourceRow: ProblemRow, Sendable {
    private let batch: RecordBatch
    private let row: Int
    private let columns: [RecordBatch.Column]

    /// - Parameters:
    ///   - columns: the batch's columns as they came from the source.
    public init(_ row: Int, of batch: RecordBatch, columns: [RecordBatch.Column]) {
        self.row = row
        self.batch = batch
        self.columns = columns
    }

    var origin: RecordOrigin { batch.origins[row] }

    /// The key's parts as the source has them; `nil` when one of them is empty.
    func key(_ settings: ReportSettings) -> String? {
        let parts = settings.key.compactMap { name in
            column(settings.columns[name] ?? name).map { text(batch.slice($0)) }
        }
        if parts.isEmpty || parts.count < settings.key.count || parts.contains(where: \.isEmpty) { return nil }
        return parts.joined(separator: " + ")
    }

    /// The place of one of its problems.
    func sample(_ issue: Issue, _ settings: ReportSettings) -> ProblemSample {
        let cell = column(of: issue, settings).flatMap(column)
        let value = cell.map { batch.slice($0) } ?? issue.value.map { Array($0.utf8)[...] }
        return ProblemSample(
            file: origin.file, row: origin.row, line: origin.line, key: settings.masks ? nil : key(settings),
            value: value.map { text($0, masks: settings.masks) },
            valueLength: value.map(VisibleText.scalarCount) ?? 0,
            context: settings.masks ? nil : context(of: cell), arguments: issue.arguments)
    }

    /// The source's column that a problem is about; `nil` when it is about no single one.
    func column(of issue: Issue, _ settings: ReportSettings) -> String? {
        if issue.code == "key.conflict", settings.key.count == 1 {
            return settings.columns[settings.key[0]] ?? settings.key[0]
        }
        guard let field = issue.field else { return nil }
        // What is wrong with the form of a record is about the source's own fields.
        let isForm = ["csv.", "ndjson.", "xml.", "encoding."].contains { issue.code.hasPrefix($0) }
        let name = isForm ? field : settings.columns[field] ?? field
        return isForm || columns.contains { $0.name == name } ? name : nil
    }

    private func column(_ name: String) -> Cell? { columns.first { $0.name == name }?.cells[row] }

    /// The text around a cell in its record; the whole record's beginning when the problem is about no cell.
    private func context(of cell: Cell?) -> ProblemSample.Context? {
        let raw = origin.raw
        if raw.isEmpty { return nil }
        guard let cell else {
            let head = VisibleText.prefix(batch.raw(row: row), scalarsMax: ReportCollector.valueScalarsMax)
            return .init(before: VisibleText.visible(head), after: "", holdsValue: false)
        }
        // A value whose text had to be unescaped is not in the record's own text.
        guard !cell.isNull, raw.lowerBound <= cell.range.lowerBound, cell.range.upperBound <= raw.upperBound else {
            return nil
        }
        let text = batch.raw(row: row)
        let before = VisibleText.suffix(
            text[raw.lowerBound..<cell.range.lowerBound], scalarsMax: ReportCollector.contextScalarsMax)
        let after = VisibleText.prefix(
            text[cell.range.upperBound..<raw.upperBound], scalarsMax: ReportCollector.contextScalarsMax)
        return .init(before: VisibleText.visible(before), after: VisibleText.visible(after), holdsValue: true)
    }

    private func text(_ bytes: ArraySlice<UInt8>, masks: Bool = false) -> String {
        let text = VisibleText.prefix(bytes, scalarsMax: ReportCollector.valueScalarsMax)
        return VisibleText.visible(masks ? Mask.masked(text) : text)
    }
}
