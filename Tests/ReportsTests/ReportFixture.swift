import ExactJSON
import Foundation
import Records

@testable import Reports

/// Reports of rows that tests make up.
enum ReportFixture {
    /// The committed form of `report.json`.
    static func schema() throws -> JSONValue {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/report.schema.json")
        return try JSONParser.parse(Array(try Data(contentsOf: path)))
    }

    /// A report of CSV rows of two fields, `nr` and `naam`, of which some have issues.
    ///
    /// - Parameter rows: the name of each row, and what is wrong with it.
    static func collect(
        _ rows: [(name: String, issues: [Issue])], language: Language = .english, masks: Bool = false
    ) -> (report: ValidationReport, problems: [UInt8]) {
        var bytes: [UInt8] = []
        var cells: [[Cell]] = [[], []]
        var origins: [RecordOrigin] = []
        for (index, row) in rows.enumerated() {
            let start = bytes.count
            for (column, text) in ["K\(index + 1)", row.name].enumerated() {
                if column > 0 { bytes.append(UInt8(ascii: ";")) }
                cells[column].append(Cell(kind: .text, offset: bytes.count, length: text.utf8.count))
                bytes += Array(text.utf8)
            }
            origins.append(
                RecordOrigin(file: 0, row: index + 1, line: index + 2, byteOffset: start, raw: start..<bytes.count))
        }
        let columns = [
            RecordBatch.Column(name: "nr", cells: cells[0]), RecordBatch.Column(name: "naam", cells: cells[1]),
        ]
        let batch = RecordBatch(bytes: bytes, columns: columns, origins: origins)
        let settings = ReportSettings(
            pipeline: "klanten", language: language, masks: masks, key: ["nr"], columns: ["lastname": "naam"], seed: 1)
        var collector = ReportCollector(settings)
        var table = ProblemsTable(settings, files: ["klanten.csv"])
        var problems = table.head
        var balance = Balance()
        collector.profile(columns, of: batch, count: rows.count)
        balance.read(rows.count)
        for (index, row) in rows.enumerated() {
            let source = SourceRow(index, of: batch, columns: columns)
            collector.note(row.issues, of: source)
            table.append(row.issues, of: source, to: &problems)
            balance.settle(row.issues.contains { $0.severity == .error } ? .rejected : .valid)
        }
        let file = SourceFacts.File(
            name: "klanten.csv", bytes: 12_345, isGzip: false, encoding: "utf-8", hasByteOrderMark: true,
            lineEnds: .init(lf: rows.count))
        var report = collector.report(
            balance: balance,
            source: SourceFacts(format: .csv, files: [file], delimiter: ";", quote: "\"", hasHeader: true),
            unixSeconds: 1_790_000_000)
        report.rejectsFile = "rejects.csv"
        report.problemsFile = "problems.csv"
        report.problemsListed = table.rows
        report.price = LoadPrice(writes: 300, lookUpsMax: 300, limit: 150, windowSeconds: 61)
        return (report, problems)
    }

    /// What is wrong with a value of the field `lastname`.
    static func issue(_ code: String = "required", _ severity: Issue.Severity = .error, _ arguments: [String] = [])
        -> Issue
    {
        Issue(severity, code: code, field: "lastname", message: "wrong", arguments: arguments)
    }
}
