public import Records

/// The list of problems for spreadsheets, a line each: UTF-8 with a byte order mark, every value in quotes, and none of
/// them a formula.
public struct ProblemsTable: Sendable {
    /// Most problems: with the header, what a sheet takes.
    public static let rowsMax = 1_048_575

    private let settings: ReportSettings
    private let files: [String]
    private let delimiter: UInt8
    private let texts: IssueTexts
    /// Problems listed so far.
    public private(set) var rows = 0

    /// - Parameter files: the names of the source's files, in their order.
    public init(_ settings: ReportSettings, files: [String]) {
        self.settings = settings
        self.files = files
        texts = IssueTexts(settings.language)
        // A Dutch spreadsheet takes the comma for a decimal sign.
        delimiter = UInt8(ascii: settings.language == .dutch ? ";" : ",")
    }

    /// What stands before the first problem.
    public var head: [UInt8] {
        var out: [UInt8] = [0xEF, 0xBB, 0xBF]
        append(ReportTexts.of(settings.language).problemColumns, to: &out)
        return out
    }

    /// Appends a row's problems, as far as there is room.
    public mutating func append(_ issues: [Issue], of row: SourceRow, to out: inout [UInt8]) {
        append(issues, row, to: &out)
    }

    /// Appends what was found out about a row on its way to Salesdock.
    public mutating func append(_ issues: [Issue], of row: WrittenRow, to out: inout [UInt8]) {
        append(issues, row, to: &out)
    }

    private mutating func append(_ issues: [Issue], _ row: some ProblemRow, to out: inout [UInt8]) {
        for issue in issues where rows < Self.rowsMax {
            rows += 1
            let column = row.column(of: issue, settings)
            let sample = row.sample(issue, settings)
            let text = texts.text(issue.code)
            let file = files.indices.contains(sample.file) ? files[sample.file] : ""
            append(
                [
                    file, "\(sample.row)", "\(sample.line)", sample.key ?? "", column ?? "", issue.field ?? "",
                    issue.severity.rawValue, issue.code, text?.message(sample.arguments) ?? issue.message,
                    text?.remedy ?? "", sample.value ?? "",
                ], to: &out)
        }
    }

    private func append(_ cells: [String], to out: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { out.append(delimiter) }
            out.append(UInt8(ascii: "\""))
            for byte in Self.inert(cell).utf8 {
                if byte == UInt8(ascii: "\"") { out.append(byte) }
                out.append(byte)
            }
            out.append(UInt8(ascii: "\""))
        }
        out.append(0x0D)
        out.append(0x0A)
    }

    /// The text with an apostrophe in front where a spreadsheet would calculate it; without line ends, tabs and the like.
    static func inert(_ text: String) -> String {
        let first = text.unicodeScalars.first {
            !$0.properties.isWhitespace && !$0.properties.isDefaultIgnorableCodePoint
        }
        let isFormula = first.map { "=+-@＝＋－＠﹦﹢﹣﹫−|".unicodeScalars.contains($0) } ?? false
        let leads = text.unicodeScalars.first.map { $0.value < 0x20 } ?? false
        return (isFormula || leads ? "'" : "") + VisibleText.visible(text)
    }
}
